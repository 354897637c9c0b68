"""A card put into another column: one save through the pipeline. A refusal says why; where only
fields are missing, it asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Conflict, Invalid, NotFound, Problem
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.board_contexts import CardAsks, CardMoved, LaneView
from fieldstone.web.contexts import FieldValue, LinkView, NoteView, ToastView
from fieldstone.web.pages.board import board_asked, board_state
from fieldstone.web.pages.board_cards import Dealt, card_view, lane_label, lane_view
from fieldstone.web.pages.board_lanes import (
    NONE,
    OPEN,
    Board,
    Lane,
    lane_query,
    lanes_of,
)
from fieldstone.web.pages.draft import Draft, editable, linked_for, to_save
from fieldstone.web.pages.inline import draft_of, item_of
from fieldstone.web.pages.list import asked_of
from fieldstone.web.pages.list_cells import fixed_column, fixed_here
from fieldstone.web.pages.path_view import path_of as stages_of
from fieldstone.web.pages.record import open_record
from fieldstone.web.pages.record_page import Opened
from fieldstone.web.pages.rendering import (
    go_to,
    is_fragment,
    path_of,
    show_fragment,
    toast_event,
)
from fieldstone.web.pages.saving import problem_texts
from fieldstone.web.pages.toasts import leave_toast
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, linked_of
from fieldstone.web.service import service_of
from fieldstone.web.value_views import record_url

MOVED = "fragments/board_moved.html"
ASKS = "fragments/board_asks.html"
ASKED = "ask"
"""Names the fields that the dialog asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """`was` is where the page had the card; `now` where it is stored; `to` where it was put."""

    board: Board
    opened: Opened
    was: str
    to: str

    @property
    def now(self) -> str:
        return str(self.opened.row.get(self.board.field.name) or NONE)

    @property
    def title(self) -> str:
        return str(self.opened.row.get("name") or "")


async def move_card(request: Request, transaction: Transaction) -> Response:
    reader, form = Reader.of(transaction), await request.form()
    state = board_state(request)
    transaction.grant(state.object)
    board = board_asked(reader, await asked_of(transaction, reader, state))
    if board is None:
        raise NotFound
    opened = await _opened(transaction, reader, board, request.path_params["id"])
    if opened is None:
        return _gone(request, transaction, reader, request.path_params["id"])
    move = Move(
        board=board, opened=opened, was=_said(request, form, "was"), to=_said(request, form, "to")
    )
    column = Column(key=board.field.name, trail=(board.field,))
    fixed = fixed_column(reader, board.object, column)
    fixed = fixed or fixed_here(reader, opened, board.field)
    if fixed:
        return await _refused(request, transaction, reader, move, [fixed], 403)
    if move.now == move.to:
        return await _settled(request, transaction, reader, move)
    if move.now != move.was:
        return await _moved_by_others(request, transaction, reader, move)
    return await _save(request, transaction, reader, move)


def _said(request: Request, form: FormData, name: str) -> str:
    """Of the form; the address of an undo brings it along instead."""
    given = form.get(name)
    return str(given if isinstance(given, str) else request.query_params.get(name, ""))[:200]


async def _opened(
    transaction: Transaction, reader: Reader, board: Board, record_id: UUID
) -> Opened | None:
    column = Column(key=board.field.name, trail=(board.field,))
    try:
        opened = await open_record(transaction, reader, board.object, record_id, [column])
    except NotFound:
        return None
    return None if opened.deleted else opened


async def _save(request: Request, transaction: Transaction, reader: Reader, move: Move) -> Response:
    draft = await _draft(request, transaction, reader, move)
    try:
        problems = _missing(reader, move, draft)
        async with transaction.connection.savepoint():
            await _update(request, transaction, draft, move, problems)
    except Invalid as error:
        return await _unfit(request, transaction, reader, move, draft, error.problems)
    except Conflict:
        opened = await _opened(transaction, reader, move.board, move.opened.id)
        if opened is None:
            return _gone(request, transaction, reader, move.opened.id)
        return await _moved_by_others(request, transaction, reader, replace(move, opened=opened))
    except NotFound:
        return _gone(request, transaction, reader, move.opened.id)
    return await _settled(request, transaction, reader, move)


