"""The database: pools, transactions, and the only way into a tenant's schema.

A transaction acts as one tenant's role with that tenant's search path; without a tenant it is
the login role, which may read no tenant at all. Statements are sent in a pipeline: entering the
tenant travels together with the first query."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, LiteralString, cast

import orjson
import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.sql import ClauseElement

from fieldstone.kernel.db_errors import translated
from fieldstone.kernel.errors import Unavailable
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.sql import Statement, statement

set_json_dumps(lambda value: orjson.dumps(value).decode())
set_json_loads(orjson.loads)

Params = Mapping[str, Any]
Query = Statement | ClauseElement

WEB_OPTIONS = (
    "-c statement_timeout=10s -c lock_timeout=2s "
    "-c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)
OWNER_OPTIONS = "-c lock_timeout=300ms -c timezone=UTC"


def _prepared(query: Query) -> Statement:
    return query if isinstance(query, Statement) else statement(query)


class Connection:
    """One transaction. Rows are dictionaries."""

    def __init__(self, raw: AsyncConnection[Any]) -> None:
        self._raw = raw

    async def fetch(self, query: Query, params: Params | None = None) -> list[dict[str, Any]]:
        async with translated(), self._raw.cursor(row_factory=dict_row) as cursor:
            await _send(cursor, query, params)
            return await cursor.fetchall()

    async def fetch_tuples(self, query: Query, params: Params | None = None) -> list[Any]:
        async with translated(), self._raw.cursor(row_factory=tuple_row) as cursor:
            await _send(cursor, query, params)
            return await cursor.fetchall()

    async def first(self, query: Query, params: Params | None = None) -> dict[str, Any] | None:
        rows = await self.fetch(query, params)
        return rows[0] if rows else None

    async def value(self, query: Query, params: Params | None = None) -> Any:
        rows = await self.fetch_tuples(query, params)
        return rows[0][0] if rows else None

    async def run(self, query: Query, params: Params | None = None) -> int:
        """Runs a statement and answers how many rows it touched."""
        async with translated(), self._raw.cursor() as cursor:
            await _send(cursor, query, params)
            await self._settle()
            return cursor.rowcount

    async def queue(self, query: Query, params: Params | None = None) -> None:
        """Sends a statement whose answer nobody needs; a failure shows at the next wait."""
        async with translated():
            await _send(self._raw.cursor(), query, params)

    async def ddl(self, text: str) -> None:
        """Runs one DDL statement made by kernel.sql.ddl (owner connections only)."""
        async with translated():
            await self._raw.execute(cast(LiteralString, text).replace("%", "%%"))
            await self._settle()

    async def copy_in(self, table: str, columns: Sequence[str], rows: Any) -> None:
        """Bulk load for benchmarks and restores; never a way around the save pipeline."""
        names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        async with translated(), self._raw.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                await copy.write_row(row)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone when it raises; the transaction lives on."""
        await self._run_now("SAVEPOINT part")
        try:
            yield
            await self._settle()
        except BaseException:
            await self._leave_aborted_pipeline()
            await self._run_now("ROLLBACK TO SAVEPOINT part")
            raise
        await self._run_now("RELEASE SAVEPOINT part")

    async def _run_now(self, command: LiteralString) -> None:
        async with translated():
            await self._raw.execute(command)
            await self._settle()

    async def _leave_aborted_pipeline(self) -> None:
        with contextlib.suppress(psycopg.Error):
            await self._settle()

    async def _settle(self) -> None:
        pipeline = self._raw._pipeline
        if pipeline is not None:
            await pipeline.sync()


async def _send(cursor: psycopg.AsyncCursor[Any], query: Query, params: Params | None) -> None:
    prepared = _prepared(query)
    values = {**prepared.known, **params} if params else prepared.known
    await cursor.execute(cast(LiteralString, prepared.text), values or None)


@lru_cache(maxsize=4096)
def _entry(tenant: Tenant) -> tuple[sql.Composed, sql.Composed]:
    return (
        sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(tenant.role)),
        sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(tenant.schema)),
    )


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

    @asynccontextmanager
    async def tenant(self, tenant: Tenant) -> AsyncIterator[Connection]:
        """A transaction inside one tenant, with that tenant's rights only."""
        role, path = _entry(tenant)
        async with _transaction(self._login, (role, path)) as connection:
            yield connection

    @asynccontextmanager
    async def control(self) -> AsyncIterator[Connection]:
        """A transaction of the login role on the control schema."""
        async with _transaction(self._login, (_CONTROL_PATH,)) as connection:
            yield connection

    @asynccontextmanager
    async def owner(self, tenant: Tenant | None = None) -> AsyncIterator[Connection]:
        """A transaction that may change tables: publish, provisioning, migrations."""
        path = _entry(tenant)[1] if tenant else _CONTROL_PATH
        async with _transaction(self._owner, (path,)) as connection:
            yield connection

    @asynccontextmanager
    async def owner_autocommit(self, tenant: Tenant) -> AsyncIterator[Connection]:
        """The owner outside a transaction, for CREATE INDEX CONCURRENTLY and its like."""
        async with translated(), _checkout(self._owner) as raw:
            await raw.execute(
                sql.SQL("SET search_path TO {}").format(sql.Identifier(tenant.schema))
            )
            try:
                yield Connection(raw)
            finally:
                await raw.execute("RESET search_path")


_CONTROL_PATH = sql.SQL("SET LOCAL search_path TO fieldstone").format()


def _pool(url: str, options: str, *, smallest: int, largest: int) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(
        url,
        min_size=smallest,
        max_size=largest,
        timeout=3,
        max_idle=120,
        open=False,
        kwargs={"autocommit": True, "options": options, "application_name": "fieldstone"},
        reconnect_timeout=5,
    )


@asynccontextmanager
async def _checkout(pool: AsyncConnectionPool[Any]) -> AsyncIterator[AsyncConnection[Any]]:
    try:
        raw = await pool.getconn()
    except PoolTimeout as error:
        raise Unavailable from error
    try:
        yield raw
    finally:
        await pool.putconn(raw)


@asynccontextmanager
async def _transaction(
    pool: AsyncConnectionPool[Any], entry: Sequence[sql.Composed]
) -> AsyncIterator[Connection]:
    async with _checkout(pool) as raw:
        try:
            async with translated(), raw.pipeline():
                await raw.execute("BEGIN")
                for command in entry:
                    await raw.execute(command)
                yield Connection(raw)
                await raw.execute("COMMIT")
        except BaseException:
            await _roll_back(raw)
            raise


async def _roll_back(raw: AsyncConnection[Any]) -> None:
    try:
        if not raw.closed:
            await raw.execute("ROLLBACK")
    except psycopg.Error:
        await raw.close()  # the pool replaces it
