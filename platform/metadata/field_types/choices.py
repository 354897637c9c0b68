"""What picklists and multi-picklists have in common: values by code, found by any label."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fieldstone.kernel.i18n import Locale, pick
from fieldstone.metadata.field_types.base import BadValue, Config
from fieldstone.metadata.field_types.characters import line, quoted
from fieldstone.metadata.field_types.identity import Same
from fieldstone.metadata.kinds.base import NAME, VALUES

CHOICE_KEYS = {"value_set": NAME, "values": VALUES, "depends_on": NAME}
_SUGGESTIONS = 8
_NONE: Mapping[str, Any] = {}


def values_of(config: Config) -> Mapping[str, Any]:
    values: Mapping[str, Any] = config.get("values") or _NONE
    return values


def codes_of(config: Config) -> tuple[str, ...]:
    return tuple(values_of(config))


def offered(config: Config, controlling: str | None = None) -> tuple[str, ...]:
    """The codes that may be chosen anew: the active ones, and where the field depends on
    another only those that the controlling field's code allows. Values stored earlier stay
    readable and survive a save that does not touch them."""
    dependent = bool(config.get("depends_on"))
    return tuple(
        code
        for code, value in values_of(config).items()
        if _is_active(value)
        and (not dependent or "when" not in value or controlling in value["when"])
    )


def find(text: str, locale: Locale, config: Config) -> str:
    """The code that the text is, or is a label of in any language."""
    values = values_of(config)
    if text in values:
        return text
    labels = _codes_by_label(Same(values))
    code = labels.get(_folded(text))
    if code is None:
        raise BadValue(
            "field.not_a_choice", value=quoted(text), choices=_some_labels(locale, config)
        )
    if code == "":
        raise BadValue("field.ambiguous_choice", value=quoted(text))
    return code


def known(text: str, config: Config) -> bool:
    values = values_of(config)
    return text in values or _folded(text) in _codes_by_label(Same(values))


def entry(raw: Any) -> str | None:
    """A code or label as sent: true and false stand for the codes of those names."""
    return line(str(raw).lower() if isinstance(raw, bool) else raw)


def label_of(code: str, locale_code: str, config: Config) -> str:
    """The value's label; its code when the value is gone from the set."""
    value = values_of(config).get(code)
    return code if value is None else pick(value.get("label"), locale_code) or code


def _is_active(value: Mapping[str, Any]) -> bool:
    return bool(value.get("active", True)) and not value.get("deleted")


@lru_cache(maxsize=1024)
def _codes_by_label(same: Same) -> Mapping[str, str]:
    """Codes by folded label, "" for a label of several values. An active value takes its label
    from inactive ones."""
    table: dict[str, str] = {}
    for wanted in (True, False):
        for code, value in same.mapping.items():
            if _is_active(value) is wanted:
                _enter(table, code, value, replace=wanted)
    return table


def _enter(table: dict[str, str], code: str, value: Mapping[str, Any], *, replace: bool) -> None:
    text = value.get("label")
    labels = text.values() if isinstance(text, Mapping) else (text,)
    for folded in {_folded(each) for each in labels if each}:
        if folded not in table:
            table[folded] = code
        elif replace:
            table[folded] = ""


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _some_labels(locale: Locale, config: Config) -> str:
    codes = offered(config)
    shown = [label_of(code, locale.code, config) for code in codes[:_SUGGESTIONS]]
    between = "、" if locale.code == "zh_CN" else ", "
    return between.join(shown) + ("…" if len(codes) > _SUGGESTIONS else "")
