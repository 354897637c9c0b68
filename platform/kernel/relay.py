"""Carries rows from the tenants' outboxes to the queue. Of all workers one does it, the leader:
it hears NOTIFY of every commit that asks for a job, remembers when rows that have to wait are
due, and looks into every outbox once a minute in case it missed something."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog

from fieldstone.kernel import clock, outbox
from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.tenants import Directory

LEADER = 7_032_561  # the advisory lock of whoever relays
SECONDS_BETWEEN_SWEEPS = 60.0
SECONDS_BETWEEN_RESCUES = 5.0
SECONDS_BETWEEN_CANDIDACIES = 2.0
TENANTS_AT_ONCE = 3

log = structlog.get_logger(__name__)


class Queue(Protocol):
    async def put(self, tenant: Tenant, those: list[UUID]) -> None:
        """Hands jobs out to workers. The same job twice does no harm."""

    async def holds(self, tenant: Tenant) -> set[UUID]:
        """The jobs of a tenant that are waiting in the queue or running."""

    async def rescue(self) -> None:
        """Puts the jobs of workers that died back into the queue."""


class Relay:
    def __init__(self, database: Database, directory: Directory, queue: Queue) -> None:
        self._database = database
        self._directory = directory
        self._queue = queue
        self._due: dict[str, float] = {}
        """When to look at a schema again, on the clock of the event loop."""
        self._share = asyncio.Semaphore(TENANTS_AT_ONCE)

    async def run(self) -> None:
        """Until it is cancelled. Whatever happens, it begins again: without it no job starts."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._database.login_url, autocommit=True, application_name="fieldstone relay"
                ) as connection:
                    await self._lead(connection)
            except Exception as error:
                log.warning("relay_begins_again", error=type(error).__name__)
            await asyncio.sleep(1)

    async def _lead(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while not await _elected(connection):
            await asyncio.sleep(SECONDS_BETWEEN_CANDIDACIES)
        await connection.execute(f"LISTEN {outbox.CHANNEL}")
        sweep, rescue = time.monotonic(), time.monotonic()
        while True:
            now = time.monotonic()
            if now >= rescue:
                rescue = now + SECONDS_BETWEEN_RESCUES
                await self._queue.rescue()
            if now >= sweep:
                sweep = now + SECONDS_BETWEEN_SWEEPS
                await self._sweep()
            pause = min([*self._due.values(), sweep, rescue]) - time.monotonic()
            heard = connection.notifies(timeout=max(pause, 0), stop_after=1)
            schemas = {notice.payload async for notice in heard}
            await self._relay(schemas | self._now_due())

    def _now_due(self) -> set[str]:
        now = time.monotonic()
        return {schema for schema, instant in self._due.items() if instant <= now}

    async def _sweep(self) -> None:
        tenants = await self._directory.active()
        await asyncio.gather(*(self._look(tenant, thoroughly=True) for tenant in tenants))

    async def _relay(self, schemas: Iterable[str]) -> None:
        found = [await self._directory.by_schema(schema) for schema in schemas]
        await asyncio.gather(*(self._look(tenant) for tenant in found if tenant))

    async def _look(self, tenant: Tenant, *, thoroughly: bool = False) -> None:
        """Trouble with one tenant must not keep the others' jobs back."""
        self._due.pop(tenant.schema, None)
        try:
            async with self._share:
                await self._hand_over(tenant, thoroughly=thoroughly)
        except Exception as error:
            log.error("relay_failed", tenant=tenant.key, error=type(error).__name__)
            self._due[tenant.schema] = time.monotonic() + 5

    async def _hand_over(self, tenant: Tenant, *, thoroughly: bool) -> None:
        """A crash between the queue's commit and ours hands the same rows over again; whoever
        runs a job for the second time finds that it is done."""
        async with self._database.tenant(tenant) as connection:
            if thoroughly:
                await self._take_back_lost(tenant, connection)
            ready = await outbox.due(connection)
            if ready:
                await outbox.mark_relayed(connection, ready)  # holds workers off until the commit
                await self._queue.put(tenant, ready)
            later = await outbox.next_due(connection)
        if later is not None:
            wait = (later - clock.now()).total_seconds()
            self._due[tenant.schema] = time.monotonic() + wait

    async def _take_back_lost(self, tenant: Tenant, connection: Connection) -> None:
        """What was handed over and is not in the queue: the queue was restored from a backup."""
        handed = await outbox.in_queue(connection)
        if handed:
            held = await self._queue.holds(tenant)
            await outbox.take_back(connection, [each for each in handed if each not in held])


async def _elected(connection: psycopg.AsyncConnection[Any]) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER])
    row = await cursor.fetchone()
    return bool(row and row[0])
