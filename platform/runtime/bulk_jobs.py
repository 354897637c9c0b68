"""Changes of many records as jobs that go on where they were, and taking them back: from the
history, where each change names its job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from fieldstone.kernel.db import Connection
from fieldstone.kernel.errors import AppError, Conflict, NotFound, Problem
from fieldstone.kernel.i18n import LOCALES, Text, translate
from fieldstone.kernel.jobs import JobContext, Payload, note_job, start_job, task
from fieldstone.kernel.system_tables import history, job
from fieldstone.metadata import terms
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.values import to_json
from fieldstone.runtime import records
from fieldstone.runtime.bulk import (
    STEP,
    Bulk,
    Problems,
    Tally,
    apply,
    check,
    selected,
    step,
)
from fieldstone.runtime.query import MAX_LIMIT, Query
from fieldstone.runtime.save.batch import Action
from fieldstone.runtime.save.pipeline import PIPELINE, Options, Pipeline
from fieldstone.runtime.sign_in import acting_session
from fieldstone.runtime.transaction import Transaction

RUN = "bulk.run"
UNDO = "bulk.undo"
AT_ONCE = 50
"""So few are changed while somebody waits for the answer."""
CLOCKS_DIFFER = 60_000 << 80
"""A minute, as ids count time: the worker that wrote the history may have another clock."""
TITLES = {
    Action.UPDATE: "Change %(objects)s",
    Action.DELETE: "Delete %(objects)s",
    Action.RESTORE: "Restore %(objects)s",
}
BACK = {Action.DELETE: Action.RESTORE, Action.RESTORE: Action.DELETE}
Step = Callable[[Transaction, Tally], Awaitable[Tally]]


async def run(
    transaction: Transaction, bulk: Bulk, pipeline: Pipeline = PIPELINE
) -> tuple[UUID, bool]:
    """The job that changes the records, and whether it is done already. Raises as `check`."""
    await check(transaction, bulk)
    count = await selected(transaction, bulk)
    connection, user = transaction.connection, transaction.session.user_id
    title = _title(transaction, bulk)
    if count > AT_ONCE:
        payload = {"bulk": bulk.as_json(), "user": str(user)}
        return await start_job(connection, RUN, title, payload, count, user), False
    job_id = await note_job(connection, RUN, title, {}, user)
    tally = await step(transaction, bulk, Tally(), cause_of(job_id), pipeline)
    await _set_result(connection, job_id, _result(bulk, tally))
    return job_id, True


def cause_of(job_id: UUID) -> str:
    return f"bulk:{job_id}"


def _title(transaction: Transaction, bulk: Bulk, words: str = "") -> Text:
    return {
        locale: translate(
            locale,
            words or TITLES[bulk.action],
            {"objects": terms.noun(transaction.snapshot, bulk.object, locale, "plural")},
        )
        for locale in LOCALES
    }


def _result(bulk: Bulk, tally: Tally) -> dict[str, Any]:
    """What remains known of a bulk change: also what undoing it needs."""
    kept = {"object": bulk.object, "action": bulk.action.value, "fields": list(bulk.values)}
    return {**kept, **tally.as_json()}


async def _set_result(connection: Connection, job_id: UUID, result: Mapping[str, Any]) -> None:
    await connection.run(update(job).where(job.c.id == job_id).values(result=dict(result)))


@task(RUN)
async def _run(context: JobContext, payload: Payload) -> None:
    bulk = Bulk.from_json(payload["bulk"])

    async def one(transaction: Transaction, tally: Tally) -> Tally:
        await check(transaction, bulk)
        return await step(transaction, bulk, tally, cause_of(context.job_id))

    await _steps(context, UUID(payload["user"]), bulk, one)


async def _steps(context: JobContext, user: UUID, bulk: Bulk, one: Step) -> None:
    """Each in a transaction of its own, with the rights that the user has then; the tally is kept
    with it, so that nothing is done twice."""
    kept = await context.kept()
    tally = Tally.from_json(kept)
    first = "seen" not in kept
    while first or tally.at:
        first = False
        async with context.transaction() as connection:
            try:
                async with connection.savepoint():
                    tally = await one(await _acting(context, connection, user), tally)
            except AppError as error:
                if error.status == 503:
                    raise
                tally = replace(tally, at="")
                refused = {**_result(bulk, tally), "refused": error.code}
                await context.keep(refused, connection=connection)
                break
            await context.keep(_result(bulk, tally), connection=connection)
            await context.progress(tally.seen, connection=connection)
    async with context.last_transaction():
        return


async def _acting(context: JobContext, connection: Connection, user: UUID) -> Transaction:
    """Raises NotFound when the user may not sign in any more."""
    snapshot = await Snapshots().current(connection, context.tenant)
    session = await acting_session(connection, context.tenant, snapshot, user)
    if session is None:
        raise NotFound("account_not_found", account="")
    return Transaction(
        database=context.database, connection=connection, session=session, snapshot=snapshot
    )


# ---- taking back ------------------------------------------------------------------------------


async def undo(
    transaction: Transaction, job_id: UUID, pipeline: Pipeline = PIPELINE
) -> tuple[UUID, bool]:
    """The job that takes a bulk change back, and whether it is done already. Raises NotFound for
    what is not the session's own, Conflict for what runs or was taken back before."""
    connection, user = transaction.connection, transaction.session.user_id
    row = await connection.first(
        select(job).where(job.c.id == job_id, job.c.created_by == user).with_for_update()
    )
    if row is None or row["task"] != RUN:
        raise NotFound("job_not_found")
    result = row["result"] or {}
    if row["status"] not in ("done", "cancelled", "failed") or result.get("undone_by"):
        raise Conflict("bulk_not_undoable")
    bulk = _backwards(result)
    title = _title(transaction, bulk, "Take back a change of %(objects)s")
    if result.get("changed", 0) > AT_ONCE:
        payload = {"bulk": bulk.as_json(), "user": str(user), "job": str(job_id)}
        total = result["changed"]
        undoing, done = await start_job(connection, UNDO, title, payload, total, user), False
    else:
        undoing, done = await note_job(connection, UNDO, title, {}, user), True
        tally = await _step_back(transaction, bulk, job_id, Tally(), pipeline)
        await _set_result(connection, undoing, _result(bulk, tally))
    await _set_result(connection, job_id, {**result, "undone_by": str(undoing)})
    return undoing, done


