"""Any number of a list's values, stored as their codes in the order of the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import lines, quoted
from fieldstone.metadata.field_types.choices import (
    CHOICE_KEYS,
    codes_of,
    entry,
    find,
    known,
    label_of,
)
from fieldstone.metadata.field_types.operators import SEVERAL

_STRONG = re.compile(r"[;；|\n]")
_WEAK = re.compile(r"[,，、;；|\n]")
_BETWEEN = {"en": "; ", "zh_CN": "；"}
MOST = 1000
WORD = 60


class MultiPicklist(FieldType):
    name = "multi_picklist"
    label = {"en": "Multi-select picklist", "zh_CN": "下拉多选"}
    config_schema = {"type": "object", "properties": CHOICE_KEYS}
    operators = SEVERAL
    widget = "multi_picklist"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": ARRAY(sa.Text())}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.MULTI_PICKLIST, values=codes_of(config))

    def parse(self, raw: Any, locale: Locale, config: Config) -> list[str] | None:
        entries = [each for each in map(entry, _items(raw, config)) if each is not None]
        if len(entries) > MOST:
            raise BadValue("field.too_many_values", limit=MOST)
        if config.get("open"):
            return _words(entries)
        chosen = {find(each, locale, config) for each in entries}
        return [code for code in codes_of(config) if code in chosen] or None

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if not value:
            return ""
        return _BETWEEN[locale.code].join(label_of(code, locale.code, config) for code in value)


def _words(entries: Iterable[Any]) -> list[str] | None:
    """An open set, such as a record's tags, takes any short word."""
    words = list(dict.fromkeys(str(each) for each in entries))
    for word in words:
        if len(word) > WORD:
            raise BadValue("field.too_long", limit=WORD, length=len(word))
    return words or None


def _items(raw: Any, config: Config) -> Iterable[Any]:
    if raw is None:
        return ()
    if isinstance(raw, (list, tuple, set, frozenset)):
        return raw
    if isinstance(raw, str):
        return _split(lines(raw), config)
    if isinstance(raw, Mapping):
        raise BadValue("field.not_a_list", value=quoted(raw))
    return (raw,)


def _split(text: str | None, config: Config) -> list[str]:
    """The parts of a typed list. A part that is itself a label keeps its commas."""
    parts: list[str] = []
    for part in _STRONG.split(text or ""):
        parts += [part] if known(part.strip(), config) else _WEAK.split(part)
    return parts
