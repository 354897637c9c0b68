"""Taking demo data out again: exactly the rows that a load made and that still carry its tag.

They leave through the save pipeline, so that what was computed from them is computed anew, and are
then purged. A row that a record of the tenant's own still needs stays."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, any_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import credential, history, session, state, token
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.demo.build import TAG
from fieldstone.runtime.demo.load import CAUSE, OPTIONS, SETTING, Progress
from fieldstone.runtime.epoch import bump_access_epoch
from fieldstone.runtime.save import remove as bin_of
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.sign_in import system_session
from fieldstone.runtime.transaction import Transaction

PART = 2000
Ids = dict[str, set[UUID]]
"""Ids of records by object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Rows by object. `kept`: those that stay because records of the tenant's own need them."""

    rows: Mapping[str, int]
    kept: Mapping[str, int]
    seconds: float

    @property
    def total(self) -> int:
        return sum(self.rows.values())


async def remove_demo(
    database: Database,
    tenant: Tenant,
    *,
    progress: Progress | None = None,
    options: Options = OPTIONS,
) -> Removed:
    """All demo data of the tenant, of whatever pack, in one transaction."""
    started = time.monotonic()
    async with database.tenant(tenant) as connection:
        settings = await connection.value(select(state.c.settings).with_for_update()) or {}
        snapshot = await Snapshots().current(connection, tenant)
        transaction = Transaction(
            database=database,
            connection=connection,
            session=system_session(tenant, settings),
            snapshot=snapshot,
        )
        made = {name: await _made(connection, snapshot, name) for name in snapshot.objects}
        kept = await _kept(connection, snapshot, made, settings.get("owner_user"))
        leaving = {name: made[name] - kept[name] for name in holders_first(snapshot)}
        total = sum(map(len, leaving.values()))
        done = 0
        for name, ids in leaving.items():
            await _bin(transaction, name, ids, options)
            done += len(ids)
            if progress is not None and ids:
                progress(done, total, name)
        for name, ids in leaving.items():
            await _purge(connection, snapshot.objects[name], table_of(snapshot, name), ids)
        rest = {key: value for key, value in settings.items() if key != SETTING}
        await connection.run(update(state).values(settings=rest))
        await bump_access_epoch(connection)
    return Removed(
        rows={name: len(ids) for name, ids in leaving.items() if ids},
        kept={name: len(ids) for name, ids in kept.items() if ids},
        seconds=time.monotonic() - started,
    )


async def _made(connection: Connection, snapshot: Snapshot, name: str) -> set[UUID]:
    """The rows of an object that a load made and nobody took the tag from; those in the recycle
    bin too."""
    table = table_of(snapshot, name)
    made = history.c.object_id == snapshot.objects[name].id
    made &= (history.c.action == "create") & (history.c.cause == CAUSE)
    rows = await connection.fetch_tuples(
        select(table.c.id).where(
            table.c.tags.contains(bindparam("tags", type_=ARRAY(Text()))),
            table.c.id.in_(select(history.c.record_id).where(made)),
        ),
        {"tags": [TAG]},
    )
    return {row[0] for row in rows}


def restricting(snapshot: Snapshot) -> Iterator[Field]:
    """The links whose target may not go before the record that holds it; owners are such."""
    for shape in snapshot.objects.values():
        for field in shape.fields.values():
            if field.is_reference and field.config.get("on_delete") == "restrict":
                yield field


async def _kept(
    connection: Connection, snapshot: Snapshot, made: Ids, tenant_owner: str | None
) -> Ids:
    """The made rows that records outside need, and what those need in turn. The person who owns
    the tenant is never taken away."""
    kept: Ids = {name: set() for name in made}
    owner = {UUID(tenant_owner)} if tenant_owner else set()
    kept[USER_OBJECT] = made.get(USER_OBJECT, set()) & owner
    links = [field for field in restricting(snapshot) if made.get(field.target)]
    grown = True
    while grown:
        grown = False
        for field in links:
            leaving = made[field.object] - kept[field.object]
            needed = await _needed(connection, snapshot, field, made[field.target], leaving)
            if needed - kept[field.target]:
                kept[field.target] |= needed
                grown = True
    return kept


async def _needed(
    connection: Connection, snapshot: Snapshot, field: Field, targets: set[UUID], leaving: set[UUID]
) -> set[UUID]:
    """Those of the targets that a staying record's field holds."""
    table = table_of(snapshot, field.object)
    ids, going = (bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "going"))
    rows = await connection.fetch_tuples(
        select(table.c[field.column])
        .distinct()
        .where(table.c[field.column] == any_(ids), ~(table.c.id == any_(going))),
        {"ids": list(targets), "going": list(leaving)},
    )
    return {row[0] for row in rows}


def holders_first(snapshot: Snapshot) -> list[str]:
    """The objects in an order in which each stands before those its links keep in place."""
    holds: dict[str, set[str]] = {name: set() for name in snapshot.objects}
    for shape in snapshot.objects.values():
        for field in shape.own_fields:
            if field.is_reference and _keeps(field) and field.target in holds:
                holds[field.target].add(shape.name)
    for name, holders in holds.items():
        holders.discard(name)
    found: list[str] = []
    while holds:
        free = [name for name, holders in holds.items() if not holders & holds.keys()]
        for name in free or [min(holds, key=lambda each: len(holds[each] & holds.keys()))]:
            found.append(name)
            del holds[name]
    found.remove(USER_OBJECT)
    return [*found, USER_OBJECT]


def _keeps(field: Field) -> bool:
    rule = "cascade" if field.type.name == "master_detail" else field.config.get("on_delete")
    return rule in ("restrict", "cascade")


async def _bin(transaction: Transaction, name: str, ids: set[UUID], options: Options) -> None:
    """The live ones into the recycle bin; of a tree the leaves go first."""
    shape, table = transaction.snapshot.objects[name], table_of(transaction.snapshot, name)
    wanted = bindparam("ids", type_=ARRAY(Uuid()))
    own = [f.column for f in shape.own_fields if f.target == name and f.column and _keeps(f)]
    rows = await transaction.connection.fetch_tuples(
        select(table.c.id, *(table.c[column] for column in own))
        .where(table.c.id == any_(wanted), table.c.deleted_at.is_(None))
        .order_by(table.c.id),
        {"ids": list(ids)},
    )
    for level in leaves_first({row[0]: row[1:] for row in rows}):
        for part in _parts(level):
            await bin_of.delete(transaction, name, [(each, None) for each in part], options)


def leaves_first(links: Mapping[UUID, Sequence[UUID | None]]) -> Iterator[list[UUID]]:
    """Ids in levels, each after those that link to it; a circle comes as one last level."""
    left = dict(links)
    while left:
        held = {target for targets in left.values() for target in targets}
        level = [each for each in left if each not in held] or list(left)
        yield level
        for each in level:
            del left[each]


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), PART):
        yield items[start : start + PART]


async def _purge(connection: Connection, shape: Object, table: Table, ids: set[UUID]) -> None:
    """For good, with the history and what lets a person sign in."""
    wanted = bindparam("ids", type_=ARRAY(Uuid()))
    for part in _parts(list(ids)):
        params = {"ids": part}
        await connection.run(delete(table).where(table.c.id == any_(wanted)), params)
        mine = (history.c.object_id == shape.id) & (history.c.record_id == any_(wanted))
        await connection.run(delete(history).where(mine), params)
        if shape.name == USER_OBJECT:
            for each in (credential, session, token):
                await connection.run(delete(each).where(each.c.user_id == any_(wanted)), params)
