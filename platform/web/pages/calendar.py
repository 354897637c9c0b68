"""/o/{object}/calendar: a list in the days of a month, a week or a day. An entry put on another
day is saved through the pipeline; its hour stays, and its end goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel import clock
from fieldstone.kernel.errors import Conflict, Invalid, NotFound, Problem
from fieldstone.runtime import records
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.calendar_contexts import CalendarView, EntryMoved
from fieldstone.web.condition_words import named_records
from fieldstone.web.contexts import NoteView, ToastView
from fieldstone.web.pages.board import no_such_field
from fieldstone.web.pages.calendar_find import (
    Calendar,
    Entry,
    calendar_of,
    entries_of,
    entry_of,
)
from fieldstone.web.pages.calendar_page import calendar_view, mark_of
from fieldstone.web.pages.calendar_span import short_day, span_of
from fieldstone.web.pages.displays import CALENDAR, day_fields
from fieldstone.web.pages.list import (
    BLOCK,
    TEMPLATE,
    asked_of,
    made_out,
    opened_of,
    with_condition,
)
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_cells import fixed_column, fixed_here
from fieldstone.web.pages.list_kinds import chosen_field
from fieldstone.web.pages.list_page import list_page
from fieldstone.web.pages.list_refused import refused
from fieldstone.web.pages.list_state import ListState, said
from fieldstone.web.pages.record import open_record
from fieldstone.web.pages.record_page import Opened
from fieldstone.web.pages.rendering import (
    go_to,
    is_fragment,
    show,
    show_fragment,
    toast_event,
    with_query,
)
from fieldstone.web.pages.saving import problem_texts
from fieldstone.web.pages.toasts import leave_toast
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column
from fieldstone.web.service import service_of
from fieldstone.web.value_views import record_url

MOVED = "fragments/calendar_moved.html"


def calendar_state(request: Request) -> ListState:
    shown = tuple(each for each in said(request.query_params) if each[0] != "turned")
    state = replace(ListState.read(request), kind=CALENDAR, shown=shown, bin=False)
    return state.at_start()


async def show_calendar(request: Request, transaction: Transaction) -> Response:
    state, reader = calendar_state(request), Reader.of(transaction)
    transaction.grant(state.object)
    if request.query_params.get("f"):
        return go_to((await with_condition(request, transaction, reader, state)).url())
    opened = await opened_of(transaction, reader, state)
    try:
        asked = made_out(reader, state, opened)
        calendar = calendar_asked(reader, asked)
        if calendar is None:
            page = no_such_field(reader, asked, day_fields(reader, state.object))
            return show(request, transaction, TEMPLATE, page, block=BLOCK, status=422)
        wanted = named_records(reader, state.object, asked.conditions)
        names = await records.names(transaction, wanted) if wanted else {}
        page = list_page(reader, replace(asked, columns=()), Found(names=names))
        view = await _view(transaction, reader, calendar)
        page = replace(page, clear_url="", calendar=view)
    except Invalid as error:
        page = refused(reader, state, opened, error)
        return show(request, transaction, TEMPLATE, page, block=BLOCK, status=422)
    return show(request, transaction, TEMPLATE, page, block=BLOCK)


def calendar_asked(reader: Reader, asked: Asked) -> Calendar | None:
    """None for a field that is no day, or that the reader may not see."""
    address = dict(asked.state.shown)
    fields = day_fields(reader, asked.state.object)
    field = chosen_field(asked, fields, CALENDAR)
    if field is None:
        return None
    today = clock.today(reader.locale.timezone)
    span = span_of(reader, address.get("span", ""), address.get("at", ""), today)
    return calendar_of(reader, asked, field, span, today)


async def _view(transaction: Transaction, reader: Reader, calendar: Calendar) -> CalendarView:
    entries, more = await entries_of(transaction, reader, calendar)
    return calendar_view(reader, calendar, entries, more=more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """`entry` as it is stored, and by how many days it was moved on the page."""

    calendar: Calendar
    opened: Opened
    entry: Entry
    days: int

    @property
    def columns(self) -> tuple[Column, ...]:
        fields = (self.calendar.field, *([self.calendar.end] if self.calendar.end else ()))
        return tuple(Column(key=each.name, trail=(each,)) for each in fields)

    @property
    def target(self) -> date:
        return self.entry.first + timedelta(self.days)


async def move_entry(request: Request, transaction: Transaction) -> Response:
    """Answers with the calendar as it is then; a refusal is told above it."""
    state, reader = calendar_state(request), Reader.of(transaction)
    transaction.grant(state.object)
    calendar = calendar_asked(reader, await asked_of(transaction, reader, state))
    if calendar is None:
        raise NotFound
    given = {**request.query_params, **{k: str(v) for k, v in (await request.form()).items()}}
    days = _days(given)
    if days is None:
        raise NotFound
    opened = await _opened(transaction, reader, calendar, request.path_params["id"])
    if opened is None:
        gone = reader.say("This record is no longer there. It may have been deleted meanwhile.")
        note = NoteView(title=gone, kind="bad", icon="alert-circle")
        return await _told(request, transaction, reader, calendar, note, 404)
    entry = entry_of(calendar, opened.row)
    move = Move(calendar=calendar, opened=opened, entry=entry, days=days)
    fixed = _fixed(reader, move)
    if fixed:
        return await _refused(request, transaction, reader, move, [fixed], 403)
    if mark_of(entry) != given.get("was", ""):
        return await _moved_by_others(request, transaction, reader, move)
    return await _save(request, transaction, reader, move)


def _days(given: dict[str, str]) -> int | None:
    try:
        start = date.fromisoformat(given.get("from", ""))
        return (date.fromisoformat(given.get("to", "")) - start).days
    except ValueError:
        return None


async def _opened(
    transaction: Transaction, reader: Reader, calendar: Calendar, record_id: UUID
) -> Opened | None:
    """Also None for a record that has no day any more."""
    fields = (calendar.field, *([calendar.end] if calendar.end else ()))
    columns = [Column(key=each.name, trail=(each,)) for each in fields]
    try:
        opened = await open_record(transaction, reader, calendar.object, record_id, columns)
    except NotFound:
        return None
    return None if opened.deleted or opened.row[calendar.field.name] is None else opened


def _fixed(reader: Reader, move: Move) -> str:
    for column in move.columns:
        found = fixed_column(reader, move.calendar.object, column)
        found = found or fixed_here(reader, move.opened, column.field)
        if found:
            return found
    return ""


async def _save(request: Request, transaction: Transaction, reader: Reader, move: Move) -> Response:
    options = Options(single=True, pipeline=service_of(request).pipeline)
    try:
        values = _values(move)
    except OverflowError:
        texts = problem_texts(reader, [Problem(code="field.date_out_of_range")])
        return await _refused(request, transaction, reader, move, texts, 422)
    try:
        batch = [(move.opened.id, int(move.opened.row["version"]), values)]
        async with transaction.connection.savepoint():
            await save.update(transaction, move.calendar.object, batch, options)
    except Invalid as error:
        texts = problem_texts(reader, error.problems)
        return await _refused(request, transaction, reader, move, texts, 422)
    except Conflict:
        return await _moved_by_others(request, transaction, reader, move)
    return await _saved(request, transaction, reader, move)


def _values(move: Move) -> dict[str, Any]:
    row = move.opened.row
    return {
        column.key: _later(row[column.key], move.days, move.calendar)
        for column in move.columns
        if row.get(column.key) is not None
    }


def _later(value: Any, days: int, calendar: Calendar) -> str:
    """The same hour of another day, also where clocks change in between."""
    if not isinstance(value, datetime):
        return str((value + timedelta(days)).isoformat())
    local = value.astimezone(calendar.zone)
    moved = datetime.combine(local.date() + timedelta(days), local.time(), calendar.zone)
    return moved.astimezone(UTC).isoformat()


async def _saved(
    request: Request, transaction: Transaction, reader: Reader, move: Move
) -> Response:
    calendar = move.calendar
    if not is_fragment(request):
        return leave_toast(go_to(calendar.asked.state.url()), "saved", calendar.object)
    response = await _told(request, transaction, reader, calendar, None, 200)
    back = {
        "was": move.target.isoformat(),
        "from": move.target.isoformat(),
        "to": move.entry.first.isoformat(),
    }
    path = with_query(f"{record_url(calendar.object, move.opened.id)}/calendar", back)
    words = {"name": _title(move), "day": short_day(reader, move.target)}
    toast = ToastView(
        text=reader.say("“%(name)s” moved to %(day)s", words),
        undo_url=f"{path}&{calendar.asked.state.url().partition('?')[2]}",
    )
    response.headers["hx-trigger"] = toast_event(toast)
    return response


def _title(move: Move) -> str:
    return str(move.opened.row.get("name") or "")


async def _moved_by_others(
    request: Request, transaction: Transaction, reader: Reader, move: Move
) -> Response:
    opened = await _opened(transaction, reader, move.calendar, move.opened.id)
    who = (opened or move.opened).row.get("modified_by.name") or reader.say("Somebody")
    text = reader.say("%(who)s has changed it meanwhile.", {"who": who})
    return await _refused(request, transaction, reader, move, [text], 409)


async def _refused(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    move: Move,
    texts: Sequence[str],
    status: int,
) -> Response:
    words = {"name": _title(move), "day": short_day(reader, move.entry.first)}
    note = NoteView(
        title=reader.say("“%(name)s” stays on %(day)s.", words),
        text=" ".join(dict.fromkeys(texts)),
        kind="bad",
        icon="alert-circle",
    )
    return await _told(request, transaction, reader, move.calendar, note, status)


async def _told(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    calendar: Calendar,
    note: NoteView | None,
    status: int,
) -> Response:
    view = replace(await _view(transaction, reader, calendar), told=note)
    page = EntryMoved(plural=reader.noun(calendar.object, "plural"), calendar=view)
    return show_fragment(request, transaction, MOVED, page, status)
