"""The database: pools, transactions, and the only way into a tenant's schema.

A transaction acts as one tenant's role with that tenant's search path; without a tenant it is
the login role, which may read no tenant at all. Statements are sent in a pipeline: entering the
tenant travels together with the first query."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import TracebackType
from typing import Any, LiteralString

import orjson
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.sql import ClauseElement

from fieldstone.kernel.db_errors import LostBeforehandError, translated
from fieldstone.kernel.errors import Unavailable, invariant
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.sql import FROZEN, Statement, statement
from fieldstone.kernel.wire import WireConnection, WireCursor, is_gone, records


def _plain(value: object) -> str:
    """What orjson does not know by itself."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(type(value).__name__)


set_json_dumps(lambda value: orjson.dumps(value, default=_plain))
set_json_loads(orjson.loads)

Params = Mapping[str, Any]
Query = Statement | ClauseElement

WEB_OPTIONS = (
    "-c statement_timeout=10s -c lock_timeout=4s "
    "-c idle_in_transaction_session_timeout=30s -c timezone=UTC "
    "-c max_parallel_workers_per_gather=0"
)
OWNER_OPTIONS = "-c lock_timeout=300ms -c timezone=UTC"


def _prepared(query: Query) -> Statement:
    return query if isinstance(query, Statement) else statement(query)


@dataclass(frozen=True, slots=True)
class Watch:
    """A query that travels ahead of the transaction's first one; `check` sees its rows before
    anybody sees another answer, and may raise."""

    query: Statement
    check: Callable[[list[Any]], None]


