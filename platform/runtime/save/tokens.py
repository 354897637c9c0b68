"""Stage 9: what a record is found by, in the record's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import JSON

from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import Statement, statement
from fieldstone.kernel.system_tables import search
from fieldstone.metadata.snapshot import Field, Object
from fieldstone.runtime.save.batch import Action, Batch
from fieldstone.runtime.search_condition import searched
from fieldstone.runtime.search_tokens import tokens_of


async def search_tokens(batch: Batch) -> None:
    """The recycle bin keeps its tokens: a search does not look there."""
    if batch.action not in (Action.CREATE, Action.UPDATE):
        return
    rows = [
        row
        for change in batch.good
        if change.after is not None
        for row in _rows(batch.shape, change.id, change.after, change.before or {})
    ]
    await write_tokens(batch.transaction.connection, rows)


def _rows(
    shape: Object, record_id: UUID, after: Mapping[str, Any], before: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for field in searched(shape):
        value = after.get(field.name)
        if value != before.get(field.name):
            yield row_of(field, shape.id, record_id, value)


def row_of(field: Field, object_id: UUID, record_id: UUID, value: Any) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "field_id": field.id,
        "object_id": object_id,
        "tokens": tokens_of(field, value),
    }


async def write_tokens(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    given = list(rows)
    if given:
        await connection.queue(_statement(), {"rows": given})


@lru_cache(maxsize=1)
def _statement() -> Statement:
    given = (
        func.json_to_recordset(bindparam("rows", type_=JSON()))
        .table_valued(
            column("record_id", Uuid()),
            column("field_id", Uuid()),
            column("object_id", Uuid()),
            column("tokens", ARRAY(Text())),
            name="given",
        )
        .render_derived(with_types=True)
    )
    tokens = func.array_to_tsvector(given.c.tokens)
    written = insert(search).from_select(
        ["record_id", "field_id", "object_id", "tokens"],
        select(given.c.record_id, given.c.field_id, given.c.object_id, tokens),
    )
    return statement(
        written.on_conflict_do_update(
            index_elements=[search.c.record_id, search.c.field_id],
            set_={"tokens": written.excluded.tokens},
        )
    )
