"""One run of one job: take it, call the task's handler, and record what became of it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars

from fieldstone.kernel import clock, outbox
from fieldstone.kernel.errors import AppError
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.jobs import (
    TASKS,
    JobContext,
    JobLostError,
    is_cancelled,
    show_finished,
    show_started,
)
from fieldstone.kernel.metrics import JOB_SECONDS, JOBS
from fieldstone.kernel.outbox import Leased
from fieldstone.kernel.session import Tenant

MOST_TRIES = 10
LONGEST_PAUSE = 600  # seconds between two tries

log = structlog.get_logger(__name__)


async def run_job(installation: Installation, tenant_key: str, job_id: UUID) -> None:
    """Runs a job that the queue handed out, if it is still to be done. A failure of the handler
    ends here; only a database that is away comes out."""
    tenant = await installation.directory.find(tenant_key)
    if tenant is None:
        return  # dropped or closed; its rows went with it or wait until it opens again
    job = await _take(installation, tenant, job_id)
    if job is None:
        return
    started = time.perf_counter()
    with bound_contextvars(tenant=tenant.key, job=str(job.id), task=job.task):
        outcome = await _run(installation, tenant, job)
        log.info("job_run", outcome=outcome, attempt=job.attempts)
    JOBS.labels(job.task, outcome).inc()
    JOB_SECONDS.labels(job.task).observe(time.perf_counter() - started)


async def _take(installation: Installation, tenant: Tenant, job_id: UUID) -> Leased | None:
    async with installation.database.tenant(tenant) as connection:
        job = await outbox.lease(connection, job_id)
        if job is None:
            return None
        if await is_cancelled(connection, job_id):
            await outbox.complete(connection, job)
            return None
        await show_started(connection, job_id)
    return job


async def _run(installation: Installation, tenant: Tenant, job: Leased) -> str:
    context = JobContext(installation, tenant, job)
    if job.attempts > MOST_TRIES:  # its runs were killed, so none of them could say so
        return await _failed(context, job, RuntimeError("worker_lost"))
    try:
        await TASKS[job.task].run(context, job.payload)
        if not context.completed:
            async with context.last_transaction():
                pass
    except JobLostError:
        return await _lost(context, job)
    except asyncio.CancelledError:  # the worker stops and could not wait any longer
        await _again(context, job, "stopped", pause=0)
        raise
    except Exception as error:
        return await _failed(context, job, error)
    return "done"


async def _lost(context: JobContext, job: Leased) -> str:
    async with context.database.tenant(context.tenant) as connection:
        if await outbox.still_mine(connection, job):
            await outbox.complete(connection, job)  # cancelled
    return "lost"


async def _failed(context: JobContext, job: Leased, error: Exception) -> str:
    """The text of an error may hold values of records, so only its kind is written down."""
    what = error.code if isinstance(error, AppError) else type(error).__name__
    hopeless = isinstance(error, AppError) and error.status < 500
    if not hopeless and job.attempts < MOST_TRIES:
        log.warning("job_failed", error=what, attempt=job.attempts, exc_info=error)
        await _again(context, job, what, pause=min(2**job.attempts, LONGEST_PAUSE))
        return "again"
    log.error("job_given_up", error=what, attempt=job.attempts, exc_info=error)
    async with context.database.tenant(context.tenant) as connection:
        if await outbox.still_mine(connection, job):
            await outbox.give_up(connection, job, what)
            await show_finished(connection, job.id, "failed", _report(error, what))
    return "failed"


def _report(error: Exception, what: str) -> dict[str, object]:
    """For the job's page: the codes of what went wrong and where."""
    problems = error.problems if isinstance(error, AppError) else ()
    found = [{"code": problem.code, "path": problem.path} for problem in problems]
    return {"error": what, "problems": found}


async def _again(context: JobContext, job: Leased, what: str, *, pause: int) -> None:
    later = clock.now() + timedelta(seconds=pause)
    async with context.database.tenant(context.tenant) as connection:
        await outbox.try_again(connection, job, later, what)
