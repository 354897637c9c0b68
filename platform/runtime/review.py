"""A review with what it means for people: who holds a permission set that goes, and who could do
or see less than today. Counted over everybody who may sign in; owners keep all rights."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql import ColumnElement

from fieldstone.kernel.db import Connection
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import state
from fieldstone.metadata import changesets
from fieldstone.metadata.changesets import Review
from fieldstone.metadata.diff import Action, Change
from fieldstone.metadata.impact import SAMPLE, Impact
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.access import ACTIONS, rights_of

LOSSES = 20
"""So many losses are named, those of most people first."""


async def review(connection: Connection, tenant: Tenant, operations: Sequence[Operation]) -> Review:
    """Problems, plan and impact against the present version; nothing is changed."""
    return await _with_people(connection, await changesets.review(connection, tenant, operations))


async def review_restore(connection: Connection, tenant: Tenant, number: int) -> Review:
    """What restoring a version would do now. Raises NotFound."""
    return await _with_people(
        connection, await changesets.review_restore(connection, tenant, number)
    )


async def _with_people(connection: Connection, found: Review) -> Review:
    if found.problems:
        return found
    people = [each async for each in _of_sets(connection, found.plan)]
    return replace(found, impact=(*people, *found.impact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """The people who have exactly these permission sets; `sample` are ids of some of them."""

    sets: tuple[str, ...]
    count: int
    sample: tuple[UUID, ...]


async def _of_sets(connection: Connection, plan: Plan) -> AsyncIterator[Impact]:
    changed = [
        change
        for change in plan.changes
        if change.kind == "permission_set" and change.action in (Action.UPDATE, Action.DELETE)
    ]
    if not changed:
        return
    everybody = await _everybody(connection, plan.before)
    for change in changed:
        held = [each for each in everybody if change.name in each.sets]
        impact = _impact(change, held, plan)
        if impact is not None:
            yield impact


def _impact(change: Change, held: Sequence[Holders], plan: Plan) -> Impact | None:
    losses: Counter[str] = Counter()
    losing = []
    for each in held:
        lost = tuple(_lost(plan, each.sets))
        losses.update(dict.fromkeys(lost, each.count))
        if lost:
            losing.append(each)
    deleted = change.action is Action.DELETE
    concerned = held if deleted else losing
    if not concerned and not deleted:
        return None
    return Impact(
        code="impact.set_held" if deleted else "impact.rights_lost",
        subject=change.after.key,
        count=sum(each.count for each in concerned),
        severity="info" if not concerned else "danger" if deleted else "warning",
        params={"losing": sum(each.count for each in losing)} if deleted else {},
        sample=tuple(one for each in concerned for one in each.sample)[:SAMPLE],
        values=tuple(losses.most_common(LOSSES)),
    )


def _lost(plan: Plan, sets: tuple[str, ...]) -> Iterator[str]:
    """`visit` for an object that is closed, `visit:edit` for a right to it, `visit.amount` for a
    field of it, `:export` for a right to the system. What goes from the metadata is no loss of
    rights."""
    before, after = rights_of(plan.before, sets), rights_of(plan.after, sets)
    for name in sorted(before.objects.keys() & after.objects.keys()):
        old, new = before.of(name), after.of(name)
        if "read" in old.actions - new.actions:
            yield name
        elif "read" in old.actions:
            gone = old.actions - new.actions
            yield from (f"{name}:{action}" for action in ACTIONS if action in gone)
            fields = plan.after.objects[name].fields
            closed = old.readable - new.readable
            yield from (f"{name}.{each}" for each in fields if each in closed)
    yield from (f":{permission}" for permission in sorted(before.system - after.system))


async def _everybody(connection: Connection, snapshot: Snapshot) -> list[Holders]:
    """All who may sign in but the owner, whom no set concerns, by what they hold."""
    users = table_of(snapshot, USER_OBJECT)
    fields = snapshot.objects[USER_OBJECT].fields
    profile, sets, active = (
        users.c[fields[name].column] for name in ("profile", "permission_sets", "is_active")
    )
    ids: ColumnElement[Any] = func.array_agg(
        aggregate_order_by(users.c.id, users.c.id), type_=ARRAY(Uuid())
    )
    settings = await connection.value(select(state.c.settings)) or {}
    owner = settings.get("owner_user")
    query = (
        select(profile, sets, func.count(), ids[1:SAMPLE])
        .where(users.c.deleted_at.is_(None), active.is_(True))
        .group_by(profile, sets)
        .order_by(func.count().desc(), func.min(cast(users.c.id, Text())))
    )
    if owner:
        query = query.where(users.c.id != UUID(owner))
    return [
        Holders(sets=_names(profile, sets), count=count, sample=tuple(sample))
        for profile, sets, count, sample in await connection.fetch_tuples(query)
    ]


def _names(profile: str | None, sets: Any) -> tuple[str, ...]:
    more = [each for each in sets if isinstance(each, str)] if isinstance(sets, list) else []
    return tuple(sorted({profile or "", *more} - {""}))
