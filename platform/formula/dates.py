"""Days, months and periods. Weeks start on Monday; a formula's years are 1 to 9999."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from fieldstone.formula.arithmetic import rounded, truncated
from fieldstone.formula.faults import EvaluationError

UNITS = ("day", "week", "month", "quarter", "year")
MAX_SHIFT_DAYS = 1_500_000
MAX_SHIFT_MONTHS = 48_000
"""PostgreSQL's calendar goes back to 4713 BC only, so neither engine shifts by more."""
SECONDS_OF_A_DAY = 86_400
FIRST_INSTANT = datetime(1, 1, 2, tzinfo=UTC)
LAST_INSTANT = datetime(9999, 12, 30, 23, 59, 59, 999999, UTC)
"""A day from the ends of the calendar, so that every zone's day of an instant exists."""

Bounds = tuple[date | None, date | None]
"""The first day and the day after the last; None: open."""


def start_of(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def end_of(day: date, unit: str) -> date:
    """The last day of the unit."""
    first = start_of(day, unit)
    if unit == "week":
        return first + min(timedelta(days=6), date.max - first)
    if unit == "day":
        return day
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    last = clamped_months(first, months - 1)
    return last.replace(day=_length(last.year, last.month))


def moved(day: date, unit: str, count: int) -> date:
    """So many units later; a month with fewer days ends sooner."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    return clamped_months(day, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def clamped_months(day: date, months: int) -> date:
    """31 January and one month is the last of February."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        raise EvaluationError("BAD_DATE")
    return date(year, month + 1, min(day.day, _length(year, month + 1)))


def added_months(day: date, months: Decimal) -> date:
    """ADDMONTHS: the last day of a month stays the last day of the month."""
    count = truncated(months)
    if abs(count) > MAX_SHIFT_MONTHS:
        raise EvaluationError("BAD_DATE")
    target = clamped_months(day, count)
    if day.day == _length(day.year, day.month):
        return target.replace(day=_length(target.year, target.month))
    return target


def clamped(day: date, months: Decimal) -> date:
    """EDATE: the same day of the month, or the last one of a shorter month."""
    count = truncated(months)
    if abs(count) > MAX_SHIFT_MONTHS:
        raise EvaluationError("BAD_DATE")
    return clamped_months(day, count)


def month_end(day: date, months: Decimal = Decimal(0)) -> date:
    return added_months(end_of(day, "month"), months)


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def built(year: Decimal, month: Decimal, day: Decimal) -> date:
    """DATE: no roll-over."""
    parts = tuple(truncated(part) for part in (year, month, day))
    try:
        return date(*parts)
    except (ValueError, OverflowError):
        raise EvaluationError("BAD_DATE") from None


def next_anniversary(day: date, today: date) -> date:
    """The next day, today included, with this month and day of the month; in common years
    29 February is kept on the 28th."""
    years = today.year - day.year
    this_year = clamped_months(day, 12 * years)
    return this_year if this_year >= today else clamped_months(day, 12 * (years + 1))


def shifted(day: date, days: Decimal) -> date:
    count = truncated(days)
    if abs(count) > MAX_SHIFT_DAYS:
        raise EvaluationError("BAD_DATE")
    try:
        return day + timedelta(days=count)
    except OverflowError:
        raise EvaluationError("BAD_DATE") from None


def shifted_instant(instant: datetime, days: Decimal) -> datetime:
    """A day is 86,400 seconds; the shift is rounded to whole seconds."""
    if abs(days) > MAX_SHIFT_DAYS:
        raise EvaluationError("BAD_DATE")
    seconds = int(rounded(days * SECONDS_OF_A_DAY, 0))
    try:
        return reachable(instant.astimezone(UTC) + timedelta(seconds=seconds))
    except OverflowError:
        raise EvaluationError("BAD_DATE") from None


def reachable(instant: datetime) -> datetime:
    if not FIRST_INSTANT <= instant <= LAST_INSTANT:
        raise EvaluationError("BAD_DATE")
    return instant


def written(instant: datetime) -> str:
    """In UTC, to the second: 2024-05-31 08:00:00Z."""
    return f"{instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat(' ')}Z"


def local(instant: datetime, zone: str) -> datetime:
    """What calendar and clock on the wall say there. The first or last moment there is, where a
    zone would carry the instant out of the years."""
    try:
        return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if instant.year == 1 else datetime.max  # noqa: DTZ901


def local_day(instant: datetime, zone: str) -> date:
    return local(instant, zone).date()


def midnight(day: date, zone: str) -> datetime:
    """The instant at which the day starts there."""
    return _instant(datetime.combine(day, time(), ZoneInfo(zone)))


def midnight_like_postgres(day: date, zone: str) -> datetime:
    """As `timezone(zone, timestamp)` says it: of two midnights (clocks set back) the later."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return reachable(max(_instant(local), _instant(local.replace(fold=1))))


_FIRST, _LAST = (datetime.combine(day, time(), UTC) for day in (date.min, date.max))


def _instant(local: datetime) -> datetime:
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return _FIRST if local.year == 1 else _LAST


_LONGEST = {"day": 9_999, "week": 999, "month": 999, "quarter": 999, "year": 999}
_PLAIN = re.compile(r"(this|last|next)_(week|month|quarter|year)")
_COUNTED = re.compile(
    r"(?:(last|next)_n_(day|week|month|quarter|year)s"
    r"|n_(day|week|month|quarter|year)s_ago"
    r"|older_than_n_(day|week|month|quarter|year)s):([0-9]{1,4})"
)
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
PERIODS = (
    *_DAYS,
    *(f"{which}_{unit}" for unit in UNITS[1:] for which in ("this", "last", "next")),
    *(f"{which}_n_{unit}s:N" for unit in UNITS for which in ("last", "next")),
    *(f"n_{unit}s_ago:N" for unit in UNITS),
    *(f"older_than_n_{unit}s:N" for unit in UNITS),
)
"""Every period by the name it has in INPERIOD; N stands for a number."""


def period(name: str) -> Callable[[date], Bounds] | None:
    """The bounds of a period as seen from a day; None when there is no such period.

    last_n_days:7 is today and the seven days before it; last_n_weeks:2 is the two whole weeks
    before this one. older_than_n_months:3 is everything before this day three months ago."""
    name = name.strip().lower()
    if name in _DAYS:
        return _span("day", _DAYS[name], 1)
    plain = _PLAIN.fullmatch(name)
    if plain:
        return _span(plain[2], {"this": 0, "last": -1, "next": 1}[plain[1]], 1)
    counted = _COUNTED.fullmatch(name)
    return _counted(*counted.groups()) if counted else None


def _counted(
    which: str | None, unit: str | None, ago: str | None, older: str | None, count: str
) -> Callable[[date], Bounds] | None:
    number = int(count)
    if number > _LONGEST[unit or ago or older or ""]:
        return None
    if older:
        return _before(older, number)
    if ago:
        return _span(ago, -number, 1)
    if which == "next":
        return _span(unit or "", 1, number)
    if unit == "day":
        return _span("day", -number, number + 1)
    return _span(unit or "", -number, number)


def _span(unit: str, first: int, count: int) -> Callable[[date], Bounds]:
    def bounds(today: date) -> Bounds:
        current = start_of(today, unit)
        return moved(current, unit, first), moved(current, unit, first + count)

    return bounds


def _before(unit: str, count: int) -> Callable[[date], Bounds]:
    def bounds(today: date) -> Bounds:
        return None, moved(today, unit, -count)

    return bounds


def instants(bounds: Bounds, zone: str) -> tuple[datetime | None, datetime | None]:
    first, after = (None if day is None else midnight(day, zone) for day in bounds)
    return first, after


_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
_TIME = re.compile(_CLOCK)
_INSTANT = re.compile(_DATE.pattern + "[ Tt]" + _CLOCK + " ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?")


def read_date(text: str) -> date | None:
    """YYYY-M-D and nothing else."""
    match = _DATE.fullmatch(text)
    return _day(match.groups()) if match else None


def read_time(text: str) -> time | None:
    """H:MM, with seconds and milliseconds if given."""
    match = _TIME.fullmatch(text)
    return _clock(match.groups()) if match else None


def read_instant(text: str, zone: ZoneInfo) -> datetime | None:
    """YYYY-M-D H:MM[:SS[.mmm]]; `zone` is meant where the text gives no offset."""
    match = _INSTANT.fullmatch(text)
    if not match:
        return None
    day, clock = _day(match.groups()[:3]), _clock(match.groups()[3:7])
    place = _offset(match[8]) if match[8] else zone
    if day is None or clock is None or place is None:
        return None
    try:
        return reachable(datetime.combine(day, clock, place).astimezone(UTC))
    except (OverflowError, EvaluationError):
        return None


def _offset(text: str) -> tzinfo | None:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _day(groups: tuple[str | None, ...]) -> date | None:
    year, month, day = (int(group or 0) for group in groups)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(groups: tuple[str | None, ...]) -> time | None:
    hour, minute, second = (int(group or 0) for group in groups[:3])
    micros = int((groups[3] or "").ljust(3, "0")[:3]) * 1000
    try:
        return time(hour, minute, second, micros)
    except ValueError:
        return None


EXTRACTORS: Mapping[str, Callable[[date], int]] = {
    "YEAR": lambda day: day.year,
    "MONTH": lambda day: day.month,
    "DAY": lambda day: day.day,
    "QUARTER": lambda day: (day.month - 1) // 3 + 1,
    "WEEKDAY": lambda day: day.isoweekday() % 7 + 1,
    "DAYOFYEAR": lambda day: day.timetuple().tm_yday,
    "ISOWEEK": lambda day: day.isocalendar().week,
    "ISOYEAR": lambda day: day.isocalendar().year,
}
"""Sunday is weekday 1."""


def week_number(day: date, start: Decimal) -> Decimal:
    """WEEKNUM: week 1 begins on 1 January, the next ones on Sunday (1) or on Monday (2)."""
    first = truncated(start)
    if first not in (1, 2):
        raise EvaluationError("DOMAIN")
    weekday = (day.replace(month=1, day=1).isoweekday() + 1 - first) % 7
    return Decimal((day.timetuple().tm_yday - 1 + weekday) // 7 + 1)
