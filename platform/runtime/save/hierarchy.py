"""Records that point at their own kind form a tree: nobody is above himself."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.save.batch import Action, Batch

DEEPEST = 50


async def refuse_rings(batch: Batch) -> None:
    for field in batch.shape.own_fields:
        if field.is_reference and field.target == batch.shape.name and field.type.name != "user":
            await _refuse_rings(batch, field)


async def _refuse_rings(batch: Batch, field: Field) -> None:
    wanted: dict[UUID, UUID] = {
        change.id: change.values[field.name]
        for change in batch.changes
        if change.values.get(field.name) is not None
        and (change.before or {}).get(field.name) != change.values[field.name]
    }
    if not wanted or batch.action is Action.CREATE:
        return
    await batch.transaction.connection.run(_hold(), {"tree": str(field.id)})
    above = await _ancestors(batch, field, set(wanted.values()))
    above.update(wanted)
    for change in batch.changes:
        if change.id in wanted and _leads_back(change.id, above):
            change.problem("field.ring", field.name)


@lru_cache(maxsize=1)
def _hold() -> Statement:
    """Until this transaction ends, others who move records in the same tree wait: a ring may be
    closed by several moves, of which none sees the others."""
    name = func.concat(func.current_schema(), ".", bindparam("tree", type_=Text()))
    return statement(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def _ancestors(batch: Batch, field: Field, start: set[UUID]) -> dict[UUID, UUID]:
    """Each record on the way up from the starting ones, with the one above it."""
    connection, snapshot = batch.transaction.connection, batch.transaction.snapshot
    above: dict[UUID, UUID] = {}
    level = start
    for _ in range(DEEPEST):
        level -= above.keys()
        if not level:
            break
        query = _parents(snapshot, batch.shape.name, field.column)
        rows = await connection.fetch_tuples(query, {"ids": list(level)})
        above.update({child: parent for child, parent in rows if parent is not None})
        level = {parent for _, parent in rows if parent is not None}
    return above


@per_snapshot()
def _parents(snapshot: Snapshot, object_name: str, column: str) -> Statement:
    table = table_of(snapshot, object_name)
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    return statement(select(table.c.id, table.c[column]).where(table.c.id == any_(ids)))


def _leads_back(start: UUID, above: dict[UUID, UUID]) -> bool:
    current = above.get(start)
    for _ in range(DEEPEST):
        if current is None:
            return False
        if current == start:
            return True
        current = above.get(current)
    return True
