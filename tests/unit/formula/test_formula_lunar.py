"""The lunar calendar against days that everybody who keeps it knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fieldstone.formula import lunar
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.lunar import LunarDay

NEW_YEARS = (
    "1900-01-31", "1901-02-19", "1911-01-30", "1912-02-18", "1920-02-20", "1930-01-30",
    "1937-02-11", "1945-02-13", "1949-01-29", "1950-02-17", "1955-01-24", "1960-01-28",
    "1966-01-21", "1970-02-06", "1976-01-31", "1978-02-07", "1979-01-28", "1980-02-16",
    "1981-02-05", "1982-01-25", "1983-02-13", "1984-02-02", "1985-02-20", "1986-02-09",
    "1987-01-29", "1988-02-17", "1989-02-06", "1990-01-27", "1991-02-15", "1992-02-04",
    "1993-01-23", "1994-02-10", "1995-01-31", "1996-02-19", "1997-02-07", "1998-01-28",
    "1999-02-16", "2000-02-05", "2001-01-24", "2002-02-12", "2003-02-01", "2004-01-22",
    "2005-02-09", "2006-01-29", "2007-02-18", "2008-02-07", "2009-01-26", "2010-02-14",
    "2011-02-03", "2012-01-23", "2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08",
    "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01",
    "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
    "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19",
    "2035-02-08", "2050-01-23", "2100-02-09",
)  # fmt: skip


@pytest.mark.parametrize("text", NEW_YEARS)
def test_new_year(text: str) -> None:
    day = date.fromisoformat(text)
    assert lunar.lunar(day) == LunarDay(day.year, 1, leap=False, day=1)
    assert lunar.solar(day.year, 1, 1) == day
    if day > lunar.FIRST_DAY:
        eve = lunar.lunar(day - timedelta(days=1))
        assert (eve.year, eve.month) == (day.year - 1, 12)
        assert eve.day in (29, 30)


@pytest.mark.parametrize(
    ("text", "year", "month", "leap", "number"),
    [
        ("1968-07-25", 1968, 7, False, 1),
        ("1990-06-23", 1990, 5, True, 1),
        ("2017-07-23", 2017, 6, True, 1),
        ("2020-05-23", 2020, 4, True, 1),
        ("2020-06-25", 2020, 5, False, 5),  # Dragon Boat
        ("2020-10-01", 2020, 8, False, 15),  # Mid-Autumn
        ("2021-09-21", 2021, 8, False, 15),
        ("2022-06-03", 2022, 5, False, 5),
        ("2023-03-22", 2023, 2, True, 1),
        ("2023-09-29", 2023, 8, False, 15),
        ("2024-09-17", 2024, 8, False, 15),
        ("2025-07-25", 2025, 6, True, 1),
        ("2025-10-06", 2025, 8, False, 15),
        ("2025-10-29", 2025, 9, False, 9),  # Double Ninth
        ("2033-12-22", 2033, 11, True, 1),
    ],
)
def test_festivals_and_leap_months(
    text: str, year: int, month: int, leap: bool, number: int
) -> None:
    day = date.fromisoformat(text)
    assert lunar.lunar(day) == LunarDay(year, month, leap=leap, day=number)
    assert lunar.solar(year, month, number, leap=leap) == day


def test_every_day_has_its_place() -> None:
    """Months follow the moon: 29.53 days on the average, and no lunar day is left out."""
    day, before, months = lunar.FIRST_DAY, lunar.lunar(lunar.FIRST_DAY), 1
    while day < lunar.LAST_DAY:
        day += timedelta(days=1)
        found = lunar.lunar(day)
        assert before < found
        assert lunar.solar(found.year, found.month, found.day, leap=found.leap) == day
        if found.day == 1:
            assert before.day in (29, 30)
            months += 1
        else:
            assert found.day == before.day + 1
        before = found
    assert day == date(2101, 1, 28)
    assert abs((day - lunar.FIRST_DAY).days / months - 29.530588) < 0.001


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 30), date(2101, 1, 29), date.max])
def test_days_that_the_table_does_not_have(day: date) -> None:
    for compute in (lunar.lunar, lunar.written, lambda each: lunar.next_anniversary(each, day)):
        with pytest.raises(EvaluationError, match="BAD_DATE"):
            compute(day)
    with pytest.raises(EvaluationError, match="BAD_DATE"):
        lunar.next_anniversary(date(2000, 1, 1), day)


@pytest.mark.parametrize(
    ("born", "today", "kept"),
    [
        ("1984-02-02", "2025-01-28", "2025-01-29"),
        ("1984-02-02", "2025-01-29", "2025-01-29"),
        ("1984-02-02", "2025-01-30", "2026-02-17"),
        ("1990-06-23", "2024-05-15", "2024-06-06"),  # a leap 5th month: the ordinary one
        ("2017-07-23", "2025-01-01", "2025-07-25"),  # a leap 6th month where there is one
        ("2017-07-23", "2025-07-26", "2026-07-14"),
        ("2021-02-11", "2022-01-15", "2022-01-31"),  # the 30th in a year that ends with the 29th
        ("2021-02-11", "2024-01-01", "2024-02-09"),
        ("2024-12-01", "2024-05-15", "2024-12-01"),
        ("2100-02-09", "1900-02-01", "1901-02-19"),
    ],
)
def test_lunar_anniversaries(born: str, today: str, kept: str) -> None:
    found = lunar.next_anniversary(date.fromisoformat(born), date.fromisoformat(today))
    assert found == date.fromisoformat(kept)


def test_after_the_last_year_there_is_no_anniversary() -> None:
    with pytest.raises(EvaluationError, match="BAD_DATE"):
        lunar.next_anniversary(date(2000, 2, 5), date(2100, 2, 10))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-02-17", "二〇二六年正月初一"),
        ("2025-07-25", "二〇二五年闰六月初一"),
        ("2024-02-09", "二〇二三年腊月三十"),
        ("2024-12-10", "二〇二四年冬月初十"),
        ("2024-12-20", "二〇二四年冬月二十"),
        ("2024-12-21", "二〇二四年冬月廿一"),
        ("2024-11-15", "二〇二四年十月十五"),
        ("1900-01-31", "一九〇〇年正月初一"),
    ],
)
def test_as_written(text: str, written: str) -> None:
    assert lunar.written(date.fromisoformat(text)) == written
