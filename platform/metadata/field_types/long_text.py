"""Text of several lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.characters import lines, within
from fieldstone.metadata.field_types.operators import BLANK

LENGTH = 32_000
LONGEST = 131_072
LENGTH_SCHEMA = {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": LENGTH}


class LongText(FieldType):
    name = "long_text"
    label = {"en": "Long text", "zh_CN": "长文本"}
    config_schema = {"type": "object", "properties": {"length": LENGTH_SCHEMA}}
    operators = ("contains", *BLANK)
    widget = "long_text"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        return within(lines(raw), config.get("length", LENGTH))

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)
