"""/o/{object}/board: a list as columns of cards, one for each value of a choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.board_contexts import BoardView, LaneView
from fieldstone.web.condition_words import named_records
from fieldstone.web.contexts import LinkView, NoteView
from fieldstone.web.page_contexts import ListPage
from fieldstone.web.pages.board_cards import Dealt, lane_view, movable
from fieldstone.web.pages.board_lanes import (
    NONE,
    Board,
    Lane,
    board_of,
    lane_page,
    lanes_of,
)
from fieldstone.web.pages.displays import BOARD, board_fields
from fieldstone.web.pages.list import (
    BLOCK,
    TEMPLATE,
    asked_of,
    made_out,
    opened_of,
    with_condition,
)
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_cells import fixed_column
from fieldstone.web.pages.list_kinds import by_views, chosen_field
from fieldstone.web.pages.list_page import list_page
from fieldstone.web.pages.list_refused import refused
from fieldstone.web.pages.list_state import ListState, said
from fieldstone.web.pages.rendering import go_to, show, show_fragment
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, linked_of

AT_ONCE = 16
"""So many columns get their cards with the page, the others when they come into sight."""


def board_state(request: Request) -> ListState:
    shown = tuple(each for each in said(request.query_params) if each[0] in ("by", "turned"))
    return replace(ListState.read(request), kind=BOARD, shown=shown, bin=False, at=0)


async def show_board(request: Request, transaction: Transaction) -> Response:
    state, reader = board_state(request), Reader.of(transaction)
    transaction.grant(state.object)
    state = state.at_start()
    if request.query_params.get("f"):
        return go_to((await with_condition(request, transaction, reader, state)).url())
    opened = await opened_of(transaction, reader, state)
    try:
        asked = made_out(reader, state, opened)
        board = board_asked(reader, asked)
        if board is None:
            page = no_such_field(reader, asked, board_fields(reader, state.object))
            return show(request, transaction, TEMPLATE, page, block=BLOCK, status=422)
        page = await _page(transaction, reader, board)
    except Invalid as error:
        page = refused(reader, state, opened, error)
        return show(request, transaction, TEMPLATE, page, block=BLOCK, status=422)
    return show(request, transaction, TEMPLATE, page, block=BLOCK)


def board_asked(reader: Reader, asked: Asked) -> Board | None:
    """None for a field that cannot make columns, or that the reader may not see."""
    address = dict(asked.state.shown)
    fields = board_fields(reader, asked.state.object)
    field = chosen_field(asked, fields, BOARD)
    if field is None:
        return None
    turned = frozenset(filter(None, address.get("turned", "").split(",")))
    return board_of(reader, asked, field, turned)


def no_such_field(reader: Reader, asked: Asked, fields: Sequence[Field]) -> ListPage:
    """What the address asks for cannot be shown so; what can is offered."""
    state = replace(asked.state, shown=())
    note = NoteView(
        title=reader.say("The list cannot be shown by this field."),
        text=reader.say("It does not exist, you may not see it, or it does not fit."),
        kind="warn",
        icon="lock",
        links=tuple(
            LinkView(label=reader.label(each), url=replace(state, shown=(("by", each.name),)).url())
            for each in fields[:6]
        ),
    )
    return list_page(reader, replace(asked, columns=(), state=state), Found(), note)


async def _page(transaction: Transaction, reader: Reader, board: Board) -> ListPage:
    asked = board.asked
    wanted = named_records(reader, board.object, asked.conditions)
    names = await records.names(transaction, wanted) if wanted else {}
    page = list_page(reader, replace(asked, columns=()), Found(names=names))
    lanes = await lanes_of(transaction, reader, board)
    if not any(lane.count for lane in lanes) and (asked.filtered or not page.new_url):
        return page
    return replace(page, clear_url="", board=await _board_view(transaction, reader, board, lanes))


async def _board_view(
    transaction: Transaction, reader: Reader, board: Board, lanes: Sequence[Lane]
) -> BoardView:
    dealt = await _deal(transaction, reader, board, lanes)
    fields = board_fields(reader, board.object)
    may = movable(reader, board)
    column = Column(key=board.field.name, trail=(board.field,))
    return BoardView(
        by=board.field.name,
        by_label=reader.label(board.field),
        summed=reader.label(board.amount) if board.amount else "",
        fields=by_views(reader, board.asked.state, fields, board.field),
        lanes=tuple(_lane_views(reader, board, lanes, dealt)),
        movable=may,
        why_fixed="" if may else fixed_column(reader, board.object, column),
    )


def _lane_views(
    reader: Reader, board: Board, lanes: Sequence[Lane], dealt: Mapping[str, Dealt]
) -> Iterator[LaneView]:
    for lane in lanes:
        yield lane_view(reader, board, lane, dealt[lane.code])


async def _deal(
    transaction: Transaction, reader: Reader, board: Board, lanes: Sequence[Lane]
) -> dict[str, Dealt]:
    """One query for each column that shows cards, and one for all their links."""
    shown = [lane for lane in lanes if lane.count and not lane.folded]
    pages = {
        lane.code: await lane_page(transaction, reader, board, lane.code)
        for lane in shown[:AT_ONCE]
    }
    rows = [row for page in pages.values() for row in page.records]
    linked = await linked_of(transaction, board.columns, rows)
    late = {lane.code for lane in shown[AT_ONCE:]}
    nothing = Dealt(linked=linked)
    return {
        lane.code: replace(nothing, page=pages[lane.code])
        if lane.code in pages
        else replace(nothing, late=lane.code in late)
        for lane in lanes
    }


async def show_lane(request: Request, transaction: Transaction) -> Response:
    """The next cards of a column. Raises NotFound for a column that is not there."""
    state, reader = board_state(request), Reader.of(transaction)
    transaction.grant(state.object)
    board = board_asked(reader, await asked_of(transaction, reader, state))
    if board is None:
        raise NotFound
    code = NONE if request.query_params.get("unset") else request.query_params.get("lane", "")
    lane = next((x for x in await lanes_of(transaction, reader, board) if x.code == code), None)
    if lane is None:
        raise NotFound
    page = await lane_page(transaction, reader, board, code, state.after)
    linked = await linked_of(transaction, board.columns, page.records)
    view = lane_view(reader, board, lane, Dealt(page=page, linked=linked))
    return show_fragment(request, transaction, "fragments/board_more.html", view)
