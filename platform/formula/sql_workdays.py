"""The SQL of workdays.py. The organisation's calendar comes as three arrays of the request, in
which `width_bucket` finds a place by halving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Numeric, case, cast, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from fieldstone.formula import sql_dates, workdays
from fieldstone.formula.context import Context
from fieldstone.formula.dates import MAX_SHIFT_DAYS
from fieldstone.formula.sql_let import let
from fieldstone.formula.sql_numbers import Expression, integer_within, whole
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.workdays import MONDAY_TO_FRIDAY

FromContext = Callable[[str, Any, Callable[[Context], Any]], Expression]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The members of workdays.WorkingDays, as binds."""

    exceptions: Expression
    balance: Expression
    counts: Expression


def calendar(bind: FromContext) -> Calendar:
    return Calendar(
        bind("exceptions", ARRAY(Date), lambda context: list(workdays.of(context).exceptions)),
        bind("balance", ARRAY(Integer), lambda context: list(workdays.of(context).balance)),
        bind("counts", ARRAY(Integer), lambda context: list(workdays.of(context).counts)),
    )


def between(first: Sql, last: Sql, arrays: Calendar) -> Sql:
    value = let(first.value, lambda start: let(last.value, lambda end: _count(start, end, arrays)))
    return joined((first, last), cast(value, Numeric))


def _count(start: Expression, end: Expression, arrays: Calendar) -> Expression:
    back = cast(end < start, Integer)
    return _until(end - back, arrays) - _until(start - whole(1) + back, arrays)


def moved(day: Sql, count: Sql, arrays: Calendar) -> Sql:
    number = integer_within(count.value, -MAX_SHIFT_DAYS, MAX_SHIFT_DAYS)
    found = let(day.value, lambda start: let(number, lambda step: _target(start, step, arrays)))
    return sql_dates.computed((day, count), let(found, sql_dates.in_years))


def _target(start: Expression, step: Expression, arrays: Calendar) -> Expression:
    back = cast(step < whole(0), Integer)
    wanted = let(
        _until(start - back, arrays) + step + back,
        lambda number: case((number > whole(0), _nth(number, arrays))),
    )
    return case((step == whole(0), start), else_=wanted)


def _until(day: Expression, arrays: Calendar) -> Expression:
    return let(day, lambda last: _working_days(last, arrays))


def _working_days(day: Expression, arrays: Calendar) -> Expression:
    days = day - literal(date.min, Date) + whole(1)
    weeks = days // whole(7) * whole(MONDAY_TO_FRIDAY)
    rest = func.least(func.mod(days, 7), MONDAY_TO_FRIDAY, type_=Integer)
    return weeks + rest + _at(arrays.balance, _place(day, arrays.exceptions))


def _nth(number: Expression, arrays: Calendar) -> Expression:
    """LEAST skips the NULL behind the last exception."""
    place = _place(number - whole(1), arrays.counts)
    return let(place, lambda before: _nth_after(number, before, arrays))


def _nth_after(number: Expression, before: Expression, arrays: Calendar) -> Expression:
    weekday = number - _at(arrays.balance, before) - whole(1)
    found = cast(literal(date.min, Date) + let(weekday, _days_before), Date)
    return func.least(found, _at(arrays.exceptions, before), type_=Date)


def _days_before(weekdays: Expression) -> Expression:
    weeks = weekdays // whole(MONDAY_TO_FRIDAY) * whole(7)
    return weeks + func.mod(weekdays, MONDAY_TO_FRIDAY, type_=Integer)


def _place(value: Expression, array: Expression) -> Expression:
    """How many of the sorted array are not beyond the value."""
    return func.width_bucket(value, array, type_=Integer)


def _at(array: Expression, before: Expression) -> Expression:
    return Grouping(array)[before + whole(1)]
