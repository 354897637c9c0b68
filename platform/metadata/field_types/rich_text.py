"""Formatted text: HTML of ordinary tags only, cleaned when it is stored."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import nh3
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import lines, within
from fieldstone.metadata.field_types.long_text import LENGTH, LENGTH_SCHEMA
from fieldstone.metadata.field_types.operators import BLANK

_BLOCKS = {"p", "div", "br", "hr", "h1", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol", "li"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_INLINE = {"a", "b", "strong", "i", "em", "u", "s", "del", "sub", "sup", "code", "span", "img"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_CLEANER = nh3.Cleaner(
    tags=_BLOCKS | _TABLES | _INLINE,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)
_TAG = re.compile(r"<(/?)([a-z0-9]+)(?:[^>\"]|\"[^\"]*\")*>")
_ANY_TAG = re.compile(r"<[a-z/!?]", re.IGNORECASE)
_BREAKING = frozenset(_BLOCKS | _TABLES)
_SHOWN = re.compile(r"<(?:img|hr)\b")
_GAPS = re.compile(r"\s+")
RAW_FACTOR = 8
"""How many times longer than the result the HTML may be that a word processor pastes."""


class RichText(FieldType):
    name = "rich_text"
    label = {"en": "Rich text", "zh_CN": "富文本"}
    config_schema = {"type": "object", "properties": {"length": LENGTH_SCHEMA}}
    operators = ("contains", *BLANK)
    widget = "rich_text"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        length = config.get("length", LENGTH)
        source = lines(raw)
        if source is None:
            return None
        if len(source) > length * RAW_FACTOR:
            raise BadValue("field.too_long", limit=length, length=len(source))
        cleaned = _clean(source)
        if not (_SHOWN.search(cleaned) or plain(cleaned)):
            return None
        return within(cleaned, length)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else plain(value)


def plain(source: str) -> str:
    """The words of cleaned HTML in one line, for lists and exports."""
    text = _TAG.sub(lambda tag: " " if tag[2] in _BREAKING else "", source)
    return _GAPS.sub(" ", html.unescape(text)).strip()


def _clean(source: str) -> str:
    """Clean HTML with at least one tag, so that it is never taken for plain text again."""
    cleaned = _CLEANER.clean(source if _ANY_TAG.search(source) else _paragraphs(source))
    if not _TAG.search(cleaned):
        cleaned = _CLEANER.clean(_paragraphs(cleaned))
    return lines(cleaned) or ""


def _paragraphs(text: str) -> str:
    blocks = re.split(r"\n{2,}", html.escape(html.unescape(text), quote=False))
    return "".join("<p>" + block.replace("\n", "<br>") + "</p>" for block in blocks)
