"""The object of samples as a table, and the statements of formulas about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from fieldstone.formula.scope import Path
from fieldstone.formula.sql_hoist import Laterals

COLUMNS: dict[str, Any] = {
    "id": sa.Uuid, "name": sa.Text, "nickname": sa.Text, "amount": sa.Numeric(18, 2),
    "quantity": sa.BigInteger, "ratio": sa.Numeric(10, 2), "factor": sa.Numeric(30, 6),
    "is_done": sa.Boolean, "status": sa.Text, "colors": ARRAY(sa.Text), "due": sa.Date,
    "updated": sa.DateTime(timezone=True), "alarm": sa.Time, "owner": sa.Uuid, "parent": sa.Uuid,
    "sketch": sa.Text,
}  # fmt: skip
TASK = sa.Table("task", sa.MetaData(), *(sa.Column(name, kind) for name, kind in COLUMNS.items()))
PARENT = TASK.alias("parent")
LINE = sa.Table(
    "line",
    TASK.metadata,
    sa.Column("id", sa.Uuid),
    sa.Column("task", sa.Uuid),
    sa.Column("name", sa.Text),
    sa.Column("amount", sa.Numeric(18, 2)),
    sa.Column("status", sa.Text),
    sa.Column("done_on", sa.Date),
)
SOURCE = TASK.outerjoin(PARENT, TASK.c.parent == PARENT.c.id)


def column(path: Path) -> sa.ColumnElement[Any]:
    found: sa.ColumnElement[Any] = (TASK if len(path) == 1 else PARENT).c[path[-1]]
    return found


@dataclass
class Lines:
    """Implements fieldstone.formula.sql_lists.Rows."""

    owner: sa.ColumnElement[Any]
    hoist: Laterals = field(default_factory=lambda: Laterals("lines_"))

    def column(self, path: Path) -> sa.ColumnElement[Any]:
        found: sa.ColumnElement[Any] = LINE.c[path[-1]]
        return found

    def selected(
        self,
        value: sa.ColumnElement[Any],
        where: Sequence[sa.ColumnElement[Any]],
        order: Sequence[sa.ColumnElement[Any]],
    ) -> sa.ColumnElement[Any]:
        query = sa.select(value).select_from(self.hoist.around(LINE))
        query = query.where(LINE.c.task == self.owner, *where)
        if order:
            query = query.order_by(*order).limit(1)
        return query.correlate(TASK, PARENT).scalar_subquery()


def related(path: Path, _relation: str) -> Lines:
    return Lines(column((*path, "id")))
