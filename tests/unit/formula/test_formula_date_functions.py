"""Edges of the functions of dates: month ends, leap days, the first and the last year, the hours
in which clocks are changed, blanks in every place, fractions and numbers below zero."""

from __future__ import annotations

import calendar
import random
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from unit.formula.samples import CONTEXT, RECORD, SCOPE

from fieldstone.formula import dates, instants
from fieldstone.formula.ast import Value
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.functions.base import Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.parse import parse


def value(text: str, zone: str = "UTC", now: datetime | None = None) -> Value:
    context = replace(CONTEXT, timezone=zone, now=now or CONTEXT.now)
    return evaluate(check(parse(text), SCOPE), RECORD, context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ADDMONTHS(DATE(2024, 1, 31), 1)", date(2024, 2, 29)),
        ("ADDMONTHS(DATE(2023, 2, 28), 12)", date(2024, 2, 29)),
        ("ADDMONTHS(DATE(2024, 1, 30), 1.99)", date(2024, 2, 29)),
        ("EDATE(DATE(2024, 2, 29), 12)", date(2025, 2, 28)),
        ("EDATE(DATE(2023, 2, 28), 12)", date(2024, 2, 28)),
        ("EDATE(DATE(2024, 3, 31), -1)", date(2024, 2, 29)),
        ("EDATE(DATE(2024, 3, 31), -1.9)", date(2024, 2, 29)),
        ("EDATE(DATE(6000, 1, 31), 47999)", date.max),
        ("EOMONTH(DATE(9999, 12, 1))", date.max),
        ("EOMONTH(DATE(2024, 1, 31), 1)", date(2024, 2, 29)),
        ("EOMONTH(DATE(2024, 1, 31), -1.5)", date(2023, 12, 31)),
        ("ADDDAYS(DATE(2024, 2, 28), 1)", date(2024, 2, 29)),
        ("ADDDAYS(DATE(2024, 3, 1), -1.9)", date(2024, 2, 29)),
        ("ADDDAYS(updated, 1 / 3)", datetime(2024, 5, 15, 7, 15, tzinfo=UTC)),
        ("ADDDAYS(updated, 0.6 / 86400)", datetime(2024, 5, 14, 23, 15, 1, tzinfo=UTC)),
        ("ADDDAYS(updated, -0.6 / 86400)", datetime(2024, 5, 14, 23, 14, 59, tzinfo=UTC)),
        ("DATE(2024.9, 2.9, 29.9)", date(2024, 2, 29)),
        ("DATE(1, 1, 1)", date.min),
        ("DATE(9999, 12, 31)", date.max),
        ("TIME(0, 0, 0)", time()),
        ("TIME(23.9, 59.9, 59.9)", time(23, 59, 59)),
        ("TIME(-0.9, -0.9, -0.9)", time()),
        ("WEEKNUM(DATE(2024, 1, 6))", 1),
        ("WEEKNUM(DATE(2024, 1, 7))", 2),
        ("WEEKNUM(DATE(2023, 1, 1), 2)", 1),
        ("WEEKNUM(DATE(2023, 1, 2), 2)", 2),
        ("WEEKNUM(DATE(2000, 12, 31))", 54),
        ("WEEKNUM(DATE(1, 1, 1), 2)", 1),
        ("WEEKNUM(DATE(2024, 1, 7), 2.9)", 1),
        ("ISOWEEK(DATE(1, 1, 1))", 1),
        ("ISOWEEK(DATE(9999, 12, 31))", 52),
        ("ISOWEEK(DATE(2020, 12, 31))", 53),
        ("ISOYEAR(DATE(2018, 12, 31))", 2019),
        ("DAYOFYEAR(DATE(9999, 12, 31))", 365),
        ("DATEDIF(DATE(2024, 2, 29), DATE(2025, 2, 28), 'Y')", 0),
        ("DATEDIF(DATE(2024, 2, 29), DATE(2025, 3, 1), 'y')", 1),
        ("DATEDIF(DATE(2025, 3, 1), DATE(2024, 2, 29), 'Y')", -1),
        ("DATEDIF(DATE(2024, 3, 31), DATE(2024, 2, 29), 'M')", -1),
        ("DATEDIF(DATE(1, 1, 1), DATE(9999, 12, 31), 'M')", 119987),
        ("DATEDIF(DATE(1, 1, 1), DATE(9999, 12, 31), 'D')", 3652058),
        ("DATETIME_DIFF(updated, updated + 0.99, 'day')", 0),
        ("DATETIME_DIFF(updated, updated - 1.99, 'day')", 1),
        ("DATETIME_DIFF(updated, updated + 1.99, ' Days ')", -1),
        ("UNIXTIMESTAMP(DATETIMEVALUE('1969-12-31 23:59:58.5'))", -1),
        ("UNIXTIMESTAMP(DATE(1969, 12, 31))", -86400),
        ("UNIXTIMESTAMP(TIMEVALUE('23:59:59.999'))", 86399),
        ("FROMUNIXTIME(1.9999)", datetime(1970, 1, 1, 0, 0, 1, 999000, UTC)),
        ("FROMUNIXTIME(-0.0001)", datetime(1970, 1, 1, tzinfo=UTC)),
        ("FORMATDURATION(0)", "00:00:00"),
        ("FORMATDURATION(-3661.99)", "01:01:01"),
        ("FORMATDURATION(360000)", "100:00:00"),
        ("FORMATDURATION(86399, TRUE)", "0:23:59:59"),
        ("FORMATDURATION(360000, NULL)", "100:00:00"),
        ("FORMATDURATION(NULL)", None),
        ("FORMATDURATION(NULL, NULL)", None),
        ("FORMATDURATION(NULL, TRUE)", None),
        ("FORMATDURATION(NULL, updated)", None),
        ("FORMATDURATION(alarm, NULL)", None),
        ("FORMATDURATION(updated, updated - 2.5)", "2:12:00:00"),
        ("FORMATDURATION(TIMEVALUE('0:00'), TIMEVALUE('23:59:59.999'))", "23:59:59"),
        ("STARTOF(DATE(1, 1, 1), 'week')", date.min),
        ("alarm + 25 * 3600000", time(8, 30)),
        ("alarm - 8 * 3600000", time(23, 30)),
        ("alarm + 1.9", time(7, 30, 0, 1000)),
        ("alarm - 1.9", time(7, 29, 59, 999000)),
        ("alarm - TIMEVALUE('23:30')", 8 * 3_600_000),
        ("TIMEVALUE('23:30') - alarm", 16 * 3_600_000),
        ("alarm - alarm", 0),
        ("alarm + NULL", None),
        ("ENDOF(DATE(9999, 12, 31), 'week')", date.max),
    ],
)
def test_edges(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DATE(quantity + 2020, 2, 29)", "BAD_DATE"),
        ("DATE(0.9 * quantity / quantity, 1, 1)", "BAD_DATE"),
        ("DATE(9999 + quantity, 1, 1)", "BAD_DATE"),
        ("TIME(24 * quantity / 3, 0, 0)", "BAD_TIME"),
        ("TIME(0, quantity * 20, 0)", "BAD_TIME"),
        ("TIME(0, 0, -quantity)", "BAD_TIME"),
        ("EDATE(due, 12 * 9999 * quantity)", "BAD_DATE"),
        ("ADDMONTHS(due, 48001 * quantity)", "BAD_DATE"),
        ("EOMONTH(due, -2025 * 4 * quantity)", "BAD_DATE"),
        ("ADDDAYS(due, 1000000 * quantity)", "BAD_DATE"),
        ("ADDDAYS(updated, -1000000 * quantity)", "BAD_DATE"),
        ("WEEKNUM(due, quantity)", "DOMAIN"),
        ("WEEKNUM(due, quantity - 2.5)", "DOMAIN"),
        ("FROMUNIXTIME(quantity * 100000000000)", "BAD_DATE"),
        ("FROMUNIXTIME(quantity * 100000000000000)", "BAD_DATE"),
        ("FROMUNIXTIME(quantity * -100000000000)", "BAD_DATE"),
        ("FROMUNIXTIME(quantity * -62135596800 / 3)", "BAD_DATE"),
        ("FROMUNIXTIME(quantity * 253402300800 / 3)", "BAD_DATE"),
        ("DATEVALUE(name)", "BAD_DATE"),
        ("TIMEVALUE(name)", "BAD_TIME"),
        ("LUNAR(DATE(1899 + quantity * 0, 12, 31))", "BAD_DATE"),
        ("WORKDAY(due, quantity * 1000000)", "BAD_DATE"),
    ],
)
def test_what_cannot_be_computed(text: str, code: str) -> None:
    with pytest.raises(EvaluationError, match=code):
        value(text)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("HOUR(DATETIMEVALUE('2024-03-31 00:59:59Z'))", "Europe/Berlin", 1),
        ("HOUR(DATETIMEVALUE('2024-03-31 01:00Z'))", "Europe/Berlin", 3),
        ("HOUR(DATETIMEVALUE('2024-10-27 00:30Z'))", "Europe/Berlin", 2),
        ("HOUR(DATETIMEVALUE('2024-10-27 01:30Z'))", "Europe/Berlin", 2),
        ("HOUR(DATETIMEVALUE('2024-03-10 07:00Z'))", "America/New_York", 3),
        ("HOUR(DATETIMEVALUE('2024-11-03 06:00Z'))", "America/New_York", 1),
        ("MINUTE(DATETIMEVALUE('2024-01-01 00:00Z'))", "Asia/Kathmandu", 45),
        ("SECOND(DATETIMEVALUE('1900-06-01 00:00Z'))", "Asia/Shanghai", 43),
        ("DATEVALUE(DATETIMEVALUE('2024-03-31 22:30Z'))", "Europe/Berlin", date(2024, 4, 1)),
        ("DATEVALUE(DATETIMEVALUE('2024-03-31 22:30Z'), 'UTC')", "Europe/Berlin",
         date(2024, 3, 31)),
        ("DATETIMEVALUE(DATE(2024, 3, 31))", "Europe/Berlin",
         datetime(2024, 3, 30, 23, tzinfo=UTC)),
        ("DATETIMEVALUE(DATE(2024, 4, 1))", "Europe/Berlin", datetime(2024, 3, 31, 22, tzinfo=UTC)),
        ("DATETIME_DIFF(DATETIMEVALUE(DATE(2024, 4, 1)), DATETIMEVALUE(DATE(2024, 3, 31)), 'hour')",
         "Europe/Berlin", 23),
        ("DATETIME_DIFF(DATETIMEVALUE(DATE(2024, 4, 1)), DATETIMEVALUE(DATE(2024, 3, 31)), 'day')",
         "Europe/Berlin", 0),
        ("DATETIME_DIFF(DATETIMEVALUE(DATE(2024, 4, 30)), DATETIMEVALUE(DATE(2024, 3, 30)),"
         " 'month')", "Europe/Berlin", 1),
        ("TIMEVALUE(DATETIMEVALUE('2024-10-27 01:30:00.125Z'))", "Europe/Berlin",
         time(2, 30, 0, 125000)),
        ("TIMENOW()", "Asia/Shanghai", time(18, 30)),
        ("TODAY() - DATEVALUE(NOW(), 'Pacific/Kiritimati')", "Pacific/Pago_Pago", -2),
    ],
)  # fmt: skip
def test_clocks_of_zones(text: str, zone: str, expected: Value) -> None:
    assert value(text, zone) == expected


