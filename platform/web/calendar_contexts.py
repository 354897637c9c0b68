"""What the calendar of a list is told."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.board_contexts import ByView
from fieldstone.web.contexts import NoteView


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A record on a day. `time` is blank for whole days; `continued`: it began before this day.
    `place` sets it between the hours of a week: "--from:…;--to:…;--at:…;--of:…"."""

    id: str
    url: str
    title: str
    time: str = ""
    color: str = "gray"
    kind: str = ""
    continued: bool = False
    goes_on: bool = False
    move_url: str = ""
    place: str = ""
    beside: int = 1
    """So many stand side by side where this one does."""

    @property
    def tip(self) -> str:
        return ", ".join(part for part in (self.time, self.title, self.kind) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """`iso` is the day as addresses write it; `entries` are all of it, of which a month shows
    `shown` and leads to `url` for the rest. `timed` stand between the hours."""

    iso: str
    number: str
    label: str
    weekday: str
    url: str
    entries: tuple[EntryView, ...] = ()
    timed: tuple[EntryView, ...] = ()
    shown: int = 0
    today: bool = False
    outside: bool = False
    new_url: str = ""
    slots: tuple[str, ...] = ()
    """Addresses of the new record of each hour."""

    width: int = 128
    """Of its column between the hours, in pixels at least: what overlaps stands side by side."""

    @property
    def more(self) -> int:
        return max(len(self.entries) - self.shown, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    by: str
    by_label: str
    span: str
    title: str
    previous_url: str
    next_url: str
    today_url: str
    today: bool
    spans: tuple[ByView, ...]
    weeks: tuple[tuple[DayView, ...], ...]
    days: tuple[DayView, ...] = ()
    """Those with entries, for the list that a phone shows; today among them. In the month that
    is, what is past stands apart in `past_days`."""
    past_days: tuple[DayView, ...] = ()
    hours: tuple[str, ...] = ()
    fields: tuple[ByView, ...] = ()
    movable: bool = False
    why_fixed: str = ""
    new_url: str = ""
    now: str = ""
    """Where now stands between the hours: "--now:…"."""
    note: NoteView | None = None
    told: NoteView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMoved:
    """The calendar as it is after somebody moved an entry, or was refused to."""

    plural: str
    calendar: CalendarView