class Connection:
    """One transaction. Rows are dictionaries."""

    def __init__(self, raw: WireConnection, watch: Watch | None = None) -> None:
        self._raw = raw
        self._watch = watch
        self._watching: WireCursor | None = None
        self._queued = False
        self.ended = False

    async def start_watch(self) -> None:
        if self._watch is not None:
            self._watching = WireCursor(self._raw, row_factory=tuple_row)
            await self._watching.put(self._watch.query.text)

    async def settle_watch(self) -> None:
        """Looks at the watch's answer if nobody has yet."""
        if self._watch is not None and self._watching is not None:
            cursor, self._watching = self._watching, None
            self._watch.check(await cursor.fetchall())

    async def end_watch(self) -> None:
        """For a transaction that asked nothing, so that nothing has sent the watch yet."""
        if self._watching is not None:
            await self._exchange(last=True)
            await self.settle_watch()

    async def fetch(self, query: Query, params: Params | None = None) -> list[dict[str, Any]]:
        return await self._fetched(records, query, params)

    async def fetch_last(self, query: Query, params: Params | None = None) -> list[dict[str, Any]]:
        """Like `fetch`, for the last query of a transaction: its COMMIT travels along, unless
        something was changed that counts only when the watch holds."""
        unseen = self._watching is not None and self._queued
        return await self._fetched(records, query, params, last=not unseen)

    async def fetch_tuples(self, query: Query, params: Params | None = None) -> list[Any]:
        return await self._fetched(tuple_row, query, params)

    async def _fetched(
        self, shape: Any, query: Query, params: Params | None, *, last: bool = False
    ) -> list[Any]:
        with translated():
            cursor = await self._put(shape, query, params)
            if last:
                self.ended = True
                await self._raw.put(b"COMMIT")
            await self._exchange(last=last)
            rows = await cursor.fetchall()
        await self.settle_watch()
        return rows

    async def _exchange(self, *, last: bool = False) -> None:
        try:
            await (self._raw.synchronise() if last else self._raw.exchange())
        except psycopg.OperationalError as error:
            if self._queued or self._watching is None or self._watching.pgresult is not None:
                raise
            raise LostBeforehandError from error  # the watch comes first, and had no answer

    async def _put(self, shape: Any, query: Query, params: Params | None) -> WireCursor:
        invariant(not self.ended, "nothing is asked after the last query")
        cursor = WireCursor(self._raw, row_factory=shape)
        await cursor.put(*_ready(query, params))
        return cursor

    async def first(self, query: Query, params: Params | None = None) -> dict[str, Any] | None:
        rows = await self.fetch(query, params)
        return rows[0] if rows else None

    async def value(self, query: Query, params: Params | None = None) -> Any:
        rows = await self.fetch_tuples(query, params)
        return rows[0][0] if rows else None

    async def run(self, query: Query, params: Params | None = None) -> int:
        """Runs a statement and answers how many rows it touched."""
        with translated():
            cursor = await self._put(records, query, params)
            await self._exchange()
        await self.settle_watch()
        return cursor.rowcount

    async def queue(self, query: Query, params: Params | None = None) -> None:
        """Sends a statement whose answer nobody needs; a failure shows at the next wait."""
        self._queued = True
        with translated():
            await self._put(records, query, params)

    async def ddl(self, text: str) -> None:
        """Runs one DDL statement made by kernel.sql.ddl (owner connections only)."""
        with translated():
            await self._raw.execute(text)
            await self._raw.synchronise()

    async def ddl_many(self, texts: Sequence[str]) -> None:
        """Several DDL statements, each sent by itself, with one wait at the end."""
        with translated():
            for text in texts:
                await self._raw.execute(text)
            await self._raw.synchronise()

    async def lock_table(self, table: str) -> None:
        """Keeps writers out of a table until the transaction ends; readers go on."""
        command = sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE")
        with translated():
            await self._raw.execute(command.format(sql.Identifier(table)))
            await self._raw.synchronise()

    async def copy_in(self, table: str, columns: Sequence[str], rows: Any) -> None:
        """Bulk load for benchmarks and restores; never a way around the save pipeline. Only in a
        transaction of `Database.bulk`."""
        names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with translated():
            async with self._raw.cursor() as cursor, cursor.copy(command) as copy:
                for row in rows:
                    await copy.write_row(row)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone when it raises; the transaction lives on."""
        await self._run_now("SAVEPOINT part")
        try:
            yield
            await self._raw.synchronise()
        except BaseException:
            await self._leave_aborted_pipeline()
            await self._run_now("ROLLBACK TO SAVEPOINT part")
            await self._run_now("RELEASE SAVEPOINT part")  # or an outer part would end at this one
            raise
        await self._run_now("RELEASE SAVEPOINT part")

    async def _run_now(self, command: LiteralString) -> None:
        with translated():
            await self._raw.execute(command)
            await self._raw.synchronise()

    async def _leave_aborted_pipeline(self) -> None:
        with contextlib.suppress(psycopg.Error):
            await self._raw.synchronise()


def _ready(query: Query, params: Params | None) -> tuple[str, Params | None]:
    """The text and values as the driver takes them."""
    prepared = _prepared(query)
    values = {**prepared.known, **params} if params else prepared.known
    if prepared.json:
        values = {**values, **_documents(prepared, values)}
    return prepared.text, values or None


def _documents(prepared: Statement, values: Params) -> Params:
    return {name: Jsonb(values[name]) for name in prepared.json if values.get(name) is not None}


@lru_cache(maxsize=4096)
def _entry(tenant: Tenant) -> tuple[bytes, bytes]:
    """What takes a transaction into the tenant."""
    role = sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(tenant.role))
    path = sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(tenant.schema))
    return role.as_bytes(), path.as_bytes()


Entered = AbstractAsyncContextManager[Connection]


class Database:
    """The pools of one process: `login` for requests and jobs, `owner` for DDL."""

    def __init__(self, login_url: str, owner_url: str, *, pool_size: int = 10) -> None:
        self.login_url = login_url
        self.owner_url = owner_url
        self._login = _pool(login_url, WEB_OPTIONS, smallest=2, largest=pool_size)
        self._owner = _pool(owner_url, OWNER_OPTIONS, smallest=0, largest=4)

    async def open(self) -> None:
        await self._login.open(wait=True, timeout=20)
        await self._owner.open()

    async def close(self) -> None:
        await self._login.close()
        await self._owner.close()

    def pool_figures(self) -> dict[str, dict[str, int]]:
        """Connections that are open and idle, and callers that wait for one, by pool."""
        return {"login": _figures(self._login), "owner": _figures(self._owner)}

    def tenant(self, tenant: Tenant, watch: Watch | None = None) -> Entered:
        """A transaction inside one tenant, with that tenant's rights only."""
        return _Transaction(self._login, _entry(tenant), watch)

    def frozen(self, tenant: Tenant) -> Entered:
        """Like `tenant`, to read much, slowly: everything as it is at the first query."""
        return _Transaction(self._login, (*FROZEN, *_entry(tenant)))

    def bulk(self, tenant: Tenant) -> Entered:
        """Like `tenant`, but each statement waits for its answer: COPY needs that."""
        return _Transaction(self._login, _entry(tenant), pipelined=False)

    def control(self) -> Entered:
        """A transaction of the login role on the control schema."""
        return _Transaction(self._login, (_CONTROL_PATH,))

    def owner(self, tenant: Tenant | None = None) -> Entered:
        """A transaction that may change tables: publish, provisioning, migrations."""
        path = _entry(tenant)[1] if tenant else _CONTROL_PATH
        return _Transaction(self._owner, (path,))

    @asynccontextmanager
    async def owner_autocommit(self, tenant: Tenant) -> AsyncIterator[Connection]:
        """The owner outside a transaction, for CREATE INDEX CONCURRENTLY and its like."""
        path = sql.SQL("SET search_path TO {}").format(sql.Identifier(tenant.schema))
        raw = await _taken(self._owner)
        try:
            with translated():
                await raw.execute(path)
                try:
                    yield Connection(raw)
                finally:
                    await raw.execute("RESET search_path")
        finally:
            await self._owner.putconn(raw)


