"""Jobs begin as rows of the tenant's own schema, so a job exists exactly when the transaction that
asked for it has committed. The relay of a worker hands them on to the queue; the transaction that
completes a job deletes its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update

from fieldstone.kernel import clock, ids
from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import statement
from fieldstone.kernel.system_tables import outbox

CHANNEL = "fieldstone_outbox"
RUNNING_AT_ONCE = 2
"""Jobs of one tenant that may be in the queue or running, so that one tenant's ten thousand jobs
do not stand before another's first."""
CLOCKS_DIFFER = timedelta(seconds=5)
"""A worker may believe that a job is not due yet when the relay on another machine knew it was."""

_c = outbox.c
_WAITING = _c.relayed_at.is_(None) & _c.failed_at.is_(None)
_RELAYED = _c.relayed_at.is_not(None) & _c.failed_at.is_(None)
_THIS = _c.id == bindparam("this")

_INSERT = statement(
    insert(outbox).values(
        {
            name: bindparam(name, type_=outbox.c[name].type)
            for name in ("id", "task", "payload", "at", "run_after")
        }
    )
)
_NOTIFY = statement(select(func.pg_notify(CHANNEL, func.current_schema())))
_IN_QUEUE = statement(select(_c.id).where(_RELAYED))
_DUE = statement(
    select(_c.id)
    .where(_WAITING, _c.run_after <= bindparam("now"))
    .order_by(_c.run_after, _c.id)
    .limit(bindparam("limit"))
)
_NEXT = statement(select(func.min(_c.run_after)).where(_WAITING, _c.run_after > bindparam("now")))
_ALL_OF = _c.id == func.any(bindparam("those"))
_MARK = statement(update(outbox).where(_ALL_OF, _WAITING).values(relayed_at=bindparam("now")))
_UNMARK = statement(update(outbox).where(_ALL_OF, _RELAYED).values(relayed_at=None, lease=None))
_LEASE = statement(
    update(outbox)
    .where(_THIS, _c.failed_at.is_(None), _c.run_after <= bindparam("now"))
    .values(
        lease=bindparam("mine"),
        attempts=_c.attempts + 1,
        relayed_at=func.coalesce(_c.relayed_at, bindparam("now")),
    )
    .returning(_c.task, _c.payload, _c.attempts, _c.lease)
)
_STILL_MINE = statement(select(_c.id).where(_THIS, _c.lease == bindparam("mine")).with_for_update())
_DELETE = statement(delete(outbox).where(_THIS))
_AGAIN = statement(
    update(outbox)
    .where(_THIS, _c.lease == bindparam("mine"))
    .values(relayed_at=None, lease=None, run_after=bindparam("later"), error=bindparam("what"))
)
_GIVE_UP = statement(
    update(outbox)
    .where(_THIS, _c.lease == bindparam("mine"))
    .values(failed_at=bindparam("now"), lease=None, error=bindparam("what"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A job that this run, and no other, may work on."""

    id: UUID
    lease: UUID
    task: str
    payload: Mapping[str, Any]
    attempts: int
    """Runs begun so far, this one included."""


async def enqueue(
    connection: Connection,
    task: str,
    payload: Mapping[str, Any],
    run_after: datetime | None = None,
) -> UUID:
    """Asks for a job in this transaction. Nobody hears of it unless the transaction commits."""
    return await write(connection, ids.uuid7(), task, payload, run_after)


async def write(
    connection: Connection,
    job_id: UUID,
    task: str,
    payload: Mapping[str, Any],
    run_after: datetime | None = None,
) -> UUID:
    """`enqueue` with an id that the caller has chosen."""
    now = clock.now()
    row = {"id": job_id, "task": task, "payload": payload, "at": now}
    await connection.queue(_INSERT, {**row, "run_after": run_after or now})
    await wake_relay(connection)
    return job_id


async def wake_relay(connection: Connection) -> None:
    """Has the relay look at this tenant when the transaction commits."""
    await connection.queue(_NOTIFY)


async def due(connection: Connection) -> list[UUID]:
    """What may go to the queue now, oldest first, up to the tenant's share."""
    free = RUNNING_AT_ONCE - len(await in_queue(connection))
    if free <= 0:
        return []
    rows = await connection.fetch_tuples(_DUE, {"now": clock.now(), "limit": free})
    return [row[0] for row in rows]


async def in_queue(connection: Connection) -> list[UUID]:
    """What was handed to the queue and is not done."""
    return [row[0] for row in await connection.fetch_tuples(_IN_QUEUE)]


async def next_due(connection: Connection) -> datetime | None:
    """When the first row that still has to wait may go."""
    instant: datetime | None = await connection.value(_NEXT, {"now": clock.now()})
    return instant


async def mark_relayed(connection: Connection, those: list[UUID]) -> None:
    await connection.run(_MARK, {"those": those, "now": clock.now()})


async def take_back(connection: Connection, those: list[UUID]) -> None:
    """The queue does not know these any more; they are handed to it again."""
    await connection.run(_UNMARK, {"those": those})


async def lease(connection: Connection, job_id: UUID) -> Leased | None:
    """Takes the job for this run; an earlier run that still believes it has it may write no more.
    None: it was done before."""
    soon = clock.now() + CLOCKS_DIFFER
    row = await connection.first(_LEASE, {"this": job_id, "mine": ids.uuid7(), "now": soon})
    return Leased(id=job_id, **row) if row else None


async def still_mine(connection: Connection, job: Leased) -> bool:
    """Whether this run still has the job; if so, nobody can take it before the commit."""
    return await connection.value(_STILL_MINE, {"this": job.id, "mine": job.lease}) is not None


async def complete(connection: Connection, job: Leased) -> None:
    await connection.queue(_DELETE, {"this": job.id})
    await wake_relay(connection)


async def try_again(connection: Connection, job: Leased, later: datetime, what: str) -> None:
    values = {"this": job.id, "mine": job.lease, "later": later, "what": what}
    await connection.queue(_AGAIN, values)
    await wake_relay(connection)


async def give_up(connection: Connection, job: Leased, what: str) -> None:
    values = {"this": job.id, "mine": job.lease, "now": clock.now(), "what": what}
    await connection.queue(_GIVE_UP, values)
    await wake_relay(connection)
