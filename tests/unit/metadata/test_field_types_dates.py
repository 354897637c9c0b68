"""Days, instants and times of day as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.registry import FIELD_TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai")
EN = Locale(code="en", timezone="America/New_York")
DAY = date(2026, 11, 22)


def refusal(name: str, raw: Any, locale: Locale = ZH) -> str:
    with pytest.raises(BadValue) as refused:
        FIELD_TYPES[name].parse(raw, locale, {})
    return refused.value.code


@pytest.mark.parametrize("locale", [ZH, EN], ids=["zh_CN", "en"])
@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "20261122",
        "２０２６－１１－２２",
        "2026-11-22T00:00:00",
        "2026年11月22日",
        "2026 年 11 月 22 日",
        "2026年11月22号",
        "2026年11月22日星期日",
        "22 Nov 2026",
        "22 November 2026",
        "22-Nov-2026",
        "22nd Nov, 2026",
        "Sun, 22 Nov 2026",
        "Nov 22, 2026",
        "November 22nd, 2026",
        "Sunday, November 22, 2026",
        "NOV 22 2026",
        DAY,
        datetime(2026, 11, 22),  # noqa: DTZ001
    ],
)
def test_days_are_read(raw: Any, locale: Locale) -> None:
    assert FIELD_TYPES["date"].parse(raw, locale, {}) == DAY


@pytest.mark.parametrize(
    "raw",
    [
        "11/22/2026",
        "22/11/2026",
        "2026-02-30",
        "2026-13-01",
        "12026-01-01",
        "26-11-22",
        "2026-11/22",
        "22 Foo 2026",
        "soon",
        "2026",
        20261122,
        46348.0,
        True,
        [],
        {},
        "2026-11-22 x",
    ],
)
def test_what_is_no_day_is_refused(raw: Any) -> None:
    assert refusal("date", raw) == "field.not_a_date"


def test_a_day_has_no_time_and_a_year_of_the_calendar() -> None:
    assert refusal("date", "2026-11-22 14:05") == "field.date_with_time"
    assert refusal("date", datetime(2026, 11, 22, 14, 5)) == "field.date_with_time"  # noqa: DTZ001
    assert refusal("date", datetime(2026, 11, 22, tzinfo=UTC)) == "field.date_with_time"
    assert refusal("date", "0000-01-01") == "field.date_out_of_range"
    assert FIELD_TYPES["date"].parse("0001-01-01", ZH, {}) == date.min
    assert FIELD_TYPES["date"].parse("9999-12-31", ZH, {}) == date.max


@given(st.dates(date(1000, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_days_are_shown_as_babel_shows_them(day: date) -> None:
    show = FIELD_TYPES["date"].format
    assert show(day, EN, {}) == format_date(day, "medium", locale="en")
    assert show(day, ZH, {}) == format_date(day, "yyyy-MM-dd", locale="zh_CN")


def test_early_years_are_shown_in_four_digits() -> None:
    assert FIELD_TYPES["date"].format(date(26, 1, 2), EN, {}) == "Jan 2, 0026"
    assert FIELD_TYPES["date"].format(date(26, 1, 2), ZH, {}) == "0026-01-02"


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("2026-11-22 14:05", "2026-11-22T06:05:00"),
        ("2026-11-22T14:05", "2026-11-22T06:05:00"),
        ("2026-11-22T14:05:09.123456Z", "2026-11-22T14:05:09.123000"),
        ("2026-11-22T14:05:09.999999999Z", "2026-11-22T14:05:09.999000"),
        ("2026-11-22T14:05:00+05:30", "2026-11-22T08:35:00"),
        ("2026-11-22 14:05 -0800", "2026-11-22T22:05:00"),
        ("2026-11-22 14:05 UTC", "2026-11-22T14:05:00"),
        ("2026年11月22日 14:05", "2026-11-22T06:05:00"),
        ("2026年11月22日下午2:05", "2026-11-22T06:05:00"),
        ("2026年11月22日 14时05分", "2026-11-22T06:05:00"),
        ("Nov 22, 2026, 2:05 PM", "2026-11-22T06:05:00"),
        ("22 Nov 2026 2:05pm", "2026-11-22T06:05:00"),
        ("2026-11-22", "2026-11-21T16:00:00"),
        (DAY, "2026-11-21T16:00:00"),
        (datetime(2026, 11, 22, 6, 5, 9, 123999, tzinfo=UTC), "2026-11-22T06:05:09.123000"),
        (datetime(2026, 11, 22, 14, 5), "2026-11-22T06:05:00"),  # noqa: DTZ001
        (
            datetime(2026, 11, 22, 14, 5, tzinfo=timezone(timedelta(hours=-5))),
            "2026-11-22T19:05:00",
        ),
    ],
)
def test_instants_are_kept_in_utc_to_the_millisecond(raw: Any, utc: str) -> None:
    value = FIELD_TYPES["datetime"].parse(raw, ZH, {})
    assert value == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert value.tzinfo is UTC


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-22 25:00",
        "2026-11-223:00",
        "2026-11-22Z",
        "2026-11-22 14",
        "2026-11-22 14:05+99:00",
        "14:05",
        "soon",
        1700000000,
        True,
        "2026-11-22 14:05+05:75",
    ],
)
def test_what_is_no_instant_is_refused(raw: Any) -> None:
    assert refusal("datetime", raw) == "field.not_a_datetime"


def test_instants_that_a_time_zone_could_carry_out_of_the_calendar_are_refused() -> None:
    for raw in ("0001-01-01 00:00", "0001-01-01T23:00Z", "9999-12-31T00:00Z", "9999-12-31 23:59"):
        assert refusal("datetime", raw) == "field.date_out_of_range"
    last = FIELD_TYPES["datetime"].parse("9999-12-30T23:59:59.999Z", ZH, {})
    first = FIELD_TYPES["datetime"].parse("0001-01-02T00:00Z", ZH, {})
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        for moment in (first, last):
            assert FIELD_TYPES["datetime"].format(moment, Locale(timezone=zone), {})


def test_an_instant_is_shown_in_the_readers_zone() -> None:
    moment = datetime(2026, 11, 22, 6, 5, 59, tzinfo=UTC)
    assert FIELD_TYPES["datetime"].format(moment, ZH, {}) == "2026-11-22 14:05"
    assert FIELD_TYPES["datetime"].format(moment, EN, {}) == "Nov 22, 2026, 1:05 AM"


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
@settings(max_examples=60, deadline=None)
def test_instants_are_shown_as_babel_shows_them(moment: datetime) -> None:
    local = moment.astimezone(ZoneInfo(EN.timezone)).replace(tzinfo=None)
    expected = format_datetime(local, "MMM d, y, h:mm a", locale="en").replace("\u202f", " ")
    assert FIELD_TYPES["datetime"].format(moment, EN, {}) == expected


@pytest.mark.parametrize("locale", [ZH, EN], ids=["zh_CN", "en"])
@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("14:30", time(14, 30)),
        ("14:30:15", time(14, 30, 15)),
        ("14:30:15.1239", time(14, 30, 15, 123000)),
        ("1４：３０", time(14, 30)),
        ("2:30 PM", time(14, 30)),
        ("2:30pm", time(14, 30)),
        ("2:30 p.m.", time(14, 30)),
        ("2 PM", time(14)),
        ("12 AM", time(0)),
        ("12:15 PM", time(12, 15)),
        ("下午2:30", time(14, 30)),
        ("下午 2 点 30 分", time(14, 30)),
        ("下午2点半", time(14, 30)),
        ("14时30分5秒", time(14, 30, 5)),
        ("8点整", time(8)),
        ("上午12:05", time(0, 5)),
        ("晚上8点", time(20)),
        ("下午14:30", time(14, 30)),
        (time(14, 30, 15, 123999, tzinfo=UTC), time(14, 30, 15, 123000)),
    ],
)
def test_times_of_day(raw: Any, value: time, locale: Locale) -> None:
    assert FIELD_TYPES["time"].parse(raw, locale, {}) == value


@pytest.mark.parametrize(
    "raw",
    ["24:00", "14:60", "14", "13 PM", "0 AM", "上午13:00", "晚上12点", "下午2 PM", "x", 0.5, 14],
)
def test_what_is_no_time_is_refused(raw: Any) -> None:
    assert refusal("time", raw) == "field.not_a_time"


def test_times_show_seconds_only_when_there_are_any() -> None:
    show = FIELD_TYPES["time"].format
    assert (show(time(14, 5), ZH, {}), show(time(14, 5), EN, {})) == ("14:05", "2:05 PM")
    assert (show(time(0, 0, 7), ZH, {}), show(time(0, 0, 7), EN, {})) == ("00:00:07", "12:00:07 AM")
    assert show(time(1, 2, 3, 4000), ZH, {}) == "01:02:03.004"
