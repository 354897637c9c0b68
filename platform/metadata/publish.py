"""Publishing: one transaction from one version of a tenant's metadata to the next.

Values of fields that change their type are copied beforehand, while everybody works on; the
transaction itself only catches up with what changed meanwhile. DDL waits for a lock no longer
than `lock_timeout`; then the whole transaction is tried again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from fieldstone.kernel import clock
from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.db_errors import ConstraintError, LockBusyError
from fieldstone.kernel.errors import Conflict, Invalid, Problem, Unavailable
from fieldstone.kernel.i18n import Text
from fieldstone.kernel.ids import uuid7
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import audit as audit_table
from fieldstone.kernel.system_tables import changeset as changeset_table
from fieldstone.kernel.system_tables import pack as pack_table
from fieldstone.kernel.system_tables import state as state_table
from fieldstone.metadata import validate
from fieldstone.metadata.backfill import settle
from fieldstone.metadata.computed import Name
from fieldstone.metadata.conversion import convert_rows
from fieldstone.metadata.ddl import Ddl, add_columns, ddl_of, field_id_of
from fieldstone.metadata.dependencies import store_graph
from fieldstone.metadata.diff import Action, Change, diff
from fieldstone.metadata.kept_views import follow_renames
from fieldstone.metadata.leftovers import Place, drop_leftovers, numbers
from fieldstone.metadata.locks import lock_against_writers, row_estimates
from fieldstone.metadata.operations import Components, Operation
from fieldstone.metadata.plan import Plan, make_plan
from fieldstone.metadata.search_change import ask_for_tokens
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.store import read_components, snapshot_of, write_version

ATTEMPTS = 40
LONGEST_SAVE = timedelta(minutes=1)
"""A record that was changed before the values were copied may only have been committed after."""
LARGE = 50_000
"""Rows from which an index is built outside the transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The state that a changeset, a pack or a restore leads to, from the one it was made on."""

    components: Components
    operations: tuple[Operation, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


Guard = Callable[[Plan], list[Problem]]
"""What the person who publishes may not do, as problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What to publish, and how it goes down in the books. `propose` is called with the
    components as they are under the lock; it must be pure. `title` is what somebody wrote, or, of
    a pack, its name in each language."""

    title: str | Text
    propose: Callable[[Components], Proposal]
    user_id: UUID | None = None
    base_version: int | None = None
    changeset_id: UUID | None = None
    restored_from: int | None = None
    pack: dict[str, Any] | None = None
    request_id: str = ""
    guard: Guard | None = None
    """None: the platform itself publishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """`version` is the new number, or the old one when nothing changed. `pending` names the
    tables whose indexes are still to be built (`indexes.ensure`), `unfilled` the roll-ups that
    are still to be computed (`backfill.fill`)."""

    version: int
    plan: Plan | None
    notices: tuple[Problem, ...] = ()
    pending: tuple[str, ...] = ()
    unfilled: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a publication does to one version, which never changes."""

    version: int
    before: Components
    proposal: Proposal
    plan: Plan
    problems: list[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What was done before the transaction: when it began, what it found, and the columns it
    added."""

    started: datetime
    examined: Examined
    added: Mapping[Place, int]


def examine(
    tenant: str, version: int, before: Components, proposal: Proposal
) -> tuple[Plan, list[Problem]]:
    """The plan of a proposal and everything that is wrong with it."""
    changes = diff(before, proposal.components)
    earlier = snapshot_of(tenant, version, before)
    after = snapshot_of(tenant, version + 1, proposal.components)
    plan = make_plan(changes, earlier, after)
    problems = list(proposal.problems)
    touched = {change.after.key for change in changes}
    problems.extend(validate.problems(after, touched, earlier))
    return plan, problems


async def publish(database: Database, tenant: Tenant, publication: Publication) -> Published:
    """Raises Invalid with all problems, Conflict when somebody else changed the same things,
    Unavailable when the tables stay locked. Whatever it raises, nothing was changed."""
    started = clock.now()
    async with database.owner(tenant) as connection:
        version = int(await connection.value(select(state_table.c.metadata_version)))
        examined = await _examined(connection, tenant, publication, version)
    added = await _convert_ahead(database, tenant, examined)
    ahead = Ahead(started=started, examined=examined, added=added)
    for attempt in range(ATTEMPTS):
        try:
            async with database.owner(tenant) as connection:
                return await _publish_once(connection, tenant, publication, ahead)
        except LockBusyError:
            await asyncio.sleep(random.uniform(0.05, 0.1 + 0.02 * attempt))  # noqa: S311
    raise Unavailable("metadata_locked")


