"""/api/v1/describe: the model as the caller may see it; /api/v1/jobs: progress of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.i18n import pick
from fieldstone.kernel.system_tables import job as job_table
from fieldstone.runtime import bulk_jobs
from fieldstone.runtime.access import rights
from fieldstone.runtime.describe import describe, describe_all
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, stamp, uuid_of
from fieldstone.web.bulk_views import worded


async def list_objects(_: Request, transaction: Transaction) -> Response:
    return answer({"objects": describe_all(transaction)})


async def show_object(request: Request, transaction: Transaction) -> Response:
    return answer(describe(transaction, request.path_params["object"]))


async def show_job(request: Request, transaction: Transaction) -> Response:
    """Only to the one who started it and to those who look after the metadata."""
    identity = uuid_of(request.path_params["id"])
    row = await transaction.connection.first(select(job_table).where(job_table.c.id == identity))
    session = transaction.session
    held = rights(session, transaction.snapshot).system
    if row is None or (row["created_by"] != session.user_id and "manage_metadata" not in held):
        raise NotFound("job_not_found")
    return answer(
        {
            "id": row["id"],
            "task": row["task"],
            "title": pick(row["title"], session.locale.code),
            "status": row["status"],
            "done": row["done"],
            "total": row["total"],
            "result": _result(row, transaction),
            "created_at": stamp(row["created_at"]),
            "finished_at": stamp(row["finished_at"]),
        }
    )


def _result(row: Mapping[str, Any], transaction: Transaction) -> Any:
    """What a bulk change left out is told in words."""
    if row["task"] not in (bulk_jobs.RUN, bulk_jobs.UNDO) or not row["result"]:
        return row["result"]
    locale = transaction.session.locale.code
    return {**row["result"], **worded(row["result"], locale, transaction.snapshot)}
