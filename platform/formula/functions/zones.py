"""What functions of dates share: arguments, the time zone that is meant, and texts that must be
written in the formula."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import Text, literal

from fieldstone.formula import dates, sql_dates
from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.context import Context
from fieldstone.formula.faults import kinds
from fieldstone.formula.functions.base import Argument, Call, Expression, Rule, SqlCall, TypeCheck
from fieldstone.formula.near import nearest
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import Kind, Type
from fieldstone.kernel import clock

DAY = Argument("date", frozenset({Kind.DATE}))
MOMENT = Argument("date", frozenset({Kind.DATE, Kind.DATETIME}))
ZONE = Argument("zone", frozenset({Kind.TEXT}), literal=True, structural=True)
UNIT = Argument("unit", frozenset({Kind.TEXT}), literal=True, structural=True)


def text_of(typed: Typed) -> str:
    """The text of a literal that must be written in the formula."""
    value = typed.node.value if isinstance(typed.node, Literal) else None
    return value.strip() if isinstance(value, str) else ""


def unit_of(typed: Typed) -> str:
    return text_of(typed).lower()


def refuse_unit(check: TypeCheck, index: int, units: tuple[str, ...]) -> None:
    unit = unit_of(check.operands[index])
    check.refuse(index, "BAD_UNIT", nearest(unit, units), units=", ".join(units))


def in_zone(result: Type) -> Rule:
    """The second operand, if there is one, names a time zone, which only an instant needs."""

    def rule(check: TypeCheck) -> Type | None:
        return result if len(check.operands) < 2 or _zone_fits(check) else None

    return rule


def _zone_fits(check: TypeCheck) -> bool:
    zone, kind = text_of(check.operands[1]), check.operands[0].type.kind
    if zone not in clock.time_zones():
        check.refuse(1, "BAD_ZONE", nearest(zone, clock.time_zones()))
        return False
    if kind not in (Kind.DATETIME, Kind.BLANK):
        expected = {"expected": kinds(Kind.DATETIME), "received": kinds(kind)}
        check.refuse(0, "ARG_TYPE", "", **expected)
        return False
    return True


def zone_of(call: Call) -> str:
    """The zone that the second operand names, or the user's."""
    return _named(call.typed) or call.context.timezone


def _named(typed: Typed) -> str:
    return text_of(typed.operands[1]) if len(typed.operands) > 1 else ""


def zone_sql(call: SqlCall) -> Expression:
    named = _named(call.typed)
    return literal(named, Text) if named else timezone(call)


def timezone(call: SqlCall) -> Expression:
    """The user's."""
    return call.from_context("timezone", Text(), _timezone)


def _timezone(context: Context) -> str:
    return context.timezone


Zone = Callable[[SqlCall], Expression]


def day_of(value: Value, zone: str) -> date | None:
    """The day of a date, or of an instant as the calendar there has it."""
    if isinstance(value, datetime):
        return dates.local_day(value, zone)
    return value if isinstance(value, date) else None


def day_sql(call: SqlCall, zone: Zone = timezone) -> Sql:
    """The day of the first operand."""
    pair = call.pair(0)
    if call.typed.operands[0].type.kind is not Kind.DATETIME:
        return pair
    return joined((pair,), sql_dates.local_day(pair.value, zone(call)))
