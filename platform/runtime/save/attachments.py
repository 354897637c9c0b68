"""Files a record takes up must be the saver's own uploads: a link is a way to read a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import FILE_OBJECT
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.save.batch import Batch, Change

TYPES = frozenset({"file", "image", "signature"})


async def attachments(batch: Batch) -> None:
    snapshot = batch.transaction.snapshot
    fields = _file_fields(snapshot, batch.shape.name)
    uses = [use for change in batch.changes for use in _new_files(fields, change)]
    if not uses or FILE_OBJECT not in snapshot.objects:
        return
    rows = await batch.transaction.connection.fetch_tuples(
        _files(snapshot), {"ids": [each for _, _, each in uses]}
    )
    creators = dict(rows)
    everything = batch.transaction.grant_rights().everything
    for change, name, each in uses:
        own = creators.get(each) == batch.transaction.session.user_id
        if each not in creators or not (own or everything):
            change.problem("field.link_not_found", name)


@per_snapshot()
def _file_fields(snapshot: Snapshot, object_name: str) -> tuple[str, ...]:
    fields = snapshot.objects[object_name].fields.values()
    return tuple(field.name for field in fields if field.type.name in TYPES)


def _new_files(fields: tuple[str, ...], change: Change) -> list[tuple[Change, str, UUID]]:
    found: list[tuple[Change, str, UUID]] = []
    for name in fields:
        value = change.values.get(name)
        if value is not None:
            held = _ids((change.before or {}).get(name))
            found.extend((change, name, each) for each in _ids(value) if each not in held)
    return found


def _ids(value: Any) -> list[UUID]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


@per_snapshot()
def _files(snapshot: Snapshot) -> Statement:
    table = table_of(snapshot, FILE_OBJECT)
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    return statement(
        select(table.c.id, table.c.created_by).where(
            table.c.id == any_(ids), table.c.deleted_at.is_(None)
        )
    )
