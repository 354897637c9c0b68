"""One page of a query: its rows in their order, from after the last record seen.

Where what is shown lies beyond links or must be computed, the page's rows are chosen first, by
filter and order alone, and only these few are joined and computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Integer

from fieldstone.metadata.joins import Joins
from fieldstone.runtime.cursor import refuse_misfit
from fieldstone.runtime.ordering import Key, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows, and in which order. The last key is the id; `after` says for each key whether
    the cursor's value is blank, None for the first page."""

    joins: Joins
    conditions: tuple[ColumnElement[bool], ...]
    keys: Sequence[Key]
    after: tuple[Any, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"sort{index}__key" for index in range(len(self.keys)))

    def select(self, chosen: Select[Any]) -> Select[Any]:
        """`chosen` and the sort keys, of one page."""
        conditions = list(self.conditions)
        if self.after is not None:
            refuse_misfit(self.after, len(self.keys))
            conditions.append(_after(self.keys, self.after))
        labelled = [
            column.label(name) for (column, _), name in zip(self.keys, self.names, strict=True)
        ]
        return (
            chosen.add_columns(*labelled)
            .select_from(self.joins.source)
            .where(*conditions)
            .order_by(*_order(self.keys))
            .limit(bindparam("row_limit", type_=Integer()))
        )


def page(chosen: Select[Any], shown: Joins, rows: Rows) -> Select[Any]:
    """`shown` are the joins of what was chosen; those of the rows themselves when it needs none
    of its own."""
    if shown is rows.joins:
        return rows.select(chosen)
    few = rows.select(select()).subquery("page")
    keys = [(few.c[name], down) for name, (_, down) in zip(rows.names, rows.keys, strict=True)]
    return (
        chosen.add_columns(*(column for column, _ in keys))
        .select_from(shown.source.join(few, keys[-1][0] == shown.root.c.id))
        .order_by(*_order(keys))
    )


def _order(keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    last, down = keys[-1]
    return [*in_order(keys[:-1]), last.desc() if down else last.asc()]


def _after(keys: Sequence[Key], blanks: tuple[bool, ...]) -> ColumnElement[bool]:
    """Everything that comes after the cursor in the order above; blanks come last."""
    branches: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for index, ((column, down), blank) in enumerate(zip(keys, blanks, strict=True)):
        value = bindparam(f"after{index}", type_=column.type)
        if not blank:
            beyond = column < value if down else column > value
            is_id = index == len(keys) - 1
            branches.append(and_(*equal, beyond if is_id else or_(beyond, column.is_(None))))
        equal.append(column.is_(None) if blank else column == value)
    return or_(*branches)
