"""The connection: what comes back, what is undone, and what a lost server looks like."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from conftest import Server
from sqlalchemy import (
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    update,
)

from fieldstone.kernel import ids, system_tables
from fieldstone.kernel.db import Connection, Database, Watch
from fieldstone.kernel.db_errors import Constraint, ConstraintError, LockBusyError
from fieldstone.kernel.errors import InvariantError, Unavailable
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.sql import ddl, statement

pytestmark = pytest.mark.anyio

history, changeset, session = (
    system_tables.history,
    system_tables.changeset,
    system_tables.session,
)
AT = datetime(2026, 3, 2, 9, 30, 0, 123000, tzinfo=UTC)


def _history(**given: Any) -> dict[str, Any]:
    row = {"id": ids.uuid7(), "object_id": UUID(int=1), "record_id": UUID(int=2), "at": AT}
    return {**row, "action": "create", "changes": {"a": [None, "甲"]}, **given}


async def test_values_come_back_as_they_were(database: Database, tenant: Tenant) -> None:
    row = _history(user_id=None)
    operations = [{"op": "create", "body": {"label": {"zh_CN": "客户"}}}, ["list"], 1.5, None]
    draft = {"id": ids.uuid7(), "base_version": 0, "created_at": AT, "modified_at": AT}
    async with database.tenant(tenant) as connection:
        await connection.run(insert(history).values(row))
        await connection.run(insert(changeset).values(**draft, operations=operations))
    async with database.tenant(tenant) as connection:
        assert await connection.fetch(select(history)) == [{**row, "cause": ""}]
        assert await connection.value(select(changeset.c.operations)) == operations


async def test_a_statement_is_compiled_once_and_given_values_later(
    database: Database, tenant: Tenant
) -> None:
    find = statement(select(history.c.id).where(history.c.action == bindparam("action")))
    row = _history(action="delete")
    async with database.tenant(tenant) as connection:
        await connection.queue(insert(history).values(row))
        assert await connection.value(find, {"action": "delete"}) == row["id"]
        assert await connection.value(find, {"action": "create"}) is None


async def test_an_error_undoes_the_transaction(database: Database, tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.tenant(tenant) as connection:
            await connection.run(insert(history).values(_history()))
            raise ZeroDivisionError
    async with database.tenant(tenant) as connection:
        assert await connection.value(select(func.count()).select_from(history)) == 0


async def test_a_savepoint_undoes_its_part_only(database: Database, tenant: Tenant) -> None:
    first, second = _history(), _history()
    async with database.tenant(tenant) as connection:
        await connection.run(insert(history).values(first))
        with pytest.raises(ConstraintError):
            async with connection.savepoint():
                await connection.run(insert(history).values(second))
                await connection.run(insert(history).values(second))
        assert await connection.value(select(func.count()).select_from(history)) == 1
    async with database.tenant(tenant) as connection:
        assert await connection.value(select(history.c.id)) == first["id"]


async def test_a_constraint_is_told_by_kind_and_name(database: Database, tenant: Tenant) -> None:
    row = {"id": ids.uuid7(), "token_hash": "x", "user_id": UUID(int=1), "csrf_token": ""}
    row |= {"created_at": AT, "seen_at": AT}
    with pytest.raises(ConstraintError) as refused:
        async with database.tenant(tenant) as connection:
            await connection.run(insert(session).values(row))
            await connection.run(insert(session).values({**row, "id": ids.uuid7()}))
    assert refused.value.kind is Constraint.UNIQUE
    assert refused.value.name == "uq_fs_session_token_hash"
    with pytest.raises(ConstraintError) as refused:
        async with database.tenant(tenant) as connection:
            await connection.run(insert(session).values({**row, "user_id": None}))
    assert (refused.value.kind, refused.value.column) == (Constraint.NOT_NULL, "user_id")


async def test_a_queued_statement_that_fails_is_not_committed(
    database: Database, tenant: Tenant
) -> None:
    row = _history()
    with pytest.raises(ConstraintError):
        async with database.tenant(tenant) as connection:
            await connection.queue(insert(history).values(row))
            await connection.queue(insert(history).values(row))
    async with database.tenant(tenant) as connection:
        assert await connection.value(select(func.count()).select_from(history)) == 0


async def test_a_row_that_another_holds_is_waited_for_only_so_long(
    database: Database, tenant: Tenant
) -> None:
    change = update(system_tables.state).values(access_epoch=1)
    async with database.tenant(tenant) as holder:
        await holder.run(change)
        with pytest.raises(LockBusyError):
            async with database.tenant(tenant) as connection:
                await connection.run(change)


async def test_a_cancelled_request_gives_its_connection_back_clean(
    database: Database, tenant: Tenant
) -> None:
    async def endless() -> None:
        async with database.tenant(tenant) as connection:
            await connection.run(insert(history).values(_history()))
            await connection.value(select(func.pg_sleep(30)))

    for _ in range(6):
        task = asyncio.create_task(endless())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with database.tenant(tenant) as connection:
        assert await connection.value(select(func.count()).select_from(history)) == 0


async def test_a_lost_connection_is_told_and_replaced(
    server: Server, database: Database, tenant: Tenant
) -> None:
    with pytest.raises(Unavailable):
        async with database.tenant(tenant) as connection:
            pid = await connection.value(select(func.pg_backend_pid()))
            with psycopg.connect(server.admin_url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [pid])
            await connection.run(insert(history).values(_history()))
            await connection.value(select(literal(1)))
    for _ in range(5):
        async with database.tenant(tenant) as connection:
            assert await connection.value(select(func.count()).select_from(history)) == 0


async def test_nobody_waits_for_a_connection_for_ever(database: Database, tenant: Tenant) -> None:
    async def hold(stack: list[Connection], release: asyncio.Event) -> None:
        async with database.tenant(tenant) as connection:
            stack.append(connection)
            await release.wait()

    held: list[Connection] = []
    release = asyncio.Event()
    holders = [asyncio.create_task(hold(held, release)) for _ in range(4)]
    while len(held) < 4:
        await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        async with database.tenant(tenant):
            pass
    figures = database.pool_figures()["login"]
    assert (figures["open"], figures["idle"]) == (4, 0)
    release.set()
    await asyncio.gather(*holders)


async def test_the_role_and_path_do_not_outlive_the_transaction(
    database: Database, tenant: Tenant
) -> None:
    where = select(func.current_schema(), func.current_user())
    for _ in range(5):
        async with database.tenant(tenant) as connection:
            assert await connection.fetch_tuples(where) == [(tenant.schema, tenant.role)]
        async with database.control() as connection:
            assert await connection.fetch_tuples(where) == [("fieldstone", "test_login")]


async def test_ddl_keeps_its_signs(database: Database, tenant: Tenant) -> None:
    """A per cent sign in DDL is a per cent sign."""
    check = "CREATE TABLE signs (name text CONSTRAINT ck_signs CHECK (name LIKE 'a%'))"
    async with database.owner(tenant) as connection:
        await connection.ddl(check)
    async with database.owner(tenant) as connection:
        definition = await connection.value(
            select(func.pg_get_expr(literal_column("conbin"), literal_column("conrelid")))
            .select_from(table("pg_constraint"))
            .where(literal_column("conname") == "ck_signs")
        )
    assert definition == "(name ~~ 'a%'::text)"


def test_ddl_text_needs_no_parameters() -> None:
    assert ddl(select(literal("it's 5 %"))) == "SELECT 'it''s 5 %' AS anon_1"


async def test_the_last_query_takes_its_commit_along(database: Database, tenant: Tenant) -> None:
    row = _history()
    async with database.tenant(tenant) as connection:
        await connection.run(insert(history).values(row))
        assert (await connection.fetch_last(select(history.c.id)))[0]["id"] == row["id"]
        async with database.tenant(tenant) as other:
            assert await other.value(select(history.c.id)) == row["id"], "it is committed by now"
        with pytest.raises(InvariantError):
            await connection.fetch(select(history.c.id))


async def test_a_last_query_that_fails_undoes_all(database: Database, tenant: Tenant) -> None:
    with pytest.raises(ConstraintError):
        async with database.tenant(tenant) as connection:
            row = _history()
            await connection.queue(insert(history).values(row))
            await connection.fetch_last(insert(history).values(row).returning(history.c.id))
    async with database.tenant(tenant) as connection:
        assert await connection.fetch(select(history)) == []


async def test_what_a_watch_refuses_is_not_committed(database: Database, tenant: Tenant) -> None:
    """Not even when the last query of its transaction could have taken the commit along."""

    def refuse(rows: list[Any]) -> None:
        raise ZeroDivisionError

    watch = Watch(statement(select(system_tables.state.c.id)), refuse)
    for queued in (False, True):
        with pytest.raises(ZeroDivisionError):
            async with database.tenant(tenant, watch) as connection:
                if queued:
                    await connection.queue(insert(history).values(_history()))
                await connection.fetch_last(select(history.c.id))
    async with database.tenant(tenant) as connection:
        assert await connection.fetch(select(history)) == []


async def test_what_is_queued_is_more_than_the_buffers_hold(
    database: Database, tenant: Tenant
) -> None:
    """Both sides write at once, and neither waits for the other to read."""
    text = "x" * 1_000_000
    async with database.tenant(tenant) as connection:
        for _ in range(20):
            await connection.queue(
                insert(history).values(_history(cause=text)).returning(history.c.cause)
            )
        assert await connection.value(select(func.count()).select_from(history)) == 20
