"""A day of the calendar, in no time zone."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import DATE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted
from fieldstone.metadata.field_types.days import read_day, show_day
from fieldstone.metadata.field_types.operators import DATED


class Date(FieldType):
    name = "date"
    label = {"en": "Date", "zh_CN": "日期"}
    operators = DATED
    widget = "date"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Date()}

    def formula_type(self, config: Config) -> Type:
        return DATE

    def parse(self, raw: Any, locale: Locale, config: Config) -> datetime.date | None:
        if isinstance(raw, datetime.datetime):
            return _day_of_cell(raw)
        if isinstance(raw, datetime.date):
            return raw
        text = entered(raw, "field.not_a_date")
        return None if text is None else _read(text)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else show_day(value, locale.code)


def _day_of_cell(cell: datetime.datetime) -> datetime.date:
    """Spreadsheets keep a day as its midnight."""
    if cell.tzinfo is not None or cell.time() != datetime.time():
        raise BadValue("field.date_with_time", value=cell.isoformat(" "))
    return cell.date()


def _read(text: str) -> datetime.date:
    found = read_day(text)
    if found is None:
        raise BadValue("field.not_a_date", value=quoted(text))
    day, rest = found
    if rest.lstrip("T ") in ("", "00:00", "00:00:00"):
        return day
    raise BadValue(
        "field.date_with_time" if ":" in rest else "field.not_a_date", value=quoted(text)
    )
