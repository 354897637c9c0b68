"""Working days and business hours, beside counting them one by one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from fieldstone.formula import business_hours, workdays
from fieldstone.formula.calendars import BusinessHours
from fieldstone.formula.context import Context
from fieldstone.formula.faults import EvaluationError

NOW = datetime(2024, 5, 15, 10, 30, tzinfo=UTC)
BARE = Context(now=NOW)
NATIONAL = replace(
    BARE,
    holidays=frozenset(date(2024, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2024, 9, 29), date(2024, 10, 12)}),
)
"""The week of the National Day of 2024, and the two weekend days that were worked for it."""


def random_calendar(seed: int) -> Context:
    dice = random.Random(seed)  # noqa: S311  # not a secret
    some = [
        frozenset(date(2024, 1, 1) + timedelta(days=dice.randrange(400)) for _ in range(count))
        for count in (dice.randrange(60), dice.randrange(40))
    ]
    return replace(BARE, holidays=some[0], workdays=some[1])


CONTEXTS = (BARE, NATIONAL, *(random_calendar(seed) for seed in range(6)))


def is_worked(day: date, context: Context) -> bool:
    if day in context.workdays:
        return True
    return day.weekday() < 5 and day not in context.holidays


@pytest.mark.parametrize("context", CONTEXTS, ids=range(len(CONTEXTS)))
def test_every_pair_of_days(context: Context) -> None:
    working, first = workdays.of(context), date(2024, 2, 15)
    days = [first + timedelta(days=step) for step in range(120)]
    for start in range(0, 120, 7):
        for end in range(start, 120, 3):
            count = sum(is_worked(day, context) for day in days[start : end + 1])
            assert workdays.between(working, days[start], days[end]) == count
            if start < end:
                assert workdays.between(working, days[end], days[start]) == -count


@pytest.mark.parametrize("context", CONTEXTS, ids=range(len(CONTEXTS)))
@pytest.mark.parametrize("step", [1, -1])
def test_every_working_day_from_a_day(context: Context, step: int) -> None:
    working = workdays.of(context)
    for offset in range(0, 400, 11):
        start = date(2023, 12, 20) + timedelta(days=offset)
        day, count = start, 0
        while count < 40:
            day += timedelta(days=step)
            if is_worked(day, context):
                count += 1
                assert workdays.moved(working, start, count * step) == day
        assert workdays.moved(working, start, 0) == start


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2024, 9, 27), date(2024, 10, 12), 8),  # 27, 29, 30 September; 8 to 12 October
        (date(2024, 10, 1), date(2024, 10, 7), 0),
        (date(2024, 9, 29), date(2024, 9, 29), 1),
        (date(2024, 9, 28), date(2024, 9, 28), 0),
        (date.min, date.min, 1),
        (date.min, date.max, 2_608_615 - 5 + 2),
        (date.max, date.min, -(2_608_615 - 5 + 2)),
    ],
)
def test_working_days(first: date, last: date, count: int) -> None:
    """There are 2,608,615 weekdays in all years; five of them were holidays, two weekend days
    were worked."""
    assert workdays.between(workdays.of(NATIONAL), first, last) == count


@pytest.mark.parametrize(
    ("day", "count"),
    [(date.min, -1), (date(1, 1, 3), -3), (date.max, 1), (date(9999, 12, 1), 23),
     (date(2024, 1, 1), 1_500_001), (date(2024, 1, 1), -1_500_001)],
)  # fmt: skip
def test_no_such_working_day(day: date, count: int) -> None:
    with pytest.raises(EvaluationError, match="BAD_DATE"):
        workdays.moved(workdays.of(BARE), day, count)


def test_the_first_and_the_last_working_day() -> None:
    working = workdays.of(BARE)
    assert workdays.moved(working, date(1, 1, 3), -2) == date.min
    assert workdays.moved(working, date(9999, 12, 30), 1) == date.max


SPLIT = BusinessHours(
    week=(((540, 720), (780, 1080)),) * 5 + (((600, 660),), ()), timezone="Asia/Shanghai"
)
ALWAYS = BusinessHours(week=(((0, 1440),),) * 7)
NEVER = BusinessHours(week=((),) * 7)
HOURS: Mapping[str, Context] = {
    "default": BARE,
    "berlin": replace(BARE, timezone="Europe/Berlin"),
    "national": replace(NATIONAL, timezone="Asia/Shanghai"),
    "split": replace(NATIONAL, business_hours=SPLIT),
    "always": replace(NATIONAL, business_hours=ALWAYS),
}


def open_minutes(day: date, context: Context) -> set[int]:
    hours = context.business_hours or business_hours.NINE_TO_SIX
    spans = hours.week[day.weekday()]
    if day in context.workdays:
        spans = spans or hours.week[0]
    elif day in context.holidays:
        spans = ()
    return {minute for start, end in spans for minute in range(start, end)}


def counted(first: datetime, last: datetime, context: Context) -> int:
    """Minutes, one by one, on the wall."""
    minutes, at = 0, first
    while at < last:
        minutes += at.hour * 60 + at.minute in open_minutes(at.date(), context)
        at += timedelta(minutes=1)
    return minutes


def instant(local: datetime, context: Context) -> datetime:
    hours = context.business_hours
    zone = (hours.timezone if hours else "") or context.timezone
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("name", HOURS)
def test_business_hours_minute_by_minute(name: str) -> None:
    context, dice = HOURS[name], random.Random(7)  # noqa: S311  # not a secret
    for _ in range(25):
        first = datetime(2024, 9, 26) + timedelta(minutes=dice.randrange(20_000))  # noqa: DTZ001
        last = first + timedelta(minutes=dice.randrange(9_000))
        start, end = instant(first, context), instant(last, context)
        minutes = counted(first, last, context)
        hours = business_hours.between(context, start, end)
        assert round(hours * 60, 9) == minutes
        assert business_hours.between(context, end, start) == -hours


@pytest.mark.parametrize("name", HOURS)
def test_adding_hours_ends_where_so_many_have_passed(name: str) -> None:
    context, dice = HOURS[name], random.Random(8)  # noqa: S311  # not a secret
    for _ in range(200):
        start = datetime(2024, 9, 20, tzinfo=UTC) + timedelta(seconds=dice.randrange(3_000_000))
        seconds = dice.randrange(-400_000, 400_000) or 1
        end = business_hours.moved(context, start, Decimal(seconds) / 3600)
        passed = business_hours.between(context, start, end) * 3600
        assert round(passed, 6) == seconds
        assert (end > start) == (seconds > 0)
        step = timedelta(seconds=-1 if seconds > 0 else 1)
        nearer = business_hours.between(context, start, end + step) * 3600
        assert abs(round(nearer, 6)) < abs(seconds)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2024-05-13 09:00", "9", "2024-05-13 18:00"),  # to the end of the day, not the next one
        ("2024-05-13 09:00", "9.5", "2024-05-14 09:30"),
        ("2024-05-17 17:00", "2", "2024-05-20 10:00"),  # over a weekend
        ("2024-05-18 12:00", "1", "2024-05-20 10:00"),
        ("2024-05-14 09:00", "-9", "2024-05-13 09:00"),
        ("2024-05-20 10:00", "-2", "2024-05-17 17:00"),
        ("2024-05-18 12:00", "0", "2024-05-18 12:00"),
        ("2024-05-13 09:00", "0.0001", "2024-05-13 09:00"),  # less than half a second
        ("2024-10-25 17:00", "2", "2024-10-28 10:00"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_hours_later(start: str, hours: str, end: str, zone: str) -> None:
    """By the clock on the wall: the weekend of 27 October has an hour more in Berlin."""
    context = replace(BARE, timezone=zone)
    first, last = (
        datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (start, end)
    )
    assert business_hours.moved(context, first, Decimal(hours)) == last


@pytest.mark.parametrize(
    ("context", "hours"),
    [(BARE, "36000001"), (BARE, "-20000000"), (BARE, "30000000"),
     (replace(BARE, business_hours=NEVER), "1"), (replace(BARE, business_hours=NEVER), "-1")],
)  # fmt: skip
def test_hours_that_never_come(context: Context, hours: str) -> None:
    with pytest.raises(EvaluationError, match="BAD_DATE"):
        business_hours.moved(context, NOW, Decimal(hours))


def test_without_hours_none_pass() -> None:
    never = replace(BARE, business_hours=NEVER)
    assert business_hours.between(never, NOW, NOW + timedelta(days=99)) == 0
