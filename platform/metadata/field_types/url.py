"""A web address, or a mailto: or tel: link. No other scheme is ever stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import line, quoted, within
from fieldstone.metadata.field_types.email import address
from fieldstone.metadata.field_types.operators import TEXTUAL

LENGTH = 2000
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"[^/:?#@]+\.[^/:?#@.]+:\d{1,5}(?:[/?#]|$)")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?|[0-9a-f:.]+")
_TELEPHONE = re.compile(r"\+?[0-9][0-9().;=a-z-]*")
_FORBIDDEN = re.compile(r"[\s\\<>\"`]")


class Url(FieldType):
    name = "url"
    label = {"en": "URL", "zh_CN": "网址"}
    operators = TEXTUAL
    widget = "url"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        text = within(line(raw), LENGTH)
        if text is None:
            return None
        if _FORBIDDEN.search(text):
            raise BadValue("field.not_a_url", value=quoted(text))
        return within(_link(text), LENGTH)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)


def _link(text: str) -> str:
    match = _SCHEME.match(text)
    if match is None or _HOST_AND_PORT.match(text):
        return _web("https://" + text.removeprefix("//"), text)
    scheme, rest = match[1].lower(), text[match.end() :]
    if scheme in ("http", "https"):
        return _web(f"{scheme}:{rest}", text)
    if scheme == "mailto":
        mailbox, mark, query = rest.partition("?")
        return f"mailto:{address(mailbox)}{mark}{query}"
    if scheme == "tel" and _TELEPHONE.fullmatch(rest):
        return f"tel:{rest}"
    if scheme == "tel":
        raise BadValue("field.not_a_url", value=quoted(text))
    raise BadValue("field.url_scheme", scheme=quoted(scheme))


def _web(link: str, text: str) -> str:
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadValue("field.not_a_url", value=quoted(text)) from None
    bare = host.rstrip(".")
    known = "." in bare or ":" in bare or bare == "localhost"
    if "@" in parts.netloc or not known or not _HOST.fullmatch(host):
        raise BadValue("field.not_a_url", value=quoted(text))
    shown = f"[{host}]" if ":" in host else host
    authority = shown if port is None else f"{shown}:{port}"
    return urlunsplit((parts.scheme, authority, parts.path, parts.query, parts.fragment))
