"""Months of different length, periods that move with today, and dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.formula import dates
from fieldstone.formula.faults import EvaluationError

TODAY = date(2024, 5, 15)  # a Wednesday


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("today", date(2024, 5, 15), date(2024, 5, 16)),
        ("Yesterday", date(2024, 5, 14), date(2024, 5, 15)),
        ("tomorrow", date(2024, 5, 16), date(2024, 5, 17)),
        ("this_week", date(2024, 5, 13), date(2024, 5, 20)),
        ("last_week", date(2024, 5, 6), date(2024, 5, 13)),
        ("next_week", date(2024, 5, 20), date(2024, 5, 27)),
        ("this_month", date(2024, 5, 1), date(2024, 6, 1)),
        ("last_month", date(2024, 4, 1), date(2024, 5, 1)),
        ("next_quarter", date(2024, 7, 1), date(2024, 10, 1)),
        ("this_year", date(2024, 1, 1), date(2025, 1, 1)),
        ("last_n_days:7", date(2024, 5, 8), date(2024, 5, 16)),
        ("next_n_days:7", date(2024, 5, 16), date(2024, 5, 23)),
        ("n_days_ago:7", date(2024, 5, 8), date(2024, 5, 9)),
        ("older_than_n_days:30", None, date(2024, 4, 15)),
        ("last_n_weeks:2", date(2024, 4, 29), date(2024, 5, 13)),
        ("next_n_months:3", date(2024, 6, 1), date(2024, 9, 1)),
        ("n_quarters_ago:1", date(2024, 1, 1), date(2024, 4, 1)),
        ("older_than_n_months:3", None, date(2024, 2, 15)),
        ("last_n_years:999", date(1025, 1, 1), date(2024, 1, 1)),
        (" THIS_MONTH ", date(2024, 5, 1), date(2024, 6, 1)),
    ],
)
def test_periods(name: str, first: date | None, after: date) -> None:
    period = dates.period(name)
    assert period is not None
    assert period(TODAY) == (first, after)


@pytest.mark.parametrize(
    "name", ["", "now", "this_day", "last_n_days", "last_n_days:", "last_n_days:-1",
             "last_n_days:10000", "last_n_weeks:1000", "this_n_days:3", "last_n_days:1.5"]
)  # fmt: skip
def test_no_periods(name: str) -> None:
    assert dates.period(name) is None


def test_every_named_period_exists() -> None:
    for name in dates.PERIODS:
        assert dates.period(name.replace(":N", ":3")) is not None
    assert len(dates.PERIODS) == len(set(dates.PERIODS))


def test_a_day_starts_where_the_clocks_are() -> None:
    bounds = (date(2024, 3, 10), date(2024, 3, 11))
    assert dates.instants(bounds, "America/New_York") == (
        datetime(2024, 3, 10, 5, tzinfo=UTC),
        datetime(2024, 3, 11, 4, tzinfo=UTC),
    )
    assert dates.instants((None, date(2024, 5, 1)), "Asia/Shanghai") == (
        None,
        datetime(2024, 4, 30, 16, tzinfo=UTC),
    )


def test_a_day_with_two_midnights() -> None:
    """Clocks in Havana go from 01:00 back to 00:00: the day starts at the first midnight, and
    PostgreSQL takes a bare midnight for the second."""
    day = date(2024, 11, 3)
    assert dates.midnight(day, "America/Havana") == datetime(2024, 11, 3, 4, tzinfo=UTC)
    later = dates.midnight_like_postgres(day, "America/Havana")
    assert later == datetime(2024, 11, 3, 5, tzinfo=UTC)


def test_a_day_without_midnight() -> None:
    """Clocks in Havana go from 00:00 to 01:00."""
    day = date(2024, 3, 10)
    assert dates.midnight(day, "America/Havana") == datetime(2024, 3, 10, 5, tzinfo=UTC)


@given(
    st.dates(min_value=date(2, 1, 1), max_value=date(9998, 12, 31)), st.sampled_from(dates.UNITS)
)
def test_units_hold_the_days_between_their_ends(day: date, unit: str) -> None:
    first, last = dates.start_of(day, unit), dates.end_of(day, unit)
    assert first <= day <= last
    assert dates.start_of(last, unit) == first
    assert dates.end_of(first, unit) == last
    assert dates.start_of(last + timedelta(days=1), unit) == last + timedelta(days=1)
    assert dates.moved(first, unit, 1) == last + timedelta(days=1)


def test_the_last_week_ends_with_the_calendar() -> None:
    assert dates.end_of(date(9999, 12, 31), "week") == date.max
    assert dates.start_of(date.min, "week") == date.min


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), "1", date(2024, 2, 29)),
        (date(2024, 2, 29), "1", date(2024, 3, 31)),
        (date(2024, 2, 28), "12", date(2025, 2, 28)),
        (date(2023, 2, 28), "12", date(2024, 2, 29)),
        (date(2024, 3, 30), "-1", date(2024, 2, 29)),
        (date(2024, 1, 15), "1.9", date(2024, 2, 15)),
        (date(2024, 1, 15), "-1.9", date(2023, 12, 15)),
    ],
)
def test_months_later(day: date, months: str, expected: date) -> None:
    assert dates.added_months(day, Decimal(months)) == expected


@pytest.mark.parametrize("months", ["-99999", "96000", "48000"])
def test_months_out_of_the_calendar(months: str) -> None:
    with pytest.raises(EvaluationError, match="BAD_DATE"):
        dates.added_months(date(9000, 1, 1), Decimal(months))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2024-2-9", date(2024, 2, 9)),
        ("2023-02-29", None),
        ("24-02-09", None),
        ("2024/02/09", None),
        ("2024-02-09 ", None),
        ("２０２４-02-09", None),
    ],
)
def test_dates_as_written(text: str, expected: date | None) -> None:
    assert dates.read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7:05", time(7, 5)),
        ("23:59:59.9", time(23, 59, 59, 900000)),
        ("23:59:59.123456", time(23, 59, 59, 123000)),
        ("24:00", None),
        ("7:60", None),
        ("7", None),
    ],
)
def test_times_as_written(text: str, expected: time | None) -> None:
    assert dates.read_time(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-15 10:30", datetime(2024, 5, 15, 2, 30, tzinfo=UTC)),
        ("2024-05-15T10:30:15.5Z", datetime(2024, 5, 15, 10, 30, 15, 500000, UTC)),
        ("2024-05-15t10:30z", datetime(2024, 5, 15, 10, 30, tzinfo=UTC)),
        ("2024-05-15 10:30 -05:30", datetime(2024, 5, 15, 16, 0, tzinfo=UTC)),
        ("2024-05-15 10:30+0800", datetime(2024, 5, 15, 2, 30, tzinfo=UTC)),
        ("2024-05-15 10:30+24:00", None),
        ("2024-05-15 10:30+05:60", None),
        ("2024-05-32 10:30", None),
        ("2024-05-15 25:30", None),
        ("2024-05-15", None),
        ("9999-12-31 23:59-12:00", None),
        ("0001-01-01 00:00Z", None),
    ],
)
def test_instants_as_written(text: str, expected: datetime | None) -> None:
    assert dates.read_instant(text, ZoneInfo("Asia/Shanghai")) == expected


def test_the_ends_of_the_calendar() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert dates.local_day(first, "America/New_York") == date.min
    assert dates.local_day(datetime(9999, 12, 31, 23, tzinfo=UTC), "Asia/Shanghai") == date.max
    assert dates.midnight(date.min, "Asia/Shanghai") == first
    assert dates.midnight(date.max, "America/New_York").year == 9999
    for day in (date.min, date.max):
        with pytest.raises(EvaluationError, match="BAD_DATE"):
            dates.midnight_like_postgres(day, "Asia/Shanghai" if day == date.min else "UTC")
