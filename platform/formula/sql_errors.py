"""Which error it was: the code of a guard, as SQL.

A guard is put together by OR, AND and CASE from conditions that `failing` has marked with a code,
the leftmost first. The code is read off that structure: of an OR the first one that holds, of an
AND the last part (the others say when it is looked at), of a CASE the branch that is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean as BooleanType
from sqlalchemy import (
    BooleanClauseList,
    Case,
    ColumnElement,
    False_,
    Text,
    case,
    func,
    literal,
    null,
)
from sqlalchemy import and_ as all_of
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import AsBoolean, Grouping

Code = ColumnElement[Any]
UNKNOWN = "BAD_ARG"


class Failing(ColumnElement[bool]):
    """A condition that is an error; SQL sees the condition alone. `code` makes the code that it
    has where it holds."""

    __visit_name__ = "failing"
    inherit_cache = False
    type = BooleanType()

    def __init__(self, condition: ColumnElement[Any], code: Callable[[], Code]) -> None:
        self.condition = condition
        self.code = code

    def get_children(self, **_options: Any) -> tuple[ColumnElement[Any], ...]:
        return (self.condition,)

    def self_group(self, against: Any = None) -> ColumnElement[Any]:
        grouped = self.condition.self_group(against)
        return self if grouped is self.condition else Failing(grouped, self.code)

    def _negate(self) -> ColumnElement[bool]:
        """NOT of the whole condition, in parentheses where it needs them."""
        return ~self.condition

    @property
    def _from_objects(self) -> Any:
        return self.condition._from_objects


@compiles(Failing)
def _render(element: Failing, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.condition, **options)


def failing(condition: ColumnElement[Any], code: str) -> ColumnElement[bool]:
    """The condition, marked as the error with this code: one of faults.FAILURES."""
    return Failing(condition, lambda: literal(code, Text))


def code_of(guard: ColumnElement[Any] | None) -> Code | None:
    """The code of the first error that the guard finds, NULL without one; None: it finds none."""
    if guard is None:
        return None
    reader = next((read for kind, read in _READERS.items() if isinstance(guard, kind)), _unknown)
    return reader(guard)


def _failing(guard: Any) -> Code:
    return case((guard.condition, guard.code()))


def _unknown(guard: Any) -> Code:
    return case((guard, literal(UNKNOWN, Text)))


def _never(_guard: Any) -> None:
    return None


def _inside(guard: Any) -> Code | None:
    return code_of(guard.element)


def _joined(guard: Any) -> Code | None:
    parts = list(guard.clauses)
    if guard.operator is operators.or_:
        found = [code for part in parts if (code := code_of(part)) is not None]
        return func.coalesce(*found, type_=Text) if found else None
    last = code_of(parts[-1])
    return None if last is None else case((all_of(*parts[:-1]), last))


def _chosen(guard: Any) -> Code:
    branches = [(when, _or_null(code_of(then))) for when, then in guard.whens]
    return case(*branches, else_=_or_null(code_of(guard.else_)), value=guard.value)


def _or_null(code: Code | None) -> Any:
    return null() if code is None else code


Reader = Callable[[Any], Code | None]
_READERS: dict[type[Any], Reader] = {
    Failing: _failing,
    False_: _never,
    Grouping: _inside,
    AsBoolean: _inside,
    BooleanClauseList: _joined,
    Case: _chosen,
}


def reads_code(kind: type[Any]) -> Callable[[Reader], Reader]:
    """For another kind of element that guards are made of."""

    def add(reader: Reader) -> Reader:
        _READERS[kind] = reader
        return reader

    return add
