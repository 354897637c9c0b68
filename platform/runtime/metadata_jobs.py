"""Publishing as a job, for changes that move the values of many records, and the indexes of
large tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fieldstone.kernel.db import Connection
from fieldstone.kernel.errors import AppError
from fieldstone.kernel.jobs import JobContext, Payload, start_job, task
from fieldstone.kernel.session import Session
from fieldstone.metadata import backfill, changesets, indexes
from fieldstone.metadata.changesets import Changeset
from fieldstone.metadata.computed import rollup_of
from fieldstone.metadata.locks import row_estimates
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.publish import Published
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime.sign_in import system_session

PUBLISH = "metadata.publish"
LEFTOVERS = "metadata.leftovers"
LARGE = 20_000
"""Rows from which a change of type is not made while somebody waits for the answer."""


async def is_large(connection: Connection, plan: Plan) -> bool:
    tables = {
        plan.before.objects[change.after.parent].table for change in plan.changes if change.converts
    }
    estimates = await row_estimates(connection, tables)
    return any(rows >= LARGE for rows in estimates.values())


async def start_publishing(connection: Connection, session: Session, draft: Changeset) -> UUID:
    """The job that will publish the draft. Whether the session may give what the draft gives was
    asked before."""
    payload = {"changeset": str(draft.id), "user": str(session.user_id)}
    note = draft.title
    title = {
        "en": f"Publish: {note}" if note else "Publish",
        "zh_CN": f"发布：{note}" if note else "发布",
    }
    return await start_job(connection, PUBLISH, title, payload, created_by=session.user_id)


async def start_leftovers(
    connection: Connection, session: Session, published: Published
) -> UUID | None:
    """The job that does what a publishing left for later; None when nothing was."""
    if not published.pending and not published.unfilled:
        return None
    title = {"en": "Build indexes and roll-ups", "zh_CN": "建立索引与汇总"}
    payload = {
        "tables": list(published.pending),
        "rollups": [list(name) for name in published.unfilled],
    }
    steps = len(published.pending) + len(published.unfilled)
    return await start_job(connection, LEFTOVERS, title, payload, steps, session.user_id)


@task(PUBLISH)
async def _publish(context: JobContext, payload: Payload) -> None:
    """Once published, a repeated run finds the draft published and only reports it."""
    async with context.transaction() as connection:
        draft = await changesets.get(connection, UUID(payload["changeset"]))
    session = replace(system_session(context.tenant), user_id=UUID(payload["user"]))
    if draft.status == changesets.DRAFT:
        try:
            published = await changesets.publish_draft(
                context.database, context.tenant, session, draft, guard=None
            )
        except AppError as error:
            context.result = _refusal(error)
            async with context.last_transaction():
                return
        context.result = {"version": published.version}
        async with context.last_transaction() as connection:
            await start_leftovers(connection, session, published)
        return
    context.result = {"version": draft.published_version}
    async with context.last_transaction():
        return


def _refusal(error: AppError) -> dict[str, Any]:
    problems = [{"code": each.code, "path": each.path} for each in error.problems]
    return {"refused": error.code, "problems": problems}


@task(LEFTOVERS)
async def _leftovers(context: JobContext, payload: Payload) -> None:
    """Begun again after an interruption, it does once more what harms nobody."""
    async with context.transaction() as connection:
        snapshot = await Snapshots().current(connection, context.tenant)
    tables, names = list(payload["tables"]), [tuple(name) for name in payload["rollups"]]
    steps, done = len(tables) + len(names), 0
    for table in tables:
        await indexes.ensure(context.database, context.tenant, snapshot, frozenset({table}))
        done += 1
        await context.progress(done, steps)
    for owner, name in names:
        await _fill(context, snapshot, owner, name)
        done += 1
        await context.progress(done, steps)
    async with context.last_transaction():
        return


async def _fill(context: JobContext, snapshot: Snapshot, owner: str, name: str) -> None:
    """Chunk by chunk, each in a transaction of its own, so that nobody waits long for a row."""
    shape = snapshot.objects.get(owner)
    field = shape.fields.get(name) if shape else None
    rollup = rollup_of(snapshot, field) if field is not None and field.computed else None
    if rollup is None:
        return  # it was deleted meanwhile
    await backfill.wait_for_writers(context.database, context.tenant, snapshot, rollup)
    last: UUID | None = None
    while True:
        async with context.transaction() as connection:
            chunk = await anext(backfill.fill(connection, snapshot, rollup, last), None)
        if chunk is None:
            return
        last = chunk[0]
