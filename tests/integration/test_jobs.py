"""Jobs: started soon after their cause commits, done once, tried again, given up, cancelled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from conftest import Server
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import func, insert, select, table, update

from fieldstone.kernel import clock, ids, outbox
from fieldstone.kernel.db import Database
from fieldstone.kernel.errors import Invalid, Unavailable
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.job_run import run_job
from fieldstone.kernel.jobs import TASKS, JobContext, JobLostError, cancel_job, start_job, task
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import audit, job
from fieldstone.kernel.system_tables import outbox as outbox_table
from fieldstone.kernel.tenants import create_tenant, drop_tenant
from fieldstone.kernel.worker import Pace, work

pytestmark = pytest.mark.anyio

FAST = Pace(heartbeat=0.2, dead_after=1.0, patience=5.0)
TITLE = {"en": "Test", "zh_CN": "测试"}


@task("test.note")
async def note(context: JobContext, payload: Any) -> None:
    async with context.last_transaction() as connection:
        await connection.run(insert(audit).values(_note(payload["text"])))


@task("test.fail")
async def fail(context: JobContext, payload: Any) -> None:
    async with context.last_transaction() as connection:
        await connection.run(insert(audit).values(_note("begun")))
        raise ValueError("secret value")


@task("test.refuse")
async def refuse(context: JobContext, payload: Any) -> None:
    raise Invalid.one("test.refused", "fields.name")


@task("test.steps")
async def steps(context: JobContext, payload: Any) -> None:
    """Counts to `total`; breaks down once at `break_at`, in the first run."""
    for number in range(await context.done_before(), payload["total"]):
        if context.attempt == 1 and number == payload["break_at"]:
            raise RuntimeError
        async with context.transaction() as connection:
            await connection.run(insert(audit).values(_note(str(number))))
            await context.progress(number + 1, connection=connection)
    context.result = {"counted": payload["total"]}


def _note(text: str) -> dict[str, Any]:
    return {"id": ids.uuid7(), "at": clock.now(), "verb": "note", "subject": text, "details": {}}


@asynccontextmanager
async def working(installation: Installation) -> AsyncIterator[asyncio.Task[None]]:
    running = asyncio.create_task(work(installation, FAST))
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def notes(database: Database, tenant: Tenant) -> list[str]:
    async with database.tenant(tenant) as connection:
        rows = await connection.fetch_tuples(select(audit.c.subject).order_by(audit.c.id))
    return [row[0] for row in rows]


async def asked(database: Database, tenant: Tenant, name: str, **payload: Any) -> UUID:
    async with database.tenant(tenant) as connection:
        return await start_job(connection, name, TITLE, payload)


async def job_row(database: Database, tenant: Tenant, job_id: UUID) -> dict[str, Any]:
    async with database.tenant(tenant) as connection:
        row = await connection.first(select(job).where(job.c.id == job_id))
    assert row is not None
    return row


async def until(found: Callable[[], Any], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not await found():
        assert time.monotonic() < limit, "it did not happen in time"
        await asyncio.sleep(0.01)


def over(database: Database, tenant: Tenant, job_id: UUID) -> Callable[[], Any]:
    async def is_over() -> bool:
        row = await job_row(database, tenant, job_id)
        return row["status"] not in ("waiting", "running")

    return is_over


async def test_a_job_starts_within_a_second_of_its_commit(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    async with working(installation):
        await until(over(database, tenant, await asked(database, tenant, "test.note", text="warm")))
        job_id = await asked(database, tenant, "test.note", text="hello")
        committed = clock.now()
        await until(over(database, tenant, job_id))
    row = await job_row(database, tenant, job_id)
    assert (row["started_at"] - committed).total_seconds() < 1
    assert (row["status"], row["title"]) == ("done", TITLE)
    assert await notes(database, tenant) == ["warm", "hello"]


async def test_no_job_without_a_commit(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.tenant(tenant) as connection:
            await outbox.enqueue(connection, "test.note", {"text": "never"})
            raise ZeroDivisionError
    async with working(installation):
        await until(over(database, tenant, await asked(database, tenant, "test.note", text="yes")))
    assert await notes(database, tenant) == ["yes"]


async def test_jobs_that_waited_while_no_worker_ran_are_done(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    ids_ = [await asked(database, tenant, "test.note", text=str(n)) for n in range(7)]
    async with working(installation):
        for each in ids_:
            await until(over(database, tenant, each))
    assert sorted(await notes(database, tenant)) == [str(n) for n in range(7)]


async def test_a_job_may_wait_for_its_time(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    async with database.tenant(tenant) as connection:
        at = clock.now() + timedelta(seconds=0.5)
        await outbox.enqueue(connection, "test.note", {"text": "later"}, run_after=at)
    async with working(installation):

        async def noted() -> bool:
            return await notes(database, tenant) == ["later"]

        await until(noted)
    assert clock.now() >= at


async def test_a_job_handed_out_twice_is_done_once(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    """As after a crash of the relay between the queue's commit and its own."""
    job_id = await asked(database, tenant, "test.note", text="once")
    runs = [run_job(installation, tenant.key, job_id) for _ in range(4)]
    await asyncio.gather(*runs)
    assert await notes(database, tenant) == ["once"]
    assert (await job_row(database, tenant, job_id))["status"] == "done"


