"""The driver's connection with one thing added: statements are put into the pipeline without a
trip through the event loop for each, and what was put travels as one message, with one wait for
all the answers.

Uses generators that psycopg keeps for its own cursors and pipelines; the pinned version and
tests/integration/test_db.py hold them still."""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import psycopg
from psycopg import AsyncConnection, AsyncCursor, AsyncPipeline
from psycopg.abc import Params, PQGen
from psycopg.abc import QueryNoTemplate as Query
from psycopg.generators import send

from fieldstone.kernel.errors import unreachable

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
        """Queues a statement; it travels with the next `exchange`, which brings its answer too.
        Outside a pipeline it is run at once."""
        if self._conn._pipeline is None:
            await self.execute(query, params)
        else:
            _at_once(self._put(query, params))

    def _put(self, query: Query, params: Params | None) -> PQGen[None]:
        yield from self._start_query(query)
        converted = self._convert_query(query, params)
        yield from self._maybe_prepare_gen(converted, prepare=None, binary=None)
        self._last_query = query
        yield from self._conn._prepared.maintain_gen(self._conn)


class WireConnection(AsyncConnection[Any]):
    async def put(self, command: bytes) -> None:
        """Queues a command without parameters and without an answer: BEGIN, SET LOCAL, COMMIT.
        Outside a pipeline it is run at once."""
        pipeline = self._pipeline
        if pipeline is None:
            await self.wait(self._exec_command(command))
        else:
            sending = partial(self.pgconn.send_query_params, command, None)
            pipeline.command_queue.append(sending)
            pipeline.result_queue.append(None)

    def enter_pipeline(self) -> None:
        self._check_connection_ok()
        self._pipeline = AsyncPipeline(self)
        _at_once(self._pipeline._enter_gen())

    async def exchange(self) -> None:
        """Sends what was put and waits for its answers."""
        await self._wait(self._exchange(last=False))

    async def synchronise(self) -> None:
        """Like `exchange`; after a failed statement the server listens again from here on."""
        await self._wait(self._exchange(last=True))

    async def leave_pipeline(self, error: BaseException | None = None) -> None:
        """Sends what was put, waits, and ends the pipeline. What fails here is told, unless an
        earlier `error` is on its way already."""
        pipeline = self._pipeline
        if pipeline is None:
            return
        try:
            if pipeline.result_queue or error is not None:
                await self.synchronise()
        except psycopg.Error:
            if error is None:
                raise
        finally:
            self._pipeline = None
            pipeline._exit(error)

    async def _wait(self, generator: PQGen[None]) -> None:
        if self._pipeline is not None:
            async with self.lock:
                await self.wait(generator)

    def _exchange(self, *, last: bool) -> PQGen[None]:
        pipeline = self._pipeline
        if pipeline is None:
            unreachable("only what is in a pipeline is exchanged")
        if last:
            pipeline._enqueue_sync()
        commands = pipeline.command_queue
        while commands:
            commands.popleft()()
        if not last:
            self.pgconn.send_flush_request()
        yield from send(self.pgconn)
        yield from pipeline._fetch_gen(flush=False)


_NAMES: dict[str, tuple[str, ...]] = {}
KEPT = 4096


def records(cursor: AsyncCursor[Any]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """A row factory as the driver's `dict_row`, which reads the columns' names anew for every
    answer; our statements name their columns, so the text tells them."""
    result, text = cursor.pgresult, cursor._last_query
    count = result.nfields if result is not None else 0
    names = _NAMES.get(text, ()) if isinstance(text, str) else ()
    if len(names) != count and result is not None:
        names = tuple((result.fname(i) or b"").decode() for i in range(count))
        if isinstance(text, str) and len(_NAMES) < KEPT:
            _NAMES[text] = names

    def record(values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(names, values, strict=True))

    return record


def _at_once(generator: PQGen[None]) -> None:
    """Runs a generator of the driver that only queues, and so has nothing to wait for."""
    for _ in generator:
        unreachable("a queued statement does not wait")
