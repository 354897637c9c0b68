"""From changes to DDL. What the new shape needs is added; nothing is ever dropped by a change.

Constraint and index names carry the field's id, so that the database's refusals can be told in
the tenant's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alembic.ddl import postgresql as _compilers
from alembic.ddl.base import AddColumn, DropColumn
from sqlalchemy import Column, ForeignKeyConstraint, Index, MetaData, Table, Uuid, func
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, DropIndex

from fieldstone.kernel.errors import invariant
from fieldstone.kernel.sql import ddl
from fieldstone.metadata.diff import Action, Change
from fieldstone.metadata.formula_index import changed, wanted
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.metadata.tables import field_columns, junction_table, object_table, table_of

invariant(_compilers is not None, "alembic compiles its DDL for PostgreSQL once imported")

SORTED = frozenset({"date", "datetime", "integer", "decimal", "currency", "percent", "duration"})
"""Types whose lists are often sorted downwards: blanks come last in both directions, so each
direction needs an index of its own."""

ON_DELETE = {"restrict": "RESTRICT", "set_null": "SET NULL", "cascade": "CASCADE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ddl:
    """One statement. `concurrent`: on a table with many rows it is built in the background,
    outside the transaction, by `concurrent_text`."""

    text: str
    table: str
    concurrent_text: str = ""


def ddl_of(
    changes: tuple[Change, ...], after: Snapshot, before: Snapshot | None = None
) -> list[Ddl]:
    """Tables, then columns, then links between them, then indexes. Formulas are indexed anew
    where they differ from those `before`; without it, where they are among the changes."""
    objects = [each for each in changes if each.kind == "object" and _is_new(each)]
    new_tables = {each.name for each in objects}
    statements = [_create_table(after.objects[each.name]) for each in objects]
    fields = [each for each in changes if each.kind == "field" and not each.after.deleted]
    for change in fields:
        field = after.objects[change.after.parent].fields[change.after.local_name]
        if _needs_columns(change):
            statements.extend(_columns(field, after, new_tables))
    for name in new_tables:
        statements.extend(_system_links(after.objects[name], after))
    for change in fields:
        field = after.objects[change.after.parent].fields[change.after.local_name]
        statements.extend(_links(change, field, after))
        statements.extend(_indexes(change, field, after))
    named = {change.after.id for change in fields}
    formulas = [field for field in after.fields_by_id.values() if field.formula]
    for field in formulas:
        if field.id in named if before is None else changed(before, after, field):
            statements.extend(_formula_indexes(field, after))
    return statements


def _is_new(change: Change) -> bool:
    return change.action is Action.CREATE


def _needs_columns(change: Change) -> bool:
    return _is_new(change) or change.reshaped


def _create_table(shape: Object) -> Ddl:
    table = object_table(shape)
    return Ddl(text=ddl(CreateTable(table)), table=shape.table)


def _columns(field: Field, after: Snapshot, new_tables: set[str]) -> Iterator[Ddl]:
    if field.junction:
        yield Ddl(text=ddl(CreateTable(junction_table(field))), table=field.junction)
        return
    if field.object in new_tables:
        return
    table = after.objects[field.object].table
    for text in add_columns(field, after):
        yield Ddl(text=text, table=table)


def add_columns(field: Field, after: Snapshot) -> list[str]:
    """The statements that give the field's columns to its table."""
    table = after.objects[field.object].table
    return [ddl(AddColumn(table, column)) for column in field_columns(field)]


def drop_column(table: str, name: str) -> str:
    """For a column that was never published: what was, stays."""
    return ddl(DropColumn(table, Column(name, Uuid()), if_exists=True))


def _system_links(shape: Object, after: Snapshot) -> Iterator[Ddl]:
    """The owner's link, and the indexes that every list needs."""
    table = table_of(after, shape.name)
    users = after.objects.get("user")
    if users is not None:
        yield _foreign_key(table, f"fk_{shape.id.hex}_owner", "owner", users.table, "RESTRICT")
    yield _index(Index(f"ix_{shape.id.hex}_owner", table.c.owner), shape.table)
    yield _index(
        Index(
            f"ix_{shape.id.hex}_bin",
            table.c.deleted_at,
            postgresql_where=table.c.deleted_at.is_not(None),
        ),
        shape.table,
    )


