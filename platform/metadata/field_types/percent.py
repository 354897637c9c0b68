"""A percentage: 40 stands for 40 %, in the column, in JSON and as typed. Formulas see 0.40."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.characters import typed
from fieldstone.metadata.field_types.decimal import NUMBER_KEYS, SCALE, fixed, number_type, numeric
from fieldstone.metadata.field_types.numerals import grouped, number
from fieldstone.metadata.field_types.operators import ORDERED


class Percent(FieldType):
    name = "percent"
    label = {"en": "Percent", "zh_CN": "百分比"}
    config_schema = {"type": "object", "properties": NUMBER_KEYS}
    operators = ORDERED
    widget = "percent"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": numeric(config)}

    def formula_type(self, config: Config) -> Type:
        stored = number_type(config)
        return replace(stored, percent=True, scale=config.get("scale", SCALE) + 2)

    def parse(self, raw: Any, locale: Locale, config: Config) -> decimal.Decimal | None:
        if isinstance(raw, str):
            text = typed(raw)
            raw = None if text is None else text.removesuffix("%").rstrip() or text
        return fixed(number(raw), raw, config)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if value is None:
            return ""
        text = grouped(value, config.get("scale", SCALE))
        return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
