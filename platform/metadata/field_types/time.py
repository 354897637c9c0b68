"""A time of day, in no time zone, to the millisecond."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TIME, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted
from fieldstone.metadata.field_types.hours import read_time, show_time
from fieldstone.metadata.field_types.operators import ORDERED


class Time(FieldType):
    name = "time"
    label = {"en": "Time", "zh_CN": "时间"}
    operators = ORDERED
    widget = "time"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Time()}

    def formula_type(self, config: Config) -> Type:
        return TIME

    def parse(self, raw: Any, locale: Locale, config: Config) -> datetime.time | None:
        if isinstance(raw, datetime.time):
            return raw.replace(microsecond=raw.microsecond // 1000 * 1000, tzinfo=None, fold=0)
        text = entered(raw, "field.not_a_time")
        if text is None:
            return None
        found = read_time(text)
        if found is None:
            raise BadValue("field.not_a_time", value=quoted(text))
        return found

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else show_time(value, locale.code)
