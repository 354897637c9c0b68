"""Dates and instants: made, read, taken apart. An instant's day is that of the user's zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Numeric, Text, cast, extract

from fieldstone.formula import dates, sql_dates, sql_numbers, sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.context import Context
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    returns,
    strict,
)
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import DATE, DATETIME, TIME, Kind

DAY = Argument("date", frozenset({Kind.DATE}))
MOMENT = Argument("date", frozenset({Kind.DATE, Kind.DATETIME}))
READABLE = Argument("value", frozenset({Kind.DATE, Kind.DATETIME, Kind.TEXT}))
MONTHS = Argument("months", frozenset({Kind.NUMBER}))
PARTS = tuple(Argument(name, frozenset({Kind.NUMBER})) for name in ("year", "month", "day"))


def day_of(value: Value, context: Context) -> date | None:
    """The day of a date or of an instant, as the user's calendar has it."""
    if isinstance(value, datetime):
        return dates.local_day(value, context.timezone)
    return value if isinstance(value, date) else None


def day_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    if call.typed.operands[0].type.kind is not Kind.DATETIME:
        return pair
    return joined((pair,), sql_dates.local_day(pair.value, timezone(call)))


def timezone(call: SqlCall) -> Expression:
    return call.from_context("timezone", Text(), lambda context: context.timezone)


def _part(name: str, field: str, words: tuple[str, str], expected: str) -> Function:
    read = dates.EXTRACTORS[name]

    def evaluate(call: Call) -> Value:
        day = day_of(call.value(0), call.context)
        return None if day is None else Decimal(read(day))

    def to_sql(call: SqlCall) -> Sql:
        day = day_sql(call)
        number = cast(extract(field, day.value), Numeric)
        return joined((day,), number + 1 if field == "dow" else number)

    return Function(
        name=name,
        signature=Signature((MOMENT,)),
        rule=returns(sql_numbers.sized(4, 0)),
        evaluate=evaluate,
        to_sql=to_sql,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=((f"{name}(due)", expected),),
    )


def _date_value(call: Call) -> Value:
    value = call.value(0)
    if not isinstance(value, str):
        return day_of(value, call.context)
    day = dates.read_date(value)
    if day is None:
        raise EvaluationError("BAD_DATE")
    return day


def _date_value_sql(call: SqlCall) -> Sql:
    if call.typed.operands[0].type.kind is not Kind.TEXT:
        return day_sql(call)
    pair = call.pair(0)
    return sql_dates.computed((pair,), sql_dates.read_day(sql_text.ordered(pair.value)))


