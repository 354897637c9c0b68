"""The organisations of an installation: finding one, making one, removing one.

`Directory` is the one place that knows where a tenant lives; with more database servers it is the
only thing that changes."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fieldstone.kernel import clock, system_tables
from fieldstone.kernel.db import Database
from fieldstone.kernel.errors import Invalid, Unavailable
from fieldstone.kernel.i18n import Text
from fieldstone.kernel.provision import (
    make_tenant,
    migrate_tenant,
    outdated,
    remove_tenant,
    role_of,
)
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.sql import statement

KEY = re.compile(r"^[a-z][a-z0-9-]{1,30}$")
RESERVED = frozenset({"api", "control", "fieldstone", "public", "static", "system", "www"})
SECONDS_REMEMBERED = 30.0
SECONDS_TO_WAIT = 45  # longer than the longest transaction of a web process

_rows = system_tables.tenant.c
_ACTIVE = statement(
    select(_rows.key, _rows.schema, _rows.role, _rows.server).where(_rows.status == "active")
)
_ALL = statement(select(system_tables.tenant).order_by(_rows.key))
_HOSTS = statement(select(system_tables.host.c.name, system_tables.host.c.tenant))


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEntry:
    """A row of the directory, for people who look after the installation."""

    tenant: Tenant
    status: str
    """active, creating or deleting: a crash may leave the last two; the same command finishes."""
    created_at: datetime


class Directory:
    """Finds tenants. Remembers them for half a minute, so another process's change is seen late
    by that much."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tenants: Mapping[str, Tenant] = {}
        self._hosts: Mapping[str, str] = {}
        self._loaded = -SECONDS_REMEMBERED

    async def find(self, key: str) -> Tenant | None:
        """The active tenant with this key."""
        if key not in self._tenants or self._old():
            await self._load()
        return self._tenants.get(key)

    async def by_host(self, host: str) -> Tenant | None:
        """The active tenant that a host name belongs to."""
        if self._old():
            await self._load()
        return self._tenants.get(self._hosts.get(host, ""))

    async def by_schema(self, schema: str) -> Tenant | None:
        return await self.find(schema.removeprefix("t_"))

    async def active(self) -> list[Tenant]:
        await self._load()
        return list(self._tenants.values())

    def forget(self) -> None:
        """The next question is answered from the database."""
        self._loaded = -SECONDS_REMEMBERED

    def _old(self) -> bool:
        return time.monotonic() - self._loaded > SECONDS_REMEMBERED

    async def _load(self) -> None:
        async with self._database.control() as connection:
            tenants = await connection.fetch(_ACTIVE)
            hosts = await connection.fetch(_HOSTS)
        self._tenants = {row["key"]: _tenant(row) for row in tenants}
        self._hosts = {row["name"]: row["tenant"] for row in hosts}
        self._loaded = time.monotonic()


def _tenant(row: Mapping[str, Any]) -> Tenant:
    return Tenant(key=row["key"], schema=row["schema"], role=row["role"], server=row["server"])


async def list_tenants(database: Database) -> list[TenantEntry]:
    async with database.control() as connection:
        rows = await connection.fetch(_ALL)
    return [
        TenantEntry(tenant=_tenant(row), status=row["status"], created_at=row["created_at"])
        for row in rows
    ]


async def create_tenant(
    database: Database,
    key: str,
    *,
    name: Text | None = None,
    locale: str = "zh_CN",
    timezone: str = "Asia/Shanghai",
    currency: str = "CNY",
) -> Tenant:
    """Makes an empty tenant, or finishes one that a crash left half made; one that is there
    stays as it is. Raises Invalid for a key that cannot be one."""
    _check_key(key)
    tenant = Tenant(key=key, schema=f"t_{key}", role=_role(database, key))
    settings = {
        "name": dict(name or {"en": key, "zh_CN": key}),
        "locale": locale,
        "timezone": timezone,
        "currency": currency,
    }
    values = {"schema": tenant.schema, "role": tenant.role, "created_at": clock.now()}
    entry = insert(system_tables.tenant).values(key=key, status="creating", **values)
    async with database.owner() as connection:
        await connection.run(entry.on_conflict_do_nothing())
        status = await connection.value(select(_rows.status).where(_rows.key == key))
    if status == "deleting":
        raise Invalid.one("tenant.deleting", "key", key=key)
    if status == "creating":
        login = role_of(database.login_url)
        await _patiently(make_tenant, database.owner_url, login, tenant, settings)
        await _set_status(database, key, "active")
    return tenant


def _check_key(key: str) -> None:
    if not KEY.match(key):
        raise Invalid.one("tenant.key", "key", key=key)
    if key in RESERVED:
        raise Invalid.one("tenant.reserved", "key", key=key)


def _role(database: Database, key: str) -> str:
    """Roles are shared by all databases of a server, so the owner's name keeps them apart."""
    return f"{role_of(database.owner_url).removesuffix('_owner')}_t_{key}"


async def drop_tenant(database: Database, key: str) -> bool:
    """Removes a tenant with everything in it; False if there is none. Raises Unavailable when
    somebody keeps using it; the tenant is closed by then, and the same call goes on later."""
    async with database.control() as connection:
        row = await connection.first(select(system_tables.tenant).where(_rows.key == key))
    if row is None:
        return False
    await _set_status(database, key, "deleting")
    await _patiently(remove_tenant, database.owner_url, _tenant(row))
    async with database.owner() as connection:
        await connection.run(delete(system_tables.tenant).where(_rows.key == key))
    return True


async def _patiently(step: Callable[..., None], *arguments: Any) -> None:
    """Runs a step of the owner in a thread, again and again while others hold what it locks. It
    asks for each lock for so short a time that nobody else has to wait behind it."""
    limit = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            return await asyncio.to_thread(step, *arguments)
        except (psycopg.Error, DBAPIError) as error:
            fault = error.orig if isinstance(error, DBAPIError) else error
            if not isinstance(fault, LockNotAvailable | DeadlockDetected):
                raise
            if time.monotonic() > limit:
                raise Unavailable from error


async def _set_status(database: Database, key: str, status: str) -> None:
    async with database.owner() as connection:
        change = update(system_tables.tenant).where(_rows.key == key).values(status=status)
        await connection.run(change)


async def migrate_tenants(database: Database) -> dict[str, str]:
    """Brings every tenant's system tables up to date. Answers what failed, by key; one tenant's
    trouble does not keep the others back."""
    entries = await list_tenants(database)
    active = [entry.tenant for entry in entries if entry.status == "active"]
    failed = {}
    for tenant in await asyncio.to_thread(outdated, database.owner_url, active):
        try:
            await _patiently(migrate_tenant, database.owner_url, tenant)
        except (psycopg.Error, SQLAlchemyError, Unavailable) as error:
            failed[tenant.key] = str(error).partition("\n")[0]
    return failed