@pytest.mark.parametrize(
    ("born", "today", "kept"),
    [
        ("DATE(2000, 2, 29)", date(2023, 1, 1), date(2023, 2, 28)),
        ("DATE(2000, 2, 29)", date(2023, 3, 1), date(2024, 2, 29)),
        ("DATE(2000, 2, 29)", date(2024, 2, 28), date(2024, 2, 29)),
        ("DATE(2000, 2, 28)", date(2024, 2, 29), date(2025, 2, 28)),
        ("DATE(1999, 12, 31)", date(2024, 12, 31), date(2024, 12, 31)),
        ("DATE(1999, 1, 1)", date(2024, 12, 31), date(2025, 1, 1)),
        ("DATE(2100, 6, 1)", date(2024, 1, 1), date(2024, 6, 1)),
        ("DATE(1, 1, 1)", date(9999, 1, 1), date(9999, 1, 1)),
    ],
)
def test_anniversaries(born: str, today: date, kept: date) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    assert value(f"NEXTANNIVERSARY({born})", now=now) == kept


def test_after_the_last_year_there_is_no_anniversary() -> None:
    with pytest.raises(EvaluationError, match="BAD_DATE"):
        value("NEXTANNIVERSARY(due)", now=datetime(9999, 6, 1, tzinfo=UTC))


