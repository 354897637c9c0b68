"""A worker: the queue of this process, the relay, and the loop that keeps both going."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition
from sqlalchemy import Text, bindparam, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import JSONB

from fieldstone.kernel.installation import Installation
from fieldstone.kernel.job_run import run_job
from fieldstone.kernel.relay import Relay
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.sql import statement

RUN = "fieldstone.run"
OPEN = ("todo", "doing")

_jobs = table("procrastinate_jobs", column("args", JSONB), column("status"))
_HELD = statement(
    select(_jobs.c.args["job"].astext).where(
        _jobs.c.args["tenant"].astext == bindparam("tenant"),
        cast(_jobs.c.status, Text) == func.any(bindparam("open")),
    )
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker spends its time, in seconds; the defaults suit production."""

    jobs_at_once: int = 8
    look: float = 0.5
    """Between two looks into the queue; a notification that comes during one may be missed."""
    heartbeat: float = 10.0
    dead_after: float = 30.0
    patience: float = 20.0
    """How long running jobs may go on after the worker was told to stop."""


class ProcrastinateQueue:
    """The queue that the relay fills, in the control schema."""

    def __init__(self, installation: Installation, pace: Pace) -> None:
        connector = PsycopgConnector(
            conninfo=installation.database.login_url,
            kwargs={
                "options": "-c search_path=fieldstone -c timezone=UTC",
                "application_name": "fieldstone queue",
            },
            min_size=1,
            max_size=4,
        )
        self.app = App(connector=connector)
        self._pace = pace
        self._database = installation.database

        @self.app.task(name=RUN, retry=RetryStrategy(wait=5))
        async def run(tenant: str, job: str) -> None:
            await run_job(installation, tenant, UUID(job))

    async def put(self, tenant: Tenant, those: list[UUID]) -> None:
        """The locks keep a job from standing in the queue twice, and from running twice at once."""
        for job_id in those:
            lock = f"{tenant.key}/{job_id}"
            task = self.app.configure_task(RUN, lock=lock, queueing_lock=lock)
            with contextlib.suppress(AlreadyEnqueued):
                await task.defer_async(tenant=tenant.key, job=str(job_id))

    async def holds(self, tenant: Tenant) -> set[UUID]:
        async with self._database.control() as connection:
            rows = await connection.fetch_tuples(_HELD, {"tenant": tenant.key, "open": list(OPEN)})
        return {UUID(row[0]) for row in rows}

    async def rescue(self) -> None:
        manager = self.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.dead_after):
            log.warning("job_rescued", job=job.task_kwargs.get("job"))
            with contextlib.suppress(ConnectorException):  # it came to an end after all
                await manager.retry_job(job, retry_at=datetime.now(UTC))

    async def work(self) -> None:
        """Runs jobs until it is cancelled, and then waits for those that are running."""
        await self.app.run_worker_async(
            name="worker",
            concurrency=self._pace.jobs_at_once,
            install_signal_handlers=False,
            fetch_job_polling_interval=self._pace.look,
            delete_jobs=DeleteJobCondition.ALWAYS,
            update_heartbeat_interval=self._pace.heartbeat,
            stalled_worker_timeout=self._pace.dead_after,
            shutdown_graceful_timeout=self._pace.patience,
        )


async def work(installation: Installation, pace: Pace | None = None) -> None:
    """Runs jobs until it is cancelled. A loss of the database does not end it."""
    queue = ProcrastinateQueue(installation, pace or Pace())
    relay = Relay(installation.database, installation.directory, queue)
    async with queue.app.open_async():
        relaying = asyncio.create_task(relay.run())
        try:
            while True:
                with contextlib.suppress(ConnectorException):
                    await _until_cancelled(queue.work(), before_stop=relaying.cancel)
                log.warning("worker_lost_database")
                await asyncio.sleep(1)
        finally:
            relaying.cancel()
            await asyncio.gather(relaying, return_exceptions=True)


async def _until_cancelled(
    working: Coroutine[Any, Any, None], before_stop: Callable[[], object]
) -> None:
    """New jobs stop coming before the running ones are waited for."""
    running = asyncio.create_task(working)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        before_stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        raise