async def _update(
    request: Request,
    transaction: Transaction,
    draft: Draft,
    move: Move,
    more: Sequence[Problem],
) -> None:
    """Raises Invalid with everything that is wrong, `more` included."""
    fields = [draft.object.fields[name] for name in draft.typed]
    values = {field.name: to_save(draft, field) for field in fields}
    values[move.board.field.name] = move.to or None
    batch = [(move.opened.id, int(move.opened.row["version"]), values)]
    options = Options(single=True, pipeline=service_of(request).pipeline)
    try:
        async with transaction.connection.savepoint():
            await save.update(transaction, draft.object.name, batch, options)
    except Invalid as error:
        known = {each.path for each in error.problems}
        missing = [each for each in more if each.path not in known]
        raise Invalid(error.code, problems=(*error.problems, *missing)) from error
    if more:
        raise Invalid("record_invalid", problems=more)


async def _draft(request: Request, transaction: Transaction, reader: Reader, move: Move) -> Draft:
    """What the dialog asked for, over the record as it is stored now."""
    form = await request.form()
    draft = await draft_of(transaction, reader, move.opened)
    typed = {}
    for name in dict.fromkeys(str(each) for each in form.getlist(ASKED)):
        field = _askable(reader, move, name)
        one = posts.read(form, field, name) if field else None
        if one is not None:
            typed[name] = one
    draft = replace(draft, typed=typed)
    return replace(draft, linked=await linked_for(transaction, reader, [draft]))


def _askable(reader: Reader, move: Move, name: str) -> Field | None:
    field = move.opened.object.fields.get(name)
    if field is None or name == move.board.field.name:
        return None
    readable = reader.rights.may_read(field.object, name)
    return field if readable and editable(reader, field, {}, new=False) else None


def _missing(reader: Reader, move: Move, draft: Draft) -> list[Problem]:
    """What the path asks for before a record may go on from its stage."""
    record_type = str(move.opened.row.get("record_type") or "")
    body = stages_of(reader, move.board.object, record_type)
    if body is None or body["field"] != move.board.field.name:
        return []
    stages = ordered(body["stages"])
    return [
        Problem(code="field.required", path=name)
        for name in _required(dict(stages), [code for code, _ in stages], move)
        if _askable(reader, move, name) is not None and _is_blank(draft, name)
    ]


def _required(stages: Mapping[str, Any], codes: Sequence[str], move: Move) -> Sequence[str]:
    """By the stage that is left, when it goes on, and by the one that ends the path."""
    target = stages.get(move.to)
    if target is None:
        return ()
    kind = str(target.get("kind", OPEN))
    known = move.now in codes
    onwards = known and kind in (OPEN, "won") and codes.index(move.to) > codes.index(move.now)
    left = stages[move.now].get("requires") or () if onwards else ()
    entered = target.get("requires") or () if kind != OPEN else ()
    return tuple(dict.fromkeys((*left, *entered)))


def _is_blank(draft: Draft, name: str) -> bool:
    typed = draft.typed.get(name)
    return typed.blank if typed is not None else draft.row.get(name) in (None, [], "")


async def _unfit(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    move: Move,
    draft: Draft,
    problems: Sequence[Problem],
) -> Response:
    """Asks for the fields when nothing else is wrong than these."""
    names = tuple(dict.fromkeys([*(each.path for each in problems), *draft.typed]))
    fields = [_askable(reader, move, name) for name in names]
    asked = [field for field in fields if field is not None]
    if len(asked) < len(names) or not is_fragment(request):
        texts = problem_texts(reader, problems)
        return await _refused(request, transaction, reader, move, texts, 422)
    items = [
        await item_of(
            transaction, reader, draft, field, [x for x in problems if x.path == field.name]
        )
        for field in asked
    ]
    page = _asks(request, reader, move, items)
    return show_fragment(request, transaction, ASKS, page, 422)


