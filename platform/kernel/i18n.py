"""Two languages, equal: gettext for the platform's own texts, `Text` for metadata's."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = ("zh_CN", "en")
DEFAULT_LOCALE = "en"
CATALOGUES = Path(__file__).parent / "locale"

Text = Mapping[str, str]
"""A text of metadata by locale: {"en": "Account", "zh_CN": "客户"}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """How one person reads and writes values."""

    code: str = DEFAULT_LOCALE
    timezone: str = "UTC"
    currency: str = "CNY"


def pick(text: Text | str | None, locale: str) -> str:
    """The text in this locale, else in English, else in any language, else empty."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    return text.get(locale) or text.get(DEFAULT_LOCALE) or next(iter(text.values()), "")


def negotiate(accept_language: str) -> str:
    """The locale of ours that an Accept-Language header asks for first."""
    ranked = sorted(
        (part.strip() for part in accept_language.split(",")),
        key=lambda part: -float(part.partition(";q=")[2] or 1) if _is_quality(part) else 0.0,
    )
    for part in ranked:
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh_CN"
        if tag.startswith("en"):
            return "en"
    return DEFAULT_LOCALE


def _is_quality(part: str) -> bool:
    quality = part.partition(";q=")[2] or "1"
    return quality.isascii() and quality.replace(".", "", 1).isdigit()


@lru_cache(maxsize=8)
def translations(locale: str) -> gettext.NullTranslations:
    return gettext.translation("fieldstone", CATALOGUES, languages=[locale], fallback=True)


def translate(locale: str, message: str, params: Mapping[str, Any] | None = None) -> str:
    """The platform's text in this locale; `%(name)s` places are filled from `params`."""
    text = translations(locale).gettext(message)
    try:
        return text % params if params else text
    except (KeyError, TypeError, ValueError):
        return text  # a sentence with a gap is better than none


def translate_plural(locale: str, one: str, many: str, count: int, **params: Any) -> str:
    text = translations(locale).ngettext(one, many, count)
    return text % {"count": count, **params}
