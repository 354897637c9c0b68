"""From a value to its text and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Interval, Numeric, Text, and_, case, cast, func, literal, not_, or_

from fieldstone.formula import arithmetic, dates, sql_numbers, sql_text
from fieldstone.formula.ast import Value
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
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.types import TEXT, Kind

LONGEST_NUMBER = 100
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NUMBER_SQL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"
NUMBER_OF_TEXT = sql_numbers.sized(arithmetic.DIGITS, arithmetic.INTERNAL_SCALE)


def number_of(text: str) -> Value:
    trimmed = text.strip(sql_text.WHITE_SPACE)
    if len(trimmed) > LONGEST_NUMBER or not _NUMBER.fullmatch(trimmed):
        raise EvaluationError("BAD_NUMBER")
    number = arithmetic.rounded(Decimal(trimmed), arithmetic.INTERNAL_SCALE)
    return arithmetic.within_limits(number)


def number_of_sql(pair: Sql) -> Sql:
    trimmed = sql_text.ordered(sql_text.trimmed(pair.value))
    short = func.char_length(trimmed) <= LONGEST_NUMBER
    readable = and_(trimmed.regexp_match(literal(_NUMBER_SQL, Text)), short)
    number = func.round(
        cast(case((readable, trimmed)), Numeric),
        sql_numbers.whole(arithmetic.INTERNAL_SCALE),
        type_=Numeric,
    )
    unreadable = certain(and_(pair.value.is_not(None), not_(certain(readable))))
    return joined(
        (pair,), number, or_(failing(unreadable, "BAD_NUMBER"), sql_numbers.overflow(number))
    )


def _written(call: Call) -> Value:
    value = call.value(0)
    return None if value is None else _WRITERS[call.typed.operands[0].type.kind](value)


_WRITERS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: arithmetic.written,
    Kind.TEXT: str,
    Kind.PICKLIST: str,
    Kind.DATE: date.isoformat,
    Kind.DATETIME: dates.written,
    Kind.TIME: lambda value: value.isoformat("milliseconds"),
}


def _written_sql(call: SqlCall) -> Sql:
    pair, type_ = call.pair(0), call.typed.operands[0].type
    writer = _SQL_WRITERS.get(type_.kind)
    if writer is None:
        return pair
    return joined((pair,), writer(sql_numbers.snapped(pair.value, type_)))


def _formatted(value: Expression, pattern: str) -> Expression:
    return func.to_char(value, literal(pattern, Text), type_=Text)


_SQL_WRITERS: Mapping[Kind, Callable[[Expression], Expression]] = {
    Kind.NUMBER: lambda value: cast(func.trim_scale(value, type_=Numeric), Text),
    Kind.DATE: lambda value: _formatted(value, "YYYY-MM-DD"),
    Kind.DATETIME: lambda value: _formatted(
        func.timezone("UTC", value), 'YYYY-MM-DD HH24:MI:SS"Z"'
    ),
    Kind.TIME: lambda value: _formatted(cast(value, Interval), "HH24:MI:SS.MS"),
}

FUNCTIONS = (
    Function(
        name="TEXT",
        signature=Signature((Argument("value", frozenset(_WRITERS)),)),
        rule=returns(TEXT),
        evaluate=_written,
        to_sql=_written_sql,
        documentation={
            "en": "The value as a text: numbers without trailing zeros, dates as YYYY-MM-DD, "
            "a picklist as its code.",
            "zh_CN": "把值转换为文本：数字不带末尾的零，日期为 YYYY-MM-DD，下拉单选为其代码。",
        },
        examples=(
            ("TEXT(amount)", '"1250.5"'),
            ("TEXT(due)", '"2024-05-31"'),
            ("TEXT(status)", '"open"'),
        ),
    ),
    Function(
        name="VALUE",
        signature=Signature((Argument("text", frozenset({Kind.TEXT})),)),
        rule=returns(NUMBER_OF_TEXT),
        evaluate=strict(number_of),
        to_sql=lambda call: number_of_sql(call.pair(0)),
        fails=True,
        documentation={
            "en": "The number that the text spells: digits, one point, a sign.",
            "zh_CN": "文本所写的数字：数字、一个小数点和正负号。",
        },
        examples=(('VALUE(" -12.50 ")', "-12.5"),),
    ),
)
