"""Related lists in SQL: a sub-select over the records that point at this one.

Which tables these are the language does not know: `Related` gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Boolean, ColumnElement, case, cast, null

from fieldstone.formula.functions.base import Expression
from fieldstone.formula.lists import aggregate_of
from fieldstone.formula.scope import Path
from fieldstone.formula.sql_hoist import Hoist, settle
from fieldstone.formula.sql_numbers import snapped
from fieldstone.formula.sql_pair import Sql, certain, valued
from fieldstone.formula.sql_text import ordered, text
from fieldstone.formula.typed import ID, Typed
from fieldstone.formula.types import Kind
from fieldstone.kernel.errors import unreachable


class Rows(Protocol):
    """The records of one list in one sub-select."""

    @property
    def hoist(self) -> Hoist: ...

    def column(self, path: Path) -> ColumnElement[Any]:
        """The column of a field, from a record of the list."""

    def selected(
        self, value: Expression, where: Sequence[Expression], order: Sequence[Expression]
    ) -> Expression:
        """The sub-select, over the records for which all conditions are true; with an order only
        its first row."""


Related = Callable[[Path, str], Rows]
"""The path to the record whose list it is, and the key of the list."""


@dataclass(frozen=True, slots=True)
class SqlList:
    """Implements functions.base.ListSql."""

    typed: Typed
    rows: Rows
    pair: Sql | None
    condition: Expression | None
    place: Sql | None
    between: Sql | None

    def built(self) -> Expression:
        return aggregate_of(self.typed).to_sql(self)

    @property
    def value(self) -> Expression:
        return valued(self._pair)

    @property
    def truth(self) -> Expression:
        pair = self._pair
        sure = certain(cast(pair.value, Boolean))
        return sure if pair.guard is None else case((pair.guard, null()), else_=sure)

    @property
    def order(self) -> Expression:
        tree = self.typed.over.order if self.typed.over else None
        if self.place is None or tree is None:
            return unreachable("a function that orders has an order")
        value = valued(self.place)
        return ordered(value) if tree.type.kind is Kind.TEXT else snapped(value, tree.type)

    @property
    def identity(self) -> Expression:
        return self.rows.column((ID,))

    @property
    def separator(self) -> Expression:
        if self.between is None:
            return unreachable("a function that separates has a separator")
        return text(self.between.value)

    def one(self, value: Expression) -> Expression:
        return self._selected(value)

    def first(self, value: Expression, *order: Expression) -> Expression:
        return self._selected(value, value.is_not(None), order=order)

    def _selected(
        self, value: Expression, *where: Expression, order: Sequence[Expression] = ()
    ) -> Expression:
        conditions = [*where, *([] if self.condition is None else [self.condition])]
        settle(self.rows.hoist, value, *conditions, *order)
        return self.rows.selected(value, conditions, order)

    @property
    def _pair(self) -> Sql:
        return self.pair or unreachable("a function without a value asks for none")
