"""Days: made, read, moved and counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from fieldstone.formula import dates, instants, sql_dates, sql_instants, sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    returns,
    strict,
)
from fieldstone.formula.functions.zones import (
    DAY,
    MOMENT,
    UNIT,
    ZONE,
    day_of,
    day_sql,
    in_zone,
    refuse_unit,
    unit_of,
    zone_of,
    zone_sql,
)
from fieldstone.formula.sql_numbers import sized
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import DATE, DATETIME, Kind, Type

READABLE = Argument("value", frozenset({Kind.DATE, Kind.DATETIME, Kind.TEXT}))
MONTHS = Argument("months", frozenset({Kind.NUMBER}))
DAYS = Argument("days", frozenset({Kind.NUMBER}))
PARTS = tuple(Argument(name, frozenset({Kind.NUMBER})) for name in ("year", "month", "day"))
ENDS = tuple(Argument(name, frozenset({Kind.DATE})) for name in ("start", "end"))
DIFFERENCES = ("Y", "M", "D")


def _date_value(call: Call) -> Value:
    value = call.value(0)
    if not isinstance(value, str):
        return day_of(value, zone_of(call))
    day = dates.read_date(value)
    if day is None:
        raise EvaluationError("BAD_DATE")
    return day


def _date_value_sql(call: SqlCall) -> Sql:
    if call.typed.operands[0].type.kind is not Kind.TEXT:
        return day_sql(call, zone_sql)
    pair = call.pair(0)
    return sql_dates.computed((pair,), sql_dates.read_day(sql_text.ordered(pair.value)))


def _built_sql(call: SqlCall) -> Sql:
    pairs = call.pairs()
    return sql_dates.computed(pairs, sql_dates.built(*(pair.value for pair in pairs)))


def _month_end_sql(call: SqlCall) -> Sql:
    day = call.pair(0)
    last = joined((day,), sql_dates.last_of(day.value, "month"))
    return last if len(call.typed.operands) == 1 else sql_dates.added_months(last, call.pair(1))


def _moved_type(check: TypeCheck) -> Type | None:
    """A day stays a day, an instant an instant."""
    return DATETIME if check.operands[0].type.kind is Kind.DATETIME else DATE


def _days_later(moment: date, days: Decimal) -> Value:
    if isinstance(moment, datetime):
        return dates.shifted_instant(moment, days)
    return dates.shifted(moment, days)


def _days_later_sql(call: SqlCall) -> Sql:
    is_instant = call.typed.type.kind is Kind.DATETIME
    shift = sql_dates.shifted_instant if is_instant else sql_dates.shifted
    return shift(call.pair(0), call.pair(1))


def _difference_type(check: TypeCheck) -> Type | None:
    if unit_of(check.operands[2]).upper() in DIFFERENCES:
        return sized(7, 0)
    refuse_unit(check, 2, DIFFERENCES)
    return None


def _difference(first: date, last: date, unit: str) -> Value:
    return instants.date_difference(first, last, unit.strip().lower())


def _difference_sql(call: SqlCall) -> Sql:
    first, last = call.pair(0), call.pair(1)
    unit = unit_of(call.typed.operands[2])
    return joined((first, last), sql_instants.date_difference(first.value, last.value, unit))


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
        name="DATE",
        signature=Signature(PARTS),
        rule=returns(DATE),
        evaluate=strict(dates.built),
        to_sql=_built_sql,
        fails=True,
        documentation={
            "en": "The day with this year (1 to 9999), month and day of the month. A day that "
            "does not exist is an error, not carried over.",
            "zh_CN": "由年（1 到 9999）、月、日组成的日期；不存在的日期会出错，不进位。",
        },
        examples=(
            ("DATE(2024, 2, 29) + 1", "DATE(2024, 3, 1)"),
            ("DATE(2024, NULL, 29)", "NULL"),
        ),
    ),
    Function(
        name="DATEVALUE",
        signature=Signature((READABLE, ZONE), optional=1),
        rule=in_zone(DATE),
        evaluate=_date_value,
        to_sql=_date_value_sql,
        fails=True,
        documentation={
            "en": "The day of a date and time in your time zone or in the zone named, or the day "
            "that a text spells as YYYY-MM-DD.",
            "zh_CN": "日期时间在您所在时区或指定时区的日期，或按 YYYY-MM-DD 书写的文本所表示的"
            "日期。",
        },
        examples=(
            ('DATEVALUE("2024-5-1")', "DATE(2024, 5, 1)"),
            ("DATEVALUE(updated)", "DATE(2024, 5, 14)"),
            ('DATEVALUE(updated, "Asia/Shanghai")', "DATE(2024, 5, 15)"),
        ),
    ),
    Function(
        name="ADDMONTHS",
        signature=Signature((DAY, MONTHS)),
        rule=returns(DATE),
        evaluate=strict(dates.added_months),
        to_sql=lambda call: sql_dates.added_months(call.pair(0), call.pair(1)),
        fails=True,
        documentation={
            "en": "So many months later. From the last day of a month to the last day; else to "
            "the same day, or to the last one of a shorter month.",
            "zh_CN": "若干个月之后的日期：月末仍为月末，其他日期保持同一天，较短的月份取最后一天。",
        },
        examples=(
            ("ADDMONTHS(due, 1)", "DATE(2024, 6, 30)"),
            ("ADDMONTHS(DATE(2024, 2, 29), 1)", "DATE(2024, 3, 31)"),
            ("ADDMONTHS(DATE(2024, 1, 30), 1)", "DATE(2024, 2, 29)"),
        ),
    ),
    Function(
        name="EDATE",
        signature=Signature((DAY, MONTHS)),
        rule=returns(DATE),
        evaluate=strict(dates.clamped),
        to_sql=lambda call: sql_dates.clamped(call.pair(0), call.pair(1)),
        fails=True,
        documentation={
            "en": "The same day so many months later, or the last one of a shorter month. Unlike "
            "ADDMONTHS it does not keep to the end of months.",
            "zh_CN": "若干个月之后的同一天，较短的月份取最后一天；与 ADDMONTHS 不同，不保持月末。",
        },
        examples=(
            ("EDATE(DATE(2024, 2, 29), 1)", "DATE(2024, 3, 29)"),
            ("EDATE(due, -1)", "DATE(2024, 4, 30)"),
            ("EDATE(NULL, 1)", "NULL"),
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
    Function(
        name="ADDDAYS",
        signature=Signature((MOMENT, DAYS)),
        rule=_moved_type,
        evaluate=strict(_days_later),
        to_sql=_days_later_sql,
        fails=True,
        documentation={
            "en": "So many days later, as with the plus sign: a date takes whole days, a date and "
            "time also fractions, to the second.",
            "zh_CN": "若干天之后，与加号相同：日期只取整天，日期时间可含小数，精确到秒。",
        },
        examples=(
            ("ADDDAYS(due, 1.9)", "DATE(2024, 6, 1)"),
            ("ADDDAYS(updated, -0.25)", 'DATETIMEVALUE("2024-05-14 17:15")'),
        ),
    ),
    Function(
        name="DATEDIF",
        signature=Signature((*ENDS, UNIT)),
        rule=_difference_type,
        evaluate=strict(_difference),
        to_sql=_difference_sql,
        documentation={
            "en": "How many whole years (Y), months (M) or days (D) pass from the first date to "
            "the second; below zero if the second is earlier. A month is over on the same day of "
            "the next one.",
            "zh_CN": "从第一个日期到第二个日期经过的整年（Y）、整月（M）或天数（D）；第二个较早时"
            "为负数。到下个月的同一天才满一个月。",
        },
        examples=(
            ('DATEDIF(DATE(1990, 5, 16), TODAY(), "Y")', "33"),
            ('DATEDIF(DATE(2024, 1, 31), DATE(2024, 2, 29), "M")', "0"),
            ('DATEDIF(due, NULL, "D")', "NULL"),
        ),
    ),
)