_CONTROL_PATH = b"SET LOCAL search_path TO fieldstone"


def _pool(
    url: str, options: str, *, smallest: int, largest: int
) -> AsyncConnectionPool[WireConnection]:
    return AsyncConnectionPool(
        url,
        connection_class=WireConnection,
        min_size=smallest,
        max_size=largest,
        timeout=3,
        max_idle=120,
        open=False,
        kwargs={"autocommit": True, "options": options, "application_name": "fieldstone"},
        reconnect_timeout=5,
    )


def _figures(pool: AsyncConnectionPool[WireConnection]) -> dict[str, int]:
    stats = pool.get_stats()
    names = {"open": "pool_size", "idle": "pool_available", "waiting": "requests_waiting"}
    return {name: stats.get(figure, 0) for name, figure in names.items()}


async def _taken(pool: AsyncConnectionPool[WireConnection]) -> WireConnection:
    """A connection of the pool that the server has not ended; the pool wants it back."""
    try:
        raw = await pool.getconn()
        while is_gone(raw):  # after a restart of the server, say; the pool replaces it
            await raw.close()
            await pool.putconn(raw)
            raw = await pool.getconn()
    except PoolTimeout as error:
        raise Unavailable from error
    return raw


class _Transaction:
    """From BEGIN to COMMIT, or to ROLLBACK when what happens inside raises. A class, for there is
    one in every request, and generators within generators would cost more than a query."""

    __slots__ = ("_connection", "_entry", "_pipelined", "_pool", "_raw", "_watch")

    def __init__(
        self,
        pool: AsyncConnectionPool[WireConnection],
        entry: Sequence[bytes],
        watch: Watch | None = None,
        *,
        pipelined: bool = True,
    ) -> None:
        self._pool = pool
        self._entry = entry
        self._watch = watch
        self._pipelined = pipelined

    async def __aenter__(self) -> Connection:
        self._raw = raw = await _taken(self._pool)
        self._connection = Connection(raw, self._watch)
        try:
            with translated():
                if self._pipelined:
                    raw.enter_pipeline()
                for command in (b"BEGIN", *self._entry):
                    await raw.put(command)
                await self._connection.start_watch()
        except BaseException as error:
            await self._undo(error)
            raise
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            await self._undo(error)
            if isinstance(error, psycopg.Error):
                with translated():
                    raise error
            return
        try:
            with translated():
                await self._commit()
        except BaseException as failure:
            await self._undo(failure)
            raise
        await self._pool.putconn(self._raw)

    async def _commit(self) -> None:
        if not self._connection.ended:
            await self._connection.end_watch()
            await self._raw.put(b"COMMIT")
        await self._raw.leave_pipeline()

    async def _undo(self, error: BaseException) -> None:
        raw = self._raw
        try:
            await raw.leave_pipeline(error)
            if not raw.closed and raw.pgconn.transaction_status != TransactionStatus.IDLE:
                await raw.execute("ROLLBACK")
        except psycopg.Error:
            await raw.close()  # the pool replaces it
        finally:
            await self._pool.putconn(raw)
