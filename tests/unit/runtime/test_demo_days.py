"""Days of demo data: offsets, spans, weekdays and seasons."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from fieldstone.runtime.demo.days import Calendar, months_later, read_offset, read_span
from fieldstone.runtime.demo.dice import Dice

DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("0d", date(2026, 3, 31)),
        ("-31d", date(2026, 2, 28)),
        ("2w", date(2026, 4, 14)),
        ("-1m", date(2026, 2, 28)),
        ("1q", date(2026, 6, 30)),
        ("-2y", date(2024, 3, 31)),
        ("6d-35y", date(1991, 4, 6)),
        ("week_start", date(2026, 3, 30)),
        ("month_start", date(2026, 3, 1)),
        ("month_end", date(2026, 3, 31)),
        ("month_end+1m", date(2026, 4, 30)),
        ("quarter_start", date(2026, 1, 1)),
        ("quarter_end+10d", date(2026, 4, 10)),
        ("year_start-1y", date(2025, 1, 1)),
        ("year_end", date(2026, 12, 31)),
    ],
)
def test_an_offset_is_a_day(text: str, day: date) -> None:
    offset = read_offset(text)
    assert offset is not None
    assert offset.of(DAY) == day


@pytest.mark.parametrize("text", ["", "soon", "5", "3x", "month", "1d 2d", "2026-01-01"])
def test_other_texts_are_no_offsets(text: str) -> None:
    assert read_offset(text) is None
    assert read_span(f"{text}..0d") is None


def test_a_span_turned_round_is_its_first_day() -> None:
    span = read_span("0d..-5d")
    assert span is not None
    assert span.of(DAY) == (DAY, DAY)


def test_a_month_later_keeps_the_day_where_it_can() -> None:
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2024, 12, 15), 1) == date(2025, 1, 15)


def test_weekdays_only_where_there_are_any() -> None:
    calendar = Calendar()
    days = {calendar.day(date(2026, 1, 1), date(2026, 2, 28), Dice(n)) for n in range(300)}
    assert len(days) > 30
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    sunday = date(2026, 3, 1)
    assert calendar.day(sunday, sunday, Dice(1)) == sunday
    assert calendar.day(sunday, date(2026, 3, 2), Dice(1)) == date(2026, 3, 2)
    assert calendar.day(date(2026, 2, 27), sunday, Dice(9)) == date(2026, 2, 27)


def test_seasons_make_months_rarer_and_more_frequent() -> None:
    calendar = Calendar(weekdays=True, months=((2, 0.0), (11, 3.0)))
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    months = Counter(calendar.day(first, last, Dice(n)).month for n in range(2000))
    assert months[2] == 0
    assert months[11] > 2 * months[6]


def test_dice_are_fair_and_depend_on_the_key_alone() -> None:
    assert [Dice("a", n).number() for n in range(5)] == [Dice("a", n).number() for n in range(5)]
    assert Dice("a", 1).number() != Dice("a", 2).number()
    dice = Dice("fair")
    thrown = Counter(dice.whole(1, 6) for _ in range(6000))
    assert set(thrown) == {1, 2, 3, 4, 5, 6}
    assert min(thrown.values()) > 850
    drawn = [dice.normal() for _ in range(4000)]
    assert abs(sum(drawn) / 4000) < 0.06
    assert sorted(dice.shuffled(range(9))) == list(range(9))
    assert Counter(dice.weighted(["a", "b"], [1.0, 4.0]) for _ in range(1000))["b"] > 650
