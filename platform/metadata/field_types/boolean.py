"""Yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import BOOLEAN, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted

_WORDS = {"en": ("No", "Yes"), "zh_CN": ("否", "是")}
_READ = dict.fromkeys(
    ("true", "yes", "y", "t", "1", "1.0", "on", "是", "对", "真", "有", "√", "✓", "✔", "☑"), True
) | dict.fromkeys(
    ("false", "no", "n", "f", "0", "0.0", "off", "否", "不是", "错", "假", "无", "×", "✗", "☐"),
    False,
)


class Boolean(FieldType):
    name = "boolean"
    label = {"en": "Yes or no", "zh_CN": "是否"}
    operators = ("=",)
    widget = "boolean"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Boolean()}

    def formula_type(self, config: Config) -> Type:
        return BOOLEAN

    def parse(self, raw: Any, locale: Locale, config: Config) -> bool | None:
        if isinstance(raw, bool):
            return raw
        if _is_number(raw) and raw in (0, 1):
            return bool(raw)
        text = entered(raw, "field.not_a_boolean")
        if text is None:
            return None
        if text.lower() not in _READ:
            raise BadValue("field.not_a_boolean", value=quoted(text))
        return _READ[text.lower()]

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else _WORDS[locale.code][bool(value)]


def _is_number(raw: Any) -> bool:
    return isinstance(raw, (int, float)) or (isinstance(raw, Decimal) and raw.is_finite())
