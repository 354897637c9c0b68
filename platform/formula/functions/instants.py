"""Moments and the time between them: made, read, compared and written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Time, case, cast

from fieldstone.formula import dates, instants, sql_dates, sql_instants, sql_text
from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    plain,
    returns,
    strict,
)
from fieldstone.formula.functions.zones import (
    UNIT,
    ZONE,
    in_zone,
    refuse_unit,
    timezone,
    unit_of,
    zone_of,
    zone_sql,
)
from fieldstone.formula.sql_numbers import sized
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import BOOLEAN, DATETIME, NUMBER, TEXT, TIME, Kind, Type

READABLE = Argument("value", frozenset({Kind.DATE, Kind.DATETIME, Kind.TEXT}))
TIMED = Argument("value", frozenset({Kind.TIME, Kind.DATETIME, Kind.TEXT}))
INSTANTS = tuple(Argument(name, frozenset({Kind.DATETIME})) for name in ("later", "earlier"))
PARTS = tuple(Argument(name, frozenset({Kind.NUMBER})) for name in ("hour", "minute", "second"))
SECONDS = Argument("seconds", frozenset({Kind.NUMBER}))
COUNTED = Argument("value", frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME}))
SPAN = (
    Argument("seconds or start", frozenset({Kind.NUMBER, Kind.DATETIME, Kind.TIME})),
    Argument("with days or end", frozenset({Kind.BOOLEAN, Kind.DATETIME, Kind.TIME})),
)
UNITS = (*instants.LENGTHS, *instants.MONTHS)


def _time_now(call: Call) -> Value:
    return _cut(dates.local(call.context.now, call.context.timezone).time())


def _cut(clock: time) -> time:
    return clock.replace(microsecond=clock.microsecond // 1000 * 1000)


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
    if isinstance(value, datetime):
        return _cut(dates.local(value, zone_of(call)).time())
    if not isinstance(value, str):
        return value
    moment = dates.read_time(value)
    if moment is None:
        raise EvaluationError("BAD_TIME")
    return moment


def _time_value_sql(call: SqlCall) -> Sql:
    pair, kind = call.pair(0), call.typed.operands[0].type.kind
    if kind is Kind.DATETIME:
        wall = sql_dates.local(pair.value, zone_sql(call))
        return joined((pair,), cast(sql_dates.to_milliseconds(wall), Time))
    if kind is Kind.TIME:
        return pair
    value = sql_dates.read_time(sql_text.ordered(pair.value))
    return sql_dates.computed((pair,), value, "BAD_TIME")


def _time_sql(call: SqlCall) -> Sql:
    pairs = call.pairs()
    value = sql_instants.time_of_day(*(pair.value for pair in pairs))
    return sql_dates.computed(pairs, value, "BAD_TIME")


def _unit_type(check: TypeCheck) -> Type | None:
    if unit_of(check.operands[2]).removesuffix("s") in UNITS:
        return sized(15, 0)
    refuse_unit(check, 2, UNITS)
    return None


def _difference(call: Call) -> Value:
    left, right = call.value(0), call.value(1)
    if not isinstance(left, datetime) or not isinstance(right, datetime):
        return None
    unit = unit_of(call.typed.operands[2]).removesuffix("s")
    return instants.whole_units(left, right, unit, call.context.timezone)


def _difference_sql(call: SqlCall) -> Sql:
    unit = unit_of(call.typed.operands[2]).removesuffix("s")
    return sql_instants.whole_units(call.pair(0), call.pair(1), unit, timezone(call))


def _unix_time_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    value = sql_instants.unix_time(pair.value, call.typed.operands[0].type.kind)
    return joined((pair,), value)


_SECOND_OPERAND: Mapping[Kind, Type] = {
    Kind.NUMBER: BOOLEAN,
    Kind.TIME: TIME,
    Kind.DATETIME: DATETIME,
}


def _duration_type(check: TypeCheck) -> Type | None:
    """A number alone or with a condition; two times; two instants."""
    first, *others = (operand.type.kind for operand in check.operands)
    if not others or (first is Kind.BLANK and others[0] in (Kind.BLANK, Kind.BOOLEAN)):
        first = Kind.NUMBER
        if not check.adopt(0, NUMBER):
            return None
    if first is Kind.BLANK:
        return TEXT if check.unified((0, 1)) else None
    return TEXT if not others or check.adopt(1, _SECOND_OPERAND[first]) else None


def _duration(first: Value, second: Value = None) -> Value:
    if isinstance(first, Decimal):
        return instants.duration(first, days=second is True)
    if isinstance(first, datetime) and isinstance(second, datetime):
        return instants.duration(instants.seconds_between(first, second), days=True)
    if isinstance(first, time) and isinstance(second, time):
        return instants.duration(instants.seconds_between(first, second), days=False)
    return None


def _duration_sql(call: SqlCall) -> Sql:
    first, kind = call.pair(0), call.typed.operands[0].type.kind
    if kind is Kind.NUMBER:
        return _seconds_sql(call, first)
    second = call.pair(1)
    seconds = sql_instants.seconds_between(first.value, second.value)
    text = sql_instants.duration(seconds, days=kind is Kind.DATETIME)
    return joined((first, second), text)


def _seconds_sql(call: SqlCall, seconds: Sql) -> Sql:
    shapes = [sql_instants.duration(seconds.value, days=days) for days in (False, True)]
    if len(call.typed.operands) == 1:
        return joined((seconds,), shapes[0])
    node = call.typed.operands[1].node
    if isinstance(node, Literal):
        return joined((seconds,), shapes[node.value is True])
    with_days = call.truth(1)
    text: Expression = case((with_days.value, shapes[1]), else_=shapes[0])
    return joined((seconds, with_days), text, null_in_null_out=False)


FUNCTIONS = (
    Function(
        name="NOW",
        signature=Signature(()),
        rule=returns(DATETIME),
        evaluate=lambda call: call.context.now,
        to_sql=None,
        volatile=True,
        documentation={
            "en": "This moment, the same for the whole of a page or a save.",
            "zh_CN": "此刻；同一页面或同一次保存中保持不变。",
        },
        examples=(
            ("NOW()", 'DATETIMEVALUE("2024-05-15 10:30")'),
            ("NOW() - 0.5", 'DATETIMEVALUE("2024-05-14 22:30")'),
        ),
    ),
    Function(
        name="TIMENOW",
        signature=Signature(()),
        rule=returns(TIME),
        evaluate=_time_now,
        to_sql=None,
        volatile=True,
        documentation={
            "en": "The time of day at this moment in your time zone.",
            "zh_CN": "您所在时区此刻的时间。",
        },
        examples=(("TIMENOW()", 'TIMEVALUE("10:30")'), ("TIMENOW() > alarm", "TRUE")),
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
        signature=Signature((TIMED, ZONE), optional=1),
        rule=in_zone(TIME),
        evaluate=_time_value,
        to_sql=_time_value_sql,
        fails=True,
        documentation={
            "en": "The time of day that a text spells as HH:MM or HH:MM:SS, or that of a date "
            "and time in your time zone or in the zone named.",
            "zh_CN": "按 HH:MM 或 HH:MM:SS 书写的文本所表示的时间；或日期时间在您所在时区或指定"
            "时区的时间。",
        },
        examples=(
            ('TEXT(TIMEVALUE("7:30"))', '"07:30:00.000"'),
            ('TIMEVALUE("07:30")', "alarm"),
            ('TIMEVALUE(updated, "Asia/Shanghai")', 'TIMEVALUE("07:15")'),
        ),
    ),
    Function(
        name="TIME",
        signature=Signature(PARTS),
        rule=returns(TIME),
        evaluate=strict(instants.time_of_day),
        to_sql=_time_sql,
        fails=True,
        documentation={
            "en": "The time of day with this hour, minute and second. Parts out of their range "
            "are an error, not carried over.",
            "zh_CN": "由时、分、秒组成的时间；超出范围时出错，不进位。",
        },
        examples=(("TIME(7, 30, 0)", "alarm"), ("TIME(NULL, 30, 0)", "NULL")),
    ),
    Function(
        name="DATETIME_DIFF",
        signature=Signature((*INSTANTS, UNIT)),
        rule=_unit_type,
        evaluate=_difference,
        to_sql=_difference_sql,
        documentation={
            "en": "How many whole units lie between two moments: the first less the second, "
            "without fraction. Units are millisecond, second, minute, hour, day (24 hours), week, "
            "and month, quarter and year as the calendar in your time zone counts them.",
            "zh_CN": "两个时刻相差多少个完整的单位：第一个减第二个，舍去小数。单位为 "
            "millisecond、second、minute、hour、day（24 小时）、week，以及按您所在时区日历计算的 "
            "month、quarter、year。",
        },
        examples=(
            ('DATETIME_DIFF(NOW(), updated, "hours")', "11"),
            ('DATETIME_DIFF(updated, NOW(), "hour")', "-11"),
            (
                'DATETIME_DIFF(DATETIMEVALUE("2024-02-29"), DATETIMEVALUE("2024-01-31"), "month")',
                "0",
            ),
        ),
    ),
    Function(
        name="UNIXTIMESTAMP",
        signature=Signature((COUNTED,)),
        rule=returns(sized(12, 0)),
        evaluate=strict(instants.unix_time),
        to_sql=_unix_time_sql,
        documentation={
            "en": "The whole seconds from the beginning of 1970 in UTC to a moment, or to the "
            "beginning of a day in UTC; of a time, the seconds since midnight.",
            "zh_CN": "从 UTC 1970 年初到某一时刻（或某一天在 UTC 的开始）的整秒数；时间则为自"
            "零点起的秒数。",
        },
        examples=(
            ("UNIXTIMESTAMP(updated)", "1715728500"),
            ("UNIXTIMESTAMP(DATE(1970, 1, 2))", "86400"),
            ("UNIXTIMESTAMP(alarm)", "27000"),
        ),
    ),
    Function(
        name="FROMUNIXTIME",
        signature=Signature((SECONDS,)),
        rule=returns(DATETIME),
        evaluate=strict(instants.from_unix_time),
        to_sql=lambda call: sql_instants.from_unix_time(call.pair(0)),
        fails=True,
        documentation={
            "en": "The moment so many seconds after the beginning of 1970 in UTC, to the "
            "millisecond.",
            "zh_CN": "UTC 1970 年初之后若干秒的时刻，精确到毫秒。",
        },
        examples=(
            ("FROMUNIXTIME(1715728500)", "updated"),
            ("FROMUNIXTIME(-0.001)", 'DATETIMEVALUE("1969-12-31 23:59:59.999")'),
        ),
    ),
    Function(
        name="FORMATDURATION",
        signature=Signature(SPAN, optional=1),
        rule=_duration_type,
        evaluate=plain(_duration),
        to_sql=_duration_sql,
        documentation={
            "en": "A number of seconds as HH:MM:SS, or with a second value TRUE as D:HH:MM:SS. "
            "Also the time between two moments as D:HH:MM:SS or between two times as HH:MM:SS. "
            "Fractions and the sign are left out.",
            "zh_CN": "把秒数写成 HH:MM:SS，第二个值为 TRUE 时写成 D:HH:MM:SS；也可写两个时刻之间"
            "（D:HH:MM:SS）或两个时间之间（HH:MM:SS）的时长。不含小数和正负号。",
        },
        examples=(
            ("FORMATDURATION(100000)", '"27:46:40"'),
            ("FORMATDURATION(100000, TRUE)", '"1:03:46:40"'),
            ("FORMATDURATION(updated, NOW())", '"0:11:15:00"'),
            ('FORMATDURATION(TIMEVALUE("9:00"), alarm)', '"01:30:00"'),
        ),
    ),
)
