"""Locks and sizes of tables, for the one who changes them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from fieldstone.kernel.db import Connection


async def row_estimates(connection: Connection, tables: Collection[str]) -> dict[str, int]:
    """The planner's idea of each table's rows in the current schema (never exact)."""
    if not tables:
        return {}
    relations = table("pg_class", column("relname"), column("reltuples"), column("relnamespace"))
    schema = func.to_regnamespace(func.quote_ident(func.current_schema()))
    rows = await connection.fetch(
        select(relations.c.relname, relations.c.reltuples).where(
            relations.c.relnamespace == schema,
            relations.c.relname == func.any(bindparam("names", type_=ARRAY(Text()))),
        ),
        {"names": list(tables)},
    )
    return {row["relname"]: max(int(row["reltuples"]), 0) for row in rows}


async def lock_against_writers(connection: Connection, table_name: str) -> None:
    """Readers go on; writers wait until the transaction ends."""
    await connection.lock_table(table_name)
