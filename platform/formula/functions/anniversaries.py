"""Days that come back every year, by the sun's calendar and by the moon's."""

from __future__ import annotations

from sqlalchemy import Date

from fieldstone.formula import dates, lunar, sql_dates
from fieldstone.formula.ast import Value
from fieldstone.formula.context import Context
from fieldstone.formula.functions.base import Call, Function, Signature, SqlCall, returns, strict
from fieldstone.formula.functions.zones import DAY, MOMENT, day_of, day_sql
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.types import DATE, TEXT


def _next(call: Call) -> Value:
    day = day_of(call.value(0), call.context.timezone)
    return None if day is None else dates.next_anniversary(day, call.context.today)


def _next_sql(call: SqlCall) -> Sql:
    today = call.from_context("today", Date(), _today)
    return sql_dates.next_anniversary(day_sql(call), today)


def _today(context: Context) -> Value:
    return context.today


def _next_lunar(call: Call) -> Value:
    day = day_of(call.value(0), call.context.timezone)
    return None if day is None else lunar.next_anniversary(day, call.context.today)


FUNCTIONS = (
    Function(
        name="NEXTANNIVERSARY",
        signature=Signature((MOMENT,)),
        rule=returns(DATE),
        evaluate=_next,
        to_sql=_next_sql,
        volatile=True,
        fails=True,
        documentation={
            "en": "The next day with the same month and day of the month, today included. "
            "29 February is kept on 28 February in common years.",
            "zh_CN": "下一个月份和日子相同的日期，含今天；平年的 2 月 29 日按 2 月 28 日计。",
        },
        examples=(
            ("NEXTANNIVERSARY(DATE(1990, 5, 15))", "TODAY()"),
            ("NEXTANNIVERSARY(DATE(2000, 2, 29))", "DATE(2025, 2, 28)"),
            ("NEXTANNIVERSARY(NULL)", "NULL"),
        ),
    ),
    Function(
        name="NEXTLUNARANNIVERSARY",
        signature=Signature((MOMENT,)),
        rule=returns(DATE),
        evaluate=_next_lunar,
        to_sql=None,
        volatile=True,
        fails=True,
        documentation={
            "en": "The next day, today included, with the same month and day in the Chinese lunar "
            "calendar as the given date has: the next lunar birthday of somebody born on it. A "
            "day of a leap month is kept in the ordinary month where there is no such leap month, "
            "the 30th on the 29th of a shorter month. For 1900-01-31 to 2101-01-28.",
            "zh_CN": "下一个农历月日与所给日期相同的公历日期，含今天，即该日出生者的下一个农历"
            "生日。当年没有该闰月时按平月计，小月的三十按廿九计。适用于 1900-01-31 至 2101-01-28。",
        },
        examples=(
            ("NEXTLUNARANNIVERSARY(DATE(2024, 2, 10))", "DATE(2025, 1, 29)"),
            ("NEXTLUNARANNIVERSARY(DATE(1990, 6, 23))", "DATE(2024, 6, 6)"),
            ("NEXTLUNARANNIVERSARY(NULL)", "NULL"),
        ),
    ),
    Function(
        name="LUNAR",
        signature=Signature((DAY,)),
        rule=returns(TEXT),
        evaluate=strict(lunar.written),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The date in the Chinese lunar calendar, as Chinese calendars write it; the "
            "year takes the first five characters. For 1900-01-31 to 2101-01-28.",
            "zh_CN": "日期的农历写法，前五个字为年份。适用于 1900-01-31 至 2101-01-28。",
        },
        examples=(
            ("LUNAR(DATE(2026, 2, 17))", '"二〇二六年正月初一"'),
            ("LUNAR(DATE(2025, 7, 25))", '"二〇二五年闰六月初一"'),
            ("MID(LUNAR(due), 6, 9)", '"四月廿四"'),
        ),
    ),
)
