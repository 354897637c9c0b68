"""Components and versions in a tenant's schema. Effects of publishing live here and in ddl.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, column, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Boolean, Integer, Text, Uuid

from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import Statement, statement
from fieldstone.kernel.system_tables import component as component_table
from fieldstone.kernel.system_tables import state as state_table
from fieldstone.kernel.system_tables import version as version_table
from fieldstone.metadata.components import Component
from fieldstone.metadata.operations import Components
from fieldstone.metadata.snapshot import Snapshot


@lru_cache(maxsize=1)
def _components_at() -> Statement:
    c = component_table.c
    at = bindparam("at", type_=Integer)
    query: Select[Any] = select(component_table).where(
        c.since <= at, or_(c.until.is_(None), c.until > at)
    )
    return statement(query)


async def current_version(connection: Connection) -> int:
    return int(await connection.value(select(state_table.c.metadata_version)) or 0)


async def read_components(connection: Connection, version: int) -> dict[UUID, Component]:
    """All components of a version, deleted ones included."""
    rows = await connection.fetch(_components_at(), {"at": version})
    return {row["id"]: _component(row) for row in rows}


def _component(row: Mapping[str, Any]) -> Component:
    return Component(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        pack=row["pack"],
        pack_version=row["pack_version"],
        base=row["base"],
        delta=row["delta"],
        deleted=row["deleted"],
        physical=row["physical"],
        since=row["since"],
    )


def snapshot_of(tenant: str, version: int, components: Components) -> Snapshot:
    return Snapshot(
        tenant=tenant,
        version=version,
        components={each.key: each for each in components.values() if not each.deleted},
        hidden={each.key: each for each in components.values() if each.deleted},
    )


async def write_version(
    connection: Connection,
    *,
    number: int,
    before: Components,
    after: Components,
    row: Mapping[str, Any],
) -> None:
    """Closes the rows that changed and adds the new ones. `row` is the version's own row."""
    changed = [each for each in after.values() if _content(before.get(each.id)) != _content(each)]
    closing = [each.id for each in changed if each.id in before]
    if closing:
        await connection.run(
            update(component_table)
            .where(component_table.c.until.is_(None), component_table.c.id == func.any(_ids()))
            .values(until=number),
            {"ids": closing},
        )
    if changed:
        await _insert_components(connection, changed, number)
    await connection.run(insert(version_table).values({**row, "number": number}))
    await connection.run(update(state_table).values(metadata_version=number))


def _ids() -> Any:
    return bindparam("ids", type_=ARRAY(Uuid()))


def _content(component: Component | None) -> Any:
    if component is None:
        return None
    return (
        component.name,
        component.pack,
        component.pack_version,
        component.base,
        component.delta,
        component.deleted,
        component.physical,
    )


_COLUMNS: dict[str, Any] = {
    "id": Uuid(),
    "since": Integer(),
    "kind": Text(),
    "name": Text(),
    "pack": Text(),
    "pack_version": Text(),
    "base": JSONB(none_as_null=True),
    "delta": JSONB(none_as_null=True),
    "deleted": Boolean(),
    "physical": JSONB(),
}


async def _insert_components(
    connection: Connection, components: Iterable[Component], number: int
) -> None:
    rows = [
        {
            "id": str(each.id),
            "since": number,
            "kind": each.kind,
            "name": each.name,
            "pack": each.pack,
            "pack_version": each.pack_version,
            "base": each.base,
            "delta": each.delta,
            "deleted": each.deleted,
            "physical": dict(each.physical),
        }
        for each in components
    ]
    given = func.jsonb_to_recordset(bindparam("rows", type_=JSONB())).table_valued(
        *(column(name, kind) for name, kind in _COLUMNS.items()), name="given"
    )
    given = given.render_derived(with_types=True)
    source = select(*(given.c[name] for name in _COLUMNS))
    await connection.run(
        insert(component_table).from_select(list(_COLUMNS), source),
        {"rows": rows},
    )