def _instant_value(call: Call) -> Value:
    value = call.value(0)
    if isinstance(value, str):
        return _read_instant(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return dates.midnight_like_postgres(value, call.context.timezone)
    return value


def _read_instant(text: str) -> datetime:
    instant, day = dates.read_instant(text, ZoneInfo("UTC")), dates.read_date(text)
    if instant is None and day is None:
        raise EvaluationError("BAD_DATE")
    return instant or dates.midnight_like_postgres(day or date.min, "UTC")


def _instant_value_sql(call: SqlCall) -> Sql:
    pair, kind = call.pair(0), call.typed.operands[0].type.kind
    if kind is Kind.DATE:
        return sql_dates.computed((pair,), sql_dates.midnight(pair.value, timezone(call)))
    if kind is Kind.DATETIME:
        return pair
    return sql_dates.computed((pair,), sql_dates.read_instant(sql_text.ordered(pair.value)))


def _time_value(call: Call) -> Value:
    value = call.value(0)
    if not isinstance(value, str):
        return value
    moment = dates.read_time(value)
    if moment is None:
        raise EvaluationError("BAD_TIME")
    return moment


def _time_value_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    if call.typed.operands[0].type.kind is not Kind.TEXT:
        return pair
    return sql_dates.computed(
        (pair,), sql_dates.read_time(sql_text.ordered(pair.value)), "BAD_TIME"
    )


def _built_sql(call: SqlCall) -> Sql:
    pairs = call.pairs()
    return sql_dates.computed(pairs, sql_dates.built(*(pair.value for pair in pairs)))


def _month_end_sql(call: SqlCall) -> Sql:
    day = call.pair(0)
    last = joined((day,), sql_dates.last_of(day.value, "month"))
    return last if len(call.typed.operands) == 1 else sql_dates.added_months(last, call.pair(1))


FUNCTIONS = (
    Function(
        name="TODAY",
        signature=Signature(()),
        rule=returns(DATE),
        evaluate=lambda call: call.context.today,
        to_sql=None,
        volatile=True,
        documentation={"en": "This day in your time zone.", "zh_CN": "您所在时区的今天。"},
        examples=(("TODAY()", "DATE(2024, 5, 15)"), ("TODAY() - 15", "DATE(2024, 4, 30)")),
    ),
    Function(
        name="NOW",
        signature=Signature(()),
        rule=returns(DATETIME),
        evaluate=lambda call: call.context.now,
        to_sql=None,
        volatile=True,
        documentation={"en": "This moment.", "zh_CN": "此刻。"},
        examples=(("NOW()", 'DATETIMEVALUE("2024-05-15 10:30")'),),
    ),
    Function(
        name="DATE",
        signature=Signature(PARTS),
        rule=returns(DATE),
        evaluate=strict(dates.built),
        to_sql=_built_sql,
        fails=True,
        documentation={
            "en": "The day with this year, month and day of the month.",
            "zh_CN": "由年、月、日组成的日期。",
        },
        examples=(("DATE(2024, 2, 29) + 1", "DATE(2024, 3, 1)"),),
    ),
    Function(
        name="DATEVALUE",
        signature=Signature((READABLE,)),
        rule=returns(DATE),
        evaluate=_date_value,
        to_sql=_date_value_sql,
        fails=True,
        documentation={
            "en": "The day of an instant, or the day that a text spells as YYYY-MM-DD.",
            "zh_CN": "日期时间所在的日期，或按 YYYY-MM-DD 书写的文本所表示的日期。",
        },
        examples=(
            ('DATEVALUE("2024-5-1")', "DATE(2024, 5, 1)"),
            ("DATEVALUE(updated)", "DATE(2024, 5, 14)"),
        ),
    ),
    Function(
        name="DATETIMEVALUE",
        signature=Signature((READABLE,)),
        rule=returns(DATETIME),
        evaluate=_instant_value,
        to_sql=_instant_value_sql,
        fails=True,
        documentation={
            "en": "The first moment of a day in your time zone, or the instant that a text "
            "spells as YYYY-MM-DD HH:MM (in UTC unless it says otherwise).",
            "zh_CN": "某一天在您所在时区的开始时刻，或按 YYYY-MM-DD HH:MM 书写的文本所表示的"
            "时刻（未注明时区时为 UTC）。",
        },
        examples=(
            ('DATETIMEVALUE("2024-05-14T18:00+08:00")', 'DATETIMEVALUE("2024-05-14 10:00")'),
            ("DATEVALUE(DATETIMEVALUE(due))", "due"),
        ),
    ),
    Function(
        name="TIMEVALUE",
        signature=Signature((Argument("value", frozenset({Kind.TIME, Kind.TEXT})),)),
        rule=returns(TIME),
        evaluate=_time_value,
        to_sql=_time_value_sql,
        fails=True,
        documentation={
            "en": "The time of day that a text spells as HH:MM or HH:MM:SS.",
            "zh_CN": "按 HH:MM 或 HH:MM:SS 书写的文本所表示的时间。",
        },
        examples=(('TEXT(TIMEVALUE("7:30"))', '"07:30:00.000"'), ('TIMEVALUE("07:30")', "alarm")),
    ),
    _part("YEAR", "year", ("The year.", "年份。"), "2024"),
    _part("MONTH", "month", ("The month, 1 to 12.", "月份，1 到 12。"), "5"),
    _part("DAY", "day", ("The day of the month.", "一个月中的第几天。"), "31"),
    _part("QUARTER", "quarter", ("The quarter, 1 to 4.", "季度，1 到 4。"), "2"),
    _part("WEEKDAY", "dow", ("The day of the week; Sunday is 1.", "星期几，星期日为 1。"), "6"),
    Function(
        name="ADDMONTHS",
        signature=Signature((DAY, MONTHS)),
        rule=returns(DATE),
        evaluate=strict(dates.added_months),
        to_sql=lambda call: sql_dates.added_months(call.pair(0), call.pair(1)),
        fails=True,
        documentation={
            "en": "So many months later. From the last day of a month to the last day.",
            "zh_CN": "若干个月之后的日期，月末仍为月末。",
        },
        examples=(
            ("ADDMONTHS(due, 1)", "DATE(2024, 6, 30)"),
            ("ADDMONTHS(DATE(2024, 1, 30), 1)", "DATE(2024, 2, 29)"),
        ),
    ),
    Function(
        name="EOMONTH",
        signature=Signature((DAY, MONTHS), optional=1),
        rule=returns(DATE),
        evaluate=strict(dates.month_end),
        to_sql=_month_end_sql,
        fails=True,
        documentation={
            "en": "The last day of the month, or of the month so many months later.",
            "zh_CN": "当月或若干个月之后的最后一天。",
        },
        examples=(
            ("EOMONTH(DATE(2024, 2, 3))", "DATE(2024, 2, 29)"),
            ("EOMONTH(due, -3)", "DATE(2024, 2, 29)"),
        ),
    ),
)
