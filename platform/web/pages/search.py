"""/search: records of all objects by a text; and what the search box offers while one types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.runtime import records
from fieldstone.runtime.query import Query
from fieldstone.runtime.search import Found, Hit, search
from fieldstone.runtime.search_marks import marked
from fieldstone.runtime.search_tokens import words_of
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer
from fieldstone.web.layouts import compact_fields
from fieldstone.web.pages.rendering import show, with_query
from fieldstone.web.pages.visits import recent_items
from fieldstone.web.reader import Reader
from fieldstone.web.search_contexts import HitGroup, HitView, PieceView, SearchPage
from fieldstone.web.selection import Column, columns_of, fields_of, linked_of, shown
from fieldstone.web.value_views import Cell, record_url, value_view

TEMPLATE = "pages/search.html"
URL = "/search"
OFFERED_OBJECTS = 6
OFFERED = 4
SUB_FIELDS = 3
LONGEST_VALUE = 120
BEFORE = 30
"""Signs of a long text shown before what was found in it."""


async def show_search(request: Request, transaction: Transaction) -> Response:
    """?q= in all objects; ?in= more of one."""
    reader = Reader.of(transaction)
    text = request.query_params.get("q", "").strip()
    only = request.query_params.get("in", "")
    only = only if only in reader.snapshot.objects and reader.may("read", only) else ""
    found = await search(transaction, text, only=only)
    groups = [await _group(transaction, reader, each, text) for each in found]
    page = SearchPage(
        text=text,
        groups=tuple(groups),
        only=reader.noun(only, "plural") if only else "",
        back_url=with_query(URL, {"q": text}) if only else "",
        recents=() if words_of(text) else await recent_items(request, transaction, reader),
    )
    return show(request, transaction, TEMPLATE, page, block="search_results")


async def suggest(request: Request, transaction: Transaction) -> Response:
    """?q= → [{"label", "items": [{"label", "url", "icon", "color", "sub"}]}]: a few records of
    a few objects."""
    reader = Reader.of(transaction)
    text = request.query_params.get("q", "")
    found = await search(transaction, text, most_objects=OFFERED_OBJECTS)
    return answer([_offer(reader, each) for each in found])


def _offer(reader: Reader, found: Found) -> dict[str, Any]:
    shape = found.shape
    return {
        "label": reader.noun(shape.name, "plural"),
        "items": [
            {
                "label": hit.name or reader.say("(no name)"),
                "url": record_url(shape.name, hit.id),
                "icon": shape.icon,
                "color": shape.color,
                "sub": _place(reader, hit),
            }
            for hit in found.records[:OFFERED]
        ],
    }


def _place(reader: Reader, hit: Hit) -> str:
    if hit.field is None:
        return ""
    value = _text(reader, hit)[:LONGEST_VALUE]
    return f"{reader.label(hit.field)}{reader.say(': ')}{value}"


def _text(reader: Reader, hit: Hit) -> str:
    if hit.field is None:
        return ""
    return str(value_view(reader, Cell(field=hit.field, value=hit.value)).text)


async def _group(transaction: Transaction, reader: Reader, found: Found, text: str) -> HitGroup:
    shape = found.shape
    subs = await _subs(transaction, reader, shape.name, [hit.id for hit in found.records])
    more = with_query(URL, {"q": text, "in": shape.name})
    return HitGroup(
        label=reader.noun(shape.name, "plural"),
        icon=shape.icon,
        color=shape.color,
        hits=tuple(
            _hit(reader, shape.name, hit, text, subs.get(hit.id, ())) for hit in found.records
        ),
        all_url=more if found.more else "",
    )


def _hit(reader: Reader, object_name: str, hit: Hit, text: str, subs: tuple[str, ...]) -> HitView:
    value = _around(_text(reader, hit), text)
    return HitView(
        url=record_url(object_name, hit.id),
        title=_pieces(hit.name or reader.say("(no name)"), text),
        place=reader.label(hit.field) if hit.field else "",
        value=_pieces(value, text) if value else (),
        subs=tuple(each for each in subs if each not in (hit.name, value)),
    )


def _pieces(shown_text: str, text: str) -> tuple[PieceView, ...]:
    return tuple(PieceView(text=part, found=found) for part, found in marked(shown_text, text))


def _around(value: str, text: str) -> str:
    """The part of a long text in which something was found, on one line."""
    line = " ".join(value.split())
    parts = marked(line, text)
    at = len(parts[0][0]) if len(parts) > 1 and not parts[0][1] else 0
    start = max(0, at - BEFORE) if len(line) > LONGEST_VALUE else 0
    end = start + LONGEST_VALUE
    return ("…" if start else "") + line[start:end] + ("…" if len(line) > end else "")


async def _subs(
    transaction: Transaction, reader: Reader, object_name: str, ids: Iterable[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """What tells the records apart: some of the few fields that matter."""
    names = [name for name in compact_fields(reader.snapshot, object_name) if name != "name"]
    columns = columns_of(reader, object_name, names[:SUB_FIELDS])
    if not columns:
        return {}
    among = tuple(ids)
    query = Query(
        object=object_name, fields=fields_of(reader, columns), among=among, limit=len(among)
    )
    rows = (await records.fetch(transaction, query)).records
    linked = await linked_of(transaction, columns, rows)

    def text_of(column: Column, row: dict[str, Any]) -> str:
        return str(shown(reader, column, row, linked).text)

    return {
        row["id"]: tuple(text for each in columns if (text := text_of(each, row))) for row in rows
    }
