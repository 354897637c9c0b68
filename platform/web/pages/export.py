"""/o/{object}/export: the list as it is shown, with its filter, order and columns, as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy import insert
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fieldstone.kernel import clock
from fieldstone.kernel.errors import NotFound, TooLarge
from fieldstone.kernel.ids import uuid7
from fieldstone.kernel.system_tables import audit
from fieldstone.runtime import records
from fieldstone.runtime.access import require_system
from fieldstone.runtime.query import MAX_LIMIT
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.pages.list import asked_of, query_of
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_page import EXPORT, column_views
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, linked_of, shown
from fieldstone.web.sheets import ENCODINGS, Cell, csv_file, xlsx_file
from fieldstone.web.value_views import Linked

MOST = 100_000
XLSX = "xlsx"
_TYPES = {XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


async def export_list(request: Request, transaction: Transaction) -> Response:
    """Raises Forbidden without the permission, TooLarge for too many rows, Invalid for what the
    list itself would refuse: all before the first byte goes out."""
    reader, kind = Reader.of(transaction), request.query_params.get("format", XLSX)
    state = ListState.read(request).at_start()
    transaction.grant(state.object)
    require_system(transaction.session, transaction.snapshot, EXPORT)
    if kind != XLSX and kind not in ENCODINGS:
        raise NotFound
    asked = await asked_of(transaction, reader, state)
    count = await records.count(transaction, query_of(reader, asked), exact=True)
    if count > MOST:
        raise TooLarge("export_too_many", limit=f"{MOST:,}", count=f"{count:,}")
    await _note(transaction, state.object, kind, count)
    heads = [column.label for column in column_views(reader, asked, Found())]
    pages, name = _pages(transaction, reader, asked), reader.noun(state.object, "plural")
    if kind == XLSX:
        content = xlsx_file(heads, pages, reader.locale.timezone, name)
    else:
        content = csv_file(heads, pages, kind)
    return StreamingResponse(
        content,
        headers=_headers(f"{name} {clock.today(reader.locale.timezone)}.{kind.partition('-')[0]}"),
        media_type=_TYPES.get(kind) or f"text/csv; charset={ENCODINGS[kind]}",
    )


def _headers(name: str) -> dict[str, str]:
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "x-content-type-options": "nosniff",
    }


async def _note(transaction: Transaction, object_name: str, kind: str, count: int) -> None:
    session = transaction.session
    row = {"id": uuid7(), "at": clock.now(), "actor_id": session.user_id, "ip": ""}
    details = {"format": kind, "count": count}
    await transaction.connection.queue(
        insert(audit).values(**row, verb="records.export", subject=object_name, details=details)
    )


async def _pages(
    transaction: Transaction, reader: Reader, asked: Asked
) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    """All pages as of one moment, in a transaction that outlives the request's."""
    tenant = transaction.session.tenant
    async with transaction.database.frozen(tenant) as connection:
        own = replace(transaction, connection=connection)
        query = replace(query_of(reader, asked), limit=MAX_LIMIT)
        while True:
            page = await records.fetch(own, query)
            linked = await linked_of(own, asked.columns, page.records)
            yield [
                [_cell(reader, column, row, linked) for column in asked.columns]
                for row in page.records
            ]
            if page.next is None:
                return
            query = replace(query, after=page.next)


def _cell(reader: Reader, column: Column, row: Mapping[str, Any], linked: Linked) -> Cell:
    view = shown(reader, column, row, linked, amounts=True)
    if isinstance(view.text, Markup):  # what is formatted text on a page is plain here
        plain = column.field.type.format(row[column.key], reader.locale, column.field.config)
        view = replace(view, text=plain)
    return Cell(value=row.get(column.key), view=view, kind=column.field.type.name)
