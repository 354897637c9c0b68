"""Days and instants: within a span, after another one, in working hours, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from fieldstone.runtime.demo.days import Calendar, Offset, Span, day_of, working_day
from fieldstone.runtime.demo.dice import Dice
from fieldstone.runtime.demo.generators.base import Kind, Reader, generator
from fieldstone.runtime.demo.generators.numbers import as_number
from fieldstone.runtime.demo.model import Generator, Path, Row

_KEYS = ("between", "after", "weekdays", "months", "until")


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """A day within a span that begins at the installation or at another field's day."""

    span: Span
    base: Path
    calendar: Calendar
    until: Offset | Path

    def day(self, row: Row, dice: Dice) -> date | None:
        zone = row.moment.zone
        start = row.follow(self.base) if self.base else row.today
        if start is None:
            return None
        base = date.fromisoformat(start) if isinstance(start, str) else day_of(start, zone)
        first, last = self.span.of(base)
        limit = self.limit(row)
        if limit is not None:
            last = min(last, day_of(limit, zone))
            first = min(first, last)
        return self.calendar.day(first, last, dice)

    def limit(self, row: Row) -> date | datetime | None:
        """What no result goes beyond."""
        if isinstance(self.until, Offset):
            return self.until.of(row.moment.today)
        found: date | datetime | None = row.follow(self.until) if self.until else None
        return found


def _read_days(options: Mapping[str, Any], reader: Reader) -> _Days:
    until: Offset | Path = ()
    if options.get("until") is not None:
        text = str(options["until"])
        until = reader.offset(text) or reader.at("until").field_path(text)
    return _Days(
        span=reader.span(options.get("between", "0d")),
        base=reader.at("after").field_path(options["after"]) if options.get("after") else (),
        calendar=Calendar(bool(options.get("weekdays", True)), _read_months(options, reader)),
        until=until,
    )


def _read_months(options: Mapping[str, Any], reader: Reader) -> tuple[tuple[int, float], ...]:
    months = options.get("months") or {}
    if isinstance(months, dict) and all(month in range(1, 13) for month in months):
        return tuple((month, reader.number(each)) for month, each in months.items())
    reader.at("months").problem("demo.bad_argument", value=str(months)[:60], wanted="{2: 0.5}")
    return ()