VALUES = {"date": "due", "datetime": "updated", "time": "alarm", "number": "2", "text": "name",
          "boolean": "is_done"}  # fmt: skip
WORDS = {"unit": ("'month'", "'M'"), "zone": ("'UTC'",), "period": ("'today'",)}
TAKES_BLANK = {("FORMATDURATION", 1)}
"""Whether to write days, which a blank leaves out."""
DATED = [function for function in FUNCTIONS.values() if function.group == "date"]


@pytest.mark.parametrize(
    "function", [each for each in DATED if each.signature.arguments], ids=lambda each: each.name
)
def test_a_blank_in_any_place_makes_the_result_blank(function: Function) -> None:
    """Of all kinds that the function takes."""
    arguments = function.signature.arguments
    checked = 0
    for index, argument in enumerate(arguments):
        if argument.literal or (function.name, index) in TAKES_BLANK:
            continue
        for kind in sorted(argument.kinds):
            given = [_sample(each, kind) for each in arguments]
            given[index] = f"IF(FALSE, {VALUES[kind]}, NULL)"
            for call in _calls(function, given, index):
                checked += _blank(call)
    assert checked


def _sample(argument: object, kind: str) -> str:
    name, kinds = argument.name, argument.kinds  # type: ignore[attr-defined]  # an Argument
    if name in WORDS:
        return name
    return VALUES[kind if kind in kinds else min(kinds)]


