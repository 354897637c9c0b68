"""The changes of one record, as far as the reader may see its fields today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldstone.kernel.system_tables import history
from fieldstone.runtime.transaction import Transaction


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


async def history_of(
    transaction: Transaction, object_name: str, record_id: UUID, limit: int = 100
) -> list[Entry]:
    """Newest first. The caller has made sure that the record itself may be read. Changes of
    fields that may not be read are left out; an entry with nothing else is left out too."""
    grant = transaction.grant(object_name)
    readable = {str(field.id): field.name for field in grant.fields()}
    rows = await transaction.connection.fetch(
        select(history)
        .where(history.c.record_id == record_id, history.c.object_id == grant.object.id)
        .order_by(history.c.at.desc(), history.c.id.desc())
        .limit(limit)
    )
    entries = []
    for row in rows:
        changes = tuple(
            FieldChange(field=readable[field_id], old=pair[0], new=pair[1])
            for field_id, pair in row["changes"].items()
            if field_id in readable
        )
        if row["action"] == "update" and not changes:
            continue
        entries.append(
            Entry(
                id=row["id"],
                at=row["at"],
                action=row["action"],
                user_id=row["user_id"],
                cause=row["cause"],
                changes=changes,
            )
        )
    return entries
