"""A process whose children publish a changeset and are killed on the way, at whatever moment is
asked for.

`python dying_process.py LOGIN_URL OWNER_URL`, then a line "CHANGESET STATEMENT" for each child on
its input: it dies in place of that statement (0: when publishing is over, before it can tell).
Answers "killed", "published" or the code of the refusal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.errors import AppError
from fieldstone.kernel.session import Tenant
from fieldstone.metadata import changesets
from fieldstone.runtime.sign_in import system_session

TENANT = Tenant(key="acme", schema="t_acme", role="test_t_acme")


class Fuse:
    """Counts what is sent to the database, and ends the process when its number is up."""

    def __init__(self, number: int) -> None:
        self.left = number

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def attach(self) -> None:
        for name in ("fetch", "fetch_tuples", "run", "queue", "lock_table"):
            setattr(Connection, name, self._burning(getattr(Connection, name)))
        several = Connection.ddl_many

        async def one_by_one(connection: Connection, texts: Sequence[str]) -> None:
            for text in texts:
                self.burn()
                await several(connection, [text])

        Connection.ddl_many = one_by_one  # type: ignore[method-assign]  # each counts

    def _burning(self, method: Callable[..., Any]) -> Callable[..., Any]:
        async def burning(*given: Any, **more: Any) -> Any:
            self.burn()
            return await method(*given, **more)

        return burning


async def publish(urls: list[str], changeset: UUID, number: int) -> str:
    database = Database(*urls, pool_size=2)
    await database.open()
    async with database.tenant(TENANT) as connection:
        draft = await changesets.get(connection, changeset)
    if number:
        Fuse(number).attach()
    try:
        await changesets.publish_draft(database, TENANT, system_session(TENANT), draft, None)
    except AppError as error:
        return error.code
    if not number:
        os.kill(os.getpid(), signal.SIGKILL)
    return "published"


def main(urls: list[str]) -> None:
    for line in sys.stdin:
        changeset, number = line.split()
        child = os.fork()
        if child == 0:
            print(asyncio.run(publish(urls, UUID(changeset), int(number))), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
