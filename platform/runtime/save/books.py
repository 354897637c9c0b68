"""Stage 9: the history of every change, in the record's own transaction. A changed user may do
other things from the next request on."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, column, func, insert, select
from sqlalchemy.types import JSON

from fieldstone.kernel.ids import uuid7_many
from fieldstone.kernel.sql import Statement, statement
from fieldstone.kernel.system_tables import history
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.values import to_json
from fieldstone.runtime.epoch import bump_access_epoch
from fieldstone.runtime.save.batch import Action, Batch, Change

_NOT_NEWS = frozenset({"version", "modified_at", "modified_by", "created_at", "created_by", "id"})


async def books(batch: Batch) -> None:
    if batch.shape.name == USER_OBJECT:
        await bump_access_epoch(batch.transaction.connection)
    changes = [each for each in batch.good if each.after is not None]
    rows = []
    for identity, change in zip(uuid7_many(len(changes)), changes, strict=True):
        news = _news(batch, change)
        if batch.action is Action.UPDATE and not news:
            continue
        rows.append(
            {
                "id": identity,
                "object_id": batch.shape.id,
                "record_id": change.id,
                "action": batch.action.value,
                "user_id": batch.transaction.session.user_id,
                "at": batch.now,
                "cause": batch.cause,
                "changes": news,
            }
        )
    if rows:
        await batch.transaction.connection.queue(_statement(), {"rows": rows})


def _news(batch: Batch, change: Change) -> dict[str, Any]:
    """{field id: [old, new]}. Secrets are noted as changed, without their values."""
    if batch.action is not Action.UPDATE or change.before is None or change.after is None:
        return {}
    found: dict[str, Any] = {}
    for name, new in change.after.items():
        old = change.before.get(name)
        if old == new or name in _NOT_NEWS:
            continue
        field = batch.shape.fields[name]
        secret = field.type.name == "secret"
        found[str(field.id)] = [None, None] if secret else [to_json(old), to_json(new)]
    return found


@lru_cache(maxsize=1)
def _statement() -> Statement:
    given = (
        func.json_to_recordset(bindparam("rows", type_=JSON()))
        .table_valued(*(column(each.name, each.type) for each in history.c), name="given")
        .render_derived(with_types=True)
    )
    names = [each.name for each in history.c]
    return statement(insert(history).from_select(names, select(*(given.c[name] for name in names))))
