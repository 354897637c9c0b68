"""Filling roll-ups that are new, or are defined otherwise than before, from the records there are.

Of small objects this is part of publishing: writers of the children wait for it. Of large ones it
is left for a job, chunk by chunk; until it has been there, a sum is blank and stays so when
children come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from fieldstone.formula.context import Context
from fieldstone.kernel import clock
from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.db_errors import LockBusyError
from fieldstone.kernel.errors import Unavailable
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import state
from fieldstone.metadata import rollup_sql as sql
from fieldstone.metadata.computed import Name, Rollup, rollup_of, rollups
from fieldstone.metadata.locks import lock_against_writers
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.tables import table_of

CHUNK = 1000
TRIES = 40
SMALL = 20_000
"""Rows up to which publishing fills a roll-up itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How many records of a roll-up held a wrong value, and some of them as (id, held, right)."""

    rollup: Rollup
    wrong: int
    sample: tuple[tuple[UUID, Any, Any], ...]


def stale(plan: Plan) -> list[Rollup]:
    """The roll-ups that the change makes or defines anew and those that read them, however far;
    those first that others read."""
    made = {
        change.name for change in plan.changes if change.kind == "object" and change.before is None
    }
    old = [each for each in rollups(plan.after) if each.field.object not in made]
    found = [each for each in old if not _same(plan, each)]
    left = [each for each in old if each not in found]
    while more := [each for each in left if any(_reads(each, other) for other in found)]:
        found.extend(more)
        left = [each for each in left if each not in more]
    return in_order(found)


def _same(plan: Plan, rollup: Rollup) -> bool:
    shape = plan.before.objects.get(rollup.field.object)
    field = shape.fields.get(rollup.field.name) if shape else None
    if field is None or field.computed != "rollup":
        return False
    former = rollup_of(plan.before, field)
    return former is not None and _meaning(plan.before, former) == _meaning(plan.after, rollup)


def _meaning(snapshot: Snapshot, rollup: Rollup) -> tuple[Any, ...]:
    """All that decides what the roll-up holds, down to the columns."""
    scope = ObjectScope(snapshot, rollup.child)
    columns = [[dict(step.columns) for step in scope.trail(path)] for path in rollup.paths]
    parts = [each.root if each is not None else None for each in (rollup.value, rollup.filter)]
    table = snapshot.objects[rollup.child].table
    link = (table, rollup.via.column, rollup.field.column, rollup.field.config.get("scale"))
    return (rollup.function, *parts, columns, link)


def in_order(found: Iterable[Rollup]) -> list[Rollup]:
    """What others read comes before them."""
    waiting = {(each.field.object, each.field.name): each for each in found}
    done: dict[Name, Rollup] = {}

    def visit(each: Rollup) -> None:
        name = (each.field.object, each.field.name)
        if name in done or waiting.pop(name, None) is None:
            return
        for other in list(waiting.values()):
            if _reads(each, other):
                visit(other)
        done[name] = each

    for each in list(waiting.values()):
        visit(each)
    return list(done.values())


def _reads(rollup: Rollup, other: Rollup) -> bool:
    """By name only: too many is harmless here."""
    return any(path[-1] == other.field.name for path in rollup.paths)


async def settle(connection: Connection, plan: Plan) -> tuple[Name, ...]:
    """Fills what the plan leaves to fill; answers the roll-ups that a job must see to."""
    left: list[Name] = []
    for each in stale(plan):
        name = (each.field.object, each.field.name)
        large = await _is_large(connection, plan.after, (each.field.object, each.child))
        if large or any(_named(each, other) for other in left):
            left.append(name)
            continue
        await hold_writers(connection, plan.after, each)
        async for _ in fill(connection, plan.after, each):
            pass
    return tuple(left)


def _named(rollup: Rollup, other: Name) -> bool:
    return any(path[-1] == other[1] for path in rollup.paths)


async def _is_large(connection: Connection, snapshot: Snapshot, objects: Collection[str]) -> bool:
    for name in objects:
        rows = select(table_of(snapshot, name).c.id).limit(SMALL + 1).subquery()
        if int(await connection.value(select(func.count()).select_from(rows))) > SMALL:
            return True
    return False


async def hold_writers(connection: Connection, snapshot: Snapshot, rollup: Rollup) -> None:
    """Waits until everybody who saves what the roll-up reads is done, and keeps others waiting;
    who saves afterwards knows the roll-up."""
    scope = ObjectScope(snapshot, rollup.child)
    names = {rollup.child} | {step.object for path in rollup.paths for step in scope.trail(path)}
    for name in sorted(names):
        await lock_against_writers(connection, snapshot.objects[name].table)


async def wait_for_writers(
    database: Database, tenant: Tenant, snapshot: Snapshot, rollup: Rollup
) -> None:
    """Until nobody is left who saves without knowing the roll-up. Raises Unavailable."""
    for attempt in range(TRIES):
        try:
            async with database.owner(tenant) as connection:
                await hold_writers(connection, snapshot, rollup)
                return
        except LockBusyError:
            await asyncio.sleep(0.05 * (attempt + 1))
    raise Unavailable("metadata_locked")


async def fill(
    connection: Connection, snapshot: Snapshot, rollup: Rollup, after: UUID | None = None
) -> AsyncIterator[tuple[UUID, int]]:
    """Computes the roll-up for every record of its object from `after` on, in the order of their
    ids; tells after each chunk its last id and how many were wrong."""
    ready = sql.computed_anew(snapshot, (rollup,))
    context = await organisation_context(connection)
    while ids := await chunk_of(connection, snapshot, rollup.field.object, after):
        await connection.fetch_tuples(sql.locked(snapshot, rollup.field.object), {"ids": ids})
        rows = await connection.fetch_tuples(ready.statement, ready.params(context, ids=ids))
        after = ids[-1]
        yield after, len(rows)


async def chunk_of(
    connection: Connection, snapshot: Snapshot, object_name: str, after: UUID | None
) -> list[UUID]:
    """The next ids, those in the recycle bin included."""
    table = table_of(snapshot, object_name)
    query = select(table.c.id).order_by(table.c.id).limit(CHUNK)
    if after is None:
        rows = await connection.fetch_tuples(query)
    else:
        later = query.where(table.c.id > bindparam("after", type_=Uuid()))
        rows = await connection.fetch_tuples(later, {"after": after})
    return [row[0] for row in rows]


async def drift_of(connection: Connection, snapshot: Snapshot, rollup: Rollup) -> Drift:
    """What is wrong now; nothing is changed."""
    ready = sql.drift(snapshot, (rollup,))
    context = await organisation_context(connection)
    wrong: list[tuple[UUID, Any, Any]] = []
    count, after = 0, None
    while ids := await chunk_of(connection, snapshot, rollup.field.object, after):
        rows = await connection.fetch_tuples(ready.statement, ready.params(context, ids=ids))
        count += len(rows)
        wrong.extend(tuple(row) for row in rows[: 5 - len(wrong)])
        after = ids[-1]
    return Drift(rollup=rollup, wrong=count, sample=tuple(wrong))


async def organisation_context(connection: Connection) -> Context:
    """What a roll-up's formulas are computed with: the same for everybody who saves."""
    settings = await connection.value(select(state.c.settings)) or {}
    return Context(now=clock.now(), timezone=settings.get("timezone") or "UTC")
