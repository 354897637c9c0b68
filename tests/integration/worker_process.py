"""A worker that tests can kill: python worker_process.py LOGIN_URL OWNER_URL FOLDER"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

from conftest import connected
from sqlalchemy import insert

from fieldstone.kernel import clock, ids
from fieldstone.kernel.jobs import JobContext, task
from fieldstone.kernel.postgres import Urls
from fieldstone.kernel.system_tables import audit
from fieldstone.kernel.worker import Pace, work

PACE = Pace(heartbeat=0.2, dead_after=0.8, patience=5)


@task("crash.steps")
async def steps(context: JobContext, payload: Any) -> None:
    """Writes one note a step, and a last one; dawdles, so that a kill meets it anywhere."""
    for number in range(await context.done_before(), payload["steps"]):
        async with context.transaction() as connection:
            await _note(connection, f"{payload['name']}/{number}")
            await _dawdle()
            await context.progress(number + 1, connection=connection)
        await _dawdle()
    async with context.last_transaction() as connection:
        await _note(connection, f"{payload['name']}/last")
        await _dawdle()


async def _note(connection: Any, subject: str) -> None:
    row = {"id": ids.uuid7(), "at": clock.now(), "verb": "note", "subject": subject, "details": {}}
    await connection.run(insert(audit).values(row))


async def _dawdle() -> None:
    await asyncio.sleep(random.random() * 0.02)  # noqa: S311  # no secret


async def main() -> None:
    login, owner, folder = sys.argv[1:]
    async with connected(Urls(login=login, owner=owner), Path(folder)) as installation:
        await work(installation, PACE)


if __name__ == "__main__":
    asyncio.run(main())
