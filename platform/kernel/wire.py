"""The driver's connection with one thing added: putting statements into the pipeline without a
trip through the event loop for each. They travel with the next statement that is waited for.

Uses generators that psycopg keeps for its own cursors and transactions; the pinned version and
tests/integration/test_db.py hold them still."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.abc import Params, PQGen, Query


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
