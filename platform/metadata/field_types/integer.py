"""A whole number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.numerals import grouped, whole
from fieldstone.metadata.field_types.operators import ORDERED

DIGITS = 18
"""What eight bytes hold for every number of so many digits."""


class Integer(FieldType):
    name = "integer"
    label = {"en": "Integer", "zh_CN": "整数"}
    operators = ORDERED
    widget = "number"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.BigInteger()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.NUMBER, scale=0, digits=DIGITS)

    def parse(self, raw: Any, locale: Locale, config: Config) -> int | None:
        return whole(raw, DIGITS)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if value is None:
            return ""
        return f"{value:,}" if type(value) is int else grouped(value, 0)
