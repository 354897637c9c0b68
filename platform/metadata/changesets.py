"""Changesets as people work on them: a draft of operations against a version, looked at with
its plan and impact as often as one likes, then published or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update

from fieldstone.kernel import clock
from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.errors import Conflict, NotFound, Problem
from fieldstone.kernel.i18n import Text
from fieldstone.kernel.ids import uuid7
from fieldstone.kernel.session import Session, Tenant
from fieldstone.kernel.system_tables import changeset as table
from fieldstone.kernel.system_tables import version as version_table
from fieldstone.metadata.impact import Impact, impact_of
from fieldstone.metadata.operations import Components, Operation, apply_operations
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.publish import Guard, Proposal, Publication, Published, examine, publish
from fieldstone.metadata.restore import restored
from fieldstone.metadata.store import current_version, read_components

DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeset:
    id: UUID
    title: str
    status: str
    """draft, published or discarded."""
    base_version: int
    operations: tuple[Operation, ...]
    created_by: UUID | None
    created_at: datetime
    published_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a draft would do now. `impact` is empty while there are problems of form."""

    plan: Plan
    impact: tuple[Impact, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`title` is blank where nobody wrote a note; that of a pack is in each language."""

    number: int
    title: str | Text
    published_at: datetime
    published_by: UUID | None
    restored_from: int | None


def proposal_of(operations: Sequence[Operation], before: Components) -> Proposal:
    applied = apply_operations(before, operations)
    return Proposal(
        components=applied.components,
        operations=applied.operations,
        problems=applied.problems,
        notices=applied.notices,
    )


async def review(connection: Connection, tenant: Tenant, operations: Sequence[Operation]) -> Review:
    """Problems, plan and impact against the present version; nothing is changed."""
    return await _weighed(connection, await examined(connection, tenant, operations))


async def examined(
    connection: Connection, tenant: Tenant, operations: Sequence[Operation]
) -> Review:
    """The same without the impact, for whoever goes on to publish."""
    version = await current_version(connection)
    before = await read_components(connection, version)
    proposal = proposal_of(operations, before)
    return _review(tenant, version, before, proposal)


def _review(tenant: Tenant, version: int, before: Components, proposal: Proposal) -> Review:
    plan, problems = examine(tenant.key, version, before, proposal)
    return Review(
        plan=plan,
        impact=(),
        problems=tuple(problems),
        notices=proposal.notices,
        operations=proposal.operations,
    )


async def _weighed(connection: Connection, found: Review) -> Review:
    if found.problems:
        return found
    return replace(found, impact=tuple(await impact_of(connection, found.plan)))


async def save_draft(
    connection: Connection, session: Session, title: str, operations: Sequence[Operation]
) -> UUID:
    identity = uuid7()
    await connection.run(
        insert(table).values(
            id=identity,
            title=title[:200],
            status=DRAFT,
            base_version=await current_version(connection),
            operations=_written(operations),
            created_by=session.user_id,
            created_at=clock.now(),
            modified_at=clock.now(),
        )
    )
    return identity


async def change_draft(
    connection: Connection, identity: UUID, operations: Sequence[Operation]
) -> None:
    await connection.run(
        update(table)
        .where(table.c.id == identity, table.c.status == DRAFT)
        .values(operations=_written(operations), modified_at=clock.now())
    )


async def discard(connection: Connection, identity: UUID) -> None:
    await connection.run(
        update(table)
        .where(table.c.id == identity, table.c.status == DRAFT)
        .values(status="discarded", modified_at=clock.now())
    )


def _written(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    return [each.as_json() for each in operations]


async def get(connection: Connection, identity: UUID, *, lock: bool = False) -> Changeset:
    """Raises NotFound."""
    query: Select[Any] = select(table).where(table.c.id == identity)
    row = await connection.first(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("changeset_not_found")
    return _changeset(row)


async def recent(connection: Connection, limit: int = 50) -> list[Changeset]:
    query = select(table).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    return [_changeset(row) for row in await connection.fetch(query)]


def _changeset(row: dict[str, Any]) -> Changeset:
    return Changeset(
        id=row["id"],
        title=row["title"],
        status=row["status"],
        base_version=row["base_version"],
        operations=tuple(Operation(**each) for each in row["operations"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        published_version=row["published_version"],
    )


async def publish_draft(
    database: Database,
    tenant: Tenant,
    session: Session,
    draft: Changeset,
    guard: Guard | None,
) -> Published:
    """Raises Conflict for a draft that is no longer one, and what `publish` raises."""
    if draft.status != DRAFT:
        raise Conflict("changeset_not_draft", details={"changeset_status": draft.status})

    def propose(before: Components) -> Proposal:
        return proposal_of(draft.operations, before)

    publication = Publication(
        title=draft.title,
        propose=propose,
        user_id=session.user_id,
        base_version=draft.base_version,
        changeset_id=draft.id,
        request_id=session.request_id,
        guard=guard,
    )
    return await publish(database, tenant, publication)


async def versions(connection: Connection, limit: int = 200) -> list[Version]:
    query = select(version_table).order_by(version_table.c.number.desc()).limit(limit)
    return [
        Version(
            number=row["number"],
            title=row["summary"].get("title") or row["title"],
            published_at=row["published_at"],
            published_by=row["published_by"],
            restored_from=row["restored_from"],
        )
        for row in await connection.fetch(query)
    ]


async def restore_version(
    database: Database, tenant: Tenant, session: Session, number: int, guard: Guard | None
) -> Published:
    """Makes the metadata what it was at a version, as a new version. Raises NotFound."""
    async with database.tenant(tenant) as connection:
        wanted = await components_at(connection, number)

    def propose(before: Components) -> Proposal:
        return Proposal(components=restored(before, wanted))

    publication = Publication(
        title="",
        propose=propose,
        user_id=session.user_id,
        restored_from=number,
        request_id=session.request_id,
        guard=guard,
    )
    return await publish(database, tenant, publication)


async def components_at(connection: Connection, number: int) -> Components:
    """Raises NotFound for a version that there never was."""
    known = await connection.value(
        select(version_table.c.number).where(version_table.c.number == number)
    )
    if known is None:
        raise NotFound("version_not_found", number=number)
    return await read_components(connection, number)


async def review_restore(connection: Connection, tenant: Tenant, number: int) -> Review:
    """What restoring a version would do now."""
    version = await current_version(connection)
    before = await read_components(connection, version)
    wanted = await components_at(connection, number)
    proposal = Proposal(components=restored(before, wanted))
    return await _weighed(connection, _review(tenant, version, before, proposal))
