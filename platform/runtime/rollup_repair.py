"""Looking whether roll-ups are right, and putting them right: for after a restore of a part, or
when somebody changed tables by hand. The save pipeline itself keeps them exact."""

from __future__ import annotations

from uuid import UUID

from fieldstone.kernel.db import Database
from fieldstone.kernel.session import Tenant
from fieldstone.metadata import backfill
from fieldstone.metadata.backfill import Drift
from fieldstone.metadata.computed import rollups
from fieldstone.metadata.snapshots import Snapshots


async def check(database: Database, tenant: Tenant) -> list[Drift]:
    """Every roll-up of the tenant with what is wrong about it, all seen at one moment."""
    async with database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
        return [await backfill.drift_of(connection, snapshot, each) for each in rollups(snapshot)]


async def repair(database: Database, tenant: Tenant) -> list[tuple[str, int]]:
    """(object.field, records put right) of every roll-up. Chunk by chunk, each in a transaction
    of its own; what others read is done before them."""
    async with database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
    mended = []
    for rollup in backfill.in_order(rollups(snapshot)):
        count, last = 0, None
        while True:
            chunk: tuple[UUID, int] | None
            async with database.tenant(tenant) as connection:
                chunk = await anext(backfill.fill(connection, snapshot, rollup, last), None)
            if chunk is None:
                break
            last, wrong = chunk
            count += wrong
        mended.append((f"{rollup.field.object}.{rollup.field.name}", count))
    return mended
