"""A number with a fixed count of decimals."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.numerals import fitted, grouped, number
from fieldstone.metadata.field_types.operators import ORDERED

PRECISION = 18
SCALE = 2
NUMBER_KEYS = {
    # 24 digits in all keep every value below the 10^24 where formulas overflow
    "precision": {"type": "integer", "minimum": 1, "maximum": 24, "default": PRECISION},
    "scale": {"type": "integer", "minimum": 0, "maximum": 18, "default": SCALE},
}


class Decimal(FieldType):
    name = "decimal"
    label = {"en": "Decimal", "zh_CN": "小数"}
    config_schema = {"type": "object", "properties": NUMBER_KEYS}
    operators = ORDERED
    widget = "number"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": numeric(config)}

    def formula_type(self, config: Config) -> Type:
        return number_type(config)

    def parse(self, raw: Any, locale: Locale, config: Config) -> decimal.Decimal | None:
        return fixed(number(raw), raw, config)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else grouped(value, config.get("scale", SCALE))


def numeric(config: Config) -> sa.Numeric[decimal.Decimal]:
    return sa.Numeric(config.get("precision", PRECISION), config.get("scale", SCALE))


def number_type(config: Config) -> Type:
    scale = config.get("scale", SCALE)
    digits = max(config.get("precision", PRECISION) - scale, 0)
    return Type(kind=Kind.NUMBER, scale=scale, digits=digits)


def fixed(value: decimal.Decimal | None, raw: Any, config: Config) -> decimal.Decimal | None:
    """The value with the decimals that the field keeps; `raw` is what was sent for it."""
    if value is None:
        return None
    return fitted(value, raw, config.get("precision", PRECISION), config.get("scale", SCALE))
