"""The one draft that everybody in the builder shares: found, opened, written, put back.

It is the open changeset titled "Draft"; once it is on its way to be published it bears the note
of its publishing instead, so that others can begin the next one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, update

from fieldstone.kernel import clock
from fieldstone.kernel.db import Connection
from fieldstone.kernel.session import Session
from fieldstone.kernel.system_tables import changeset as table
from fieldstone.metadata import changesets
from fieldstone.metadata.changesets import DRAFT, Changeset
from fieldstone.metadata.operations import Operation

TITLE = "Draft"


async def shared(connection: Connection) -> Changeset | None:
    """The shared draft; None when nobody has changed anything since the last publishing."""
    identity = await connection.value(_shared())
    return await changesets.get(connection, identity) if identity else None


def _shared() -> Select[tuple[UUID]]:
    return (
        select(table.c.id)
        .where(table.c.status == DRAFT, table.c.title == TITLE)
        .order_by(table.c.created_at, table.c.id)
        .limit(1)
    )


async def hold(connection: Connection) -> None:
    """Until this transaction ends, others who change the shared draft wait."""
    key = func.hashtextextended(func.concat(func.current_schema(), ".draft"), 0)
    await connection.run(select(func.pg_advisory_xact_lock(key)))


async def write(
    connection: Connection,
    session: Session,
    draft: Changeset | None,
    operations: Sequence[Operation],
) -> None:
    """Keeps the operations as the shared draft. Without any left there is no draft."""
    if draft is None:
        if operations:
            await changesets.save_draft(connection, session, TITLE, operations)
        return
    await changesets.change_draft(connection, draft.id, operations)
    if not operations:
        await changesets.discard(connection, draft.id)


async def entitle(connection: Connection, identity: UUID, title: str, base_version: int) -> None:
    """Gives a changeset its note, and the version that its author has looked at it against."""
    await connection.run(
        update(table)
        .where(table.c.id == identity)
        .values(title=title[:200], base_version=base_version, modified_at=clock.now())
    )


async def reopen(connection: Connection, identity: UUID) -> bool:
    """Takes a discarded draft back. False when it is not one, or another was begun since."""
    if await shared(connection) is not None:
        return False
    changed = await connection.run(
        update(table)
        .where(table.c.id == identity, table.c.status == "discarded", table.c.title == TITLE)
        .values(status=DRAFT, modified_at=clock.now())
    )
    return changed == 1


async def others(connection: Connection) -> list[Changeset]:
    """Open changesets besides the shared draft: what scripts left, and publishings refused."""
    found = await changesets.recent(connection)
    return [each for each in found if each.status == DRAFT and each.title != TITLE]
