"""The changes of one record, as far as the reader may see its fields today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.kernel.sql import id_array
from fieldstone.kernel.system_tables import history
from fieldstone.runtime.transaction import Transaction

DEMO = "demo"
"""The cause of what the demo data brought along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: UUID
    at: datetime
    action: str
    user_id: UUID | None
    cause: str
    changes: tuple[FieldChange, ...]


async def changes_of(
    transaction: Transaction, records: Mapping[str, Collection[UUID]], since: datetime, limit: int
) -> list[tuple[str, UUID, Entry]]:
    """What others did lately to these records by object, newest first, with the record. The
    caller has made sure that they may be read."""
    ids = [each for found in records.values() for each in found]
    rows = await transaction.connection.fetch(
        select(history)
        .where(
            history.c.record_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
            history.c.at > since,
            history.c.user_id != transaction.session.user_id,
            history.c.cause != DEMO,
        )
        .order_by(history.c.at.desc(), history.c.id.desc())
        .limit(limit),
        {"ids": id_array(ids)},
    )
    names = {transaction.snapshot.objects[name].id: name for name in records}
    found = []
    for row in rows:
        name = names.get(row["object_id"])
        entry = _entry(transaction, name, row) if name else None
        if name and entry:
            found.append((name, row["record_id"], entry))
    return found


def _entry(transaction: Transaction, object_name: str, row: Mapping[str, Any]) -> Entry | None:
    """None when the reader may see nothing of it."""
    readable = {str(each.id): each.name for each in transaction.grant(object_name).fields()}
    changes = tuple(
        FieldChange(field=readable[field_id], old=pair[0], new=pair[1])
        for field_id, pair in row["changes"].items()
        if field_id in readable
    )
    if row["action"] == "update" and not changes:
        return None
    return Entry(
        id=row["id"],
        at=row["at"],
        action=row["action"],
        user_id=row["user_id"],
        cause=row["cause"],
        changes=changes,
    )


async def history_of(
    transaction: Transaction, object_name: str, record_id: UUID, limit: int = 100
) -> list[Entry]:
    """Newest first. The caller has made sure that the record itself may be read. Changes of
    fields that may not be read are left out; an entry with nothing else is left out too."""
    grant = transaction.grant(object_name)
    rows = await transaction.connection.fetch(
        select(history)
        .where(history.c.record_id == record_id, history.c.object_id == grant.object.id)
        .order_by(history.c.at.desc(), history.c.id.desc())
        .limit(limit)
    )
    entries = (_entry(transaction, object_name, row) for row in rows)
    return [entry for entry in entries if entry is not None]
