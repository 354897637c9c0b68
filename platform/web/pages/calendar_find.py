"""The records that stand in some days of a calendar, in the zone of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.formula.ast import Binary, Call, FieldRef, Node
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.query import MAX_LIMIT, Query, Sort
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.conditions import literal
from fieldstone.web.pages.calendar_span import Span
from fieldstone.web.pages.displays import board_fields, end_of
from fieldstone.web.pages.list import condition_of, query_of
from fieldstone.web.pages.list_asked import Asked
from fieldstone.web.reader import Reader

MOST = 3 * MAX_LIMIT
"""So many are shown; who has more in a month narrows the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What the address asks for. `end` is where that ends which begins at `field`; the colour of
    an entry is that of its value of `choice`."""

    asked: Asked
    field: Field
    end: Field | None
    choice: Field | None
    span: Span
    zone: ZoneInfo
    today: date

    @property
    def object(self) -> str:
        return self.asked.state.object

    @property
    def timed(self) -> bool:
        return self.field.type.name == "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record from its first to its last day; `begins` and `ends` are instants of the reader's
    zone where it has hours."""

    row: Mapping[str, Any]
    first: date
    last: date
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def hours(self) -> bool:
        """It has its hours on one day."""
        return self.begins is not None and self.first == self.last


def calendar_of(reader: Reader, asked: Asked, field: Field, span: Span, today: date) -> Calendar:
    choices = board_fields(reader, asked.state.object)
    return Calendar(
        asked=asked,
        field=field,
        end=end_of(reader, field, asked.view.display),
        choice=next(iter(choices), None),
        span=span,
        zone=ZoneInfo(reader.locale.timezone),
        today=today,
    )


async def entries_of(
    transaction: Transaction, reader: Reader, calendar: Calendar
) -> tuple[list[Entry], bool]:
    """In the order in which they begin, and whether there are more than are shown."""
    query = _query(reader, calendar)
    rows: list[dict[str, Any]] = []
    more = True
    while more and len(rows) < MOST:
        page = await records.fetch(transaction, query)
        rows.extend(page.records)
        query, more = replace(query, after=page.next), page.next is not None
    return [entry_of(calendar, row) for row in rows], more


def _query(reader: Reader, calendar: Calendar) -> Query:
    return replace(
        query_of(reader, replace(calendar.asked, columns=())),
        fields=fields_of(calendar),
        filter=records.both(condition_of(reader, calendar.asked), _within(calendar)),
        sort=(Sort(path=calendar.field.name),),
        limit=MAX_LIMIT,
        after=None,
    )


def fields_of(calendar: Calendar) -> tuple[str, ...]:
    wanted = [calendar.field, *(each for each in (calendar.end, calendar.choice) if each)]
    return tuple(dict.fromkeys(["id", "name", "version", *(each.name for each in wanted)]))


def _within(calendar: Calendar) -> Node:
    """What has a part in the days shown: it begins before they end, and ends after they begin."""
    begin = FieldRef((calendar.field.name,))
    first, after = _edge(calendar, calendar.span.first), _edge(calendar, _next(calendar.span.last))
    starts_inside = Binary(">=", begin, first)
    if calendar.end is not None:
        end = FieldRef((calendar.end.name,))
        lasts = Binary(">" if calendar.timed else ">=", end, first)
        known = Binary("AND", Call("NOT", (Call("ISBLANK", (end,)),)), lasts)
        starts_inside = Binary("OR", starts_inside, known)
    return Binary("AND", Binary("<", begin, after), starts_inside)


def _next(day: date) -> date:
    return day + timedelta(1)


def _edge(calendar: Calendar, day: date) -> Node:
    return literal(datetime.combine(day, time(), calendar.zone) if calendar.timed else day)


def entry_of(calendar: Calendar, row: Mapping[str, Any]) -> Entry:
    begin = row[calendar.field.name]
    end = row.get(calendar.end.name) if calendar.end else None
    if not isinstance(begin, datetime):
        return Entry(row=row, first=begin, last=max(begin, end or begin))
    begins = begin.astimezone(calendar.zone)
    ends = end.astimezone(calendar.zone) if end is not None else None
    last = begins
    if ends is not None and ends > begins:
        last = ends - timedelta(microseconds=1)  # until midnight is not the next day
    return Entry(row=row, first=begins.date(), last=last.date(), begins=begins, ends=ends)
