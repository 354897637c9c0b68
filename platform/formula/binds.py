"""Values that come with each request: the binds of one compiled formula, and their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import Boolean, Text, TypeEngine

from fieldstone.formula.ast import NO_SPAN, Value
from fieldstone.formula.coerce import BadLiteral
from fieldstone.formula.comparison import comparable
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import Lifted, computed, computed_several, exact
from fieldstone.formula.faults import EvaluationError, Fault, FormulaError
from fieldstone.formula.typed import Needs, Typed

Change = Callable[[Value], Any]
Read = Callable[[Context, Lifted], Any]


@dataclass(frozen=True, slots=True)
class Bind:
    """A parameter of the statement and how to compute it, from what."""

    name: str
    read: Read
    needs: Needs = Needs.NOTHING


@dataclass(slots=True)
class Binder:
    """Collects the binds of one statement while it is compiled. Keep `binds` with the statement;
    the prefix keeps several formulas of one statement apart."""

    prefix: str = "p"
    found: dict[str, Bind] = field(default_factory=dict)
    count: int = 0

    @property
    def binds(self) -> tuple[Bind, ...]:
        return tuple(self.found.values())

    def drop_unused(self, before: Collection[str], *expressions: ColumnElement[Any]) -> None:
        """Forgets what was asked for since `before` and then not used in the expressions."""
        parts = (part for expression in expressions for part in iterate(expression))
        used = {each.key for each in parts if isinstance(each, BindParameter)}
        for name in [name for name in self.found if name not in used and name not in before]:
            del self.found[name]

    def named(
        self, label: str, kind: TypeEngine[Any], read: Read, needs: Needs
    ) -> BindParameter[Any]:
        """One bind for everything that asks for the same label."""
        name = f"{self.prefix}_{label}"
        self.found.setdefault(name, Bind(name, read, needs))
        return bindparam(name, type_=kind)

    def fresh(self, kind: TypeEngine[Any], read: Read, needs: Needs) -> BindParameter[Any]:
        name = f"{self.prefix}{self.count}"
        self.count += 1
        self.found[name] = Bind(name, read, needs)
        return bindparam(name, type_=kind)

    def value(self, typed: Typed, kind: TypeEngine[Any], change: Change) -> BindParameter[Any]:
        """The changed value of a constant; None when it cannot be computed."""

        def read(context: Context, values: Lifted) -> Any:
            try:
                return change(exact(typed, {}, context, values))
            except EvaluationError:
                return None

        return self.fresh(kind, read, typed.needs)

    def failure(self, typed: Typed) -> BindParameter[Any]:
        """Whether a constant cannot be computed."""

        def read(context: Context, values: Lifted) -> bool:
            try:
                computed(typed, {}, context, values)
            except EvaluationError:
                return True
            return False

        return self.fresh(Boolean(), read, typed.needs)

    def code(self, typed: Typed) -> BindParameter[Any]:
        """Why a constant cannot be computed; None when it can."""

        def read(context: Context, values: Lifted) -> str | None:
            try:
                computed(typed, {}, context, values)
            except EvaluationError as error:
                return error.code
            return None

        return self.fresh(Text(), read, typed.needs)

    def several(
        self, items: tuple[Typed, ...], kind: TypeEngine[Any], change: Change
    ) -> BindParameter[Any]:
        """An array of constants to compare with, blanks left out."""

        def read(context: Context, values: Lifted) -> list[Any]:
            found = (value for typed in items for value in computed_several(typed, context, values))
            changed = (change(comparable(value)) for value in found if value is not None)
            return [value for value in changed if value is not None]

        return self.fresh(kind, read, reduce(or_, (each.needs for each in items), Needs.NOTHING))


def bind_needs(binds: Iterable[Bind]) -> Needs:
    """What must be known to give all of them their values."""
    return reduce(or_, (each.needs for each in binds), Needs.NOTHING)


def bind_values(binds: Iterable[Bind], values: Lifted, context: Context) -> dict[str, Any]:
    """The statement's parameters for one request. `values` are those lifted out of its shape.
    Raises FormulaError when a literal cannot be what its neighbour asks for ("2024-02-30" beside
    a date); its place is not known here: check the whole text for that."""
    try:
        return {bind.name: bind.read(context, values) for bind in binds}
    except BadLiteral as bad:
        fault = Fault(
            code=bad.code, span=NO_SPAN, params={"text": bad.text}, suggestion=bad.suggestion
        )
    raise FormulaError((fault,))