@generator
@dataclass(frozen=True, slots=True, eq=False)
class DayWithin(Kind):
    """`date: -540d..0d`, `date: {between: 3d..10d, after: order_date, until: 0d}`. Weekdays only
    unless `weekdays: false`; `months: {2: 0.5, 11: 1.6}` makes months rarer or more frequent."""

    days: _Days
    name: ClassVar[str] = "date"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        return cls(_read_days(reader.options(raw, _KEYS, main="between"), reader))

    def value(self, row: Row, dice: Dice) -> date | None:
        return self.days.day(row, dice)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class InstantWithin(Kind):
    """`datetime: {between: -30d..0d, hours: 9..18}`: like a date, at some minute of these hours.
    On the day of `after` it is later than that, and never later than `until`."""

    days: _Days
    hours: tuple[int, int]
    name: ClassVar[str] = "datetime"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, (*_KEYS, "hours"), main="between")
        hours = reader.at("hours").hours(options.get("hours", "9..18"))
        return cls(_read_days(options, reader), hours)

    def value(self, row: Row, dice: Dice) -> datetime | None:
        day = self.days.day(row, dice)
        if day is None:
            return None
        zone = row.moment.zone
        first, last = self.hours
        minute = dice.whole(first * 60, last * 60 - 1)
        found = datetime.combine(day, time(minute // 60, minute % 60), zone)
        limit = self.days.limit(row)
        if isinstance(limit, datetime) and found > limit:
            found = limit - timedelta(minutes=dice.whole(1, 90))
        start = row.follow(self.days.base) if self.days.base else None
        if isinstance(start, datetime) and found < start and day == day_of(start, zone):
            found = start + timedelta(minutes=dice.whole(3, 40))
            found = min(found, limit) if isinstance(limit, datetime) else found
        return found


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Later(Kind):
    """`later: {after: start, minutes: 45}`; a day begins at midnight. With `working: 9..18` the
    minutes run on weekdays between these hours only."""

    base: Path
    minutes: Generator
    working: tuple[int, int] | None
    name: ClassVar[str] = "later"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        known = ("after", "minutes", "working")
        options = reader.options(raw, known, needed=("after", "minutes"))
        working = None
        if "working" in options:
            working = reader.at("working").hours(options["working"])
        return cls(
            reader.at("after").field_path(options.get("after")),
            reader.at("minutes").operand(options.get("minutes")),
            working,
        )

    def value(self, row: Row, dice: Dice) -> datetime | None:
        start: date | datetime | None = row.follow(self.base)
        minutes = self.minutes.value(row, dice)
        if start is None or minutes is None:
            return None
        if not isinstance(start, datetime):
            start = datetime.combine(start, time(), row.moment.zone)
        if self.working is None:
            return start + timedelta(minutes=float(minutes))
        local = start.astimezone(row.moment.zone)
        return work_later(local, float(minutes), self.working)


def work_later(start: datetime, minutes: float, hours: tuple[int, int]) -> datetime:
    """The instant when so many working minutes have passed since `start`."""
    left = timedelta(minutes=minutes)
    day = start.date()
    while True:
        opens = datetime.combine(day, time(hours[0]), start.tzinfo)
        closes = opens + timedelta(hours=hours[1] - hours[0])
        begins = max(opens, start)
        if day.weekday() < 5 and begins < closes:
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        day += timedelta(days=1)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Spread(Kind):
    """`spread: {from: $parent.created_at, to: $parent.closed_at}`: the siblings one after the
    other, the first at `from`, the last at `to`."""

    first: Path
    last: Path
    name: ClassVar[str] = "spread"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("from", "to"), needed=("from", "to"))
        return cls(
            reader.at("from").field_path(options.get("from")),
            reader.at("to").field_path(options.get("to")),
        )

    def value(self, row: Row, _dice: Dice) -> datetime | None:
        start, end = row.follow(self.first), row.follow(self.last)
        if start is None or end is None or row.k == 1 or end <= start:
            found: datetime | None = start
            return found
        head = row.siblings[0]
        times = row.world.once(
            ("spread", id(self), head), lambda: _spread(start, end, len(row.siblings), head)
        )
        return times[row.k - 1]


def _spread(start: datetime, end: datetime, count: int, head: Row) -> list[datetime]:
    """`count` instants from start to end, those between during working hours."""
    dice, zone = head.dice("spread"), head.moment.zone
    inner = []
    for place in range(1, count - 1):
        share = (place + (dice.fraction() - 0.5) * 0.7) / (count - 1)
        local = (start + (end - start) * share).astimezone(zone)
        minute = dice.whole(9 * 60, 18 * 60 - 1)
        day = working_day(local.date(), day_of(start, zone), day_of(end, zone))
        found = datetime.combine(day, time(minute // 60, minute % 60), zone)
        inner.append(min(max(found, start), end))
    return [start, *sorted(inner), end]


PARTS: Mapping[str, Callable[[date], int]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "month_number": lambda day: day.year * 12 + day.month - 1,
}


@generator
@dataclass(frozen=True, slots=True, eq=False)
class PartOf(Kind):
    """`part: {of: closed_at, take: month}`: year, quarter, month, day, or month_number, which
    counts the months of all years."""

    path: Path
    take: str
    name: ClassVar[str] = "part"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("of", "take"), needed=("of", "take"))
        take = str(options.get("take"))
        if take not in PARTS:
            reader.problem("demo.bad_argument", value=take[:60], wanted=", ".join(PARTS))
            take = "year"
        return cls(reader.field_path(options.get("of")), take)

    def value(self, row: Row, _dice: Dice) -> int | None:
        found = row.follow(self.path)
        return None if found is None else PARTS[self.take](day_of(found, row.moment.zone))


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Minutes(Kind):
    """`minutes: {from: created_at, to: closed_at}`: between two instants."""

    first: Path
    last: Path
    name: ClassVar[str] = "minutes"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("from", "to"), needed=("from", "to"))
        return cls(
            reader.at("from").field_path(options.get("from")),
            reader.at("to").field_path(options.get("to")),
        )

    def value(self, row: Row, _dice: Dice) -> int | None:
        start, end = row.follow(self.first), row.follow(self.last)
        if start is None or end is None:
            return None
        return int(as_number(str((end - start).total_seconds())) // 60)