def _backwards(result: Mapping[str, Any]) -> Bulk:
    action = Action(result["action"])
    fields = dict.fromkeys(result["fields"])
    return Bulk(object=result["object"], action=BACK.get(action, action), values=fields)


@task(UNDO)
async def _undo(context: JobContext, payload: Payload) -> None:
    bulk = Bulk.from_json(payload["bulk"])

    async def one(transaction: Transaction, tally: Tally) -> Tally:
        return await _step_back(transaction, bulk, UUID(payload["job"]), tally, PIPELINE)

    await _steps(context, UUID(payload["user"]), bulk, one)


async def _step_back(
    transaction: Transaction, bulk: Bulk, done: UUID, tally: Tally, pipeline: Pipeline
) -> Tally:
    """The next of the job's entries, oldest first. A value that somebody changed since stays."""
    entries = await _entries(transaction, bulk, done, tally)
    given: dict[UUID, Mapping[str, Any]] = {}
    problems: dict[UUID, tuple[Problem, ...]] = {}
    rows = await _rows(transaction, bulk, [each["record_id"] for each in entries])
    for entry in entries:
        identity = entry["record_id"]
        if identity not in rows:
            problems[identity] = (Problem(code="record.not_found", path="id"),)
        elif bulk.action is not Action.UPDATE:
            given[identity] = {}
        else:
            old, since = _old_values(transaction, bulk, entry, rows[identity])
            if since:
                problems[identity] = tuple(
                    Problem(code="bulk.changed_since", path=name) for name in since
                )
            else:
                given[identity] = old
    options = Options(partial=True, cause=f"undo:{done}", pipeline=pipeline)
    refused = await apply(transaction, bulk, given, options)
    found: Problems = {**problems, **refused}
    names = {identity: str(row.get("name") or "") for identity, row in rows.items()}
    made = replace(
        tally,
        at=str(entries[-1]["id"]) if len(entries) == STEP else "",
        seen=tally.seen + len(entries),
        changed=tally.changed + len(given) - len(refused),
    )
    return made.with_problems(found, names)


async def _entries(
    transaction: Transaction, bulk: Bulk, done: UUID, tally: Tally
) -> list[dict[str, Any]]:
    """Ids tell the time, so the entries of a job stand together in the history."""
    began = UUID(tally.at) if tally.at else UUID(int=done.int - CLOCKS_DIFFER)
    shape = transaction.snapshot.objects.get(bulk.object)
    if shape is None:
        raise NotFound("object_not_found", name=bulk.object)
    return await transaction.connection.fetch(
        select(history.c.id, history.c.record_id, history.c.changes)
        .where(
            history.c.id > began,
            history.c.cause == cause_of(done),
            history.c.object_id == shape.id,
        )
        .order_by(history.c.id)
        .limit(STEP)
    )


async def _rows(
    transaction: Transaction, bulk: Bulk, ids: list[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Of the records, those that the session may read and that are still where the job left
    them."""
    shape = transaction.snapshot.objects[bulk.object]
    names = [name for name in bulk.values if name in shape.fields and shape.fields[name].single]
    found: dict[UUID, dict[str, Any]] = {}
    for place in range(0, len(ids), MAX_LIMIT):
        query = Query(
            object=bulk.object,
            fields=("id", "name", *names),
            filter=records.by_ids(ids[place : place + MAX_LIMIT]),
            limit=MAX_LIMIT,
            deleted=bulk.action is Action.RESTORE,
        )
        page = await records.fetch(transaction, query)
        found.update({row["id"]: row for row in page.records})
    return found


def _old_values(
    transaction: Transaction, bulk: Bulk, entry: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What the fields held before, and those that hold something else again by now."""
    shape = transaction.snapshot.objects[bulk.object]
    old: dict[str, Any] = {}
    since = []
    for each in shape.fields.values():
        pair = entry["changes"].get(str(each.id))
        if pair is None or each.name not in bulk.values or each.type.name == "secret":
            continue
        if to_json(row[each.name]) != pair[1]:
            since.append(each.name)
        old[each.name] = pair[0]
    return old, since
