"""Stage 6: the rows, in one statement for a table however many they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, column, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import JSON, Integer, Uuid

from fieldstone.kernel.db_errors import Constraint, ConstraintError
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.sql import Statement, statement
from fieldstone.kernel.system_tables import state
from fieldstone.metadata.ddl import field_id_of
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Object, Snapshot
from fieldstone.metadata.tables import junction_of, table_of
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.save.lock import row_to_record, stored_columns
from fieldstone.runtime.transaction import ShapeChangedError


async def write(batch: Batch) -> None:
    try:
        if batch.action is Action.CREATE:
            await _insert(batch)
        elif batch.action is Action.UPDATE:
            await _update(batch)
        else:
            await _move_to_or_from_bin(batch)
        await _write_links(batch)
    except ConstraintError as error:
        raise refused(batch, error) from error


def refused(batch: Batch, error: ConstraintError) -> Invalid:
    """The database's refusal at the field it belongs to; which record it was, it does not say."""
    field_id = field_id_of(error.name)
    field = batch.transaction.snapshot.fields_by_id.get(field_id) if field_id else None
    codes = {
        Constraint.UNIQUE: "field.not_unique",
        Constraint.FOREIGN_KEY: "field.link_not_found",
    }
    name = field.name if field is not None and field.object == batch.shape.name else ""
    return Invalid(
        "record_invalid",
        problems=[Problem(code=codes.get(error.kind, "record.refused"), path=name)],
    )


async def _insert(batch: Batch) -> None:
    changes = batch.good
    if not changes:
        return
    names = tuple(sorted({name for change in changes for name in change.values}))
    places = _places(batch.shape, names)
    rows = [_row(places, change, version=1) for change in changes]
    stored = await batch.transaction.connection.fetch(
        insert_statement(batch.transaction.snapshot, batch.shape.name, names),
        {"rows": rows},
    )
    _take_back(batch, stored)


async def _update(batch: Batch) -> None:
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in batch.good:
        groups.setdefault(tuple(sorted(change.values)), []).append(change)
    for names, changes in groups.items():
        places = _places(batch.shape, names)
        rows = [
            _row(places, change, version=(change.before or {})["version"]) for change in changes
        ]
        stored = await batch.transaction.connection.fetch(
            update_statement(batch.transaction.snapshot, batch.shape.name, names),
            {"rows": rows},
        )
        _take_back(batch, stored)


async def _move_to_or_from_bin(batch: Batch) -> None:
    deleting = batch.action is Action.DELETE
    snapshot = batch.transaction.snapshot
    table = table_of(snapshot, batch.shape.name)
    changes = batch.good
    if not changes:
        return
    roots = {str(change.id): change.values.get("deleted_root") for change in changes}
    rows = [{"id": key, "root": str(root) if root else None} for key, root in roots.items()]
    given = _given({"id": Uuid(), "root": Uuid()})
    values = {
        "deleted_at": bindparam("at", type_=table.c.deleted_at.type),
        "deleted_by": bindparam("by", type_=Uuid()),
        "deleted_root": given.c.root,
        "version": table.c.version + 1,
    }
    stored = await batch.transaction.connection.fetch(
        update(table)
        .values(values)
        .where(table.c.id == given.c.id)
        .returning(*stored_columns(snapshot, batch.shape.name)),
        {
            "rows": rows,
            "at": batch.now if deleting else None,
            "by": batch.transaction.session.user_id if deleting else None,
        },
    )
    _take_back(batch, stored)


def _places(shape: Object, names: tuple[str, ...]) -> list[tuple[str, str, str]]:
    return [each for each in shape.stored if each[0] in names]


def _row(places: list[tuple[str, str, str]], change: Change, *, version: int) -> dict[str, Any]:
    """A row of the statement's JSON; the values are as they are, the encoder knows them all."""
    row: dict[str, Any] = {"id": change.id, "version": version}
    values = change.values
    for name, place, of_object in places:
        value = values.get(name)
        if of_object:
            row[of_object] = value["object"] if value else None
            value = value["id"] if value else None
        row[place] = value
    return row


def _take_back(batch: Batch, stored: list[dict[str, Any]]) -> None:
    version = batch.transaction.snapshot.version
    if any(row.pop(_SHAPE, version) != version for row in stored):
        raise ShapeChangedError
    by_id = {row["id"]: row for row in stored}
    for change in batch.good:
        if change.id in by_id:
            change.after = row_to_record(batch.shape, by_id[change.id])


def _given(columns: dict[str, Any]) -> Any:
    """The rows parameter as a table: one JSON text however many rows there are."""
    return (
        func.json_to_recordset(bindparam("rows", type_=JSON()))
        .table_valued(*(column(name, kind) for name, kind in columns.items()), name="given")
        .render_derived(with_types=True)
    )


def _columns(snapshot: Snapshot, object_name: str, names: tuple[str, ...]) -> dict[str, Any]:
    table, shape = table_of(snapshot, object_name), snapshot.objects[object_name]
    columns: dict[str, Any] = {"id": Uuid(), "version": Integer()}
    for name in names:
        for physical in shape.fields[name].columns.values():
            columns[physical] = table.c[physical].type
    return columns


_SHAPE = "fs_metadata_version"


def _returned(snapshot: Snapshot, object_name: str) -> tuple[Any, ...]:
    """The record, and the version of the metadata as of now: while a field changes its type,
    writers wait for the table and would then fill the old column."""
    version = select(state.c.metadata_version).scalar_subquery().label(_SHAPE)
    return (*stored_columns(snapshot, object_name), version)


@per_snapshot()
def insert_statement(snapshot: Snapshot, object_name: str, names: tuple[str, ...]) -> Statement:
    table: Table = table_of(snapshot, object_name)
    columns = _columns(snapshot, object_name, names)
    given = _given(columns)
    rows = select(*(given.c[name] for name in columns))
    written = insert(table).from_select(list(columns), rows)
    return statement(written.returning(*_returned(snapshot, object_name)))


@per_snapshot()
def update_statement(snapshot: Snapshot, object_name: str, names: tuple[str, ...]) -> Statement:
    table: Table = table_of(snapshot, object_name)
    columns = _columns(snapshot, object_name, names)
    given = _given(columns)
    values: dict[str, Any] = {
        name: given.c[name] for name in columns if name not in ("id", "version")
    }
    values["version"] = table.c.version + 1
    return statement(
        update(table)
        .values(values)
        .where(table.c.id == given.c.id, table.c.version == given.c.version)
        .returning(*_returned(snapshot, object_name))
    )


async def _write_links(batch: Batch) -> None:
    connection = batch.transaction.connection
    for name in {name for change in batch.good for name in change.links}:
        junction = junction_of(batch.transaction.snapshot, batch.shape.name, name)
        changes = [change for change in batch.good if name in change.links]
        if batch.action is Action.UPDATE:
            await connection.queue(
                delete(junction).where(
                    junction.c.record == func.any(bindparam("ids", type_=ARRAY(Uuid())))
                ),
                {"ids": [change.id for change in changes]},
            )
        rows = [
            {"record": str(change.id), "target": str(target), "position": position}
            for change in changes
            for position, target in enumerate(dict.fromkeys(change.links[name]))
        ]
        if rows:
            given = _given({"record": Uuid(), "target": Uuid(), "position": Integer()})
            await connection.queue(
                insert(junction).from_select(
                    ["record", "target", "position"],
                    select(given.c.record, given.c.target, given.c.position),
                ),
                {"rows": rows},
            )
