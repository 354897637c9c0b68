"""Stage 5: what every saved record must keep: required values, values that exist, links that
lead somewhere, unique values. All problems of all records are found before any is reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.kernel.sql import Statement, id_array, statement
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.save.attachments import attachments
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.save.hierarchy import refuse_rings
from fieldstone.runtime.save.lookup_filters import refusal


async def rules(batch: Batch) -> None:
    if batch.action not in (Action.CREATE, Action.UPDATE):
        return
    for change in batch.changes:
        _required(batch, change)
        _picklists(batch, change)
    await _links(batch)
    await attachments(batch)
    await refuse_rings(batch)
    await _unique(batch)


def resulting(change: Change, name: str) -> Any:
    """The field's value as it would be after the save."""
    if name in change.values:
        return change.values[name]
    return (change.before or {}).get(name)


def _required(batch: Batch, change: Change) -> None:
    refused = {problem.path for problem in change.problems}
    for field in _required_fields(batch.transaction.snapshot, batch.shape.name):
        if field.name in refused:
            continue
        touched = batch.action is Action.CREATE or field.name in change.values
        if field.junction:
            missing = touched and not change.links.get(field.name)
            missing = missing and (batch.action is Action.CREATE or field.name in change.links)
        else:
            missing = touched and resulting(change, field.name) is None
        if missing and field.type.name != "autonumber":
            change.problem("field.required", field.name)


@per_snapshot()
def _required_fields(snapshot: Snapshot, object_name: str) -> tuple[Field, ...]:
    return tuple(field for field in snapshot.objects[object_name].own_fields if field.required)


def _picklists(batch: Batch, change: Change) -> None:
    for field in _closed_choices(batch.transaction.snapshot, batch.shape.name):
        name = field.name
        value = change.values.get(name)
        if value is None:
            continue
        chosen = value if isinstance(value, list) else [value]
        held = (change.before or {}).get(name)
        kept = held if isinstance(held, list) else [held]
        for code in chosen:
            if code not in kept or batch.action is Action.CREATE:
                _value_offered(batch, change, field, code)


@per_snapshot()
def _closed_choices(snapshot: Snapshot, object_name: str) -> tuple[Field, ...]:
    """The fields whose value must be one of a list."""
    return tuple(
        field
        for field in snapshot.objects[object_name].fields.values()
        if field.type.name in ("picklist", "multi_picklist") and not field.config.get("open")
    )


def _value_offered(batch: Batch, change: Change, field: Field, code: str) -> None:
    """A value that was taken away or belongs to another controlling value is no choice."""
    value = field.values.get(code)
    if value is None or value.get("deleted") or value.get("active") is False:
        if not batch.as_system or value is None:
            change.problem("field.value_not_offered", field.name, value=code)
        return
    controlling = field.config.get("depends_on")
    if controlling and value.get("when"):
        over = resulting(change, controlling)
        over = over if isinstance(over, list) else [over]
        if not set(over) & set(value["when"]):
            _misfit(batch, change, field, code)


def _misfit(batch: Batch, change: Change, field: Field, code: str) -> None:
    """Names the field that decides only to those who may know it."""
    controlling = str(field.config["depends_on"])
    if controlling not in batch.grant.readable:
        change.problem("field.value_not_offered", field.name, value=code)
        return
    other = dict(batch.shape.fields[controlling].label)
    change.problem("field.value_does_not_fit", field.name, value=code, other=other)


async def _links(batch: Batch) -> None:
    """Targets must exist, be out of the recycle bin, and be of an object the session may read."""
    wanted: dict[str, list[tuple[Change, str, UUID]]] = {}
    fields = _link_fields(batch.transaction.snapshot, batch.shape.name)
    for change in batch.changes:
        for field in fields:
            name = field.name
            value = change.values.get(name)
            unchanged = change.before is not None and change.before.get(name) == value
            if value is None or unchanged:
                continue
            if field.is_reference:
                wanted.setdefault(field.target, []).append((change, name, value))
            elif "_object" in field.columns:
                wanted.setdefault(value["object"], []).append((change, name, value["id"]))
        for name, ids in change.links.items():
            target = batch.shape.fields[name].target
            wanted.setdefault(target, []).extend((change, name, each) for each in ids)
    for target, uses in wanted.items():
        await _check_targets(batch, target, uses)


@per_snapshot()
def _link_fields(snapshot: Snapshot, object_name: str) -> tuple[Field, ...]:
    """The fields that hold another record's id, but for those the platform fills itself."""
    return tuple(
        field
        for field in snapshot.objects[object_name].fields.values()
        if (field.is_reference and field.name not in ("created_by", "modified_by"))
        or "_object" in field.columns
    )


async def _check_targets(batch: Batch, target: str, uses: list[tuple[Change, str, UUID]]) -> None:
    transaction = batch.transaction
    own = {transaction.session.user_id} if target == "user" else set()
    ids = {each[2] for each in uses} - own
    known: set[UUID] = set()
    readable = "read" in batch.grant.rights.of(target).actions or target == "user"
    if target in transaction.snapshot.objects and readable and ids:
        rows = await transaction.connection.fetch_tuples(
            _live(transaction.snapshot, target), {"ids": id_array(ids)}
        )
        known = {row[0] for row in rows}
    for change, name, each in uses:
        if each in ids and each not in known:
            change.problems.append(refusal(batch, name))


@per_snapshot()
def _live(snapshot: Snapshot, object_name: str) -> Statement:
    """Which of the ids are records that are not in the recycle bin."""
    table = table_of(snapshot, object_name)
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    live = select(table.c.id).where(table.c.id == any_(ids), table.c.deleted_at.is_(None))
    return statement(live.order_by(table.c.id).with_for_update(read=True, key_share=True))


async def _unique(batch: Batch) -> None:
    """Told here so that each record's problem stands at its field; the index is the guarantee."""
    for field in batch.shape.own_fields:
        if not field.unique or not field.column:
            continue
        fold = str.lower if field.config.get("case_insensitive") else str
        seen: dict[Any, Change] = {}
        for change in batch.changes:
            value = change.values.get(field.name)
            if value is None or (change.before or {}).get(field.name) == value:
                continue
            key = fold(value) if isinstance(value, str) else value
            if key in seen:
                change.problem("field.not_unique", field.name)
            seen.setdefault(key, change)
        if seen:
            await _refuse_taken(batch, field, seen)


async def _refuse_taken(batch: Batch, field: Field, seen: Mapping[Any, Change]) -> None:
    table = table_of(batch.transaction.snapshot, batch.shape.name)
    column: Any = table.c[field.column]
    value = func.lower(column) if field.config.get("case_insensitive") else column
    query: Select[Any] = select(table.c.id, value.label("value")).where(
        value == any_(bindparam("values", type_=ARRAY(column.type))), table.c.deleted_at.is_(None)
    )
    rows = await batch.transaction.connection.fetch(query, {"values": list(seen)})
    for row in rows:
        change = seen[row["value"]]
        if row["id"] != change.id:
            change.problem("field.not_unique", field.name)
