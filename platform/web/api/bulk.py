"""/api/v1/bulk/{object}: one change of many records, tried first or done as a job, and taken
back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import BadRequest, Invalid
from fieldstone.kernel.system_tables import job as job_table
from fieldstone.runtime import bulk_jobs
from fieldstone.runtime.bulk import Bulk, check, selected, trial
from fieldstone.runtime.save.batch import Action
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, read_mapping, uuid_of
from fieldstone.web.bulk_views import worded
from fieldstone.web.problems import locale_of
from fieldstone.web.service import service_of


async def change_records(request: Request, transaction: Transaction) -> Response:
    """{"ids": […]} or {"filter": "…"}; {"set": {…}}, {"delete": true} or {"restore": true};
    with {"dry_run": true} nothing is changed."""
    data = await read_mapping(request)
    bulk = _bulk(request.path_params["object"], data)
    pipeline = service_of(request).pipeline
    if _flag(data, "dry_run"):
        await check(transaction, bulk)
        count = await selected(transaction, bulk)
        tally = await trial(transaction, bulk, pipeline)
        told = worded(tally.as_json(), locale_of(request), transaction.snapshot)
        return answer({"selected": count, "tried": told.pop("seen"), **told})
    job_id, done = await bulk_jobs.run(transaction, bulk, pipeline)
    return await _started(request, transaction, job_id, done=done)


async def undo_change(request: Request, transaction: Transaction) -> Response:
    job_id = uuid_of(request.path_params["id"])
    undoing, done = await bulk_jobs.undo(transaction, job_id, service_of(request).pipeline)
    return await _started(request, transaction, undoing, done=done)


async def _started(
    request: Request, transaction: Transaction, job_id: UUID, *, done: bool
) -> Response:
    if not done:
        return answer({"job": job_id, "status": "waiting"}, 202)
    result = await transaction.connection.value(
        select(job_table.c.result).where(job_table.c.id == job_id)
    )
    told = worded(result, locale_of(request), transaction.snapshot)
    return answer({"job": job_id, "status": "done", **told})


def _bulk(object_name: str, data: Mapping[str, Any]) -> Bulk:
    chosen = [name for name in ("ids", "filter") if name in data]
    wanted = [name for name in ("set", "delete", "restore") if data.get(name)]
    if len(chosen) != 1:
        raise BadRequest("bulk_which")
    if len(wanted) != 1:
        raise BadRequest("bulk_what")
    if wanted == ["set"]:
        if not isinstance(data["set"], dict):
            raise BadRequest("bulk_what")
        action, values = Action.UPDATE, data["set"]
    else:
        action, values = Action(wanted[0]), {}
        _flag(data, wanted[0])
    ids = _ids(data["ids"]) if chosen == ["ids"] else None
    text = "" if ids is not None else data["filter"]
    if not isinstance(text, str):
        raise BadRequest("bulk_which")
    return Bulk(object=object_name, action=action, values=values, ids=ids, filter=text)


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise BadRequest("bulk_what")
    return value


def _ids(given: Any) -> tuple[UUID, ...]:
    if not isinstance(given, list):
        raise BadRequest("bulk_which")
    found = []
    for index, each in enumerate(given):
        try:
            found.append(UUID(str(each)))
        except ValueError as error:
            raise Invalid.one("record.id_missing", f"ids.{index}") from error
    return tuple(dict.fromkeys(found))
