"""Whether this process can serve requests."""

from __future__ import annotations

from sqlalchemy import column, select, table

from fieldstone.kernel.db import Database
from fieldstone.kernel.errors import Unavailable
from fieldstone.kernel.migrations.run import head
from fieldstone.kernel.sql import statement

_REVISION = statement(select(column("version_num")).select_from(table("alembic_version")))


async def trouble(database: Database) -> str:
    """Empty when all is well; else `database` (away) or `tables` (of another release)."""
    try:
        async with database.control() as connection:
            revision = await connection.value(_REVISION)
    except Unavailable:
        return "database"
    return "" if revision == head("control") else "tables"
