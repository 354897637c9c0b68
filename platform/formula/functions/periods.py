"""Where a day lies: the start and end of its month, within last quarter, older than 30 days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import and_
from sqlalchemy.types import TypeEngine

from fieldstone.formula import dates, sql_dates
from fieldstone.formula.ast import Value
from fieldstone.formula.context import Context
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
)
from fieldstone.formula.functions.zones import (
    MOMENT,
    UNIT,
    day_of,
    day_sql,
    refuse_unit,
    unit_of,
)
from fieldstone.formula.near import nearest
from fieldstone.formula.sql_pair import Sql, column_type, joined
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, DATE, Kind, Type

PERIOD = Argument("period", frozenset({Kind.TEXT}), literal=True, structural=True)


def _unit_type(check: TypeCheck) -> Type | None:
    if unit_of(check.operands[1]) in dates.UNITS:
        return DATE
    refuse_unit(check, 1, dates.UNITS)
    return None


def _bound_function(
    name: str,
    compute: Callable[[date, str], date],
    build: Callable[[Expression, str], Expression],
    words: tuple[str, str],
    examples: tuple[tuple[str, str], ...],
) -> Function:
    def evaluate(call: Call) -> Value:
        day = day_of(call.value(0), call.context.timezone)
        return None if day is None else compute(day, unit_of(call.typed.operands[1]))

    def to_sql(call: SqlCall) -> Sql:
        day = day_sql(call)
        return joined((day,), build(day.value, unit_of(call.typed.operands[1])))

    return Function(
        name=name,
        signature=Signature((MOMENT, UNIT)),
        rule=_unit_type,
        evaluate=evaluate,
        to_sql=to_sql,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=examples,
    )


def _period_type(check: TypeCheck) -> Type | None:
    name = unit_of(check.operands[1])
    if dates.period(name) is not None:
        return BOOLEAN
    check.refuse(1, "BAD_PERIOD", nearest(name, dates.PERIODS))
    return None


Bound = date | datetime | None


def _bounds(typed: Typed, context: Context) -> tuple[Bound, Bound]:
    """The first moment of the period and the first one after it, as the operand counts time."""
    period = dates.period(unit_of(typed.operands[1]))
    days = period(context.today) if period else (None, None)
    if typed.operands[0].type.kind is Kind.DATETIME:
        return dates.instants(days, context.timezone)
    return days


def _in_period(call: Call) -> Value:
    value = call.value(0)
    if not isinstance(value, date):
        return None
    first, after = _bounds(call.typed, call.context)
    # of one kind: both days or both instants
    return (first is None or value >= first) and (after is None or value < after)


def _in_period_sql(call: SqlCall) -> Sql:
    """A half-open range on the bare column, so that its index can serve it."""
    pair, typed = call.pair(0), call.typed
    kind = column_type(typed.operands[0].type)
    name = unit_of(typed.operands[1])
    tests = []
    if not name.startswith("older"):
        tests.append(pair.value >= _bound(call, name, kind, 0))
    tests.append(pair.value < _bound(call, name, kind, 1))
    return joined((pair,), and_(*tests))


def _bound(call: SqlCall, name: str, kind: TypeEngine[Bound], index: int) -> Expression:
    typed = call.typed
    end = "until" if index else "from"
    label = f"{typed.operands[0].type.kind}_{end}_{name.replace(':', '_')}"
    return call.from_context(label, kind, lambda context: _bounds(typed, context)[index])


FUNCTIONS = (
    _bound_function(
        "STARTOF",
        dates.start_of,
        sql_dates.truncated,
        (
            "The first day of the week, month, quarter or year. Weeks start on Monday.",
            "所在周、月、季度或年的第一天，一周从星期一开始。",
        ),
        (
            ('STARTOF(due, "quarter")', "DATE(2024, 4, 1)"),
            ('STARTOF(due, "week")', "DATE(2024, 5, 27)"),
        ),
    ),
    _bound_function(
        "ENDOF",
        dates.end_of,
        sql_dates.last_of,
        (
            "The last day of the week, month, quarter or year.",
            "所在周、月、季度或年的最后一天。",
        ),
        (
            ('ENDOF(due, "quarter")', "DATE(2024, 6, 30)"),
            ('ENDOF(due, "week")', "DATE(2024, 6, 2)"),
        ),
    ),
    Function(
        name="INPERIOD",
        signature=Signature((MOMENT, PERIOD)),
        rule=_period_type,
        evaluate=_in_period,
        to_sql=_in_period_sql,
        volatile=True,
        documentation={
            "en": "TRUE if the date is within a period that moves with today: today, this_week, "
            "last_month, next_quarter, last_n_days:7, n_months_ago:2, older_than_n_days:30 …",
            "zh_CN": "日期在随今天移动的期间内时为真：today、this_week、last_month、"
            "next_quarter、last_n_days:7、n_months_ago:2、older_than_n_days:30 等。",
        },
        examples=(
            ('INPERIOD(due, "this_month")', "TRUE"),
            ('INPERIOD(updated, "yesterday")', "TRUE"),
            ('INPERIOD(due, "older_than_n_days:1")', "FALSE"),
        ),
    ),
)
