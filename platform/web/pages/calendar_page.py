"""The context of a calendar: its days with what stands in them, and the ways on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from fieldstone.kernel import clock
from fieldstone.metadata.field_types.hours import show_time
from fieldstone.web.board_contexts import ByView
from fieldstone.web.calendar_contexts import CalendarView, DayView, EntryView
from fieldstone.web.contexts import NoteView
from fieldstone.web.pages.calendar_find import MOST, Calendar, Entry
from fieldstone.web.pages.calendar_span import (
    DAY,
    MONTH,
    SPANS,
    Span,
    day_words,
    moved,
    short_day,
    span_of,
    title_of,
    weekday_of,
)
from fieldstone.web.pages.displays import day_fields
from fieldstone.web.pages.draft import editable
from fieldstone.web.pages.list_cells import fixed_column
from fieldstone.web.pages.list_kinds import by_views
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column
from fieldstone.web.value_views import record_url

IN_A_CELL = 3
_NAMES = {"month": "Month", "week": "Week", "day": "Day"}
_FIRST_HOUR, _LAST_HOUR = 8, 19
_SHORTEST = 30
"""Minutes that an entry is high at least."""
_DAY = 24 * 60
_NARROWEST, _LANE = 128, 64
"""Pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours that a week shows: the usual ones, and those that entries need."""

    first: int
    last: int


def calendar_view(
    reader: Reader, calendar: Calendar, entries: Sequence[Entry], *, more: bool = False
) -> CalendarView:
    span, may = calendar.span, movable(reader, calendar)
    hours = _hours(entries) if calendar.timed and span.kind != MONTH else None
    days = [_day(reader, calendar, entries, day, hours) for day in span.days]
    now = clock.now().astimezone(calendar.zone)
    listed = tuple(_with_entries(days))
    since = calendar.today.isoformat() if any(each.today for each in listed) else ""
    column = Column(key=calendar.field.name, trail=(calendar.field,))
    return CalendarView(
        by=calendar.field.name,
        by_label=reader.label(calendar.field),
        span=span.kind,
        title=title_of(reader, span),
        previous_url=_url(calendar, moved(reader, span, -1, calendar.today)),
        next_url=_url(calendar, moved(reader, span, 1, calendar.today)),
        today_url=_url(calendar, span_of(reader, span.kind, "", calendar.today)),
        today=span.first <= calendar.today <= span.last,
        spans=tuple(_spans(reader, calendar)),
        weeks=tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7)),
        days=tuple(each for each in listed if each.iso >= since),
        past_days=tuple(each for each in listed if each.iso < since),
        hours=tuple(_hour_names(reader, hours)),
        fields=by_views(
            reader, calendar.asked.state, day_fields(reader, calendar.object), calendar.field
        ),
        movable=may,
        why_fixed="" if may else fixed_column(reader, calendar.object, column),
        now=_now(hours, now),
        note=_too_many(reader) if more else None,
    )


def _url(calendar: Calendar, span: Span) -> str:
    said = (("by", calendar.field.name), ("at", span.at), ("span", span.kind))
    return replace(calendar.asked.state.at_start(), shown=said).url()


def _spans(reader: Reader, calendar: Calendar) -> Iterator[ByView]:
    """Another span around the day looked at, today if it is in sight."""
    span = calendar.span
    inside = span.first <= calendar.today <= span.last
    day = calendar.today if span.kind == MONTH and inside else span.day
    for kind in SPANS:
        other = span_of(reader, kind, day.isoformat(), calendar.today)
        yield ByView(
            label=reader.say(_NAMES[kind]), url=_url(calendar, other), current=kind == span.kind
        )


def _with_entries(days: Sequence[DayView]) -> Iterator[DayView]:
    for day in days:
        if not day.outside and (day.entries or day.timed or day.today):
            yield day


def _too_many(reader: Reader) -> NoteView:
    return NoteView(
        title=reader.say("Only the first %(count)s are shown.", {"count": MOST}),
        text=reader.say("Add a condition, or look at a shorter time."),
        kind="warn",
        icon="alert-triangle",
    )


def _day(
    reader: Reader,
    calendar: Calendar,
    entries: Sequence[Entry],
    day: date,
    hours: Hours | None,
) -> DayView:
    span = calendar.span
    here = [each for each in entries if each.first <= day <= each.last]
    whole = [each for each in here if hours is None or not each.hours]
    timed = [each for each in here if hours is not None and each.hours]
    fits = span.kind != MONTH or len(whole) <= IN_A_CELL + 1  # "+1 more" is as high as the one
    shown = len(whole) if fits else IN_A_CELL
    placed = tuple(_placed(reader, calendar, timed, hours)) if hours else ()
    new_url = _new_url(reader, calendar, day)
    return DayView(
        iso=day.isoformat(),
        number=str(day.day),
        label=day_words(reader, day),
        weekday=weekday_of(reader, day) if span.kind == MONTH else short_day(reader, day),
        url=_url(calendar, span_of(reader, DAY, day.isoformat(), calendar.today)),
        entries=tuple(_entry(reader, calendar, each, day) for each in whole),
        timed=placed,
        width=max(_NARROWEST, max((each.beside for each in placed), default=1) * _LANE),
        shown=shown,
        today=day == calendar.today,
        outside=span.kind == MONTH and day.month != span.day.month,
        new_url=new_url,
        slots=tuple(
            _new_url(reader, calendar, day, hour) for hour in range(hours.first, hours.last)
        )
        if hours and new_url
        else (),
    )


def _entry(reader: Reader, calendar: Calendar, entry: Entry, day: date) -> EntryView:
    code = entry.row.get(calendar.choice.name) if calendar.choice else None
    value = calendar.choice.values.get(str(code), {}) if calendar.choice and code else {}
    begins = entry.begins if entry.first == day else None
    return EntryView(
        id=str(entry.row["id"]),
        url=record_url(calendar.object, entry.row["id"]),
        title=str(entry.row.get("name") or "") or reader.say("(no name)"),
        time=_clock(reader, begins) if begins else "",
        color=str(value.get("color") or "gray"),
        kind=reader.text(value.get("label")) if value else "",
        continued=entry.first < day,
        goes_on=entry.last > day,
        move_url=_move_url(calendar, entry, day) if movable(reader, calendar) else "",
    )


def _clock(reader: Reader, moment: datetime) -> str:
    return show_time(moment.time().replace(second=0, microsecond=0), reader.locale.code)


def _move_url(calendar: Calendar, entry: Entry, day: date) -> str:
    query = _url(calendar, calendar.span).partition("?")[2]
    path = f"{record_url(calendar.object, entry.row['id'])}/calendar"
    return f"{with_query(path, {'was': mark_of(entry), 'from': day.isoformat()})}&{query}"


def mark_of(entry: Entry) -> str:
    """The day on which the page had the record begin."""
    return entry.first.isoformat()


def movable(reader: Reader, calendar: Calendar) -> bool:
    """An end that may not be changed would be left behind."""
    fields = [calendar.field, *([calendar.end] if calendar.end else [])]
    may = reader.may("edit", calendar.object)
    return may and all(editable(reader, each, {}, new=False) for each in fields)


def _new_url(reader: Reader, calendar: Calendar, day: date, hour: int = 9) -> str:
    may = reader.may("create", calendar.object)
    if not may or not editable(reader, calendar.field, {}, new=True):
        return ""
    values = {calendar.field.name: day.isoformat()}
    if calendar.timed:
        begin = datetime.combine(day, time(hour))
        values = {calendar.field.name: begin.strftime("%Y-%m-%dT%H:%M")}
        if calendar.end is not None:
            end = begin + timedelta(hours=1)
            values[calendar.end.name] = end.strftime("%Y-%m-%dT%H:%M")
    elif calendar.end is not None:
        values[calendar.end.name] = day.isoformat()
    return with_query(f"/o/{calendar.object}/new", values)


# ---- hours ----------------------------------------------------------------------------------


def _hours(entries: Sequence[Entry]) -> Hours:
    spans = [_minutes(each) for each in entries if each.hours]
    first = min([_FIRST_HOUR, *(begin // 60 for begin, _ in spans)])
    last = max([_LAST_HOUR, *(-(-end // 60) for _, end in spans)])
    return Hours(first=first, last=min(last, 24))


def _minutes(entry: Entry) -> tuple[int, int]:
    """From midnight; what ends at once, or not at all, is as high as can be read."""
    if entry.begins is None:
        return 0, 0
    begin = entry.begins.hour * 60 + entry.begins.minute
    end = begin
    if entry.ends is not None and entry.ends > entry.begins:
        end = begin + int((entry.ends - entry.begins).total_seconds() // 60)
    end = min(max(end, begin + _SHORTEST), _DAY)
    return min(begin, _DAY - _SHORTEST), end


def _hour_names(reader: Reader, hours: Hours | None) -> Iterator[str]:
    if hours is not None:
        for hour in range(hours.first, hours.last):
            yield show_time(time(hour), reader.locale.code)


def _now(hours: Hours | None, now: datetime) -> str:
    minute = now.hour * 60 + now.minute
    if hours is None or not hours.first * 60 <= minute < hours.last * 60:
        return ""
    return f"--now:{(minute - hours.first * 60) / 60:.2f}"


def _placed(
    reader: Reader, calendar: Calendar, entries: Sequence[Entry], hours: Hours | None
) -> Iterator[EntryView]:
    """Side by side where they overlap: each takes the first lane that is free, and what hangs
    together shares the width."""
    if hours is None:
        return
    for group in _overlapping(entries):
        lanes: list[int] = []
        places = []
        for entry in group:
            begin, end = _minutes(entry)
            free = next((at for at, until in enumerate(lanes) if until <= begin), len(lanes))
            lanes[free : free + 1] = [end]
            places.append((entry, free, begin, end))
        for entry, lane, begin, end in places:
            top, bottom = (each / 60 - hours.first for each in (begin, end))
            place = f"--from:{top:.2f};--to:{bottom:.2f};--at:{lane};--of:{len(lanes)}"
            shown = _entry(reader, calendar, entry, entry.first)
            yield replace(shown, place=place, beside=len(lanes))


def _overlapping(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    until = 0
    for entry in sorted(entries, key=_minutes):
        begin, end = _minutes(entry)
        if group and begin >= until:
            yield group
            group, until = [], 0
        group.append(entry)
        until = max(until, end)
    if group:
        yield group
