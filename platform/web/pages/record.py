"""/o/{object}/{id}: one record, everything about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.typed import needs_of
from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.runtime import records
from fieldstone.runtime.query import Query
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.save.remove import delete, restore
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import NoteView
from fieldstone.web.layouts import layout_of
from fieldstone.web.pages.favourites import star_of
from fieldstone.web.pages.form_state import conditions
from fieldstone.web.pages.path_view import path_of, path_view
from fieldstone.web.pages.record_history import FIRST, MOST, history_entries
from fieldstone.web.pages.record_page import Opened, by_key, page_columns, record_page
from fieldstone.web.pages.related import related_lists
from fieldstone.web.pages.rendering import go_to, is_fragment, moved_to, show, show_fragment
from fieldstone.web.pages.saving import problem_texts
from fieldstone.web.pages.toasts import leave_toast
from fieldstone.web.pages.visits import remember_visit
from fieldstone.web.problems import message
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, fields_of, linked_of
from fieldstone.web.service import service_of

TEMPLATE = "pages/record.html"
PEEK = "fragments/peek.html"


async def open_record(
    transaction: Transaction,
    reader: Reader,
    object_name: str,
    record_id: UUID,
    more: Sequence[Column] = (),
) -> Opened:
    """The record, also from the recycle bin for those who may bring it back, with `more` than its
    page shows. Raises NotFound alike for what is not there and what may not be seen."""
    shape = transaction.grant(object_name).object
    columns = (*page_columns(reader, object_name), *more)
    row, deleted = None, False
    for deleted in (False, True) if reader.may("delete", object_name) else (False,):
        query = Query(
            object=object_name,
            fields=fields_of(reader, columns),
            filter=records.by_id(record_id),
            limit=1,
            deleted=deleted,
            errors=True,
        )
        found = (await records.fetch(transaction, query)).records
        if found:
            row = found[0]
            break
    if row is None:
        raise NotFound("record_not_found", object=object_name)
    layout = layout_of(transaction.snapshot, object_name, str(row.get("record_type") or ""))
    return Opened(
        object=shape,
        row=row,
        layout=layout,
        context=await records.context_for(
            transaction, needs_of(conditions(reader.snapshot, layout, object_name))
        ),
        linked=await linked_of(transaction, columns, [row]),
        columns=by_key(columns),
        deleted=deleted,
    )


async def show_record(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    opened = await _opened(request, transaction, reader)
    wanted = request.query_params.get("tab")
    parts: dict[str, Any] = {"tab": wanted if wanted in ("related", "history") else "details"}
    if parts["tab"] == "history":
        parts.update(await _history(request, transaction, reader, opened))
        block = "record_history"
    else:
        parts["related"] = await related_lists(transaction, reader, opened)
        block = ""
    if not opened.deleted:
        parts["star"] = await star_of(transaction, reader, opened.object.name, opened.id)
    page = record_page(reader, opened, **parts)
    response = show(request, transaction, TEMPLATE, page, block=block)
    return remember_visit(request, transaction, response, opened.object.name, opened.id)


async def show_peek(request: Request, transaction: Transaction) -> Response:
    """What stands on the record's page, beside the list it was found in."""
    reader = Reader.of(transaction)
    opened = await _opened(request, transaction, reader)
    return show_fragment(request, transaction, PEEK, record_page(reader, opened))


async def _opened(request: Request, transaction: Transaction, reader: Reader) -> Opened:
    params = request.path_params
    return await open_record(transaction, reader, params["object"], params["id"])


async def _history(
    request: Request, transaction: Transaction, reader: Reader, opened: Opened
) -> dict[str, Any]:
    given = request.query_params.get("limit", "")
    limit = min(int(given), MOST) if re.fullmatch(r"[0-9]{1,4}", given) else FIRST
    entries = await history_entries(transaction, reader, opened, limit)
    more = len(entries) >= limit and limit < MOST
    return {
        "history": entries,
        "related": await related_lists(transaction, reader, opened),
        "history_more_url": f"{opened.url}?tab=history&limit={limit + 100}" if more else "",
    }


async def delete_record(request: Request, transaction: Transaction) -> Response:
    """To the list; a refusal is told on the record's own page."""
    object_name, record_id = request.path_params["object"], request.path_params["id"]
    try:
        async with transaction.connection.savepoint():
            await delete(transaction, object_name, [(record_id, None)], _options(request))
    except Invalid as error:
        return await _kept(request, transaction, error)
    return leave_toast(go_to(f"/o/{object_name}"), "deleted", object_name, str(record_id))


async def _kept(request: Request, transaction: Transaction, error: Invalid) -> Response:
    reader = Reader.of(transaction)
    opened = await _opened(request, transaction, reader)
    reasons = dict.fromkeys(problem_texts(reader, error.problems))
    note = NoteView(
        title=message(error.code, error.params, reader.locale.code, reader.snapshot),
        text=" ".join(reasons),
        kind="bad",
        icon="alert-circle",
    )
    related = await related_lists(transaction, reader, opened)
    page = record_page(reader, opened, related=related, notes=(note,))
    return show(request, transaction, TEMPLATE, page, status=422)


async def restore_record(request: Request, transaction: Transaction) -> Response:
    object_name, record_id = request.path_params["object"], request.path_params["id"]
    await restore(transaction, object_name, [record_id], _options(request))
    return leave_toast(go_to(f"/o/{object_name}/{record_id}"), "restored", object_name)


async def move_stage(request: Request, transaction: Transaction) -> Response:
    """Moves the record along its path; a refusal is told on the path itself."""
    reader = Reader.of(transaction)
    params = request.path_params
    opened = await _opened(request, transaction, reader)
    body = path_of(reader, params["object"], opened.record_type)
    if body is None or body["name"] != params["path"] or params["stage"] not in body["stages"]:
        raise NotFound
    change = {str(body["field"]): params["stage"]}
    problem = ""
    try:
        async with transaction.connection.savepoint():
            await save.update(
                transaction, params["object"], [(opened.id, None, change)], _options(request)
            )
    except Invalid as error:
        problem = " ".join(problem_texts(reader, error.problems))
    if not problem:
        answer = moved_to(opened.url) if is_fragment(request) else go_to(opened.url)
        return leave_toast(answer, "saved", params["object"])
    path = path_view(reader, params["object"], opened.row, opened.url, problem=problem)
    related = () if is_fragment(request) else await related_lists(transaction, reader, opened)
    page = record_page(reader, opened, path=path, related=related)
    return show(request, transaction, TEMPLATE, page, block="record_path", status=422)


def _options(request: Request) -> Options:
    return Options(single=True, pipeline=service_of(request).pipeline)
