"""An expression in SQL with its guard: "computing this was an error"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Text,
    Time,
    Uuid,
    and_,
    case,
    cast,
    false,
    func,
    not_,
    null,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type

_TYPES: Mapping[Kind, TypeEngine[Any]] = {
    Kind.NUMBER: Numeric(),
    Kind.BOOLEAN: Boolean(),
    Kind.DATE: Date(),
    Kind.DATETIME: DateTime(timezone=True),
    Kind.TIME: Time(),
    Kind.REFERENCE: Uuid(),
    Kind.MULTI_PICKLIST: ARRAY(Text()),
}


def column_type(type_: Type) -> TypeEngine[Any]:
    return _TYPES.get(type_.kind, Text())


@dataclass(frozen=True, slots=True)
class Sql:
    """`guard` is never NULL; None: cannot fail. The value must not raise even when the guard is
    true. `blank_on_error`: the value is NULL (for a condition: not TRUE) whenever it is."""

    value: ColumnElement[Any]
    guard: ColumnElement[bool] | None = None
    blank_on_error: bool = True


def blank(type_: Type) -> ColumnElement[Any]:
    return cast(null(), column_type(type_))


def any_of(guards: Iterable[ColumnElement[bool] | None]) -> ColumnElement[bool] | None:
    found = [guard for guard in guards if guard is not None]
    return or_(*found) if found else None


def joined(
    pairs: Iterable[Sql],
    value: ColumnElement[Any],
    own: ColumnElement[bool] | None = None,
    *,
    blank_on_error: bool = False,
    null_in_null_out: bool = True,
) -> Sql:
    """The result of a strict function: its own guard beside those of its operands."""
    pairs = tuple(pairs)
    passed_on = null_in_null_out and all(pair.blank_on_error for pair in pairs)
    guard = any_of((*(pair.guard for pair in pairs), own))
    return Sql(value, guard, guard is None or (passed_on and (own is None or blank_on_error)))


def settled(pair: Sql) -> ColumnElement[bool]:
    """TRUE only when the condition is true and no error."""
    if pair.guard is None or pair.blank_on_error:
        return pair.value
    return and_(not_(pair.guard), pair.value)


def valued(pair: Sql) -> ColumnElement[Any]:
    """The value, NULL on an error."""
    if pair.guard is None or pair.blank_on_error:
        return pair.value
    return case((pair.guard, null()), else_=pair.value)


def negated(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """NOT in parentheses: SQLAlchemy leaves them out before IS NULL, IN and `<`, which PostgreSQL
    binds tighter."""
    return Grouping(not_(condition))


def certain(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """NULL becomes FALSE."""
    return func.coalesce(condition, false())
