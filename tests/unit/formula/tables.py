"""The object of samples as a table, and the statements of formulas about it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from fieldstone.formula.scope import Path

COLUMNS: dict[str, Any] = {
    "id": sa.Uuid, "name": sa.Text, "nickname": sa.Text, "amount": sa.Numeric(18, 2),
    "quantity": sa.BigInteger, "ratio": sa.Numeric(10, 2), "factor": sa.Numeric(30, 6),
    "is_done": sa.Boolean, "status": sa.Text, "colors": ARRAY(sa.Text), "due": sa.Date,
    "updated": sa.DateTime(timezone=True), "alarm": sa.Time, "owner": sa.Uuid, "parent": sa.Uuid,
    "sketch": sa.Text,
}  # fmt: skip
TASK = sa.Table("task", sa.MetaData(), *(sa.Column(name, kind) for name, kind in COLUMNS.items()))
PARENT = TASK.alias("parent")
SOURCE = TASK.outerjoin(PARENT, TASK.c.parent == PARENT.c.id)


def column(path: Path) -> sa.ColumnElement[Any]:
    found: sa.ColumnElement[Any] = (TASK if len(path) == 1 else PARENT).c[path[-1]]
    return found
