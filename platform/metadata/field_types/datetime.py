"""An instant, stored in UTC and cut to the millisecond; shown in the reader's time zone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import DATETIME, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted
from fieldstone.metadata.field_types.days import read_day, show_day
from fieldstone.metadata.field_types.hours import read_time
from fieldstone.metadata.field_types.operators import DATED

_ZONE = re.compile(
    r"\s*(?:(?P<utc>z|utc|gmt)|(?P<sign>[-+])(?P<h>\d{2})(?::?(?P<m>\d{2}))?)$",
    re.ASCII | re.IGNORECASE,
)
# A day is kept free at both ends, so that no time zone carries an instant out of the calendar
FIRST = datetime.datetime(1, 1, 2, tzinfo=datetime.UTC)
LAST = datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC)


class DateTime(FieldType):
    name = "datetime"
    label = {"en": "Date and time", "zh_CN": "日期时间"}
    operators = DATED
    widget = "datetime"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.DateTime(timezone=True)}

    def formula_type(self, config: Config) -> Type:
        return DATETIME

    def parse(self, raw: Any, locale: Locale, config: Config) -> datetime.datetime | None:
        """Without a zone of its own the time is one of the writer's; a bare day is its midnight."""
        if isinstance(raw, datetime.datetime):
            return instant(raw, locale)
        if isinstance(raw, datetime.date):
            return instant(datetime.datetime.combine(raw, datetime.time()), locale)
        text = entered(raw, "field.not_a_datetime")
        return None if text is None else instant(_read(text), locale)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        """2026-11-22 14:05, or Nov 22, 2026, 2:05 PM: to the minute, as lists want it."""
        if value is None:
            return ""
        local = value.astimezone(ZoneInfo(locale.timezone))
        hour, minute = local.hour, local.minute
        if locale.code == "zh_CN":
            return f"{show_day(local, 'zh_CN')} {hour:02}:{minute:02}"
        half = "AM" if hour < 12 else "PM"
        return f"{show_day(local, locale.code)}, {hour % 12 or 12}:{minute:02} {half}"


def instant(moment: datetime.datetime, locale: Locale) -> datetime.datetime:
    """The moment in UTC, a naive one read in the locale's zone, cut to the millisecond."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(locale.timezone))
    try:
        utc = moment.astimezone(datetime.UTC)
    except OverflowError:
        raise BadValue("field.date_out_of_range") from None
    if not FIRST <= utc < LAST:
        raise BadValue("field.date_out_of_range")
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _read(text: str) -> datetime.datetime:
    found = read_day(text)
    if found is None:
        raise BadValue("field.not_a_datetime", value=quoted(text))
    day, rest = found
    clock, zone = _zone(rest.lstrip("Tt, "), text)
    time = read_time(clock) if clock or zone else datetime.time()
    if time is None:
        raise BadValue("field.not_a_datetime", value=quoted(text))
    return datetime.datetime.combine(day, time, zone)


def _zone(rest: str, text: str) -> tuple[str, datetime.tzinfo | None]:
    """What stands before the zone, and the zone."""
    match = _ZONE.search(rest)
    if match is None:
        return rest, None
    if match["utc"]:
        return rest[: match.start()], datetime.UTC
    hours, minutes = int(match["h"]), int(match["m"] or 0)
    if hours > 15 or minutes > 59:
        raise BadValue("field.not_a_datetime", value=quoted(text))
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return rest[: match.start()], datetime.timezone(-offset if match["sign"] == "-" else offset)
