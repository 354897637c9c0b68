"""One line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import line, within
from fieldstone.metadata.field_types.operators import TEXTUAL

LENGTH = 255
INDEXED_BYTES = 1800
"""What a B-tree entry of PostgreSQL holds (2,704 bytes), less room for lower() to grow."""


class Text(FieldType):
    name = "text"
    label = {"en": "Text", "zh_CN": "文本"}
    config_schema = {
        "type": "object",
        "properties": {
            "length": {"type": "integer", "minimum": 1, "maximum": 2000, "default": LENGTH}
        },
    }
    operators = TEXTUAL
    widget = "text"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        text = within(line(raw), config.get("length", LENGTH))
        if text is not None and len(text) * 4 > INDEXED_BYTES and is_indexed(config):
            fits_index(text)
        return text

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)


def is_indexed(config: Config) -> bool:
    return bool(config.get("unique") or config.get("indexed") or config.get("external_id"))


def fits_index(text: str) -> None:
    if len(text.encode()) > INDEXED_BYTES:
        raise BadValue("field.too_long_for_index", limit=INDEXED_BYTES)