def _asks(request: Request, reader: Reader, move: Move, items: Sequence[FieldValue]) -> CardAsks:
    words = {"name": move.title, "column": lane_label(reader, move.board, move.to)[0]}
    hidden = [("was", move.was), ("to", move.to), *((ASKED, x.field.name) for x in items)]
    url = record_url(move.board.object, move.opened.id)
    return CardAsks(
        title=reader.say("Move “%(name)s” to %(column)s", words),
        text=reader.say("For this column some more is needed."),
        action=path_of(request),
        items=tuple(items),
        hidden=tuple(hidden),
        form=LinkView(label=reader.say("Open the whole form"), url=f"{url}/edit"),
    )


async def _settled(
    request: Request, transaction: Transaction, reader: Reader, move: Move
) -> Response:
    """The card as it is then, the heads of both columns, and the way back."""
    target = lane_label(reader, move.board, move.to)[0]
    if not is_fragment(request):
        response = go_to(move.board.asked.state.url())
        return leave_toast(response, "saved", move.board.object)
    page = await _moved(transaction, reader, move, (move.was, move.to))
    response = show_fragment(request, transaction, MOVED, page)
    undo = f"{path_of(request)}&was={_quoted(move.to)}&to={_quoted(move.was)}"
    toast = ToastView(
        text=reader.say("“%(name)s” moved to %(column)s", {"name": move.title, "column": target}),
        undo_url=undo,
    )
    response.headers["hx-trigger"] = toast_event(toast)
    return response


def _quoted(code: str) -> str:
    return code.replace("%", "%25").replace("+", "%2B")


async def _moved_by_others(
    request: Request, transaction: Transaction, reader: Reader, move: Move
) -> Response:
    who = move.opened.row.get("modified_by.name") or reader.say("Somebody")
    now = lane_label(reader, move.board, move.now)[0]
    told = reader.say("%(who)s has moved it to %(column)s meanwhile.", {"who": who, "column": now})
    page = await _moved(transaction, reader, move, (move.was, move.to, move.now))
    lanes = {each.code: each for each in page.lanes}
    page = replace(page, arrived=lanes.get(move.now), told=_note(reader, move, [told]))
    return _told(request, transaction, page, 409)


async def _refused(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    move: Move,
    texts: Sequence[str],
    status: int,
) -> Response:
    page = CardMoved(card=None, told=_note(reader, move, texts))
    return _told(request, transaction, page, status)


def _note(reader: Reader, move: Move, texts: Sequence[str]) -> NoteView:
    words = {"name": move.title, "column": lane_label(reader, move.board, move.now)[0]}
    return NoteView(
        title=reader.say("“%(name)s” stays in %(column)s.", words),
        text=" ".join(dict.fromkeys(texts)),
        kind="bad",
        icon="alert-circle",
    )


def _gone(request: Request, transaction: Transaction, reader: Reader, record_id: UUID) -> Response:
    text = reader.say("This record is no longer there. It may have been deleted meanwhile.")
    note = NoteView(title=text, kind="bad", icon="alert-circle")
    page = CardMoved(card=None, told=note, gone=str(record_id))
    return _told(request, transaction, page, 404)


def _told(request: Request, transaction: Transaction, page: CardMoved, status: int) -> Response:
    return show_fragment(request, transaction, MOVED, page, status)


async def _moved(
    transaction: Transaction, reader: Reader, move: Move, codes: Sequence[str]
) -> CardMoved:
    board = move.board
    lanes = {lane.code: lane for lane in await lanes_of(transaction, reader, board)}
    row = await _row(transaction, reader, board, move.opened.id)
    linked = await linked_of(transaction, board.columns, [row] if row else [])
    code = str(row.get(board.field.name) or NONE) if row else NONE
    lane = lanes.get(code) or Lane(code=code)
    heads: list[LaneView] = [
        lane_view(reader, board, lanes.get(each) or Lane(code=each), Dealt(linked=linked))
        for each in dict.fromkeys(codes)
    ]
    card = card_view(reader, board, lane, row, linked) if row else None
    return CardMoved(card=card, lanes=tuple(heads))


async def _row(
    transaction: Transaction, reader: Reader, board: Board, record_id: UUID
) -> Mapping[str, Any] | None:
    """Also when it no longer meets the list's conditions: it stays until the list is read anew."""
    query = replace(
        lane_query(reader, board, NONE, None), filter=records.by_id(record_id), sort=(), limit=1
    )
    found = (await records.fetch(transaction, query)).records
    return found[0] if found else None
