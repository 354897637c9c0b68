"""/o/{object}: the list of an object's records, in the views of its metadata."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.ast import Node
from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.runtime import records
from fieldstone.runtime.groups import group
from fieldstone.runtime.query import COUNT_CAP, Aggregate, GroupQuery, Page, Query
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.condition_words import named_records
from fieldstone.web.conditions import joined, made, parsed, split, whole, within
from fieldstone.web.page_contexts import ListPage
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_filter import condition_view, filter_view
from fieldstone.web.pages.list_kinds import view_url
from fieldstone.web.pages.list_page import list_page
from fieldstone.web.pages.list_refused import refused
from fieldstone.web.pages.list_state import PAGE, ListState
from fieldstone.web.pages.list_views import (
    ALL,
    Opened,
    bin_view,
    list_columns,
    of_all,
    open_view,
    own_sorts,
    sorts_of,
    view_of,
)
from fieldstone.web.pages.rendering import go_to, show, show_fragment
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, fields_of, linked_of
from fieldstone.web.value_views import Cell, value_view

TEMPLATE = "pages/list.html"
BLOCK = "list_body"


async def show_list(request: Request, transaction: Transaction) -> Response:
    state = replace(ListState.read(request), kind="", shown=())
    reader = Reader.of(transaction)
    transaction.grant(state.object)
    if request.query_params.get("f"):
        return go_to((await with_condition(request, transaction, reader, state)).url())
    opened = await opened_of(transaction, reader, state)
    if state == ListState(object=state.object):
        own = view_url(state, opened.view)
        if not own.startswith(f"{state.path}?"):
            return go_to(own)
    try:
        asked = made_out(reader, state, opened)
        found = await _find(transaction, reader, asked)
        if not found.page.records and untouched(state, opened) and asked.view.filter:
            state = replace(state, view=ALL)
            opened = replace(opened, view=of_all(reader, state.object))
            asked = made_out(reader, state, opened)
            found = await _find(transaction, reader, asked)
    except Invalid as error:
        page = refused(reader, state, opened, error)
        return show(request, transaction, TEMPLATE, page, block=BLOCK, status=422)
    page = list_page(reader, asked, found)
    return show(request, transaction, TEMPLATE, page, block=BLOCK)


async def opened_of(transaction: Transaction, reader: Reader, state: ListState) -> Opened:
    if state.bin:
        return Opened(view=bin_view(reader.snapshot, state.object))
    return await open_view(transaction, reader, state.object, state.view)


def untouched(state: ListState, opened: Opened) -> bool:
    """Somebody who only opened the list sees records if there are any, not an empty "mine" that
    they did not choose themselves."""
    return state == ListState(object=state.object) and opened.view.name != opened.kept.default


async def asked_of(transaction: Transaction, reader: Reader, state: ListState) -> Asked:
    """Raises Invalid for a filter that is no formula."""
    return made_out(reader, state, await opened_of(transaction, reader, state))


def made_out(reader: Reader, state: ListState, opened: Opened) -> Asked:
    """Raises Invalid for a filter that is no formula."""
    text = opened.view.filter if state.filter is None else state.filter
    return Asked(
        state=state,
        opened=opened,
        columns=list_columns(reader, state.object, opened.columns),
        conditions=split(parsed(text)),
    )


def query_of(reader: Reader, asked: Asked) -> Query:
    state = asked.state
    return Query(
        object=state.object,
        fields=fields_of(reader, asked.columns),
        filter=condition_of(reader, asked),
        sort=sorts_of(reader, state.object, state.sort)
        or own_sorts(reader, state.object, asked.view),
        limit=PAGE,
        after=state.after,
        deleted=state.bin,
        errors=True,
    )


def condition_of(reader: Reader, asked: Asked) -> Node | None:
    """Filter and search in one."""
    state = asked.state
    return records.both(whole(asked.conditions), within(reader, state.object, state.search))


async def _find(transaction: Transaction, reader: Reader, asked: Asked) -> Found:
    query = query_of(reader, asked)
    page = await records.fetch(transaction, query)
    count = await _count(transaction, query, page)
    wanted = named_records(reader, query.object, asked.conditions)
    return Found(
        page=page,
        count=count,
        linked=await linked_of(transaction, asked.columns, page.records),
        names=await records.names(transaction, wanted) if wanted else {},
        sums=await sums_of(transaction, reader, asked, count),
    )


async def _count(transaction: Transaction, query: Query, page: Page) -> int:
    """Nobody has to count what is seen whole."""
    if query.after is None and page.next is None:
        return len(page.records)
    return await records.count(transaction, query)


async def sums_of(
    transaction: Transaction, reader: Reader, asked: Asked, counted: int | None = None
) -> dict[str, str]:
    """Totals of amounts, when all are in one currency and not too many to add up."""
    amounts = [each for each in asked.columns if each.field.type.name == "currency"]
    amounts = [each for each in amounts if len(each.trail) == 1]
    if not amounts or asked.state.bin:
        return {}
    query = query_of(reader, asked)
    count = await records.count(transaction, query) if counted is None else counted
    if not 1 < count <= COUNT_CAP:
        return {}
    totals = await group(
        transaction,
        GroupQuery(
            object=query.object,
            group_by=("currency_code",),
            aggregates=tuple(
                Aggregate(name=f"sum{index}", function="SUM", path=each.key)
                for index, each in enumerate(amounts)
            ),
            filter=query.filter,
            limit=2,
            json=False,
        ),
    )
    if len(totals) != 1:
        return {}
    return {
        each.key: _sum_text(reader, each, totals[0], f"sum{index}")
        for index, each in enumerate(amounts)
    }


def _sum_text(reader: Reader, column: Column, row: dict[str, Any], name: str) -> str:
    cell = Cell(field=column.field, value=row[name], key=column.key, row=row, amounts=True)
    return reader.say("Sum %(value)s", {"value": value_view(reader, cell).text})


async def with_condition(
    request: Request, transaction: Transaction, reader: Reader, state: ListState
) -> ListState:
    """The list with the condition of the panel added. Raises Invalid for a bad value."""
    params = request.query_params
    path = params["f"]
    trail = reader.trail(state.object, path)
    if not trail:
        raise NotFound
    values = [each for name, each in params.multi_items() if name == "v"]
    node = made(reader, trail[-1], path, params.get("op", ""), values)
    asked = await asked_of(transaction, reader, state)
    return replace(state.at_start(), filter=joined((*asked.conditions, node)))


async def show_condition(request: Request, transaction: Transaction) -> Response:
    """The comparisons and values of one field, for the panel."""
    state, reader = ListState.read(request), Reader.of(transaction)
    transaction.grant(state.object)
    trail = reader.trail(state.object, request.query_params.get("f", ""))
    panel = filter_view(reader, state, "")
    if trail:
        operator = request.query_params.get("op", "")
        typed = posts.read(request.query_params, trail[-1], "v")
        panel = replace(panel, condition=condition_view(reader, trail[-1], operator, typed))
    page = replace(_empty(reader, state), filter=panel)
    return show_fragment(request, transaction, "pages/list_condition.html", page)


def _empty(reader: Reader, state: ListState) -> ListPage:
    view = view_of(reader, state.object, state.view)
    return list_page(reader, Asked(state=state, opened=Opened(view=view), columns=()), Found())
