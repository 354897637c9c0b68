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
from fieldstone.metadata import changesets, indexes
from fieldstone.metadata.changesets import Changeset
from fieldstone.metadata.locks import row_estimates
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.publish import Published
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime.sign_in import system_session

PUBLISH = "metadata.publish"
BUILD_INDEXES = "metadata.build_indexes"
LARGE = 20_000
"""Rows from which a change of type is not made while somebody waits for the answer."""


async def is_large(connection: Connection, plan: Plan) -> bool:
    tables = {
        plan.before.objects[change.after.parent].table for change in plan.changes if change.reshaped
    }
    estimates = await row_estimates(connection, tables)
    return any(rows >= LARGE for rows in estimates.values())


async def start_publishing(connection: Connection, session: Session, draft: Changeset) -> UUID:
    """The job that will publish the draft."""
    payload = {"changeset": str(draft.id), "user": str(session.user_id)}
    title = {"en": f"Publish: {draft.title}", "zh_CN": f"发布：{draft.title}"}
    return await start_job(connection, PUBLISH, title, payload, created_by=session.user_id)


async def start_indexes(
    connection: Connection, session: Session, published: Published
) -> UUID | None:
    """The job that builds what a publishing left for later; None when nothing was."""
    if not published.pending:
        return None
    title = {"en": "Build indexes", "zh_CN": "建立索引"}
    payload = {"tables": list(published.pending)}
    return await start_job(
        connection, BUILD_INDEXES, title, payload, len(published.pending), session.user_id
    )


@task(PUBLISH)
async def _publish(context: JobContext, payload: Payload) -> None:
    """Once published, a repeated run finds the draft published and only reports it."""
    async with context.transaction() as connection:
        draft = await changesets.get(connection, UUID(payload["changeset"]))
    session = replace(system_session(context.tenant), user_id=UUID(payload["user"]))
    if draft.status == changesets.DRAFT:
        try:
            published = await changesets.publish_draft(
                context.database, context.tenant, session, draft
            )
        except AppError as error:
            context.result = _refusal(error)
            async with context.last_transaction():
                return
        context.result = {"version": published.version}
        async with context.last_transaction() as connection:
            await start_indexes(connection, session, published)
        return
    context.result = {"version": draft.published_version}
    async with context.last_transaction():
        return


def _refusal(error: AppError) -> dict[str, Any]:
    problems = [{"code": each.code, "path": each.path} for each in error.problems]
    return {"refused": error.code, "problems": problems}


@task(BUILD_INDEXES)
async def _build_indexes(context: JobContext, payload: Payload) -> None:
    async with context.transaction() as connection:
        snapshot = await Snapshots().current(connection, context.tenant)
    tables = list(payload["tables"])
    for done, table in enumerate(tables, start=1):
        await indexes.ensure(context.database, context.tenant, snapshot, frozenset({table}))
        await context.progress(done, len(tables))
    async with context.last_transaction():
        return
