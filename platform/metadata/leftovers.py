"""Columns that a publishing added ahead of time and then did not come to publish, because it was
refused or its process died. No snapshot knows them; whoever needs the name takes them away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from fieldstone.kernel.db import Connection
from fieldstone.metadata.ddl import drop_column

Place = tuple[str, str]
"""(table, column)"""


async def drop_leftovers(connection: Connection, places: Iterable[Place]) -> None:
    """`places` are about to be added: a column that is there already is nobody's."""
    there = await numbers(connection, places)
    await connection.ddl_many([drop_column(owner, name) for owner, name in there])


async def numbers(connection: Connection, places: Iterable[Place]) -> Mapping[Place, int]:
    """Which of the columns are there, each with its number: one that was dropped and added
    again, by somebody else meanwhile, has another."""
    wanted = set(places)
    if not wanted:
        return {}
    classes = table("pg_class", *map(column, ("oid", "relname", "relnamespace")))
    parts = ("attrelid", "attname", "attnum", "attisdropped")
    attributes = table("pg_attribute", *map(column, parts))
    schema = func.to_regnamespace(func.quote_ident(func.current_schema()))
    query = (
        select(classes.c.relname, attributes.c.attname, attributes.c.attnum)
        .join(attributes, attributes.c.attrelid == classes.c.oid)
        .where(
            classes.c.relnamespace == schema,
            classes.c.relname == func.any(bindparam("tables", type_=ARRAY(Text()))),
            attributes.c.attname == func.any(bindparam("columns", type_=ARRAY(Text()))),
            attributes.c.attisdropped.is_(False),
        )
    )
    values = {"tables": [each[0] for each in wanted], "columns": [each[1] for each in wanted]}
    rows = await connection.fetch_tuples(query, values)
    return {(owner, name): number for owner, name, number in rows if (owner, name) in wanted}
