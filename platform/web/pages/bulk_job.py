"""/bulk/{id}: a bulk change that was asked for; as a fragment for the panel that follows it from
page to page, as a page with every record that was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.i18n import pick, translate_plural
from fieldstone.kernel.system_tables import job as job_table
from fieldstone.runtime import bulk_jobs
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.bulk_views import problem_of
from fieldstone.web.page_contexts import BulkJobPage, FailureView
from fieldstone.web.pages.bulk import job_started, reason_views
from fieldstone.web.pages.rendering import go_to, is_fragment, show
from fieldstone.web.pages.saving import problem_text
from fieldstone.web.problems import message
from fieldstone.web.reader import Reader
from fieldstone.web.service import service_of
from fieldstone.web.value_views import record_url

TEMPLATE = "pages/bulk_job.html"
BLOCK = "panel"
_DONE: Mapping[str, tuple[str, str]] = {
    "update": ("%(count)s record changed", "%(count)s records changed"),
    "delete": (
        "%(count)s record moved to the recycle bin",
        "%(count)s records moved to the recycle bin",
    ),
    "restore": ("%(count)s record restored", "%(count)s records restored"),
}


async def show_job(request: Request, transaction: Transaction) -> Response:
    row = await transaction.connection.first(
        select(job_table).where(
            job_table.c.id == request.path_params["id"],
            job_table.c.created_by == transaction.session.user_id,
        )
    )
    if row is None or row["task"] not in (bulk_jobs.RUN, bulk_jobs.UNDO):
        raise NotFound("job_not_found")
    page = _page(Reader.of(transaction), row)
    return show(request, transaction, TEMPLATE, page, block=BLOCK)


async def undo_job(request: Request, transaction: Transaction) -> Response:
    job_id = request.path_params["id"]
    undoing, _ = await bulk_jobs.undo(transaction, job_id, service_of(request).pipeline)
    return job_started(str(undoing)) if is_fragment(request) else go_to(f"/bulk/{undoing}")


def _page(reader: Reader, row: Mapping[str, Any]) -> BulkJobPage:
    result = row["result"] or {}
    running = row["status"] in ("waiting", "running")
    own = row["task"] == bulk_jobs.RUN and result.get("changed") and not result.get("undone_by")
    url = f"/bulk/{row['id']}"
    object_name = str(result.get("object") or "")
    return BulkJobPage(
        id=str(row["id"]),
        title=pick(row["title"], reader.locale.code),
        url=url,
        list_url=f"/o/{object_name}" if object_name in reader.snapshot.objects else "/",
        text=_running_text(reader, row) if running else " ".join(_texts(reader, row, result)),
        running=running,
        percent=round(100 * row["done"] / row["total"]) if row["total"] else 0,
        failed=int(result.get("failed") or 0),
        reasons=reason_views(reader, result),
        failures=tuple(_failures(reader, object_name, result)),
        undo_url=f"{url}/undo" if own and not running else "",
    )


def _running_text(reader: Reader, row: Mapping[str, Any]) -> str:
    if row["status"] == "waiting":
        return reader.say("Waiting for a worker")
    words = {"done": f"{row['done']:,}", "total": f"{row['total'] or 0:,}"}
    return reader.say("%(done)s of %(total)s", words)


def _texts(reader: Reader, row: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    """What came of it, in sentences."""
    locale = reader.locale.code
    stop = "。" if locale == "zh_CN" else "."
    one, many = _DONE.get(str(result.get("action")), _DONE["update"])
    yield translate_plural(locale, one, many, int(result.get("changed") or 0)) + stop
    if result.get("unchanged"):
        one, many = "%(count)s held the value already", "%(count)s held the value already"
        yield translate_plural(locale, one, many, int(result["unchanged"])) + stop
    if result.get("failed"):
        one, many = "%(count)s left out", "%(count)s left out"
        yield translate_plural(locale, one, many, int(result["failed"])) + stop
    if result.get("refused"):
        yield message(str(result["refused"]), {"object": "", "action": ""}, locale)
    elif row["status"] == "failed":
        yield reader.say("It was broken off.")


def _failures(reader: Reader, object_name: str, result: Mapping[str, Any]) -> Iterator[FailureView]:
    for each in result.get("failures") or ():
        texts = dict.fromkeys(problem_text(reader, problem_of(told)) for told in each["problems"])
        yield FailureView(
            name=each["name"] or reader.say("(no name)"),
            url=record_url(object_name, each["id"]) if each["name"] else "",
            text=" ".join(texts),
        )