def _links(change: Change, field: Field, after: Snapshot) -> Iterator[Ddl]:
    if not _needs_columns(change) or not field.target:
        return
    target = after.objects.get(field.target)
    if target is None:
        return
    if field.junction:
        junction = junction_table(field)
        owner = after.objects[field.object].table
        for side, ends_at in (("record", owner), ("target", target.table)):
            name = f"fk_{field.id.hex}_{side}"
            yield _foreign_key(junction, name, side, ends_at, "CASCADE")
        yield _index(Index(f"ix_{field.id.hex}", junction.c.target), field.junction)
        return
    rule = "cascade" if field.type.name == "master_detail" else field.config.get("on_delete")
    table = table_of(after, field.object)
    name = constraint_name("fk", field.id, change)
    yield _foreign_key(
        table, name, field.column, target.table, ON_DELETE[rule or "set_null"], valid=False
    )


def _indexes(change: Change, field: Field, after: Snapshot) -> Iterator[Ddl]:
    if not field.column or change.action in (Action.DELETE, Action.RESTORE):
        return
    shape = after.objects[field.object]
    table = table_of(after, shape.name)
    before = change.before.body if change.before and not change.reshaped else {}
    fresh = _needs_columns(change)
    wants_unique = field.unique
    had_unique = bool(before.get("unique") or before.get("external_id"))
    if wants_unique and (fresh or not had_unique):
        yield _index(unique_index(table, field, change), shape.table)
    if had_unique and not wants_unique:
        yield Ddl(text=ddl(DropIndex(unique_index(table, field, change), if_exists=True)), table="")
    wants_index = bool(field.config.get("indexed")) or field.is_reference
    had_index = bool(before.get("indexed")) or (not fresh and field.is_reference)
    if wants_index and not had_index and not wants_unique:
        column = table.c[field.column]
        yield _index(Index(constraint_name("ix", field.id, change), column), shape.table)
        if field.type.name in SORTED:
            name = constraint_name("ixd", field.id, change)
            yield _index(Index(name, column.desc().nulls_last()), shape.table)


def _formula_indexes(field: Field, after: Snapshot) -> Iterator[Ddl]:
    """One for each direction, as blanks come last in both."""
    shape, value = after.objects[field.object], wanted(after, field)
    table = table_of(after, shape.name)
    for prefix in ("ix", "ixd"):
        name = f"{prefix}_{field.id.hex}"
        former = Index(name, table.c.id)
        yield Ddl(text=ddl(DropIndex(former, if_exists=True)), table="")
        if value is not None:
            key = value if prefix == "ix" else value.desc().nulls_last()
            yield _index(Index(name, key), shape.table)


def unique_index(table: Table, field: Field, change: Change) -> Index:
    """Unique among the records that are not in the recycle bin."""
    column: Any = table.c[field.column]
    if field.config.get("case_insensitive"):
        column = func.lower(column)
    return Index(
        constraint_name("ux", field.id, change),
        column,
        unique=True,
        postgresql_where=table.c.deleted_at.is_(None),
    )


def constraint_name(prefix: str, field_id: UUID, change: Change) -> str:
    """`ux_<field id>`, and `_2` after the first change of type, as each type has its columns."""
    turns = len(change.after.physical.get("kept", ()))
    return f"{prefix}_{field_id.hex}" + (f"_{turns + 1}" if turns else "")


def field_id_of(name: str) -> UUID | None:
    """The field that a constraint's name belongs to."""
    parts = name.split("_")
    if len(parts) >= 2 and parts[0] in ("fk", "ux", "ix", "ixd") and len(parts[1]) == 32:
        return UUID(parts[1])
    return None


def _index(index: Index, table: str) -> Ddl:
    text = ddl(CreateIndex(index, if_not_exists=True))
    index.dialect_options["postgresql"]["concurrently"] = True
    return Ddl(text=text, table=table, concurrent_text=ddl(CreateIndex(index, if_not_exists=True)))


def _foreign_key(
    table: Table, name: str, column: str, target: str, rule: str, *, valid: bool = True
) -> Ddl:
    metadata = MetaData()
    identity = Column("id", Uuid(), primary_key=True)
    if target == table.name:
        link = Table(target, metadata, identity, Column(column, Uuid()))
    else:
        link = Table(table.name, metadata, Column(column, Uuid()))
        Table(target, metadata, identity)
    constraint = ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=rule)
    if not valid:
        constraint.dialect_options["postgresql"]["not_valid"] = True
    link.append_constraint(constraint)
    return Ddl(text=ddl(AddConstraint(constraint)), table=table.name)
