"""The access epoch: one number of a tenant that moves when rights, people or sessions change."""

from __future__ import annotations

from sqlalchemy import update

from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import statement
from fieldstone.kernel.system_tables import state

_BUMP = statement(update(state).values(access_epoch=state.c.access_epoch + 1))


async def bump_access_epoch(connection: Connection) -> None:
    """Every process looks at sessions, users and their permission sets anew."""
    await connection.run(_BUMP)
