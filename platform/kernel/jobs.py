"""Work outside a request: what tasks there are, and how a job is asked for and written.

A job's effects in our database happen exactly once: every transaction of a run first makes sure
that the run still has the job, and the last one deletes it in the same commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from fieldstone.kernel import clock, ids, outbox
from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.i18n import Text
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.outbox import Leased
from fieldstone.kernel.registry import Registry
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.sql import statement
from fieldstone.kernel.system_tables import job as job_table

Payload = Mapping[str, Any]


class JobLostError(Exception):
    """This run no longer has the job: it was cancelled, or another worker took it over."""


class JobContext:
    """What a task's handler is given: where it works, and the only way to write."""

    def __init__(self, installation: Installation, tenant: Tenant, job: Leased) -> None:
        self.installation = installation
        self.tenant = tenant
        self.job_id = job.id
        self.attempt = job.attempts
        self.result: Mapping[str, Any] | None = None
        """Kept with the job when it is done; set it before the last transaction."""
        self.completed = False
        self._job = job

    @property
    def database(self) -> Database:
        return self.installation.database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One step of the job. May be repeated if the worker dies later, so a job of many steps
        keeps its place in the same transaction (`progress`) and goes on from there.
        Raises JobLostError."""
        async with self.database.tenant(self.tenant) as connection:
            if not await outbox.still_mine(connection, self._job):
                raise JobLostError
            if await is_cancelled(connection, self.job_id):
                raise JobLostError
            yield connection

    @asynccontextmanager
    async def last_transaction(self) -> AsyncIterator[Connection]:
        """A step whose commit also completes the job: it happens exactly once."""
        async with self.transaction() as connection:
            yield connection
            await outbox.complete(connection, self._job)
            await show_finished(connection, self.job_id, "done", self.result)
        self.completed = True

    async def progress(
        self, done: int, total: int | None = None, *, connection: Connection | None = None
    ) -> None:
        """Shows how far the job is; with `connection`, as part of that step."""
        values = {"this": self.job_id, "done": done, "total": total}
        if connection is not None:
            await connection.queue(_PROGRESS, values)
            return
        async with self.transaction() as own:
            await own.queue(_PROGRESS, values)

    async def done_before(self) -> int:
        """What `progress` last said, in an earlier run: where to go on."""
        async with self.database.tenant(self.tenant) as connection:
            return await connection.value(_DONE_BEFORE, {"this": self.job_id}) or 0

    async def keep(self, result: Payload, *, connection: Connection) -> None:
        """What the job found so far, as part of that step: it goes on from there, see `kept`."""
        self.result = result
        await connection.queue(_KEEP, {"this": self.job_id, "result": result})

    async def kept(self) -> Payload:
        """What `keep` last wrote, in an earlier run."""
        async with self.database.tenant(self.tenant) as connection:
            return await connection.value(_KEPT, {"this": self.job_id}) or {}


Handler = Callable[[JobContext, Payload], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    name: str
    run: Handler


TASKS: Registry[Task] = Registry("task")


def task(name: str) -> Callable[[Handler], Handler]:
    """Registers the handler of a task. It may be run again after a failure: what must happen
    once belongs into `context.last_transaction()`."""

    def register(handler: Handler) -> Handler:
        TASKS.add(Task(name=name, run=handler))
        return handler

    return register


_c = job_table.c
_THIS = _c.id == bindparam("this")
_INSERT = statement(
    insert(job_table).values(
        {
            name: bindparam(name, type_=_c[name].type)
            for name in ("id", "task", "title", "total", "created_by", "created_at")
        }
    )
)
_PROGRESS = statement(
    update(job_table)
    .where(_THIS)
    .values(
        done=bindparam("done"),
        total=func.coalesce(bindparam("total", type_=_c.total.type), _c.total),
    )
)
_DONE_BEFORE = statement(select(_c.done).where(_THIS))
_KEEP = statement(
    update(job_table).where(_THIS).values(result=bindparam("result", type_=_c.result.type))
)
_KEPT = statement(select(_c.result).where(_THIS))
_CANCEL = statement(
    update(job_table)
    .where(_THIS, _c.status == func.any(bindparam("open")))
    .values(status="cancelled", finished_at=bindparam("now"))
)
_CANCELLED = statement(select(_c.id).where(_THIS, _c.status == "cancelled"))
_STARTED = statement(
    update(job_table)
    .where(_THIS)
    .values(status="running", started_at=func.coalesce(_c.started_at, bindparam("now")))
)
_FINISHED = statement(
    update(job_table)
    .where(_THIS)
    .values(
        status=bindparam("status"),
        finished_at=bindparam("now"),
        result=bindparam("result", type_=_c.result.type),
    )
)


async def start_job(
    connection: Connection,
    task: str,
    title: Text,
    payload: Payload,
    total: int | None = None,
    created_by: UUID | None = None,
) -> UUID:
    """Asks for a job that people can watch, as part of this transaction. `title` is what its page
    shows, `total` how many steps `progress` will count."""
    job_id = ids.uuid7()
    row = {"id": job_id, "task": task, "title": dict(title), "total": total}
    await connection.queue(_INSERT, {**row, "created_by": created_by, "created_at": clock.now()})
    return await outbox.write(connection, job_id, task, payload)


async def note_job(
    connection: Connection, task: str, title: Text, result: Payload, created_by: UUID
) -> UUID:
    """A job that was done at once, for whoever looks for its result."""
    job_id = ids.uuid7()
    row = {"id": job_id, "task": task, "title": dict(title), "total": None}
    await connection.queue(_INSERT, {**row, "created_by": created_by, "created_at": clock.now()})
    await show_finished(connection, job_id, "done", result)
    return job_id


async def cancel_job(connection: Connection, job_id: UUID) -> bool:
    """Stops a job before its next step. False: it is over already."""
    values = {"this": job_id, "open": ["waiting", "running"], "now": clock.now()}
    return await connection.run(_CANCEL, values) == 1


async def is_cancelled(connection: Connection, job_id: UUID) -> bool:
    return await connection.value(_CANCELLED, {"this": job_id}) is not None


async def show_started(connection: Connection, job_id: UUID) -> None:
    await connection.queue(_STARTED, {"this": job_id, "now": clock.now()})


async def show_finished(
    connection: Connection, job_id: UUID, status: str, result: Payload | None
) -> None:
    values = {"this": job_id, "status": status, "now": clock.now(), "result": result}
    await connection.queue(_FINISHED, values)
