"""Writing the tokens of records that were there before: after an upgrade, and when a publication
makes an object be searched by other fields. Chunk by chunk, so that nobody waits long for a row."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from fieldstone.kernel.db_errors import LockBusyError
from fieldstone.kernel.errors import Unavailable
from fieldstone.kernel.jobs import JobContext, Payload, task
from fieldstone.metadata.locks import lock_against_writers
from fieldstone.metadata.search_change import FILL
from fieldstone.metadata.snapshot import Object, Snapshot
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.save.tokens import row_of, write_tokens
from fieldstone.runtime.search_condition import searched

CHUNK = 1000
TRIES = 40


@task(FILL)
async def _fill(context: JobContext, payload: Payload) -> None:
    """Of the `objects`, or of all. Begun again after an interruption, it does once more what
    harms nobody."""
    async with context.transaction() as connection:
        snapshot = await Snapshots().current(connection, context.tenant)
    names: Sequence[str] = payload.get("objects") or tuple(snapshot.objects)
    for name in names:
        if name in snapshot.objects and searched(snapshot.objects[name]):
            await _fill_object(context, snapshot, name)
    async with context.last_transaction():
        return


async def _fill_object(context: JobContext, snapshot: Snapshot, name: str) -> None:
    shape = snapshot.objects[name]
    await _wait_for_writers(context, shape)
    after: UUID | None = None
    while True:
        async with context.transaction() as connection:
            rows = await connection.fetch(_chunk(snapshot, name, after), {"after": after})
            await write_tokens(connection, [each for row in rows for each in _rows(shape, row)])
        if len(rows) < CHUNK:
            return
        after = rows[-1]["id"]


def _rows(shape: Object, row: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for field in searched(shape):
        if row[field.column] is not None:
            found.append(row_of(field, shape.id, row["id"], row[field.column]))
    return found


def _chunk(snapshot: Snapshot, name: str, after: UUID | None) -> Any:
    """The next records, held so that nobody saves them meanwhile; the recycle bin included."""
    table, shape = table_of(snapshot, name), snapshot.objects[name]
    columns = {each.column for each in searched(shape)} | {"id"}
    query = select(*(table.c[each] for each in sorted(columns))).order_by(table.c.id).limit(CHUNK)
    query = query.with_for_update(read=True)
    return query if after is None else query.where(table.c.id > bindparam("after", type_=Uuid()))


async def _wait_for_writers(context: JobContext, shape: Object) -> None:
    """Until nobody is left who saves without knowing the new fields. Raises Unavailable."""
    for attempt in range(TRIES):
        try:
            async with context.database.owner(context.tenant) as connection:
                await lock_against_writers(connection, shape.table)
                return
        except LockBusyError:
            await asyncio.sleep(0.05 * (attempt + 1))
    raise Unavailable("metadata_locked")
