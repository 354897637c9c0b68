"""Working days and business hours, as the calendar of the organisation has them when the formula
is computed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from fieldstone.formula import arithmetic, business_hours, sql_workdays, workdays
from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import Argument, Call, Function, Signature, SqlCall, returns
from fieldstone.formula.functions.zones import DAY
from fieldstone.formula.sql_numbers import sized
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.typed import Needs
from fieldstone.formula.types import DATE, DATETIME, Kind

ENDS = tuple(Argument(name, frozenset({Kind.DATE})) for name in ("start", "end"))
MOMENTS = tuple(Argument(name, frozenset({Kind.DATETIME})) for name in ("start", "end"))
DAYS = Argument("days", frozenset({Kind.NUMBER}))
HOURS = Argument("hours", frozenset({Kind.NUMBER}))


def _between(call: Call) -> Value:
    first, last = call.values()
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    return Decimal(workdays.between(workdays.of(call.context), first, last))


def _between_sql(call: SqlCall) -> Sql:
    calendar = sql_workdays.calendar(call.from_context)
    return sql_workdays.between(call.pair(0), call.pair(1), calendar)


def _moved(call: Call) -> Value:
    day, count = call.values()
    if not isinstance(day, date) or not isinstance(count, Decimal):
        return None
    return workdays.moved(workdays.of(call.context), day, arithmetic.truncated(count))


def _moved_sql(call: SqlCall) -> Sql:
    calendar = sql_workdays.calendar(call.from_context)
    return sql_workdays.moved(call.pair(0), call.pair(1), calendar)


def _hours_between(call: Call) -> Value:
    first, last = call.values()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    return business_hours.between(call.context, first, last)


def _hours_later(call: Call) -> Value:
    instant, hours = call.values()
    if not isinstance(instant, datetime) or not isinstance(hours, Decimal):
        return None
    return business_hours.moved(call.context, instant, hours)


FUNCTIONS = (
    Function(
        name="NETWORKDAYS",
        signature=Signature(ENDS),
        rule=returns(sized(7, 0)),
        evaluate=_between,
        to_sql=_between_sql,
        needs=Needs.CALENDAR,
        documentation={
            "en": "The number of working days from the first date through the second, both "
            "counted; below zero if the second is earlier. Monday to Friday are worked but for "
            "the organisation's holidays, and so are the days it works instead of them.",
            "zh_CN": "从第一个日期到第二个日期的工作日数，含首尾；第二个较早时为负数。周一至周五"
            "为工作日，扣除组织的节假日，加上调休上班日。",
        },
        examples=(
            ("NETWORKDAYS(DATE(2024, 5, 31), DATE(2024, 6, 3))", "2"),
            ("NETWORKDAYS(due, DATE(2024, 5, 27))", "-5"),
            ("NETWORKDAYS(due, NULL)", "NULL"),
        ),
    ),
    Function(
        name="WORKDAY",
        signature=Signature((DAY, DAYS)),
        rule=returns(DATE),
        evaluate=_moved,
        to_sql=_moved_sql,
        fails=True,
        needs=Needs.CALENDAR,
        documentation={
            "en": "The day so many working days after the date, or before it with a number below "
            "zero; 0 is the date itself. Working days are those of NETWORKDAYS.",
            "zh_CN": "日期之后第若干个工作日，负数为之前；0 为该日期本身。工作日与 NETWORKDAYS "
            "相同。",
        },
        examples=(
            ("WORKDAY(due, 1)", "DATE(2024, 6, 3)"),
            ("WORKDAY(DATE(2024, 6, 2), -1)", "due"),
            ("WORKDAY(NULL, 1)", "NULL"),
        ),
    ),
    Function(
        name="BUSINESSHOURS_BETWEEN",
        signature=Signature(MOMENTS),
        rule=returns(sized(9, arithmetic.INTERNAL_SCALE)),
        evaluate=_hours_between,
        to_sql=None,
        needs=Needs.CALENDAR,
        documentation={
            "en": "The business hours between two moments; below zero if the second is earlier. "
            "Without hours of the organisation, Monday to Friday from 9:00 to 18:00 in your time "
            "zone count. Holidays have none.",
            "zh_CN": "两个时刻之间的营业小时数，第二个较早时为负数。组织未设置营业时间时，按您所在"
            "时区周一至周五 9:00 至 18:00 计；节假日不计。",
        },
        examples=(
            ("BUSINESSHOURS_BETWEEN(updated, NOW())", "1.5"),
            ("BUSINESSHOURS_BETWEEN(NOW(), NOW() + 7)", "45"),
            ("BUSINESSHOURS_BETWEEN(updated, NULL)", "NULL"),
        ),
    ),
    Function(
        name="BUSINESSHOURS_ADD",
        signature=Signature((MOMENTS[0], HOURS)),
        rule=returns(DATETIME),
        evaluate=_hours_later,
        to_sql=None,
        fails=True,
        needs=Needs.CALENDAR,
        documentation={
            "en": "The moment so many business hours later, or earlier with a number below zero, "
            "to the second; 0 is the moment itself. Business hours are those of "
            "BUSINESSHOURS_BETWEEN.",
            "zh_CN": "若干营业小时之后的时刻，负数为之前，精确到秒；0 为该时刻本身。营业时间与 "
            "BUSINESSHOURS_BETWEEN 相同。",
        },
        examples=(
            ("BUSINESSHOURS_ADD(updated, 1.5)", "NOW()"),
            ("BUSINESSHOURS_ADD(NOW(), 9)", 'DATETIMEVALUE("2024-05-16 10:30")'),
        ),
    ),
)
