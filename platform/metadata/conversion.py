"""Moving a field's values into the columns of another type: tried first, then done in chunks.

The old column keeps what it held; rows whose value does not convert are blank in the new one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Select, Table, Update, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Uuid

from fieldstone.kernel.db import Connection
from fieldstone.kernel.db_errors import LockBusyError
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.convert import convert, convertible
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import field_columns, table_of
from fieldstone.metadata.values import to_json

CHUNK = 2000
SAMPLE = 5
_FIRST = UUID(int=0)


@dataclass(slots=True)
class Tally:
    """How many values convert, how many do not, how many are blank; the commonest failures as
    (value, count) and the ids of some rows that hold them. `last` is the row it has come to."""

    converted: int = 0
    failed: int = 0
    blank: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    sample: tuple[UUID, ...] = ()
    last: UUID = _FIRST
    complete: bool = False

    @property
    def rows(self) -> int:
        return self.converted + self.failed + self.blank

    @property
    def failures(self) -> tuple[tuple[str, int], ...]:
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1])
        return tuple(ranked[:SAMPLE])


async def dry_run(  # what is tried, and how far
    connection: Connection,
    before: Snapshot,
    old: Field,
    new: Field,
    *,
    tally: Tally | None = None,
    until: float = inf,
) -> Tally:
    """Goes on from where the tally came to, to the end or until a moment of time.monotonic."""
    tally = tally or Tally()
    async for rows in _chunks(connection, before, old, after=tally.last):
        for row in rows:
            _converted(row, old, new, tally)
            tally.last = row["id"]
        if monotonic() >= until:
            return tally
    tally.complete = True
    return tally


async def convert_rows(
    connection: Connection,
    before: Snapshot,
    old: Field,
    new: Field,
    *,
    since: datetime | None = None,
    tries: int = 1,
) -> Tally:
    """Fills the new column from the old one; with `since`, only rows modified from then on. More
    than one try a chunk, for when somebody holds a row, needs an autocommit connection."""
    tally = Tally()
    table = _writable(table_of(before, old.object), new)
    target = field_columns(new)[0]
    given = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB()))
        .table_valued(column("id", Uuid()), column("value", target.type), name="given")
        .render_derived(with_types=True)
    )
    statement = update(table).values({target.name: given.c.value}).where(table.c.id == given.c.id)
    async for rows in _chunks(connection, before, old, since=since):
        values = [
            {"id": str(row["id"]), "value": to_json(_converted(row, old, new, tally))}
            for row in rows
        ]
        await _patiently(connection, statement, values, tries)
    return tally


async def _patiently(
    connection: Connection, statement: Update, rows: list[dict[str, Any]], tries: int
) -> None:
    for left in reversed(range(tries)):
        try:
            await connection.run(statement, {"rows": rows})
            return
        except LockBusyError:
            if not left:
                raise
            await asyncio.sleep(0.1)


def _converted(row: Mapping[str, Any], old: Field, new: Field, tally: Tally) -> Any:
    value = row["value"]
    if value is None:
        tally.blank += 1
        return None
    try:
        if not convertible(old.type.name, new.type.name):
            raise BadValue("field.not_convertible")
        # a computed field's document says how it is computed, not of what type it is
        result = convert(value, {**old.config, "type": old.type.name}, new.config, Locale())
    except BadValue:
        tally.failed += 1
        shown = old.type.format(value, Locale(), old.config)[:80]
        if shown in tally.counts or len(tally.counts) < 1000:
            tally.counts[shown] = tally.counts.get(shown, 0) + 1
        if len(tally.sample) < SAMPLE:
            tally.sample = (*tally.sample, row["id"])
        return None
    tally.converted += 1
    return result


async def _chunks(
    connection: Connection,
    before: Snapshot,
    old: Field,
    *,
    after: UUID = _FIRST,
    since: datetime | None = None,
) -> AsyncIterator[list[dict[str, Any]]]:
    if not old.column:
        return
    table = table_of(before, old.object)
    query: Select[Any] = (
        select(table.c.id, table.c[old.column].label("value"))
        .where(table.c.id > bindparam("after", type_=Uuid()))
        .order_by(table.c.id)
        .limit(CHUNK)
    )
    if since is not None:
        query = query.where(table.c.modified_at >= since)
    while rows := await connection.fetch(query, {"after": after}):
        yield rows
        after = rows[-1]["id"]


def _writable(table: Table, new: Field) -> Table:
    """The table as it was, with the new column in it."""
    copy = table.to_metadata(MetaData())
    for each in field_columns(new):
        copy.append_column(each)
    return copy
