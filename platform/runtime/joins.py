"""The tables of one statement: one alias for each path of references, shared by all who use it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_
from sqlalchemy.sql import ColumnElement, FromClause

from fieldstone.formula.scope import Path
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import table_of


class Joins:
    """Joined records in the recycle bin count as absent."""

    def __init__(self, snapshot: Snapshot, object_name: str) -> None:
        self._snapshot = snapshot
        self.root: Table = table_of(snapshot, object_name)
        self._aliases: dict[Path, Any] = {(): self.root}
        self.source: FromClause = self.root

    def column(self, trail: tuple[Field, ...], ending: str = "") -> ColumnElement[Any]:
        """The column at the end of the trail, joining what lies on the way."""
        alias = self.table(trail[:-1])
        found: ColumnElement[Any] = alias.c[trail[-1].columns[ending]]
        return found

    def table(self, trail: tuple[Field, ...]) -> Any:
        path = tuple(field.name for field in trail)
        if path not in self._aliases:
            parent = self.table(trail[:-1])
            link = trail[-1]
            alias = table_of(self._snapshot, link.target).alias("_".join(("j", *path))[:60])
            on = and_(alias.c.id == parent.c[link.column], alias.c.deleted_at.is_(None))
            self.source = self.source.outerjoin(alias, on)
            self._aliases[path] = alias
        return self._aliases[path]
