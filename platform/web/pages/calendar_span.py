"""Which days a calendar shows: a month in whole weeks, a week, a day. Weeks begin as the reader's
locale has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, get_day_names

from fieldstone.web.reader import Reader

MONTH, WEEK, DAY = "month", "week", "day"
SPANS = (MONTH, WEEK, DAY)
_YEARS = range(1900, 2201)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`day` is what the address names, `first` to `last` what is shown, both included."""

    kind: str
    day: date
    first: date
    last: date

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(at) for at in range((self.last - self.first).days + 1))

    @property
    def at(self) -> str:
        """As the address writes it."""
        return self.day.isoformat()[: 7 if self.kind == MONTH else 10]


def span_of(reader: Reader, kind: str, at: str, today: date) -> Span:
    """Today for an address that names no day."""
    kind = kind if kind in SPANS else MONTH
    day = _read(at, today)
    if kind == DAY:
        return Span(kind=kind, day=day, first=day, last=day)
    if kind == WEEK:
        first = _week_start(reader, day)
        return Span(kind=kind, day=day, first=first, last=first + timedelta(6))
    following = (day.replace(day=1) + timedelta(31)).replace(day=1)
    first = _week_start(reader, day.replace(day=1))
    last = _week_start(reader, following - timedelta(1)) + timedelta(6)
    return Span(kind=kind, day=day.replace(day=1), first=first, last=last)


def _read(at: str, today: date) -> date:
    text = f"{at}-01" if len(at) == 7 else at
    try:
        day = date.fromisoformat(text) if len(text) == 10 else today
    except ValueError:
        return today
    return day if day.year in _YEARS else today


def _week_start(reader: Reader, day: date) -> date:
    return day - timedelta((day.weekday() - _first_weekday(reader)) % 7)


def _first_weekday(reader: Reader) -> int:
    return int(Locale.parse(reader.locale.code).first_week_day)


def moved(reader: Reader, span: Span, step: int, today: date) -> Span:
    """The one before or after."""
    if span.kind == MONTH:
        months = span.day.year * 12 + span.day.month - 1 + step
        day = date(months // 12, months % 12 + 1, 1)
    else:
        day = span.day + timedelta(step * (7 if span.kind == WEEK else 1))
    return span_of(reader, span.kind, day.isoformat(), today)


def title_of(reader: Reader, span: Span) -> str:
    code = reader.locale.code
    if span.kind == MONTH:
        return str(format_skeleton("yMMMM", span.day, locale=code))
    if span.kind == WEEK:
        return str(format_interval(span.first, span.last, "yMMMd", locale=code))
    return str(format_date(span.day, "full", locale=code))


def weekday_of(reader: Reader, day: date) -> str:
    names = get_day_names("abbreviated", "stand-alone", reader.locale.code)
    return str(names[day.weekday()])


def day_words(reader: Reader, day: date) -> str:
    return str(format_date(day, "full", locale=reader.locale.code))


def short_day(reader: Reader, day: date) -> str:
    return str(format_skeleton("MMMEd", day, locale=reader.locale.code))
