"""Business hours: which hours of which weekdays, less holidays. Counted by the clock on the wall
of their time zone: nine to six are nine hours, also on a day with a change to summer time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from fieldstone.formula import arithmetic, dates
from fieldstone.formula.calendars import BusinessHours, Spans
from fieldstone.formula.context import Context
from fieldstone.formula.faults import EvaluationError

MINUTE = 60_000_000
HOUR = 60 * MINUTE
_WORKED: Spans = ((9 * 60, 18 * 60),)
NINE_TO_SIX = BusinessHours(week=(_WORKED,) * 5 + ((),) * 2)
"""Monday to Friday. What counts where the organisation has said nothing."""
REMEMBERED_CALENDARS = 256


@dataclass(frozen=True, slots=True)
class Hours:
    """Lengths are microseconds. `totals[i]`: the business time of a week before its i-th day.
    `exceptions`: ordinals of the days that differ from their weekday; `balance[i]`: what the
    first i of them bring or take."""

    hours: BusinessHours
    totals: tuple[int, ...]
    exceptions: tuple[int, ...]
    spans: tuple[Spans, ...]
    balance: tuple[int, ...]

    def before(self, ordinal: int) -> int:
        """The business time of all days before this one."""
        weeks, days = divmod(ordinal - 1, 7)
        exceptions = bisect_right(self.exceptions, ordinal - 1)
        return weeks * self.totals[7] + self.totals[days] + self.balance[exceptions]

    def of_day(self, ordinal: int) -> Spans:
        place = bisect_right(self.exceptions, ordinal) - 1
        if place >= 0 and self.exceptions[place] == ordinal:
            return self.spans[place]
        return self.hours.week[(ordinal - 1) % 7]

    def until(self, local: datetime) -> int:
        """The business time before this moment on the wall."""
        ordinal = local.toordinal()
        clock = _clock(local)
        worked = (min(max(clock - start, 0), end - start) for start, end in self._day(ordinal))
        return self.before(ordinal) + sum(worked)

    def first(self, amount: int) -> datetime:
        """The first moment on the wall before which there is so much business time."""
        ordinal = self._day_of(amount)
        left = amount - self.before(ordinal)
        for start, end in self._day(ordinal):
            if left <= end - start:
                return _moment(ordinal, start + left)
            left -= end - start
        raise EvaluationError("BAD_DATE")

    def last(self, amount: int) -> datetime:
        """The last such moment that is within business hours."""
        ordinal = self._day_of(amount + 1)
        left = amount - self.before(ordinal)
        for start, end in self._day(ordinal):
            if left < end - start:
                return _moment(ordinal, start + left)
            left -= end - start
        raise EvaluationError("BAD_DATE")

    def _day(self, ordinal: int) -> Iterator[tuple[int, int]]:
        return ((start * MINUTE, end * MINUTE) for start, end in self.of_day(ordinal))

    def _day_of(self, amount: int) -> int:
        """The day that ends with at least so much business time; found by halving."""
        low, high = 1, date.max.toordinal()
        if self.before(high) < amount:
            raise EvaluationError("BAD_DATE")
        while low < high:
            middle = (low + high) // 2
            if self.before(middle + 1) >= amount:
                high = middle
            else:
                low = middle + 1
        return low


def _clock(local: datetime) -> int:
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return seconds * 1_000_000 + local.microsecond


def _moment(ordinal: int, clock: int) -> datetime:
    day = datetime.fromordinal(ordinal)
    return day + timedelta(microseconds=clock)


def of(context: Context) -> Hours:
    hours = context.business_hours or NINE_TO_SIX
    return _hours(hours, context.holidays, context.workdays)


@lru_cache(maxsize=REMEMBERED_CALENDARS)
def _hours(hours: BusinessHours, holidays: frozenset[date], workdays: frozenset[date]) -> Hours:
    totals = [0]
    for spans in hours.week:
        totals.append(totals[-1] + _length(spans))
    changed = sorted(_changed(hours, holidays, workdays))
    balance = [0]
    for ordinal, spans in changed:
        balance.append(balance[-1] + _length(spans) - _length(hours.week[(ordinal - 1) % 7]))
    return Hours(
        hours,
        tuple(totals),
        tuple(ordinal for ordinal, _ in changed),
        tuple(spans for _, spans in changed),
        tuple(balance),
    )


def _changed(
    hours: BusinessHours, holidays: frozenset[date], workdays: frozenset[date]
) -> Iterator[tuple[int, Spans]]:
    """A holiday has no hours. A day that is worked instead has the hours of its weekday, or
    where there are none those of the first weekday with any."""
    usual = next((spans for spans in hours.week if spans), ())
    for day in holidays - workdays:
        yield day.toordinal(), ()
    for day in workdays:
        if not hours.week[day.weekday()]:
            yield day.toordinal(), usual


def _length(spans: Spans) -> int:
    return sum(end - start for start, end in spans) * MINUTE


def between(context: Context, first: datetime, last: datetime) -> Decimal:
    """In hours; below zero when `last` is the earlier one."""
    hours = of(context)
    zone = hours.hours.timezone or context.timezone
    amount = hours.until(dates.local(last, zone)) - hours.until(dates.local(first, zone))
    return arithmetic.divide(Decimal(amount), Decimal(HOUR))


def moved(context: Context, instant: datetime, count: Decimal) -> datetime:
    """So many business hours later or earlier, to the second; the instant itself for 0."""
    if abs(count) > dates.MAX_SHIFT_DAYS * 24:
        raise EvaluationError("BAD_DATE")
    amount = int(arithmetic.rounded(count * 3600, 0)) * 1_000_000
    if not amount:
        return instant
    hours = of(context)
    zone = hours.hours.timezone or context.timezone
    wanted = hours.until(dates.local(instant, zone)) + amount
    if wanted < 0:
        raise EvaluationError("BAD_DATE")
    local = hours.first(wanted) if amount > 0 else hours.last(wanted)
    try:
        return dates.reachable(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
    except OverflowError:
        raise EvaluationError("BAD_DATE") from None
