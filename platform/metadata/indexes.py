"""Indexes that a publishing left for later because their table is large, and their repair.

Built one by one without holding anybody up; asked again at any time, it builds what is missing."""

from __future__ import annotations

from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.types import Text

from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.session import Tenant
from fieldstone.metadata.ddl import Ddl, ddl_of
from fieldstone.metadata.diff import Action, Change
from fieldstone.metadata.snapshot import Snapshot


def wanted(snapshot: Snapshot, tables: frozenset[str]) -> list[Ddl]:
    """Every index that the tables' objects should have."""
    changes = tuple(
        Change(action=Action.CREATE, before=None, after=component)
        for component in snapshot.components.values()
        if component.kind in ("object", "field")
        and snapshot.objects[component.parent or component.name].table in tables
    )
    return [each for each in ddl_of(changes, snapshot) if each.concurrent_text]


async def ensure(
    database: Database, tenant: Tenant, snapshot: Snapshot, tables: frozenset[str]
) -> int:
    """Builds what is missing; answers how many it built."""
    built = 0
    async with database.owner_autocommit(tenant) as connection:
        for index in wanted(snapshot, tables):
            if not await _is_there(connection, index):
                await connection.ddl(index.concurrent_text)
                built += 1
    return built


async def _is_there(connection: Connection, index: Ddl) -> bool:
    name = index.text.partition(" ON ")[0].rpartition(" ")[2].strip('"')
    classes = table("pg_class", column("relname"), column("relnamespace"), column("oid"))
    indexes = table("pg_index", column("indexrelid"), column("indisvalid"))
    schema = func.to_regnamespace(func.quote_ident(func.current_schema()))
    query = (
        select(indexes.c.indisvalid)
        .join(classes, classes.c.oid == indexes.c.indexrelid)
        .where(classes.c.relnamespace == schema, classes.c.relname == bindparam("n", type_=Text()))
    )
    return bool(await connection.value(query, {"n": name}))
