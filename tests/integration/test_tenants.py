"""Tenants: made, found, kept apart, migrated and removed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, UndefinedTable
from sqlalchemy import MetaData, delete, insert, select, update

from fieldstone.kernel import clock, ids, system_tables
from fieldstone.kernel.db import Database
from fieldstone.kernel.errors import Invalid
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.provision import make_tenant, role_of
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.tenants import create_tenant, drop_tenant, list_tenants, migrate_tenants

pytestmark = pytest.mark.anyio

AUDIT = {"id": ids.uuid7(), "at": clock.now(), "verb": "sign_in", "details": {}}


@pytest.fixture
def key(worker_id: str) -> str:
    """Roles are shared by all databases of the server, so parallel workers use other names."""
    return f"initech-{worker_id}"


@pytest.fixture
async def other(installation: Installation, key: str) -> AsyncIterator[Tenant]:
    yield await create_tenant(installation.database, key)
    await drop_tenant(installation.database, key)


async def test_a_new_tenant_is_empty_and_described(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant) as connection:
        rows = await connection.fetch(select(system_tables.state))
    assert rows == [
        {
            "id": 1,
            "metadata_version": 0,
            "access_epoch": 0,
            "graph_version": -1,
            "settings": {
                "name": {"en": "Acme", "zh_CN": "顶点"},
                "locale": "zh_CN",
                "timezone": "Asia/Shanghai",
                "currency": "CNY",
            },
        }
    ]


async def test_an_empty_tenant_is_made_quickly(database: Database, key: str) -> None:
    started = time.perf_counter()
    await create_tenant(database, key)
    assert time.perf_counter() - started < 1.5
    await drop_tenant(database, key)


async def test_creating_again_changes_nothing(database: Database, other: Tenant, key: str) -> None:
    async with database.tenant(other) as connection:
        await connection.run(update(system_tables.state).values(access_epoch=7))
    assert await create_tenant(database, key, currency="EUR") == other
    async with database.tenant(other) as connection:
        row = await connection.first(select(system_tables.state))
    assert row is not None
    assert row["access_epoch"] == 7
    assert row["settings"]["currency"] == "CNY"


async def test_a_creation_that_crashed_is_finished_by_the_next(
    database: Database, key: str
) -> None:
    tenant = Tenant(key=key, schema=f"t_{key}", role=f"test_t_{key}")
    entry = {"key": key, "schema": tenant.schema, "role": tenant.role, "created_at": clock.now()}
    async with database.owner() as connection:
        await connection.run(insert(system_tables.tenant).values(status="creating", **entry))
    login = role_of(database.login_url)
    await asyncio.to_thread(make_tenant, database.owner_url, login, tenant, {"currency": "CNY"})
    assert await create_tenant(database, key) == tenant
    statuses = {entry.tenant.key: entry.status for entry in await list_tenants(database)}
    assert statuses[key] == "active"
    assert await drop_tenant(database, key)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("Acme", "tenant.key"),
        ("a", "tenant.key"),
        ("1acme", "tenant.key"),
        ("acme_co", "tenant.key"),
        ("a" * 32, "tenant.key"),
        ("public", "tenant.reserved"),
    ],
)
async def test_a_key_that_cannot_be_one_is_refused(database: Database, key: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await create_tenant(database, key)
    assert [problem.code for problem in refused.value.problems] == [code]


async def test_the_longest_key_works(database: Database) -> None:
    key = "a" * 31
    tenant = await create_tenant(database, key)
    async with database.tenant(tenant) as connection:
        assert await connection.fetch(select(system_tables.pack)) == []
    await drop_tenant(database, key)


async def test_one_tenant_cannot_reach_another(
    database: Database, tenant: Tenant, other: Tenant
) -> None:
    foreign = system_tables.state.to_metadata(MetaData(), schema=other.schema)
    async with database.tenant(other) as connection:
        assert len(await connection.fetch(select(foreign))) == 1
    with pytest.raises(InsufficientPrivilege):
        async with database.tenant(tenant) as connection:
            await connection.fetch(select(foreign))


async def test_without_a_tenant_nothing_is_readable(database: Database, tenant: Tenant) -> None:
    named = system_tables.state.to_metadata(MetaData(), schema=tenant.schema)
    with pytest.raises(UndefinedTable):
        async with database.control() as connection:
            await connection.fetch(select(system_tables.state))
    with pytest.raises(InsufficientPrivilege):
        async with database.control() as connection:
            await connection.fetch(select(named))


async def test_a_tenant_may_add_to_its_audit_and_not_change_it(
    database: Database, tenant: Tenant
) -> None:
    audit = system_tables.audit
    async with database.tenant(tenant) as connection:
        await connection.run(insert(audit).values(AUDIT))
        assert len(await connection.fetch(select(audit))) == 1
    for change in (delete(audit), update(audit).values(verb="nothing")):
        with pytest.raises(InsufficientPrivilege):
            async with database.tenant(tenant) as connection:
                await connection.run(change)


async def test_published_metadata_is_read_only_for_the_tenant(
    database: Database, tenant: Tenant
) -> None:
    number = update(system_tables.state).values(metadata_version=9)
    async with database.tenant(tenant) as connection:
        await connection.run(update(system_tables.state).values(access_epoch=1))
    with pytest.raises(InsufficientPrivilege):
        async with database.tenant(tenant) as connection:
            await connection.run(number)
    for table in (system_tables.component, system_tables.version, system_tables.pack):
        with pytest.raises(InsufficientPrivilege):
            async with database.tenant(tenant) as connection:
                await connection.run(delete(table))


async def test_a_table_made_later_is_the_tenants_to_use(database: Database, tenant: Tenant) -> None:
    async with database.owner(tenant) as connection:
        await connection.ddl("CREATE TABLE later (id integer CONSTRAINT pk_later PRIMARY KEY)")
    async with database.bulk(tenant) as connection:
        await connection.copy_in("later", ["id"], [[1], [2]])
    with pytest.raises(psycopg.Error):
        async with database.tenant(tenant) as connection:
            await connection.ddl("CREATE TABLE own (id integer)")


async def test_dropping_leaves_nothing(database: Database, key: str) -> None:
    tenant = await create_tenant(database, key)
    async with database.owner(tenant) as connection:
        for number in range(120):
            await connection.ddl(f"CREATE TABLE many_{number} (id integer PRIMARY KEY, t text)")
    assert await drop_tenant(database, key)
    assert not await drop_tenant(database, key)
    with psycopg.connect(database.owner_url) as raw:
        role = raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [tenant.role])
        schema = raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [tenant.schema])
        assert (role.fetchone(), schema.fetchone()) == (None, None)
    assert key not in {entry.tenant.key for entry in await list_tenants(database)}


async def test_dropping_waits_for_who_still_reads(database: Database, key: str) -> None:
    tenant = await create_tenant(database, key)
    async with database.tenant(tenant) as connection:
        await connection.fetch(select(system_tables.state))
        dropping = asyncio.create_task(drop_tenant(database, key))
        while [entry.status for entry in await list_tenants(database)] != ["active", "deleting"]:
            await asyncio.sleep(0.01)
        assert await connection.fetch(select(system_tables.pack)) == []
    assert await dropping


async def test_the_directory_finds_by_key_schema_and_host(
    installation: Installation, tenant: Tenant
) -> None:
    directory = installation.directory
    async with installation.database.owner() as connection:
        values = {"name": "crm.acme.example", "tenant": tenant.key}
        await connection.run(insert(system_tables.host).values(values))
    assert await directory.find("acme") == tenant
    assert await directory.by_schema("t_acme") == tenant
    assert await directory.by_host("crm.acme.example") == tenant
    assert await directory.find("nobody") is None
    assert await directory.by_host("elsewhere.example") is None
    assert await directory.active() == [tenant]


async def test_a_closed_tenant_is_not_found(installation: Installation, tenant: Tenant) -> None:
    assert await installation.directory.find(tenant.key) == tenant
    async with installation.database.owner() as connection:
        await connection.run(update(system_tables.tenant).values(status="suspended"))
    installation.directory.forget()
    assert await installation.directory.find(tenant.key) is None


async def test_migrating_brings_an_old_tenant_up_to_date(
    database: Database, tenant: Tenant
) -> None:
    async with database.owner(tenant) as connection:
        await connection.ddl("DROP TABLE " + ", ".join(system_tables.TENANT.tables))
        await connection.ddl("DELETE FROM fs_alembic_version")
    assert await migrate_tenants(database) == {}
    async with database.tenant(tenant) as connection:
        assert await connection.fetch(select(system_tables.outbox)) == []


async def test_a_tenant_that_cannot_be_migrated_does_not_stop_the_others(
    database: Database, tenant: Tenant, other: Tenant
) -> None:
    async with database.owner(tenant) as connection:
        await connection.ddl("DELETE FROM fs_alembic_version")  # its tables are there already
    async with database.owner(other) as connection:
        await connection.ddl("DROP TABLE " + ", ".join(system_tables.TENANT.tables))
        await connection.ddl("DELETE FROM fs_alembic_version")
    failed = await migrate_tenants(database)
    assert list(failed) == [tenant.key]
    async with database.tenant(other) as connection:
        assert await connection.fetch(select(system_tables.pack)) == []