async def _publish_once(
    connection: Connection, tenant: Tenant, publication: Publication, ahead: Ahead
) -> Published:
    version = int(await connection.value(select(state_table.c.metadata_version).with_for_update()))
    await _refuse_published(connection, publication)
    found = ahead.examined
    if found.version != version:  # somebody else published meanwhile
        found = await _examined(connection, tenant, publication, version)
    before, proposal, plan = found.before, found.proposal, found.plan
    await _refuse_stale(connection, publication, version, plan)
    problems = [*found.problems, *(publication.guard(plan) if publication.guard else ())]
    if problems:
        raise Invalid("changeset_invalid", problems=problems)
    if not plan.changes and publication.pack is None:
        await _close_changeset(connection, publication, version)
        return Published(version=version, plan=plan, notices=proposal.notices)
    number = version + 1
    await write_version(
        connection,
        number=number,
        before=before,
        after=proposal.components,
        row=_version_row(publication),
    )
    await store_graph(connection, plan.after)
    await follow_renames(connection, plan)
    await _keep_books(connection, publication, number, plan)
    await _catch_up(connection, plan, ahead)
    await ask_for_tokens(connection, plan)
    try:
        pending = await _change_tables(connection, plan)
        unfilled = await settle(connection, plan)
    except ConstraintError as error:
        raise _broken_rule(error, plan) from error
    return Published(
        version=number, plan=plan, notices=proposal.notices, pending=pending, unfilled=unfilled
    )


def _broken_rule(error: ConstraintError, plan: Plan) -> Invalid:
    """Records break a rule that the change brings, such as a value that is to be unique."""
    identity = field_id_of(error.name)
    field = plan.after.fields_by_id.get(identity) if identity else None
    path = f"field.{field.object}.{field.name}.unique" if field is not None else ""
    return Invalid(
        "changeset_invalid", problems=[Problem(code="metadata.values_repeat", path=path)]
    )


async def _refuse_published(connection: Connection, publication: Publication) -> None:
    """Somebody may have published the same changeset while this one waited for the lock."""
    if publication.changeset_id is None:
        return
    row = changeset_table.c
    status = await connection.value(select(row.status).where(row.id == publication.changeset_id))
    if status != "draft":
        raise Conflict("changeset_not_draft", details={"changeset_status": status})


def _version_row(publication: Publication) -> dict[str, Any]:
    return {
        "title": publication.title if isinstance(publication.title, str) else "",
        "published_at": clock.now(),
        "published_by": publication.user_id,
        "changeset_id": publication.changeset_id,
        "restored_from": publication.restored_from,
        "summary": {} if isinstance(publication.title, str) else {"title": publication.title},
    }


async def _refuse_stale(
    connection: Connection, publication: Publication, version: int, plan: Plan
) -> None:
    """A changeset made on an older version goes through unless both touched the same things."""
    base = publication.base_version
    if base is None or base == version:
        return
    since = {
        each.id
        for each in (await read_components(connection, version)).values()
        if each.since > base
    }
    overlap = [change.name for change in plan.changes if change.after.id in since]
    if overlap:
        raise Conflict(
            "changeset_stale",
            details={"base_version": base, "version": version, "names": overlap},
            names=", ".join(overlap),
        )


async def _change_tables(connection: Connection, plan: Plan) -> tuple[str, ...]:
    statements = ddl_of(plan.changes, plan.after, plan.before)
    statements = [each for each in statements if not _already_added(each, plan)]
    created = [change for change in plan.changes if _adds_columns(change, plan)]
    await drop_leftovers(connection, _places(plan, created))
    tables = {each.table for each in statements if each.concurrent_text}
    large = {
        table for table, rows in (await row_estimates(connection, tables)).items() if rows >= LARGE
    }
    await connection.ddl_many(
        [each.text for each in statements if not (each.concurrent_text and each.table in large)]
    )
    return tuple(sorted(large))


def _already_added(statement: Ddl, plan: Plan) -> bool:
    """Columns of fields that change their type were added before the values were copied."""
    return any(
        statement.text in add_columns(_fields(plan, change)[1], plan.after)
        for change in plan.changes
        if change.converts
    )


