"""/o/{object}/{id}/cell/{field}: one cell of a list, edited where it stands. The query of the
address is the list's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Conflict, Invalid, NotFound, Problem
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.form_contexts import CellEdit
from fieldstone.web.page_contexts import CellSaved
from fieldstone.web.pages.draft import Draft, is_changed, linked_for, stored_posted, stored_view
from fieldstone.web.pages.inline import draft_of, item_of, posted_version, save_typed
from fieldstone.web.pages.list import asked_of, query_of, sums_of
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_cells import fixed_column, fixed_here
from fieldstone.web.pages.list_page import bulk_actions, column_views, row_view
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.record import open_record
from fieldstone.web.pages.record_page import Opened
from fieldstone.web.pages.rendering import path_of, show_fragment
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of, linked_of

EDIT = "fragments/cell_edit.html"
SAVED = "fragments/cell_saved.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A cell that was asked for. `fixed` says why it cannot be edited."""

    reader: Reader
    field: Field
    opened: Opened | None
    fixed: str = ""


async def show_cell(request: Request, transaction: Transaction) -> Response:
    """The editor of the cell, or why there is none."""
    cell = await _cell(request, transaction)
    if cell.fixed or cell.opened is None:
        return await _told(request, transaction, cell, 200 if cell.opened else 404)
    draft = await draft_of(transaction, cell.reader, cell.opened)
    return await _edit(request, transaction, cell, draft)


async def save_cell(request: Request, transaction: Transaction) -> Response:
    """Answers with the row as it is then. What somebody else did to other fields meanwhile is no
    conflict: only a value that is not the one the editor began with is."""
    cell = await _cell(request, transaction)
    if cell.fixed or cell.opened is None:
        return await _told(request, transaction, cell, 403 if cell.opened else 404)
    draft = await _typed(request, transaction, cell, cell.opened)
    version = int(draft.row["version"])
    theirs = (await request.form()).get("keep") == "theirs"
    if theirs or not is_changed(cell.reader, draft, cell.field):
        return await _saved(request, transaction, cell)
    if await posted_version(request) != version and not await _unmoved(request, cell, draft):
        return await _conflict(request, transaction, cell, draft)
    try:
        await save_typed(request, transaction, draft, cell.field, version)
    except Invalid as error:
        return await _edit(request, transaction, cell, draft, error.problems)
    except Conflict:
        cell = await _cell(request, transaction)
        if cell.opened is None:
            return await _told(request, transaction, cell, 404)
        draft = await _typed(request, transaction, cell, cell.opened)
        return await _conflict(request, transaction, cell, draft)
    except NotFound:
        return await _told(request, transaction, replace(cell, opened=None), 404)
    return await _saved(request, transaction, cell)


async def _cell(request: Request, transaction: Transaction) -> _Cell:
    """Raises NotFound for a field that does not exist or may not be read."""
    params, reader = request.path_params, Reader.of(transaction)
    object_name = params["object"]
    transaction.grant(object_name)
    column = next(iter(columns_of(reader, object_name, [params["field"]])), None)
    if column is None:
        raise NotFound
    try:
        opened = await open_record(transaction, reader, object_name, params["id"], [column])
    except NotFound:
        return _Cell(reader=reader, field=column.field, opened=None)
    if opened.deleted and request.method != "GET":
        return _Cell(reader=reader, field=column.field, opened=None)
    return _Cell(
        reader=reader,
        field=column.field,
        opened=opened,
        fixed=_fixed(reader, opened, column),
    )


def _fixed(reader: Reader, opened: Opened, column: Column) -> str:
    found = fixed_column(reader, opened.object.name, column, in_bin=opened.deleted)
    return found or fixed_here(reader, opened, column.field)


async def _typed(request: Request, transaction: Transaction, cell: _Cell, opened: Opened) -> Draft:
    """What was typed over the record as it is stored now."""
    draft = await draft_of(transaction, cell.reader, opened)
    typed = posts.read(await request.form(), cell.field, cell.field.name)
    if typed is None:
        return draft
    draft = replace(draft, typed={cell.field.name: typed})
    return replace(draft, linked=await linked_for(transaction, cell.reader, [draft]))


async def _unmoved(request: Request, cell: _Cell, draft: Draft) -> bool:
    """Whether the value is still the one that the editor began with."""
    return str((await request.form()).get("was") or "") == _mark(cell, draft)


def _mark(cell: _Cell, draft: Draft) -> str:
    return posts.digest(cell.reader, cell.field, stored_posted(cell.reader, draft, cell.field))


async def _told(request: Request, transaction: Transaction, cell: _Cell, status: int) -> Response:
    reader = cell.reader
    gone = reader.say("This record is no longer there. It may have been deleted meanwhile.")
    typed = (await request.form()).getlist(cell.field.name)
    page = CellEdit(
        label=reader.label(cell.field),
        action=path_of(request),
        told=cell.fixed or gone,
        typed=" ".join(each for each in typed if isinstance(each, str)),
    )
    return show_fragment(request, transaction, EDIT, page, status)


async def _edit(
    request: Request,
    transaction: Transaction,
    cell: _Cell,
    draft: Draft,
    problems: Sequence[Problem] = (),
) -> Response:
    item = await item_of(transaction, cell.reader, draft, cell.field, problems)
    page = CellEdit(
        label=item.field.label,
        action=path_of(request),
        item=item,
        version=str(draft.row["version"]),
        was=_mark(cell, draft),
        told=" ".join(item.field.problems),
    )
    return show_fragment(request, transaction, EDIT, page, 422 if problems else 200)


async def _conflict(
    request: Request, transaction: Transaction, cell: _Cell, draft: Draft
) -> Response:
    reader = cell.reader
    item = await item_of(transaction, reader, draft, cell.field)
    who = draft.row.get("modified_by.name") or reader.say("Somebody")
    page = CellEdit(
        label=item.field.label,
        action=path_of(request),
        item=item,
        version=str(draft.row["version"]),
        was=_mark(cell, draft),
        told=reader.say("%(who)s has changed this value meanwhile.", {"who": who}),
        theirs=stored_view(reader, draft, cell.field),
    )
    return show_fragment(request, transaction, EDIT, page, 409)


async def _saved(request: Request, transaction: Transaction, cell: _Cell) -> Response:
    """The row with what follows from the change, and the sums of the list."""
    reader, state = cell.reader, ListState.read(request)
    asked = await asked_of(transaction, reader, state)
    row = await _row(request, transaction, reader, asked)
    found = Found(
        linked=await linked_of(transaction, asked.columns, [row]),
        sums=await sums_of(transaction, reader, asked),
    )
    page = CellSaved(
        columns=column_views(reader, asked, found),
        row=row_view(reader, asked.columns, row, found.linked, state.object),
        bulk=bool(bulk_actions(reader, asked)),
    )
    return show_fragment(request, transaction, SAVED, page)


async def _row(
    request: Request, transaction: Transaction, reader: Reader, asked: Asked
) -> dict[str, Any]:
    """Also when it no longer meets the list's conditions: it stays until the list is read anew."""
    query = replace(
        query_of(reader, asked),
        filter=records.by_id(request.path_params["id"]),
        sort=(),
        after=None,
        limit=1,
    )
    return await records.get_one(transaction, query)
