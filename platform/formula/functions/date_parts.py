"""Dates, times and instants taken apart. An instant is read as the calendar and the clock on the
wall of the user have it, or of the zone that is named."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from sqlalchemy import Numeric, cast, extract, literal

from fieldstone.formula import dates, sql_dates, sql_instants
from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    returns,
)
from fieldstone.formula.functions.zones import (
    MOMENT,
    ZONE,
    day_of,
    day_sql,
    in_zone,
    zone_of,
    zone_sql,
)
from fieldstone.formula.sql_numbers import sized
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import Kind

CLOCK = Argument("time", frozenset({Kind.TIME, Kind.DATETIME}))
START = Argument("start", frozenset({Kind.NUMBER}))
Examples = tuple[tuple[str, str], ...]


def _day_part(name: str, field: str, words: tuple[str, str], examples: Examples) -> Function:
    read = dates.EXTRACTORS[name]

    def evaluate(call: Call) -> Value:
        day = day_of(call.value(0), zone_of(call))
        return None if day is None else Decimal(read(day))

    def to_sql(call: SqlCall) -> Sql:
        day = day_sql(call, zone_sql)
        number = cast(extract(field, day.value), Numeric)
        return joined((day,), number + 1 if field == "dow" else number)

    return Function(
        name=name,
        signature=Signature((MOMENT, ZONE), optional=1),
        rule=in_zone(sized(4, 0)),
        evaluate=evaluate,
        to_sql=to_sql,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=examples,
    )


def _clock(call: Call) -> time | datetime | None:
    value = call.value(0)
    if isinstance(value, datetime):
        return dates.local(value, zone_of(call))
    return value if isinstance(value, time) else None


def _wall_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    if call.typed.operands[0].type.kind is not Kind.DATETIME:
        return pair
    return joined((pair,), sql_dates.local(pair.value, zone_sql(call)))


def _clock_part(name: str, words: tuple[str, str], examples: Examples) -> Function:
    field = name.lower()

    def evaluate(call: Call) -> Value:
        clock = _clock(call)
        if clock is None:
            return None
        if field == "millisecond":
            return Decimal(clock.microsecond // 1000)
        return Decimal(getattr(clock, field))

    def to_sql(call: SqlCall) -> Sql:
        wall = _wall_sql(call)
        return joined((wall,), sql_instants.clock_part(field, wall.value))

    return Function(
        name=name,
        signature=Signature((CLOCK, ZONE), optional=1),
        rule=in_zone(sized(3, 0)),
        evaluate=evaluate,
        to_sql=to_sql,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=examples,
    )


def _week_number(call: Call) -> Value:
    day, start = day_of(call.value(0), call.context.timezone), Decimal(1)
    if len(call.typed.operands) > 1:
        given = call.value(1)
        if not isinstance(given, Decimal):
            return None
        start = given
    return None if day is None else dates.week_number(day, start)


def _week_number_sql(call: SqlCall) -> Sql:
    day = day_sql(call)
    start = call.pair(1) if len(call.typed.operands) > 1 else Sql(_one())
    value = sql_dates.week_number(day.value, start.value)
    return sql_dates.computed((day, start), value, "DOMAIN")


def _one() -> Expression:
    return literal(1, Numeric)


FUNCTIONS = (
    _day_part(
        "YEAR",
        "year",
        (
            "The year of a date. Of a date and time it is the year in your time zone, or in the "
            "zone named.",
            "日期的年份；日期时间按您所在时区或指定时区计算。",
        ),
        (
            ("YEAR(due)", "2024"),
            ('YEAR(DATETIMEVALUE("2023-12-31 20:00Z"), "Asia/Shanghai")', "2024"),
            ("YEAR(NULL)", "NULL"),
        ),
    ),
    _day_part(
        "MONTH",
        "month",
        (
            "The month, 1 to 12, in your time zone or in the zone named.",
            "月份，1 到 12，按您所在时区或指定时区计算。",
        ),
        (("MONTH(due)", "5"), ('MONTH(DATETIMEVALUE("2024-04-30 16:00Z"), "Asia/Shanghai")', "5")),
    ),
    _day_part(
        "DAY",
        "day",
        (
            "The day of the month, 1 to 31, in your time zone or in the zone named.",
            "一个月中的第几天，1 到 31，按您所在时区或指定时区计算。",
        ),
        (("DAY(due)", "31"), ('DAY(updated, "America/New_York")', "14"), ("DAY(NULL)", "NULL")),
    ),
    _day_part(
        "QUARTER",
        "quarter",
        ("The quarter of the year, 1 to 4.", "一年中的第几季度，1 到 4。"),
        (("QUARTER(due)", "2"), ("QUARTER(DATE(2024, 12, 31))", "4")),
    ),
    _day_part(
        "DAYOFYEAR",
        "doy",
        ("The day of the year, 1 to 366.", "一年中的第几天，1 到 366。"),
        (("DAYOFYEAR(due)", "152"), ("DAYOFYEAR(DATE(2024, 12, 31))", "366")),
    ),
    _day_part(
        "WEEKDAY",
        "dow",
        (
            "The day of the week, 1 to 7; Sunday is 1.",
            "星期几，1 到 7，星期日为 1。",
        ),
        (("WEEKDAY(due)", "6"), ("WEEKDAY(DATE(2024, 6, 2))", "1")),
    ),
    Function(
        name="WEEKNUM",
        signature=Signature((MOMENT, START), optional=1),
        rule=returns(sized(2, 0)),
        evaluate=_week_number,
        to_sql=_week_number_sql,
        fails=True,
        documentation={
            "en": "The week of the year, where week 1 begins on 1 January and the others on "
            "Sunday; with start 2 they begin on Monday. See ISOWEEK for the weeks of ISO 8601.",
            "zh_CN": "一年中的第几周：第 1 周从 1 月 1 日开始，其余各周从星期日开始；start 为 2 "
            "时从星期一开始。ISO 8601 的周数请用 ISOWEEK。",
        },
        examples=(
            ("WEEKNUM(DATE(2024, 1, 7))", "2"),
            ("WEEKNUM(DATE(2024, 1, 7), 2)", "1"),
            ("WEEKNUM(DATE(2023, 12, 31))", "53"),
        ),
    ),
    _day_part(
        "ISOWEEK",
        "week",
        (
            "The week number of ISO 8601, 1 to 53: weeks begin on Monday, and week 1 is the one "
            "with the year's first Thursday.",
            "ISO 8601 周数，1 到 53：一周从星期一开始，含当年第一个星期四的周为第 1 周。",
        ),
        (("ISOWEEK(due)", "22"), ("ISOWEEK(DATE(2024, 12, 30))", "1")),
    ),
    _day_part(
        "ISOYEAR",
        "isoyear",
        (
            "The year that the week of ISOWEEK belongs to, which around New Year may not be YEAR.",
            "ISOWEEK 所指的周所属的年份，元旦前后可能与 YEAR 不同。",
        ),
        (("ISOYEAR(DATE(2024, 12, 30))", "2025"), ("ISOYEAR(DATE(2021, 1, 3))", "2020")),
    ),
    _clock_part(
        "HOUR",
        (
            "The hour, 0 to 23, of a time, or of a date and time in your time zone or in the zone "
            "named.",
            "小时，0 到 23；日期时间按您所在时区或指定时区计算。",
        ),
        (("HOUR(alarm)", "7"), ('HOUR(updated, "Asia/Shanghai")', "7"), ("HOUR(updated)", "23")),
    ),
    _clock_part(
        "MINUTE",
        ("The minute of the hour, 0 to 59.", "分钟，0 到 59。"),
        (("MINUTE(alarm)", "30"), ('MINUTE(updated, "Asia/Kolkata")', "45")),
    ),
    _clock_part(
        "SECOND",
        ("The second of the minute, 0 to 59.", "秒，0 到 59。"),
        (('SECOND(TIMEVALUE("23:59:58.999"))', "58"), ("SECOND(alarm)", "0")),
    ),
    _clock_part(
        "MILLISECOND",
        ("The milliseconds beyond the full second, 0 to 999.", "毫秒，0 到 999。"),
        (('MILLISECOND(TIMEVALUE("23:59:58.070"))', "70"), ("MILLISECOND(NULL)", "NULL")),
    ),
)
