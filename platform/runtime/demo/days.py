"""Days relative to the day of installation: `-540d`, `month_start`, `quarter_end+10d`, and ranges
of them: `-18m..0d`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fieldstone.runtime.demo.dice import Dice, added_up

_STEP = re.compile(r"([+-]?\d+)([dwmqy])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The installation: its instant and the tenant's time zone."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def day_of(value: date | datetime, zone: ZoneInfo) -> date:
    """The calendar day of a date or, in the tenant's time zone, of an instant."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def month_start(day: date) -> date:
    return day.replace(day=1)


def months_later(day: date, months: int) -> date:
    """The same day some months on; the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(
        date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1)
    )


def _quarter_start(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


ANCHORS: Mapping[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "week_start": lambda day: day - timedelta(days=day.weekday()),
    "month_start": month_start,
    "month_end": lambda day: months_later(month_start(day), 1) - timedelta(days=1),
    "quarter_start": _quarter_start,
    "quarter_end": lambda day: months_later(_quarter_start(day), 3) - timedelta(days=1),
    "year_start": lambda day: date(day.year, 1, 1),
    "year_end": lambda day: date(day.year, 12, 31),
}


@dataclass(frozen=True, slots=True)
class Offset:
    """An anchor and steps from it."""

    anchor: str
    steps: tuple[tuple[int, str], ...]

    def of(self, base: date) -> date:
        day = ANCHORS[self.anchor](base)
        for number, unit in self.steps:
            day = _stepped(day, number, unit)
        return day


def _stepped(day: date, number: int, unit: str) -> date:
    if unit in "dw":
        return day + timedelta(days=number * (7 if unit == "w" else 1))
    return months_later(day, number * {"m": 1, "q": 3, "y": 12}[unit])


@lru_cache(maxsize=512)
def read_offset(text: str) -> Offset | None:
    """None when the text is no offset."""
    anchor = next((name for name in ANCHORS if text.startswith(name)), "")
    rest = text[len(anchor) :]
    steps = tuple((int(number), unit) for number, unit in _STEP.findall(rest))
    if _STEP.sub("", rest) or not (anchor or steps):
        return None
    return Offset(anchor or "today", steps)


@dataclass(frozen=True, slots=True)
class Span:
    """From one offset to another, both included."""

    first: Offset
    last: Offset

    def of(self, base: date) -> tuple[date, date]:
        """The first and the last day; one day when the span is turned round."""
        first, last = self.first.of(base), self.last.of(base)
        return first, max(first, last)


def read_span(text: str) -> Span | None:
    """`a..b`, or one offset, which is a span of one day."""
    left, dots, right = text.partition("..")
    first, last = read_offset(left), read_offset(right if dots else left)
    return None if first is None or last is None else Span(first, last)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days of a span come up: only weekdays or all, and how often by month (1 … 12)."""

    weekdays: bool = True
    months: tuple[tuple[int, float], ...] = ()

    def day(self, first: date, last: date, dice: Dice) -> date:
        if self.months:
            days, sums = _weighted_days(self, first, last)
            return dice.weighted(days, sums)
        day = first + timedelta(days=dice.whole(0, (last - first).days))
        return working_day(day, first, last) if self.weekdays else day


@lru_cache(maxsize=4096)
def _weighted_days(calendar: Calendar, first: date, last: date) -> tuple[list[date], list[float]]:
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    if calendar.weekdays:
        days = [day for day in days if day.weekday() < 5] or [last]
    weights = dict(calendar.months)
    return days, added_up([weights.get(day.month, 1.0) for day in days])


def working_day(day: date, first: date, last: date) -> date:
    """The nearest weekday within the span; the day itself when there is none."""
    if day.weekday() < 5:
        return day
    before = day - timedelta(days=day.weekday() - 4)
    after = day + timedelta(days=7 - day.weekday())
    return before if before >= first else after if after <= last else day