async def test_a_run_that_was_overtaken_writes_nothing(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    """As when a worker was believed dead, its job given to another, and it wakes up."""
    job_id = await asked(database, tenant, "test.note", text="winner")
    async with database.tenant(tenant) as connection:
        stale = await outbox.lease(connection, job_id)
    assert stale is not None
    await run_job(installation, tenant.key, job_id)
    sleeper = JobContext(installation, tenant, stale)
    with pytest.raises(JobLostError):
        async with sleeper.last_transaction() as connection:
            await connection.run(insert(audit).values(_note("sleeper")))
    assert await notes(database, tenant) == ["winner"]


async def test_a_failure_leaves_no_trace_and_is_tried_again_later(
    installation: Installation, database: Database, tenant: Tenant, frozen_clock: Any
) -> None:
    job_id = await asked(database, tenant, "test.fail")
    await run_job(installation, tenant.key, job_id)
    assert await notes(database, tenant) == []
    async with database.tenant(tenant) as connection:
        row = await connection.first(select(outbox_table).where(outbox_table.c.id == job_id))
    assert row is not None
    assert (row["attempts"], row["error"], row["relayed_at"]) == (1, "ValueError", None)
    assert row["run_after"] == clock.now() + timedelta(seconds=2)


async def test_after_ten_tries_a_job_is_given_up(
    installation: Installation, database: Database, tenant: Tenant, frozen_clock: Any
) -> None:
    job_id = await asked(database, tenant, "test.fail")
    for _ in range(12):
        await run_job(installation, tenant.key, job_id)
        frozen_clock.move(hours=1)
    row = await job_row(database, tenant, job_id)
    assert (row["status"], row["result"]) == ("failed", {"error": "ValueError", "problems": []})
    async with database.tenant(tenant) as connection:
        kept = await connection.first(select(outbox_table).where(outbox_table.c.id == job_id))
    assert kept is not None
    assert kept["attempts"] == 10
    assert kept["failed_at"] is not None


async def test_a_job_that_kills_its_workers_is_given_up_too(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    job_id = await asked(database, tenant, "test.note", text="never")
    async with database.tenant(tenant) as connection:
        await connection.run(update(outbox_table).values(attempts=10))
    await run_job(installation, tenant.key, job_id)
    assert (await job_row(database, tenant, job_id))["status"] == "failed"
    assert await notes(database, tenant) == []


async def test_what_can_never_work_is_not_tried_again(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    job_id = await asked(database, tenant, "test.refuse")
    await run_job(installation, tenant.key, job_id)
    row = await job_row(database, tenant, job_id)
    problems = [{"code": "test.refused", "path": "fields.name"}]
    assert (row["status"], row["result"]) == ("failed", {"error": "invalid", "problems": problems})


async def test_a_job_of_many_steps_goes_on_where_it_broke(
    installation: Installation, database: Database, tenant: Tenant, frozen_clock: Any
) -> None:
    job_id = await asked(database, tenant, "test.steps", total=6, break_at=4)
    await run_job(installation, tenant.key, job_id)
    assert (await job_row(database, tenant, job_id))["done"] == 4
    frozen_clock.move(minutes=1)
    await run_job(installation, tenant.key, job_id)
    row = await job_row(database, tenant, job_id)
    assert (row["status"], row["done"], row["result"]) == ("done", 6, {"counted": 6})
    assert sorted(await notes(database, tenant)) == [str(n) for n in range(6)]


async def test_a_cancelled_job_stops_before_its_next_step(
    installation: Installation, database: Database, tenant: Tenant, frozen_clock: Any
) -> None:
    job_id = await asked(database, tenant, "test.steps", total=6, break_at=4)
    await run_job(installation, tenant.key, job_id)
    async with database.tenant(tenant) as connection:
        assert await cancel_job(connection, job_id)
        assert not await cancel_job(connection, job_id)
    frozen_clock.move(minutes=1)
    await run_job(installation, tenant.key, job_id)
    assert (await job_row(database, tenant, job_id))["status"] == "cancelled"
    assert len(await notes(database, tenant)) == 4
    async with database.tenant(tenant) as connection:
        assert await connection.fetch(select(outbox_table)) == []


async def test_a_task_that_this_release_does_not_know_waits_for_one_that_does(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    job_id = await asked(database, tenant, "test.unknown")
    await run_job(installation, tenant.key, job_id)
    assert (await job_row(database, tenant, job_id))["status"] == "running"


async def test_a_tenants_flood_does_not_stand_before_anothers_first_job(
    installation: Installation, database: Database, tenant: Tenant, worker_id: str
) -> None:
    other = await create_tenant(database, f"quiet-{worker_id}")
    async with database.tenant(tenant) as connection:
        for number in range(200):
            await outbox.enqueue(connection, "test.note", {"text": str(number)})
    first = await asked(database, other, "test.note", text="mine")
    async with working(installation):
        await until(over(database, other, first))
        done = len(await notes(database, tenant))
        assert done < 100

        async def all_done() -> bool:
            return len(await notes(database, tenant)) == 200

        await until(all_done, seconds=30)
    await drop_tenant(database, other.key)


async def test_a_job_whose_place_in_the_queue_is_gone_gets_a_new_one(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    job_id = await asked(database, tenant, "test.note", text="found")
    async with database.tenant(tenant) as connection:
        await outbox.mark_relayed(connection, [job_id])
    async with working(installation):
        await until(over(database, tenant, job_id))
    assert await notes(database, tenant) == ["found"]


async def test_a_worker_survives_the_loss_of_its_connections(
    server: Server, installation: Installation, database: Database, tenant: Tenant
) -> None:
    async with working(installation):
        await until(over(database, tenant, await asked(database, tenant, "test.note", text="one")))

        async def queue_is_empty() -> bool:
            async with database.control() as connection:
                left = select(func.count()).select_from(table("procrastinate_jobs"))
                return await connection.value(left) == 0

        await until(queue_is_empty)
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            admin.execute(everybody, [conninfo_to_dict(database.login_url)["dbname"]])

        async def asked_again() -> bool:
            try:
                await asked(database, tenant, "test.note", text="two")
            except Unavailable:
                return False
            return True

        async def both() -> bool:
            return await notes(database, tenant) == ["one", "two"]

        await until(asked_again)
        await until(both, seconds=20)


async def test_a_stopping_worker_lets_its_job_finish(
    installation: Installation, database: Database, tenant: Tenant, slow: list[asyncio.Event]
) -> None:
    begun, go_on = slow
    async with working(installation) as running:
        job_id = await asked(database, tenant, "test.slow")
        await asyncio.wait_for(begun.wait(), 5)
        running.cancel()
        await asyncio.sleep(0.05)
        go_on.set()
        await asyncio.gather(running, return_exceptions=True)
    assert (await job_row(database, tenant, job_id))["status"] == "done"


@pytest.fixture
def slow() -> Iterator[list[asyncio.Event]]:
    begun, go_on = asyncio.Event(), asyncio.Event()

    @task("test.slow")
    async def handler(context: JobContext, payload: Any) -> None:
        begun.set()
        await go_on.wait()

    yield [begun, go_on]
    TASKS._entries.pop("test.slow")
