"""Spans between moments, times of the day, and the seconds that other programs count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from fieldstone.formula import dates
from fieldstone.formula.arithmetic import EXACT, truncated
from fieldstone.formula.faults import EvaluationError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
LENGTHS: Mapping[str, int] = {
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": dates.SECONDS_OF_A_DAY * 1_000_000,
    "week": 7 * dates.SECONDS_OF_A_DAY * 1_000_000,
}
"""In microseconds. A day is 86,400 seconds."""
MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
FIRST_UNIX_TIME, LAST_UNIX_TIME = -62_135_596_800, 253_402_300_800
"""The seconds of the years 1 to 9999; PostgreSQL's calendar begins in 4713 BC."""


def whole_months(first: date, last: date) -> int:
    """How many months are over when it is `last`, and were not when it was `first`; below zero
    when `last` is the earlier one. Also of moments on one wall."""
    if last < first:
        return -whole_months(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (_in_month(last) < _in_month(first))


def _in_month(day: date) -> tuple[int, time]:
    return day.day, day.time() if isinstance(day, datetime) else time()


def whole_units(left: datetime, right: datetime, unit: str, zone: str) -> Decimal:
    """left - right, without the fraction of a unit; months and years as the calendar on the wall
    there counts them."""
    if unit in MONTHS:
        months = whole_months(dates.local(right, zone), dates.local(left, zone))
        return Decimal(_quotient(months, MONTHS[unit]))
    return Decimal(_quotient((left - right) // MICROSECOND, LENGTHS[unit]))


def date_difference(first: date, last: date, unit: str) -> Decimal:
    """DATEDIF: Y, M or D."""
    if unit == "d":
        return Decimal((last - first).days)
    return Decimal(_quotient(whole_months(first, last), 12 if unit == "y" else 1))


def _quotient(number: int, divisor: int) -> int:
    """Toward zero."""
    return number // divisor if number >= 0 else -(-number // divisor)


def unix_time(moment: date | time) -> Decimal:
    """Whole seconds since 1970 began in UTC; of a bare day those to its beginning in UTC, of a
    time of the day those since midnight."""
    if isinstance(moment, time):
        return Decimal((moment.hour * 60 + moment.minute) * 60 + moment.second)
    if isinstance(moment, datetime):
        return Decimal(_quotient((moment - EPOCH) // MICROSECOND, 1_000_000))
    return Decimal((moment - EPOCH_DAY).days * dates.SECONDS_OF_A_DAY)


def from_unix_time(seconds: Decimal) -> datetime:
    """To the millisecond, the rest cut off."""
    if not FIRST_UNIX_TIME <= seconds <= LAST_UNIX_TIME:
        raise EvaluationError("BAD_DATE")
    millis = truncated(EXACT.multiply(seconds, Decimal(1000)))
    try:
        return dates.reachable(EPOCH + timedelta(milliseconds=millis))
    except OverflowError:
        raise EvaluationError("BAD_DATE") from None


def time_of_day(hour: Decimal, minute: Decimal, second: Decimal) -> time:
    """TIME: no roll-over."""
    try:
        return time(truncated(hour), truncated(minute), truncated(second))
    except (ValueError, OverflowError):
        raise EvaluationError("BAD_TIME") from None


def shifted_time(clock: time, millis: int) -> time:
    """So many milliseconds later; after midnight the clock begins anew."""
    micros = (_micros(clock) + millis * 1000) % LENGTHS["day"]
    return (EPOCH + micros * MICROSECOND).time()


def millis_between(left: time, right: time) -> Decimal:
    """left - right in milliseconds, never below zero: 1:00 is two hours after 23:00."""
    return Decimal((_micros(left) - _micros(right)) % LENGTHS["day"] // 1000)


def duration(seconds: Decimal, *, days: bool) -> str:
    """31:05:09, or with days 1:07:05:09; without a sign or a fraction."""
    minutes, second = divmod(abs(truncated(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    if not days:
        return f"{hours:02}:{minute:02}:{second:02}"
    return f"{hours // 24}:{hours % 24:02}:{minute:02}:{second:02}"


def seconds_between(left: datetime | time, right: datetime | time) -> Decimal:
    """Whole seconds, the fraction cut off."""
    return Decimal(_quotient(_micros(right) - _micros(left), 1_000_000))


def _micros(moment: datetime | time) -> int:
    if isinstance(moment, datetime):
        return (moment - EPOCH) // MICROSECOND
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return seconds * 1_000_000 + moment.microsecond