def _adds_columns(change: Change, plan: Plan) -> bool:
    """To a table that is there already."""
    is_new = change.kind == "field" and change.action is Action.CREATE
    return is_new and change.after.parent in plan.before.objects


def _places(plan: Plan, changes: Iterable[Change]) -> list[Place]:
    """The columns that the fields will have."""
    return [
        (plan.after.objects[change.after.parent].table, name)
        for change in changes
        for name in change.after.physical.get("columns", {}).values()
    ]


async def _examined(
    connection: Connection, tenant: Tenant, publication: Publication, version: int
) -> Examined:
    before = await read_components(connection, version)
    proposal = publication.propose(before)
    plan, problems = examine(tenant.key, version, before, proposal)
    return Examined(version=version, before=before, proposal=proposal, plan=plan, problems=problems)


async def _convert_ahead(
    database: Database, tenant: Tenant, examined: Examined
) -> Mapping[Place, int]:
    """Adds the new columns and copies the values, chunk by chunk, so that nobody is kept waiting
    for a row. What it leaves behind if the publishing then fails is a column that no snapshot
    knows. Answers the columns it added."""
    plan = examined.plan
    reshaped = [change for change in plan.changes if change.converts]
    if examined.problems or not reshaped:
        return {}
    added = await _add_ahead(database, tenant, plan, reshaped)
    for change in reshaped:
        old, new = _fields(plan, change)
        if new.column:
            async with database.owner_autocommit(tenant) as connection:
                await convert_rows(connection, plan.before, old, new, tries=ATTEMPTS)
    return added


async def _add_ahead(
    database: Database, tenant: Tenant, plan: Plan, reshaped: list[Change]
) -> Mapping[Place, int]:
    places = _places(plan, reshaped)
    fields = [_fields(plan, change)[1] for change in reshaped]
    texts = [text for field in fields for text in add_columns(field, plan.after)]
    for attempt in range(ATTEMPTS):
        try:
            async with database.owner(tenant) as connection:
                await drop_leftovers(connection, places)
                await connection.ddl_many(texts)
                return await numbers(connection, places)
        except LockBusyError:
            await asyncio.sleep(random.uniform(0.05, 0.1 + 0.02 * attempt))  # noqa: S311
    raise Unavailable("metadata_locked")


async def _catch_up(connection: Connection, plan: Plan, ahead: Ahead) -> None:
    """Raises Unavailable when the columns are not those that were filled: somebody else added
    them meanwhile, or the change is another one by now."""
    reshaped = [change for change in plan.changes if change.converts]
    places = _places(plan, reshaped)
    there = await numbers(connection, places)
    if any(each not in there or there[each] != ahead.added.get(each) for each in places):
        raise Unavailable("metadata_locked")
    for change in reshaped:
        old, new = _fields(plan, change)
        if new.column:
            await lock_against_writers(connection, plan.after.objects[new.object].table)
            since = ahead.started - LONGEST_SAVE
            await convert_rows(connection, plan.before, old, new, since=since)


def _fields(plan: Plan, change: Change) -> tuple[Field, Field]:
    """The field as it was and as it will be."""
    owner = change.after.parent
    return (
        plan.before.objects[owner].fields[change.was],
        plan.after.objects[owner].fields[change.after.local_name],
    )


async def _keep_books(
    connection: Connection, publication: Publication, number: int, plan: Plan
) -> None:
    await _close_changeset(connection, publication, number)
    if publication.pack is not None:
        await connection.run(
            pack_table.delete().where(pack_table.c.name == publication.pack["name"])
        )
        await connection.run(
            insert(pack_table).values({**publication.pack, "installed_at": clock.now()})
        )
    changes = [f"{change.action} {change.kind} {change.name}" for change in plan.changes[:500]]
    await connection.run(
        insert(audit_table).values(
            id=uuid7(),
            at=clock.now(),
            actor_id=publication.user_id,
            verb="metadata.publish",
            subject=f"version {number}",
            details={"title": publication.title, "changes": changes},
            request_id=publication.request_id,
        )
    )


async def _close_changeset(connection: Connection, publication: Publication, number: int) -> None:
    if publication.changeset_id is not None:
        await connection.run(
            update(changeset_table)
            .where(changeset_table.c.id == publication.changeset_id)
            .values(status="published", published_version=number, modified_at=clock.now())
        )
