"""The driver's connection with one thing added: putting statements into the pipeline without a
trip through the event loop for each. They travel with the next statement that is waited for.

Uses generators that psycopg keeps for its own cursors and transactions; the pinned version and
tests/integration/test_db.py hold them still."""

from __future__ import annotations

import select
from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.abc import Params, PQGen, Query

_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


def is_gone(connection: AsyncConnection[Any]) -> bool:
    """Has the server ended this idle connection? It then has said so, and nothing else is ever
    said to an idle one. Asks the operating system, not the server."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), _READABLE)
    return bool(waiting.poll(0))


class WireCursor(AsyncCursor[Any]):
    async def put(self, query: Query, params: Params | None = None) -> None:
        """Queues a statement; `fetchall` waits for it, or the next statement's wait does."""
        await self._conn.wait(self._put(query, params))

    def _put(self, query: Query, params: Params | None) -> PQGen[None]:
        yield from self._start_query(query)
        converted = self._convert_query(query, params)
        yield from self._maybe_prepare_gen(converted, prepare=None, binary=None)
        self._last_query = query


class WireConnection(AsyncConnection[Any]):
    async def put(self, command: bytes) -> None:
        """Queues a command without parameters and without an answer: BEGIN, SET LOCAL, COMMIT.
        Outside a pipeline it is run at once."""
        await self.wait(self._exec_command(command))
