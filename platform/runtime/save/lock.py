"""Stage 2: the current rows, locked; a stale version is a conflict that shows both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Uuid

from fieldstone.kernel.errors import Conflict, NotFound
from fieldstone.kernel.sql import Statement, id_array, statement
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Object, Snapshot
from fieldstone.metadata.tables import table_of
from fieldstone.metadata.values import to_json
from fieldstone.runtime.records import MASK
from fieldstone.runtime.save.batch import Action, Batch, Change


async def lock(batch: Batch) -> None:
    if batch.action is Action.CREATE:
        return
    rows = await batch.transaction.connection.fetch(
        lock_statement(
            batch.transaction.snapshot, batch.shape.name, leaving=batch.action is Action.DELETE
        ),
        {"ids": id_array(change.id for change in batch.changes)},
    )
    found = {row["id"]: row for row in rows}
    seen: set[UUID] = set()
    for change in batch.changes:
        if change.id in seen:
            change.problem("record.repeated", "id")
            continue
        seen.add(change.id)
        _compare(batch, change, found.get(change.id))


def _compare(batch: Batch, change: Change, row: dict[str, Any] | None) -> None:
    in_bin = row is not None and row.pop(DELETED_AT) is not None
    if row is None or in_bin != (batch.action is Action.RESTORE):
        _missing(batch, change)
        return
    change.before = row_to_record(batch.shape, row)
    stale = change.expected_version not in (None, change.before["version"])
    if stale and batch.single:
        raise _conflict(batch, change)
    if stale:
        change.problem("record.stale", "version")


def _missing(batch: Batch, change: Change) -> None:
    if batch.single:
        raise NotFound("record_not_found", object=batch.shape.name)
    change.problem("record.not_found", "id")


@per_snapshot()
def lock_statement(snapshot: Snapshot, object_name: str, *, leaving: bool) -> Statement:
    """Rows in the order of their ids, so that two batches never wait for each other. Only those
    that leave are closed to new links: two that link to each other's records need not wait."""
    table = table_of(snapshot, object_name)
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    deleted_at = table.c.deleted_at.label(DELETED_AT)
    return statement(
        select(*stored_columns(snapshot, object_name), deleted_at)
        .where(table.c.id == any_(ids))
        .order_by(table.c.id)
        .with_for_update(key_share=not leaving)
    )


DELETED_AT = "fs_deleted_at"
_OBJECT = "__object"


def stored_columns(snapshot: Snapshot, object_name: str) -> list[ColumnElement[Any]]:
    """The columns of a record, each under its field's name."""
    table, shape = table_of(snapshot, object_name), snapshot.objects[object_name]
    columns: list[ColumnElement[Any]] = []
    for name, column, of_object in shape.stored:
        columns.append(table.c[column].label(name))
        if of_object:
            columns.append(table.c[of_object].label(f"{name}{_OBJECT}"))
    return columns


def row_to_record(shape: Object, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the columns above, with links to one of several objects put together."""
    for name in shape.polymorphic:
        target = row.pop(f"{name}{_OBJECT}")
        row[name] = None if row[name] is None else {"object": target, "id": row[name]}
    return row


def _conflict(batch: Batch, change: Change) -> Conflict:
    """Both sides of a stale edit, as far as the asker may read them."""
    current = {
        name: to_json(value)
        for name, value in (change.before or {}).items()
        if name in batch.grant.readable and batch.shape.fields[name].type.name != "secret"
    }
    mine = {
        name: MASK if batch.shape.fields[name].type.name == "secret" else to_json(value)
        for name, value in change.values.items()
    }
    return Conflict(
        "record_stale",
        details={
            "current": current,
            "yours": mine,
            "your_version": change.expected_version,
            "version": current.get("version"),
        },
    )
