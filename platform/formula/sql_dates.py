"""The SQL of dates.py. Nothing here raises: what cannot be computed becomes NULL, and the guard is
"NULL although no operand is"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import (
    TIMESTAMP,
    Date,
    DateTime,
    Float,
    Integer,
    Interval,
    Numeric,
    Text,
    Time,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
)

from fieldstone.formula import dates
from fieldstone.formula.dates import MAX_SHIFT_DAYS, MAX_SHIFT_MONTHS, SECONDS_OF_A_DAY
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_let import let
from fieldstone.formula.sql_numbers import Expression, integer_within, quotient, whole
from fieldstone.formula.sql_pair import Sql, joined

FIRST_DAY, LAST_DAY = literal(date.min, Date), literal(date.max, Date)
INSTANT = DateTime(timezone=True)
FIRST_INSTANT = literal(dates.FIRST_INSTANT, INSTANT)
LAST_INSTANT = literal(dates.LAST_INSTANT, INSTANT)


def computed(pairs: Iterable[Sql], value: Expression, code: str = "BAD_DATE") -> Sql:
    """A value that is NULL without a blank operand only on an error."""
    pairs = tuple(pairs)
    present = (pair.value.is_not(None) for pair in pairs)
    error = failing(and_(*present, value.is_(None)), code)
    return joined(pairs, value, error, blank_on_error=True)


def in_years(day: Expression) -> Expression:
    """PostgreSQL has more years than a formula."""
    return case((day.between(FIRST_DAY, LAST_DAY), day))


def reachable(instant: Expression) -> Expression:
    return case((instant.between(FIRST_INSTANT, LAST_INSTANT), instant))


def shifted(day: Sql, days: Sql) -> Sql:
    count = integer_within(days.value, -MAX_SHIFT_DAYS, MAX_SHIFT_DAYS)
    return computed((day, days), in_years(cast(day.value + count, Date)))


def shifted_instant(instant: Sql, days: Sql) -> Sql:
    near = func.abs(days.value) <= literal(MAX_SHIFT_DAYS, Numeric)
    exact = case((near, days.value * literal(SECONDS_OF_A_DAY, Numeric)))
    moved = instant.value + interval_of(func.round(exact, type_=Numeric))
    return computed((instant, days), reachable(cast(moved, INSTANT)))


def interval_of(count: Expression) -> Expression:
    """Of so many seconds."""
    zeros = (whole(0) for _ in range(6))
    return func.make_interval(*zeros, cast(count, Float), type_=Interval)


def days_between(left: Sql, right: Sql) -> Sql:
    return joined((left, right), cast(cast(left.value - right.value, Integer), Numeric))


def days_between_instants(left: Sql, right: Sql) -> Sql:
    seconds = cast(extract("epoch", left.value - right.value), Numeric)
    return joined((left, right), quotient(seconds, literal(SECONDS_OF_A_DAY, Numeric)))


def built(year: Expression, month: Expression, day: Expression) -> Expression:
    """The day, or NULL where there is no such day."""
    month_number = integer_within(month, 1, 12)
    first = func.make_date(integer_within(year, 1, 9999), month_number, whole(1), type_=Date)
    found = cast(first + (integer_within(day, 1, 31) - whole(1)), Date)
    return case((extract("month", found) == month_number, found))


def truncated(day: Expression, unit: str) -> Expression:
    name = literal(unit, Text)
    return cast(func.date_trunc(name, cast(day, TIMESTAMP), type_=TIMESTAMP), Date)


def last_of(day: Expression, unit: str) -> Expression:
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit, 0)
    days = {"week": 7, "day": 1}.get(unit, 0)
    step = func.make_interval(whole(0), whole(months), whole(0), whole(days), type_=Interval)
    last = cast(cast(truncated(day, unit) + step, Date) - whole(1), Date)
    return case((last > LAST_DAY, LAST_DAY), else_=last) if unit == "week" else last


def added_months(day: Sql, months: Sql) -> Sql:
    count = integer_within(months.value, -MAX_SHIFT_MONTHS, MAX_SHIFT_MONTHS)
    moved = _months_later(day.value, count)
    is_last = last_of(day.value, "month") == day.value
    value = case((is_last, last_of(moved, "month")), else_=moved)
    return computed((day, months), in_years(value))


def clamped(day: Sql, months: Sql) -> Sql:
    count = integer_within(months.value, -MAX_SHIFT_MONTHS, MAX_SHIFT_MONTHS)
    return computed((day, months), let(_months_later(day.value, count), in_years))


def _months_later(day: Expression, months: Expression) -> Expression:
    return cast(day + func.make_interval(whole(0), months, type_=Interval), Date)


def next_anniversary(day: Sql, today: Expression) -> Sql:
    found = let(day.value, lambda born: _kept(born, today))
    return computed((day,), let(found, in_years))


def _kept(born: Expression, today: Expression) -> Expression:
    years = cast(extract("year", today) - extract("year", born), Integer)
    this_year, next_year = (
        _months_later(born, (years + whole(more)) * whole(12)) for more in (0, 1)
    )
    return case((this_year >= today, this_year), else_=next_year)


def week_number(day: Expression, start: Expression) -> Expression:
    """NULL where a week cannot start so."""
    first = integer_within(start, 1, 2)
    return let(day, lambda given: _week(given, truncated(given, "year"), first))


def _week(day: Expression, new_year: Expression, first: Expression) -> Expression:
    weekday = func.mod(cast(extract("dow", new_year), Integer) + 8 - first, 7, type_=Integer)
    return cast((day - new_year + weekday) // whole(7) + whole(1), Numeric)


def local(instant: Expression, timezone: Expression) -> Expression:
    return func.timezone(timezone, instant, type_=TIMESTAMP)


def local_day(instant: Expression, timezone: Expression) -> Expression:
    return cast(local(instant, timezone), Date)


def midnight(day: Expression, timezone: Expression) -> Expression:
    return reachable(func.timezone(timezone, cast(day, TIMESTAMP), type_=INSTANT))


_DAY = "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(:([0-9]{2})(\.([0-9]{1,6}))?)?"
_ZONE = " ?([Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
_DATE_PATTERN = f"^{_DAY}$"
_INSTANT_PATTERN = f"^{_DAY}([ Tt]{_CLOCK}{_ZONE})?$"
_TIME_PATTERN = r"^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
_HOUR, _MINUTE, _SECOND, _FRACTION, _SIGN, _ZONE_HOUR, _ZONE_MINUTE = 5, 6, 8, 10, 12, 13, 14


def read_day(text: Expression) -> Expression:
    """The day written as YYYY-M-D, or NULL."""
    return built(*(_number(text, _DATE_PATTERN, group) for group in (1, 2, 3)))


def read_time(text: Expression) -> Expression:
    """The time of day, cut to milliseconds, or NULL."""
    readable = case((text.regexp_match(literal(_TIME_PATTERN, Text)), text))
    return cast(to_milliseconds(cast(readable, Interval)), Time)


def to_milliseconds(value: Expression) -> Expression:
    return func.date_trunc(literal("milliseconds", Text), value, type_=value.type)


def read_instant(text: Expression) -> Expression:
    """The instant as dates.read_instant reads it in UTC, or a day's midnight; else NULL."""
    day = built(*(_number(text, _INSTANT_PATTERN, group) for group in (1, 2, 3)))
    hour, minute, second, zone_hour, zone_minute = (
        func.coalesce(_number(text, _INSTANT_PATTERN, group), literal(0, Numeric), type_=Numeric)
        for group in (_HOUR, _MINUTE, _SECOND, _ZONE_HOUR, _ZONE_MINUTE)
    )
    fraction = func.rpad(_group(text, _INSTANT_PATTERN, _FRACTION), whole(3), "0", type_=Text)
    millis = func.coalesce(cast(fraction, Numeric), literal(0, Numeric), type_=Numeric)
    sign = case((_group(text, _INSTANT_PATTERN, _SIGN) == "-", literal(-1, Numeric)), else_=1)
    seconds = hour * 3600 + minute * 60 + second + millis * literal(Decimal("0.001"), Numeric)
    ahead = sign * (zone_hour * 3600 + zone_minute * 60)
    start = func.timezone("UTC", cast(day, TIMESTAMP), type_=INSTANT)
    found = cast(start + interval_of(seconds - ahead), INSTANT)
    exists = and_(hour < 24, minute < 60, second < 60, zone_hour < 24, zone_minute < 60)
    return reachable(case((exists, found)))


def _group(text: Expression, pattern: str, group: int) -> Expression:
    place = (whole(1), whole(1), literal("", Text), whole(group))
    return func.regexp_substr(text, literal(pattern, Text), *place, type_=Text)


def _number(text: Expression, pattern: str, group: int) -> Expression:
    return cast(_group(text, pattern, group), Numeric)
