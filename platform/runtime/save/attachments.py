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
    uses = [use for change in batch.changes for use in _new_files(batch, change)]
    snapshot = batch.transaction.snapshot
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


def _new_files(batch: Batch, change: Change) -> list[tuple[Change, str, UUID]]:
    found: list[tuple[Change, str, UUID]] = []
    for name, value in change.values.items():
        if value is not None and batch.shape.fields[name].type.name in TYPES:
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