def _calls(function: Function, given: list[str], index: int) -> list[str]:
    """With the operand at the index, and with or without those that may be left out."""
    least = max(index + 1, len(given) - function.signature.optional)
    texts = [
        f"{function.name}({', '.join(given[:count])})" for count in range(least, len(given) + 1)
    ]
    for name, words in WORDS.items():
        texts = [text.replace(f" {name}", f" {word}") for text in texts for word in words]
    return texts


def _blank(call: str) -> bool:
    """False: these arguments do not go together."""
    try:
        assert value(call) is None, call
    except FormulaError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("YEAR(updated, 'Europe/Berlim')", "BAD_ZONE", "Europe/Berlin"),
        ("HOUR(updated, '')", "BAD_ZONE", ""),
        ("YEAR(due, 'UTC')", "ARG_TYPE", ""),
        ("TIMEVALUE(name, 'UTC')", "ARG_TYPE", ""),
        ("YEAR(updated, name)", "LITERAL_NEEDED", ""),
        ("DATEDIF(due, due, 'W')", "BAD_UNIT", ""),
        ("DATETIME_DIFF(updated, updated, 'hourz')", "BAD_UNIT", "hour"),
        ("STARTOF(due, 'moth')", "BAD_UNIT", "month"),
        ("FORMATDURATION(updated)", "ARG_TYPE", ""),
        ("FORMATDURATION(alarm, updated)", "ARG_TYPE", ""),
        ("FORMATDURATION(1, updated)", "ARG_TYPE", ""),
        ("NETWORKDAYS(updated, due)", "ARG_TYPE", ""),
        ("DATE(2023, 2, 29)", "CONST_ERROR", ""),
        ("TIME(24, 0, 0)", "CONST_ERROR", ""),
        ("WEEKNUM(DATE(2024, 1, 1), 3)", "CONST_ERROR", ""),
    ],
)
def test_what_the_check_refuses(text: str, code: str, suggestion: str) -> None:
    with pytest.raises(FormulaError) as raised:
        check(parse(text), SCOPE)
    found = raised.value.faults[0]
    assert (found.code, found.suggestion) == (code, suggestion)


def test_months_beside_counting_them() -> None:
    dice = random.Random(3)  # noqa: S311  # not a secret
    for _ in range(2_000):
        first, last = (date.fromordinal(dice.randrange(700_000, 800_000)) for _ in range(2))
        first, last = min(first, last), max(first, last)
        months = instants.whole_months(first, last)
        assert _not_clamped(first, months) <= (last.year, last.month, last.day)
        assert _not_clamped(first, months + 1) > (last.year, last.month, last.day)
        assert instants.whole_months(last, first) == -months


def _not_clamped(day: date, months: int) -> tuple[int, int, int]:
    count = day.year * 12 + day.month - 1 + months
    return count // 12, count % 12 + 1, day.day


def test_edate_beside_the_calendar() -> None:
    for day in (date(2024, 1, 31), date(2024, 2, 29), date(2023, 11, 30), date(2024, 5, 15)):
        for months in range(-60, 60):
            year, month, number = _not_clamped(day, months)
            last = calendar.monthrange(year, month)[1]
            assert dates.clamped(day, Decimal(months)) == date(year, month, min(number, last))


def test_weeks_beside_walking_through_the_year() -> None:
    for year in (*range(2000, 2030), 1, 9999):
        for start, begins in ((1, 6), (2, 0)):
            week, day = 1, date(year, 1, 1)
            while True:
                assert dates.week_number(day, Decimal(start)) == week
                if (day.month, day.day) == (12, 31):
                    break
                day = date.fromordinal(day.toordinal() + 1)
                week += day.weekday() == begins
