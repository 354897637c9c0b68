"""/api/v1/changesets and /api/v1/versions: changing the metadata."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Conflict, Invalid, NotFound
from fieldstone.kernel.i18n import pick
from fieldstone.metadata import changesets
from fieldstone.metadata.changesets import Changeset, Review, Version
from fieldstone.metadata.impact import Impact
from fieldstone.metadata.operations import read_operations
from fieldstone.metadata.publish import Published
from fieldstone.runtime import metadata_jobs
from fieldstone.runtime.access import require_system
from fieldstone.runtime.granting import guard_of, refuse_grants
from fieldstone.runtime.review import review, review_restore
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, no_content, read_mapping, stamp, uuid_of
from fieldstone.web.problems import message, problem_json
from fieldstone.web.service import AfterCommit

PERMISSION = "manage_metadata"


def _require(transaction: Transaction) -> None:
    require_system(transaction.session, transaction.snapshot, PERMISSION)


async def create_changeset(request: Request, transaction: Transaction) -> Response:
    """Kept as a draft with its plan, impact and problems; nothing is published."""
    _require(transaction)
    data = await read_mapping(request)
    operations, faults = read_operations(data.get("operations"))
    if faults:
        raise Invalid("changeset_invalid", problems=faults)
    session = transaction.session
    found = await review(transaction.connection, session.tenant, operations)
    title = str(data.get("title") or "")
    identity = await changesets.save_draft(
        transaction.connection,
        session,
        title,
        found.operations if not found.problems else operations,
    )
    body = {"id": identity, "title": title, "status": "draft", **review_json(transaction, found)}
    return answer(body, 201)


async def list_changesets(_: Request, transaction: Transaction) -> Response:
    _require(transaction)
    found = await changesets.recent(transaction.connection)
    return answer({"changesets": [_changeset_json(each) for each in found]})


async def show_changeset(request: Request, transaction: Transaction) -> Response:
    _require(transaction)
    draft = await _changeset(request, transaction)
    body = _changeset_json(draft)
    if draft.status == changesets.DRAFT:
        tenant = transaction.session.tenant
        found = await review(transaction.connection, tenant, draft.operations)
        body.update(review_json(transaction, found))
    return answer(body)


async def discard_changeset(request: Request, transaction: Transaction) -> Response:
    _require(transaction)
    draft = await _changeset(request, transaction)
    if draft.status != changesets.DRAFT:
        raise Conflict("changeset_not_draft", details={"changeset_status": draft.status})
    await changesets.discard(transaction.connection, draft.id)
    return no_content()


async def publish_changeset(request: Request, transaction: Transaction) -> Response | AfterCommit:
    """The new version; 202 and a job when many records must be converted first."""
    _require(transaction)
    draft = await _changeset(request, transaction)
    session, tenant = transaction.session, transaction.session.tenant
    found = await changesets.examined(transaction.connection, tenant, draft.operations)
    publishable = draft.status == changesets.DRAFT and not found.problems
    if publishable and await metadata_jobs.is_large(transaction.connection, found.plan):
        refuse_grants(session, found.plan)
        job = await metadata_jobs.start_publishing(transaction.connection, session, draft)
        return answer({"job": job}, 202)

    async def publish() -> Response:
        guard = guard_of(session)
        published = await changesets.publish_draft(
            transaction.database, tenant, session, draft, guard
        )
        return await after_publishing(transaction, published)

    return AfterCommit(publish)


async def after_publishing(transaction: Transaction, published: Published) -> Response:
    """Large tables get their indexes in the background."""
    session = transaction.session
    body = published_json(transaction, published)
    if published.pending or published.unfilled:
        async with transaction.database.tenant(session.tenant) as connection:
            body["job"] = await metadata_jobs.start_leftovers(connection, session, published)
    return answer(body)


async def list_versions(_: Request, transaction: Transaction) -> Response:
    _require(transaction)
    found = await changesets.versions(transaction.connection)
    locale = transaction.session.locale.code
    return answer({"versions": [_version_json(each, locale) for each in found]})


async def show_version(request: Request, transaction: Transaction) -> Response:
    """Every live component of a version, as it was."""
    _require(transaction)
    components = await changesets.components_at(transaction.connection, _number(request))
    live = sorted(
        (each for each in components.values() if not each.deleted), key=lambda each: each.key
    )
    return answer(
        {
            "number": _number(request),
            "components": [
                {"kind": each.kind, "name": each.name, "pack": each.pack, "body": each.body}
                for each in live
            ],
        }
    )


async def restore_version(request: Request, transaction: Transaction) -> Response | AfterCommit:
    _require(transaction)
    session, number = transaction.session, _number(request)

    async def publish() -> Response:
        published = await changesets.restore_version(
            transaction.database, session.tenant, session, number, guard_of(session)
        )
        return await after_publishing(transaction, published)

    return AfterCommit(publish)


async def review_version(request: Request, transaction: Transaction) -> Response:
    """What restoring the version would do: plan, impact and problems."""
    _require(transaction)
    tenant = transaction.session.tenant
    found = await review_restore(transaction.connection, tenant, _number(request))
    return answer(review_json(transaction, found))


async def _changeset(request: Request, transaction: Transaction) -> Changeset:
    identity: UUID = uuid_of(request.path_params["id"])
    return await changesets.get(transaction.connection, identity)


def _number(request: Request) -> int:
    text = request.path_params["number"]
    if not (text.isascii() and (text.isascii() and text.isdigit())) or len(text) > 9:
        raise NotFound("version_not_found", number=text[:20])
    return int(text)


def review_json(transaction: Transaction, found: Review) -> dict[str, Any]:
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    plan = found.plan
    return {
        "plan": {
            "risk": plan.risk,
            "operations": [
                {
                    "action": step.change.action,
                    "kind": step.change.kind,
                    "name": step.change.name,
                    "description": step.describe(plan.after, locale),
                    "risk": step.risk,
                }
                for step in plan.steps
            ],
            "impact": [impact_json(transaction, each) for each in found.impact],
        },
        "problems": [problem_json(each, locale, snapshot) for each in found.problems],
        "notices": [problem_json(each, locale, snapshot) for each in found.notices],
    }


def impact_json(transaction: Transaction, impact: Impact) -> dict[str, Any]:
    """Ids and values of records only for those who may read them."""
    locale = transaction.session.locale.code
    kind, name = impact.subject
    params = {**impact.params, "count": impact.count, "name": name}
    shown = may_see_rows(transaction, impact)
    return {
        "code": impact.code,
        "severity": impact.severity,
        "kind": kind,
        "name": name,
        "count": impact.count,
        "message": message(impact.code, params, locale, transaction.snapshot),
        "params": dict(impact.params),
        "sample": [str(each) for each in impact.sample] if shown else [],
        "values": [{"value": text, "count": n} for text, n in impact.values] if shown else [],
        "used_by": [{"kind": each.kind, "name": each.name} for each in impact.users],
    }


def may_see_rows(transaction: Transaction, impact: Impact) -> bool:
    """May the session read the object, and the field, that the impact is about?"""
    owner, local = impact.records_of
    held = transaction.grant_rights()
    return held.may_read(owner, local) if local else "read" in held.of(owner).actions


def published_json(transaction: Transaction, published: Published) -> dict[str, Any]:
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    return {
        "version": published.version,
        "notices": [problem_json(each, locale, snapshot) for each in published.notices],
        "pending_indexes": list(published.pending),
    }


def _changeset_json(each: Changeset) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "status": each.status,
        "base_version": each.base_version,
        "published_version": each.published_version,
        "created_by": each.created_by,
        "created_at": stamp(each.created_at),
        "operations": [operation.as_json() for operation in each.operations],
    }


def _version_json(each: Version, locale: str) -> dict[str, Any]:
    return {
        "number": each.number,
        "title": pick(each.title, locale),
        "published_at": stamp(each.published_at),
        "published_by": each.published_by,
        "restored_from": each.restored_from,
    }
