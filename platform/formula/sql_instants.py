"""The SQL of instants.py. Nothing here raises."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import (
    TIMESTAMP,
    Float,
    Interval,
    Numeric,
    Text,
    Time,
    case,
    cast,
    extract,
    func,
    literal,
)
from sqlalchemy.types import Date

from fieldstone.formula import instants, sql_dates
from fieldstone.formula.sql_let import let
from fieldstone.formula.sql_numbers import Expression, integer_within
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import Kind

_EPOCH = literal(instants.EPOCH, sql_dates.INSTANT)
_EPOCH_DAY = literal(instants.EPOCH_DAY, Date)
_MILLION = 1_000_000
_DAY = 86_400_000
"""In milliseconds."""


def _number(value: int) -> Expression:
    return literal(value, Numeric)


def _quotient(number: Expression, divisor: int) -> Expression:
    """Toward zero, and exact, which a division followed by a cut is not."""
    return number if divisor == 1 else func.div(number, _number(divisor), type_=Numeric)


def _remainder(number: Expression, divisor: int) -> Expression:
    return func.mod(number, _number(divisor), type_=Numeric)


def _part(field: str, value: Expression) -> Expression:
    return cast(extract(field, value), Numeric)


def cut(value: Expression) -> Expression:
    return func.trunc(value, type_=Numeric)


def whole_months(first: Expression, last: Expression) -> Expression:
    """Of two days, or of two moments on one wall."""
    age = func.age(cast(last, TIMESTAMP), cast(first, TIMESTAMP), type_=Interval)
    return let(age, lambda span: _part("year", span) * _number(12) + _part("month", span))


def date_difference(first: Expression, last: Expression, unit: str) -> Expression:
    if unit == "d":
        return cast(last - first, Numeric)
    return _quotient(whole_months(first, last), 12 if unit == "y" else 1)


def whole_units(left: Sql, right: Sql, unit: str, zone: Expression) -> Sql:
    if unit in instants.MONTHS:
        walls = (sql_dates.local(pair.value, zone) for pair in (right, left))
        return joined((left, right), _quotient(whole_months(*walls), instants.MONTHS[unit]))
    micros = _part("epoch", left.value - right.value) * _number(_MILLION)
    return joined((left, right), _quotient(micros, instants.LENGTHS[unit]))


def unix_time(value: Expression, kind: Kind) -> Expression:
    if kind is Kind.DATE:
        return cast(value - _EPOCH_DAY, Numeric) * _number(86_400)
    return cut(_part("epoch", value))


def from_unix_time(seconds: Sql) -> Sql:
    first, last = _number(instants.FIRST_UNIX_TIME), _number(instants.LAST_UNIX_TIME)
    near = seconds.value.between(first, last)
    millis = cut(case((near, seconds.value * _number(1000))))
    found = let(let(millis, _after_epoch), sql_dates.reachable)
    return sql_dates.computed((seconds,), found)


def _after_epoch(millis: Expression) -> Expression:
    """Seconds and the rest apart: an interval's seconds are a float."""
    fraction = _remainder(millis, 1000) * literal(Decimal("0.001"), Numeric)
    whole = sql_dates.interval_of(_quotient(millis, 1000))
    return cast(_EPOCH + whole + sql_dates.interval_of(fraction), sql_dates.INSTANT)


def time_of_day(hour: Expression, minute: Expression, second: Expression) -> Expression:
    """NULL where there is no such time."""
    parts = (integer_within(hour, 0, 23), integer_within(minute, 0, 59))
    return func.make_time(*parts, cast(integer_within(second, 0, 59), Float), type_=Time)


def shifted_time(clock: Sql, millis: Sql) -> Sql:
    """A time and an interval begin anew after midnight by themselves."""
    within_a_day = _remainder(cut(millis.value), _DAY) * literal(Decimal("0.001"), Numeric)
    value = cast(clock.value + sql_dates.interval_of(within_a_day), Time)
    return joined((clock, millis), value)


def millis_between(left: Sql, right: Sql) -> Sql:
    millis = _part("epoch", left.value - right.value) * _number(1000) + _number(_DAY)
    return joined((left, right), cut(_remainder(millis, _DAY)))


def clock_part(field: str, value: Expression) -> Expression:
    """Of a time, or of a moment on a wall."""
    if field == "millisecond":
        return _remainder(cut(_part("milliseconds", value)), 1000)
    return cut(_part(field, value))


def duration(seconds: Expression, *, days: bool) -> Expression:
    whole = func.abs(cut(seconds), type_=Numeric)
    return let(whole, lambda count: _written(count, days=days))


def _written(whole: Expression, *, days: bool) -> Expression:
    hours = _quotient(whole, 3600)
    minutes = _remainder(_quotient(whole, 60), 60)
    ends = (_padded(minutes), _padded(_remainder(whole, 60)))
    if not days:
        return _with_colons(_padded(hours), *ends)
    day = cast(_quotient(hours, 24), Text)
    return _with_colons(day, _padded(_remainder(hours, 24)), *ends)


def _padded(number: Expression) -> Expression:
    """With two digits at least."""
    return func.to_char(number, literal("FM" + "9" * 23 + "00", Text), type_=Text)


def _with_colons(first: Expression, *others: Expression) -> Expression:
    text = first
    for other in others:
        text = text.concat(literal(":", Text)).concat(other)
    return text


def seconds_between(left: Expression, right: Expression) -> Expression:
    return cut(_part("epoch", right - left))
