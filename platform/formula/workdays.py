"""Working days: Monday to Friday, less the organisation's holidays, and the days that it works
instead of them. Counted without walking through the days, so that a century costs no more than
a week; sql_workdays.py does the same in PostgreSQL."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from fieldstone.formula.context import Context
from fieldstone.formula.dates import MAX_SHIFT_DAYS
from fieldstone.formula.faults import EvaluationError

MONDAY_TO_FRIDAY = 5
REMEMBERED_CALENDARS = 256


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`exceptions`: the days, in their order, that are not what their day of the week says.
    `balance[i]`: how many working days the first i of them bring (or, below zero, take).
    `counts[i]`: how many working days there are since the first day of the calendar through
    `exceptions[i]`."""

    exceptions: tuple[date, ...]
    balance: tuple[int, ...]
    counts: tuple[int, ...]

    def until(self, ordinal: int) -> int:
        """How many working days there are since the first day of the calendar through this one."""
        before = bisect_right(self.exceptions, ordinal, key=date.toordinal)
        return weekdays_until(ordinal) + self.balance[before]

    def nth(self, number: int) -> int:
        """The ordinal of the working day with this number, from 1."""
        before = bisect_right(self.counts, number - 1)
        found = nth_weekday(number - self.balance[before])
        if before == len(self.exceptions):
            return found
        return min(found, self.exceptions[before].toordinal())


def weekdays_until(ordinal: int) -> int:
    """The calendar begins with a Monday, whose ordinal is 1."""
    weeks, days = divmod(ordinal, 7)
    return weeks * MONDAY_TO_FRIDAY + min(days, MONDAY_TO_FRIDAY)


def nth_weekday(number: int) -> int:
    weeks, days = divmod(number - 1, MONDAY_TO_FRIDAY)
    return weeks * 7 + days + 1


def of(context: Context) -> WorkingDays:
    return _working_days(context.holidays, context.workdays)


@lru_cache(maxsize=REMEMBERED_CALENDARS)
def _working_days(holidays: frozenset[date], workdays: frozenset[date]) -> WorkingDays:
    changes = sorted(_changes(holidays, workdays))
    balance = [0]
    for _, change in changes:
        balance.append(balance[-1] + change)
    days = tuple(day for day, _ in changes)
    counts = (
        weekdays_until(day.toordinal()) + won for day, won in zip(days, balance[1:], strict=True)
    )
    return WorkingDays(days, tuple(balance), tuple(counts))


def _changes(holidays: frozenset[date], workdays: frozenset[date]) -> Iterator[tuple[date, int]]:
    """A day that is both a holiday and worked is worked."""
    for day in workdays:
        if day.isoweekday() > MONDAY_TO_FRIDAY:
            yield day, 1
    for day in holidays - workdays:
        if day.isoweekday() <= MONDAY_TO_FRIDAY:
            yield day, -1


def between(working: WorkingDays, first: date, last: date) -> int:
    """The working days from one day through the other, both counted; below zero when `last` is
    the earlier one."""
    if last < first:
        return working.until(last.toordinal() - 1) - working.until(first.toordinal())
    return working.until(last.toordinal()) - working.until(first.toordinal() - 1)


def moved(working: WorkingDays, day: date, count: int) -> date:
    """The count-th working day after the day, or before it; the day itself for 0."""
    if not count:
        return day
    if abs(count) > MAX_SHIFT_DAYS:
        raise EvaluationError("BAD_DATE")
    back = int(count < 0)
    number = working.until(day.toordinal() - back) + count + back
    ordinal = working.nth(number) if number > 0 else 0
    if not 1 <= ordinal <= date.max.toordinal():
        raise EvaluationError("BAD_DATE")
    return date.fromordinal(ordinal)
