"""The tables of a snapshot as SQLAlchemy knows them. Physical names come from the components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from fieldstone.kernel.system_tables import NAMING
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Object, Snapshot

SYSTEM_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "version": Integer(),
    "name": Text(collation="C"),
    "owner": Uuid(),
    "record_type": Text(collation="C"),
    "currency_code": Text(collation="C"),
    "tags": ARRAY(Text()),
    "created_by": Uuid(),
    "created_at": DateTime(timezone=True),
    "modified_by": Uuid(),
    "modified_at": DateTime(timezone=True),
    "last_activity_at": DateTime(timezone=True),
    "next_activity_at": DateTime(timezone=True),
    "deleted_at": DateTime(timezone=True),
    "deleted_by": Uuid(),
    "deleted_root": Uuid(),
}
_NEVER_NULL = frozenset({"id", "version", "created_at", "modified_at"})


def system_columns() -> list[Column[Any]]:
    return [
        Column(name, kind, primary_key=name == "id", nullable=name not in _NEVER_NULL)
        for name, kind in SYSTEM_COLUMNS.items()
    ]


def field_columns(field: Field) -> list[Column[Any]]:
    kinds = field.type.columns(field.config)
    return [
        Column(physical, _by_code_point(kinds[ending]))
        for ending, physical in field.columns.items()
        if ending in kinds
    ]


def _by_code_point(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Texts compare and sort by code point, as formulas do; so their indexes serve both."""
    return Text(collation="C") if type(kind) is Text else kind


def object_table(shape: Object, metadata: MetaData | None = None) -> Table:
    columns = system_columns()
    for field in shape.own_fields:
        if field.name != "name":
            columns.extend(field_columns(field))
    return Table(shape.table, metadata or MetaData(naming_convention=NAMING), *columns)


def junction_table(field: Field, metadata: MetaData | None = None) -> Table:
    """The rows of a many-to-many field: record, target, and the order they were given in."""
    return Table(
        field.junction,
        metadata or MetaData(naming_convention=NAMING),
        Column("record", Uuid(), primary_key=True),
        Column("target", Uuid(), primary_key=True),
        Column("position", Integer(), nullable=False),
    )


@per_snapshot()
def table_of(snapshot: Snapshot, object_name: str) -> Table:
    return object_table(snapshot.objects[object_name])


@per_snapshot()
def junction_of(snapshot: Snapshot, object_name: str, field_name: str) -> Table:
    return junction_table(snapshot.objects[object_name].fields[field_name])
