"""A value summed up from the records that point at this one. Kept in a column of its own by the
save pipeline, exact in the same transaction as the change that moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.numerals import grouped, number

FUNCTIONS = ("count", "sum", "min", "max", "avg", "count_distinct")
COUNTS = ("count", "count_distinct")
"""Those whose value is a number of records: never blank, and neither is a sum."""
NEVER_BLANK = ("count", "sum", "count_distinct")


class Rollup(FieldType):
    """What a rollup's value is depends on the field it sums up, so a snapshot gives the field
    the behaviour of its result (metadata/computed.py); this class is what a document says."""

    name = "rollup"
    label = {"en": "Roll-up", "zh_CN": "汇总"}
    config_schema = {
        "type": "object",
        "properties": {
            "child": {"type": "string", "maxLength": 40},
            "via": {"type": "string", "maxLength": 40},
            "function": {"enum": list(FUNCTIONS)},
            "field": {"type": "string", "maxLength": 40},
            "filter": {"type": "string", "minLength": 1, "maxLength": 5000},
            "scale": {"type": "integer", "minimum": 0, "maximum": 18},
            "publish_result": {"type": "boolean", "default": False},
        },
        "required": ["child", "via", "function"],
    }
    operators = ()
    widget = "number"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Numeric()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.NUMBER)

    def parse(self, raw: Any, locale: Locale, config: Config) -> Any:
        return None if raw is None else number(raw)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else grouped(value, config.get("scale", 0))
