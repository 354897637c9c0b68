"""A job exists exactly when its cause committed, and its effects happen exactly once, whatever
dies on the way."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from conftest import Server
from sqlalchemy import func, select

from fieldstone.kernel import clock, outbox
from fieldstone.kernel.db import Database
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.jobs import start_job
from fieldstone.kernel.relay import Relay
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import audit, job
from fieldstone.kernel.system_tables import outbox as rows
from fieldstone.kernel.worker import Pace, ProcrastinateQueue

pytestmark = pytest.mark.anyio

JOBS, STEPS, KILLS = 12, 3, 6
PROGRAM = Path(__file__).with_name("worker_process.py")


async def _count(database: Database, tenant: Tenant) -> int:
    async with database.tenant(tenant) as connection:
        count: int = await connection.value(select(func.count()).select_from(rows))
    return count


async def test_the_row_lives_and_dies_with_its_transaction(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.tenant(tenant) as connection:
            await outbox.enqueue(connection, "any", {})
            raise ZeroDivisionError
    assert await _count(database, tenant) == 0
    async with database.tenant(tenant) as connection:
        await outbox.enqueue(connection, "any", {"list": [1, {"二": 2}]})
    async with database.tenant(tenant) as connection:
        row = await connection.first(select(rows))
    assert row is not None
    assert (row["task"], row["payload"]) == ("any", {"list": [1, {"二": 2}]})
    assert (row["attempts"], row["lease"], row["relayed_at"]) == (0, None, None)


async def test_a_tenant_has_only_its_share_in_the_queue(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant) as connection:
        asked = [await outbox.enqueue(connection, "any", {}) for _ in range(5)]
    async with database.tenant(tenant) as connection:
        first = await outbox.due(connection)
        assert len(first) == outbox.RUNNING_AT_ONCE
        assert set(first) <= set(asked)
        await outbox.mark_relayed(connection, first)
        assert await outbox.due(connection) == []
        leased = await outbox.lease(connection, first[0])
        assert leased is not None
        await outbox.complete(connection, leased)
        assert len(await outbox.due(connection)) == 1


async def test_what_waits_for_its_time_is_told_when(
    database: Database, tenant: Tenant, frozen_clock: object
) -> None:
    later = clock.now() + timedelta(minutes=5)
    async with database.tenant(tenant) as connection:
        await outbox.enqueue(connection, "any", {}, run_after=later)
        assert await outbox.due(connection) == []
        assert await outbox.next_due(connection) == later
        assert await outbox.lease(connection, UUID(int=0)) is None


async def test_a_relay_that_dies_after_the_queue_has_the_job_does_not_double_it(
    installation: Installation, database: Database, tenant: Tenant
) -> None:
    queue = ProcrastinateQueue(installation, Pace())
    async with queue.app.open_async():
        async with database.tenant(tenant) as connection:
            job_id = await outbox.enqueue(connection, "any", {})
        with pytest.raises(ZeroDivisionError):
            async with database.tenant(tenant) as connection:
                await outbox.mark_relayed(connection, [job_id])
                await queue.put(tenant, [job_id])
                raise ZeroDivisionError
        relay = Relay(database, installation.directory, queue)
        await relay._hand_over(tenant, thoroughly=True)
        held = await queue.app.job_manager.list_jobs_async()
        assert [each.task_kwargs["job"] for each in held] == [str(job_id)]


async def test_killed_workers_neither_lose_nor_repeat_a_step(
    server: Server, database: Database, tenant: Tenant, tmp_path: Path
) -> None:
    async with database.tenant(tenant) as connection:
        for number in range(JOBS):
            payload = {"name": f"job{number}", "steps": STEPS}
            await start_job(connection, "crash.steps", {"en": "Crash"}, payload, STEPS)
    dice = random.Random(7)  # noqa: S311  # no secret
    for _ in range(KILLS):
        worker = _worker(database, tmp_path)
        await _until_some_work(database, tenant)
        await asyncio.sleep(dice.random() * 0.15)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = _worker(database, tmp_path)
    try:
        await asyncio.wait_for(_until_done(database, tenant), 60)
    finally:
        worker.terminate()
        worker.wait()
    async with database.tenant(tenant) as connection:
        notes = [row[0] for row in await connection.fetch_tuples(select(audit.c.subject))]
        states = [row[0] for row in await connection.fetch_tuples(select(job.c.status))]
    steps = [str(number) for number in range(STEPS)] + ["last"]
    assert Counter(notes) == {f"job{n}/{step}": 1 for n in range(JOBS) for step in steps}
    assert states == ["done"] * JOBS


def _worker(database: Database, folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, str(PROGRAM), database.login_url, database.owner_url, str(folder)]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(arguments, env=environment, stdout=quiet, stderr=quiet)  # noqa: S603


async def _until_some_work(database: Database, tenant: Tenant) -> None:
    """A fresh worker has written something, or nothing is left."""
    before = await _written(database, tenant)
    for _ in range(500):
        if await _written(database, tenant) > before or not await _count(database, tenant):
            return
        await asyncio.sleep(0.02)
    pytest.fail("the worker did nothing")


async def _written(database: Database, tenant: Tenant) -> int:
    async with database.tenant(tenant) as connection:
        count: int = await connection.value(select(func.count()).select_from(audit))
    return count


async def _until_done(database: Database, tenant: Tenant) -> None:
    while await _count(database, tenant):
        await asyncio.sleep(0.05)
