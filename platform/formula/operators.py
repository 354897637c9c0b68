"""What `+ - * / % ^ &` mean between two kinds of value, in both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from fieldstone.formula import (
    arithmetic,
    dates,
    instants,
    sql_dates,
    sql_instants,
    sql_numbers,
)
from fieldstone.formula.ast import Value
from fieldstone.formula.functions import powers
from fieldstone.formula.sql_numbers import scale_of, sized
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import DATE, DATETIME, TEXT, TIME, Kind, Type

EQUALITY = ("=", "<>")
ORDERING = ("<", "<=", ">", ">=")
COMPARISONS = (*EQUALITY, *ORDERING)
LOGIC = ("AND", "OR")

ORDERED_KINDS = frozenset(
    {Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.TIME}
)
EQUAL_KINDS = ORDERED_KINDS | {Kind.PICKLIST, Kind.REFERENCE}


@dataclass(frozen=True, slots=True)
class Operation:
    """`compute` gets no blanks unless `takes_blank`. `to_sql` also gets the operands' types and
    the result's; None: texts, of which to_sql.py joins a whole row at once.
    `fails` beyond overflow, which the result's type tells."""

    result: Callable[[Type, Type], Type]
    compute: Callable[[Any, Any], Value]
    to_sql: Callable[[Sql, Sql, tuple[Type, Type, Type]], Sql] | None
    fails: bool = False
    takes_blank: bool = False


def _back(day: date, days: Decimal) -> date:
    return dates.shifted(day, -days)


def _instant_back(instant: datetime, days: Decimal) -> datetime:
    return dates.shifted_instant(instant, -days)


def _days_between(left: date, right: date) -> Decimal:
    return Decimal((left - right).days)


def _days_between_instants(left: datetime, right: datetime) -> Decimal:
    span = left - right
    micros = (span.days * dates.SECONDS_OF_A_DAY + span.seconds) * 10**6 + span.microseconds
    return arithmetic.divide(Decimal(micros).scaleb(-6), Decimal(dates.SECONDS_OF_A_DAY))


def _time_back(clock: time, millis: Decimal) -> time:
    return instants.shifted_time(clock, -arithmetic.truncated(millis))


def _time_on(clock: time, millis: Decimal) -> time:
    return instants.shifted_time(clock, arithmetic.truncated(millis))


def _negated(pair: Sql) -> Sql:
    return joined((pair,), -pair.value)


def _fixed(result: Type) -> Callable[[Type, Type], Type]:
    return lambda _left, _right: result


def _remainder_type(_left: Type, right: Type) -> Type:
    return sized(sql_numbers.digits_of(right), arithmetic.EXTERNAL_SCALE)


_CONCATENATION = Operation(
    result=_fixed(TEXT),
    compute=lambda left, right: f"{left or ''}{right or ''}",
    to_sql=None,
    takes_blank=True,
)
_N, _T, _D, _Z, _C = Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME

OPERATIONS: Mapping[tuple[str, Kind, Kind], Operation] = {
    ("+", _N, _N): Operation(
        sql_numbers.summed,
        arithmetic.add,
        lambda left, right, types: sql_numbers.plus(left, right, types[2]),
    ),
    ("-", _N, _N): Operation(
        sql_numbers.summed,
        arithmetic.subtract,
        lambda left, right, types: sql_numbers.minus(left, right, types[2]),
    ),
    ("*", _N, _N): Operation(
        sql_numbers.multiplied,
        arithmetic.multiply,
        lambda left, right, types: sql_numbers.times(
            left, right, scale_of(types[0]) + scale_of(types[1]), types[2]
        ),
    ),
    ("/", _N, _N): Operation(
        sql_numbers.quotient_type,
        arithmetic.divide,
        lambda left, right, types: sql_numbers.divided(left, right, types[2]),
        fails=True,
    ),
    ("%", _N, _N): Operation(
        _remainder_type,
        arithmetic.modulo,
        lambda left, right, types: sql_numbers.remainder(left, right, types[:2]),
        fails=True,
    ),
    ("^", _N, _N): Operation(powers.power_type, arithmetic.power, powers.power, fails=True),
    ("+", _T, _T): _CONCATENATION,
    ("&", _T, _T): _CONCATENATION,
    ("+", _D, _N): Operation(
        _fixed(DATE),
        dates.shifted,
        lambda left, right, _types: sql_dates.shifted(left, right),
        fails=True,
    ),
    ("-", _D, _N): Operation(
        _fixed(DATE),
        _back,
        lambda left, right, _types: sql_dates.shifted(left, _negated(right)),
        fails=True,
    ),
    ("+", _Z, _N): Operation(
        _fixed(DATETIME),
        dates.shifted_instant,
        lambda left, right, _types: sql_dates.shifted_instant(left, right),
        fails=True,
    ),
    ("-", _Z, _N): Operation(
        _fixed(DATETIME),
        _instant_back,
        lambda left, right, _types: sql_dates.shifted_instant(left, _negated(right)),
        fails=True,
    ),
    ("-", _D, _D): Operation(
        _fixed(sized(7, 0)),
        _days_between,
        lambda left, right, _types: sql_dates.days_between(left, right),
    ),
    ("-", _Z, _Z): Operation(
        _fixed(sized(7, arithmetic.INTERNAL_SCALE)),
        _days_between_instants,
        lambda left, right, _types: sql_dates.days_between_instants(left, right),
    ),
    ("+", _C, _N): Operation(
        _fixed(TIME),
        _time_on,
        lambda left, right, _types: sql_instants.shifted_time(left, right),
    ),
    ("-", _C, _N): Operation(
        _fixed(TIME),
        _time_back,
        lambda left, right, _types: sql_instants.shifted_time(left, _negated(right)),
    ),
    ("-", _C, _C): Operation(
        _fixed(sized(8, 0)),
        instants.millis_between,
        lambda left, right, _types: sql_instants.millis_between(left, right),
    ),
}


def kinds_taken(sign: str, left: Kind | None = None) -> tuple[Kind, ...]:
    """The kinds that the operator takes at its left, or at its right beside this left one."""
    found = [
        second if left else first
        for operator, first, second in OPERATIONS
        if operator == sign and left in (None, first)
    ]
    return tuple(dict.fromkeys(found))
