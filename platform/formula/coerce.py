"""What a text literal means beside a date, an instant, a time, a reference or a picklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldstone.formula import dates
from fieldstone.formula.ast import Value
from fieldstone.formula.near import nearest
from fieldstone.formula.types import Kind, Type

FROM_TEXT = frozenset(
    {Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.REFERENCE, Kind.PICKLIST, Kind.MULTI_PICKLIST}
)
"""The kinds that a text literal may stand for."""


class BadLiteral(ValueError):
    """`code` is a fault's code."""

    def __init__(self, code: str, text: str, suggestion: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.suggestion = suggestion


def coerced(value: Value, wanted: Type, timezone: str) -> Value:
    """The literal as a value of the wanted type; an empty text is blank. Raises BadLiteral."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return _midnight(value, wanted, timezone)
    reader = _READERS.get(wanted.kind)
    return reader(value, wanted, timezone) if reader else value


def _midnight(value: Value, wanted: Type, timezone: str) -> Value:
    if wanted.kind is Kind.DATETIME and isinstance(value, date) and not isinstance(value, datetime):
        return dates.midnight(value, timezone)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def _date(text: str, _wanted: Type, _timezone: str) -> Value:
    day = dates.read_date(text)
    if day is None:
        raise BadLiteral("BAD_DATE", text)
    return day


def _instant(text: str, _wanted: Type, timezone: str) -> Value:
    """A bare day is its midnight; without an offset the user's zone is meant."""
    instant = dates.read_instant(text, ZoneInfo(timezone))
    if instant is not None:
        return instant
    day = dates.read_date(text)
    if day is None:
        raise BadLiteral("BAD_DATETIME", text)
    return dates.midnight(day, timezone)


def _time(text: str, _wanted: Type, _timezone: str) -> Value:
    moment = dates.read_time(text)
    if moment is None:
        raise BadLiteral("BAD_TIME", text)
    return moment


def _reference(text: str, _wanted: Type, _timezone: str) -> Value:
    try:
        return UUID(text)
    except ValueError:
        raise BadLiteral("BAD_REFERENCE", text) from None


def _code(text: str, wanted: Type, _timezone: str) -> Value:
    if wanted.values and text not in wanted.values:
        raise BadLiteral("BAD_PICKLIST_VALUE", text, nearest(text, wanted.values))
    return text


def _codes(text: str, wanted: Type, timezone: str) -> Value:
    """A single one of the values."""
    return frozenset({str(_code(text, wanted, timezone))})


_READERS: Mapping[Kind, Callable[[str, Type, str], Value]] = {
    Kind.DATE: _date,
    Kind.DATETIME: _instant,
    Kind.TIME: _time,
    Kind.REFERENCE: _reference,
    Kind.PICKLIST: _code,
    Kind.MULTI_PICKLIST: _codes,
}
