"""People who leave: whoever anything refers to stays and is made inactive instead; from that
moment on they are signed out everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, column, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.kernel.sql import Statement, statement
from fieldstone.kernel.system_tables import audit, changeset, history, session, token, version
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Object, Snapshot
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.tables import junction_of, table_of
from fieldstone.runtime.save.batch import Action, Batch, Change

_SIGNS = ("owner", "created_by", "modified_by", "deleted_by")


async def refuse_needed(batch: Batch) -> None:
    """Records keep their owner, and their history its names."""
    found = await batch.transaction.connection.fetch_tuples(
        _needed(batch.transaction.snapshot), {"ids": [change.id for change in batch.good]}
    )
    needed = {row[0] for row in found}
    for change in batch.changes:
        if change.id in needed:
            change.problem("user.in_use")


@per_snapshot()
def _needed(snapshot: Snapshot) -> Statement:
    """Which of these people own, made, changed or did something, or are named by a record."""
    person = (
        func.unnest(bindparam("ids", type_=ARRAY(Uuid())))
        .table_valued(column("id", Uuid()), name="person")
        .render_derived()
    )
    places = [
        place
        for shape in snapshot.objects.values()
        for place in _places(snapshot, shape, person.c.id)
    ]
    acts = (history.c.user_id, changeset.c.created_by, version.c.published_by, audit.c.actor_id)
    places.extend(exists().where(each == person.c.id) for each in acts)
    return statement(select(person.c.id).where(or_(*places)))


def _places(
    snapshot: Snapshot, shape: Object, person: ColumnElement[Any]
) -> Iterator[ColumnElement[bool]]:
    table = table_of(snapshot, shape.name)
    others = table.c.id != person
    columns = [table.c[name] for name in _SIGNS if name in table.c]
    for field in shape.own_fields:
        if field.is_reference and field.target == USER_OBJECT:
            columns.append(table.c[field.column])
        if field.junction and field.target == USER_OBJECT:
            junction = junction_of(snapshot, shape.name, field.name)
            yield exists().where(junction.c.target == person, junction.c.record != person)
        if "_object" in field.columns:
            named = table.c[field.columns["_object"]] == USER_OBJECT
            yield exists().where(table.c[field.column] == person, named, others)
    yield from (exists().where(each == person, others) for each in columns)


async def sign_out_leavers(batch: Batch) -> None:
    """Sessions and tokens end, and stay ended when the person comes back."""
    gone = [change.id for change in batch.good if _leaves(batch, change)]
    if gone:
        for statement_ in _ENDINGS:
            await batch.transaction.connection.run(statement_, {"ids": gone})


def _leaves(batch: Batch, change: Change) -> bool:
    return batch.action is Action.DELETE or change.values.get("is_active") is False


def _ending(table: Any) -> Statement:
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    return statement(delete(table).where(table.c.user_id == func.any(ids)))


_ENDINGS: Sequence[Statement] = (_ending(session), _ending(token))
