"""The SQL of dates.py. Nothing here raises: shifts are clamped and a guard tells the error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
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
    not_,
    or_,
)

from fieldstone.formula import dates
from fieldstone.formula.dates import MAX_SHIFT_DAYS, MAX_SHIFT_MONTHS, SECONDS_OF_A_DAY
from fieldstone.formula.sql_numbers import Expression, integer, outside, quotient, whole
from fieldstone.formula.sql_pair import Sql, certain, joined

FIRST_DAY, LAST_DAY = literal(date.min, Date), literal(date.max, Date)
_INSTANT = DateTime(timezone=True)
FIRST_INSTANT = literal(dates.FIRST_INSTANT, _INSTANT)
LAST_INSTANT = literal(dates.LAST_INSTANT, _INSTANT)


def out_of_years(value: Expression) -> ColumnElement[bool]:
    """Whether a day is not in the years 1 to 9999."""
    return certain(or_(value < FIRST_DAY, value > LAST_DAY))


def unreachable(instant: Expression) -> ColumnElement[bool]:
    return certain(or_(instant < FIRST_INSTANT, instant > LAST_INSTANT))


def shifted(day: Sql, days: Sql) -> Sql:
    moved = day.value + integer(days.value, -MAX_SHIFT_DAYS, MAX_SHIFT_DAYS)
    value = cast(moved, Date)
    too_far = outside(days.value, -MAX_SHIFT_DAYS, MAX_SHIFT_DAYS)
    return joined((day, days), value, or_(_both(day, too_far), out_of_years(value)))


def _both(subject: Sql, wrong: ColumnElement[bool]) -> ColumnElement[bool]:
    """An operand that is too large is no error beside a blank one."""
    return and_(subject.value.is_not(None), wrong)


def shifted_instant(instant: Sql, days: Sql) -> Sql:
    limit = literal(MAX_SHIFT_DAYS, Numeric)
    too_far = certain(func.abs(days.value) > limit)
    near = func.least(func.greatest(days.value, -limit), limit, type_=Numeric)
    seconds = func.round(near * literal(SECONDS_OF_A_DAY, Numeric), type_=Numeric)
    step = func.make_interval(*_parts(0, 6), cast(seconds, Float), type_=Interval)
    moved = case((days.value.is_not(None), cast(instant.value + step, _INSTANT)))
    return joined((instant, days), moved, or_(_both(instant, too_far), unreachable(moved)))


def _parts(value: int, count: int) -> tuple[Expression, ...]:
    return tuple(whole(value) for _ in range(count))


def days_between(left: Sql, right: Sql) -> Sql:
    return joined((left, right), cast(cast(left.value - right.value, Integer), Numeric))


def days_between_instants(left: Sql, right: Sql) -> Sql:
    seconds = cast(extract("epoch", left.value - right.value), Numeric)
    return joined((left, right), quotient(seconds, literal(SECONDS_OF_A_DAY, Numeric)))


def built(year: Expression, month: Expression, day: Expression) -> Expression:
    """A day that is right where `unbuildable` is false, and some day elsewhere."""
    first = func.make_date(integer(year, 1, 9999), integer(month, 1, 12), whole(1), type_=Date)
    return cast(first + (integer(day, 1, 31) - whole(1)), Date)


def unbuildable(year: Expression, month: Expression, day: Expression) -> ColumnElement[bool]:
    rolled = extract("month", built(year, month, day)) != integer(month, 1, 12)
    wrong = or_(outside(year, 1, 9999), outside(month, 1, 12), outside(day, 1, 31), certain(rolled))
    known = and_(*(part.is_not(None) for part in (year, month, day)))
    return and_(known, wrong)


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
    count = integer(months.value, -MAX_SHIFT_MONTHS, MAX_SHIFT_MONTHS)
    step = func.make_interval(whole(0), count, type_=Interval)
    moved = cast(day.value + step, Date)
    is_last = last_of(day.value, "month") == day.value
    value = case((is_last, last_of(moved, "month")), else_=moved)
    too_far = outside(months.value, -MAX_SHIFT_MONTHS, MAX_SHIFT_MONTHS)
    return joined((day, months), value, or_(_both(day, too_far), out_of_years(value)))


def local_day(instant: Expression, timezone: Expression) -> Expression:
    return cast(func.timezone(timezone, instant, type_=TIMESTAMP), Date)


def midnight(day: Expression, timezone: Expression) -> Expression:
    return func.timezone(timezone, cast(day, TIMESTAMP), type_=_INSTANT)


_DAY = "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(:([0-9]{2})(\.([0-9]{1,6}))?)?"
_ZONE = " ?([Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
_DATE_PATTERN = f"^{_DAY}$"
_INSTANT_PATTERN = f"^{_DAY}([ Tt]{_CLOCK}{_ZONE})?$"
_TIME_PATTERN = r"^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
_HOUR, _MINUTE, _SECOND, _FRACTION, _SIGN, _ZONE_HOUR, _ZONE_MINUTE = 5, 6, 8, 10, 12, 13, 14


def read(text: Expression) -> tuple[Expression, ColumnElement[bool]]:
    """A day written as YYYY-M-D, and whether it is not one."""
    parts = [_number(text, _DATE_PATTERN, group) for group in (1, 2, 3)]
    return built(*parts), or_(_unread(text, _DATE_PATTERN), unbuildable(*parts))


def read_time(text: Expression) -> tuple[Expression, ColumnElement[bool]]:
    """A time of day, cut to milliseconds, and whether the text is none."""
    readable = case((text.regexp_match(literal(_TIME_PATTERN, Text)), text))
    length = func.date_trunc(literal("milliseconds", Text), cast(readable, Interval))
    return cast(length, Time), _unread(text, _TIME_PATTERN)


def read_instant(text: Expression) -> tuple[Expression, ColumnElement[bool]]:
    """An instant as dates.read_instant reads it in UTC, or a day's midnight; and whether it is
    neither."""
    year, month, day = (_number(text, _INSTANT_PATTERN, group) for group in (1, 2, 3))
    hour, minute, second, zone_hour, zone_minute = (
        func.coalesce(_number(text, _INSTANT_PATTERN, group), literal(0, Numeric), type_=Numeric)
        for group in (_HOUR, _MINUTE, _SECOND, _ZONE_HOUR, _ZONE_MINUTE)
    )
    fraction = func.rpad(_group(text, _INSTANT_PATTERN, _FRACTION), whole(3), "0", type_=Text)
    millis = func.coalesce(cast(fraction, Numeric), literal(0, Numeric), type_=Numeric)
    sign = case((_group(text, _INSTANT_PATTERN, _SIGN) == "-", literal(-1, Numeric)), else_=1)
    seconds = hour * 3600 + minute * 60 + second + millis * literal(Decimal("0.001"), Numeric)
    ahead = sign * (zone_hour * 3600 + zone_minute * 60)
    step = func.make_interval(*_parts(0, 6), cast(seconds - ahead, Float), type_=Interval)
    start = func.timezone("UTC", cast(built(year, month, day), TIMESTAMP), type_=_INSTANT)
    value = cast(start + step, _INSTANT)
    wrong = certain(or_(hour > 23, minute > 59, second > 59, zone_hour > 23, zone_minute > 59))
    unread = _unread(text, _INSTANT_PATTERN)
    return value, or_(unread, unbuildable(year, month, day), wrong, unreachable(value))


def _group(text: Expression, pattern: str, group: int) -> Expression:
    place = (whole(1), whole(1), literal("", Text), whole(group))
    return func.regexp_substr(text, literal(pattern, Text), *place, type_=Text)


def _number(text: Expression, pattern: str, group: int) -> Expression:
    return cast(_group(text, pattern, group), Numeric)


def _unread(text: Expression, pattern: str) -> ColumnElement[bool]:
    fits = text.regexp_match(literal(pattern, Text))
    return and_(text.is_not(None), not_(certain(fits)))
