"""From a value to its text and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Interval, Numeric, Text, and_, case, cast, func, literal, not_, or_

from fieldstone.formula import arithmetic, dates, sql_numbers, sql_text
from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.faults import EvaluationError, Fault, FormulaError, kinds
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    expression,
    returns,
    strict,
)
from fieldstone.formula.functions.formats import (
    FORMATTED_KINDS,
    PatternError,
    formatted,
    read_pattern,
)
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.types import TEXT, Kind, Type

LONGEST_NUMBER = 100
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NUMBER_SQL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"
NUMBER_OF_TEXT = sql_numbers.sized(arithmetic.DIGITS, arithmetic.INTERNAL_SCALE)


def number_of(text: str) -> Value:
    """Raises EvaluationError for a text that spells no number, or too large a one."""
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
    refused = or_(failing(unreadable, "BAD_NUMBER"), sql_numbers.too_large(number))
    return joined((pair,), number, refused)


def as_text(value: Value, kind: Kind) -> str:
    """As TEXT writes it; nothing for a blank value."""
    return "" if value is None else _WRITERS[kind](value)


def _written(call: Call) -> Value:
    value = call.value(0)
    if len(call.typed.operands) < 2:
        return as_text(value, call.typed.operands[0].type.kind)
    pattern = call.value(1)
    if value is None or not isinstance(pattern, str):
        return None
    try:
        return formatted(value, pattern, call.context.timezone)
    except PatternError:
        raise EvaluationError("BAD_ARG") from None


def _written_type(check: TypeCheck) -> Type | None:
    if len(check.operands) < 2:
        return TEXT
    value, pattern = check.operands
    if value.type.kind is Kind.BLANK:
        return TEXT
    if value.type.kind not in FORMATTED_KINDS:
        expected, received = kinds(*sorted(FORMATTED_KINDS)), kinds(value.type.kind)
        check.refuse(0, "ARG_TYPE", expected=expected, received=received)
        return None
    if isinstance(pattern.node, Literal) and isinstance(pattern.node.value, str):
        try:
            read_pattern(pattern.node.value, value.type.kind)
        except PatternError:
            check.refuse(1, "BAD_PATTERN")
            return None
    return TEXT


_WRITERS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: arithmetic.written,
    Kind.TEXT: str,
    Kind.PICKLIST: str,
    Kind.DATE: date.isoformat,
    Kind.DATETIME: dates.written,
    Kind.TIME: lambda value: value.isoformat("milliseconds"),
}


def _written_sql(call: SqlCall) -> Sql:
    if len(call.typed.operands) > 1:
        params = {"function": "TEXT"}
        fault = Fault(code="NOT_ALLOWED_IN_CONTEXT", span=call.typed.node.span, params=params)
        raise FormulaError((fault,))
    pair, type_ = call.pair(0), call.typed.operands[0].type
    writer = _SQL_WRITERS.get(type_.kind)
    if writer is None:
        return pair
    return joined((pair,), writer(sql_numbers.snapped(pair.value, type_)))


def _formatted(value: Expression, pattern: str) -> Expression:
    return func.to_char(value, literal(pattern, Text), type_=Text)


TEXT_KINDS = frozenset(_WRITERS)
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
        signature=Signature(
            (Argument("value", TEXT_KINDS), Argument("format", frozenset({Kind.TEXT}))), optional=1
        ),
        rule=_written_type,
        evaluate=_written,
        to_sql=_written_sql,
        fails=True,
        documentation={
            "en": "The value as a text: numbers without trailing zeros, dates as YYYY-MM-DD, "
            "instants as they are in UTC, a picklist as its code. With a format such as #,##0.00, "
            "0% or yyyy-MM-dd HH:mm numbers and moments are written so, instants in the user's "
            "time zone; such a text cannot be filtered or sorted by.",
            "zh_CN": "把值转换为文本：数字不带末尾的零，日期为 YYYY-MM-DD，日期时间按 UTC，"
            "下拉单选为其代码。给出 #,##0.00、0% 或 yyyy-MM-dd HH:mm "
            "等格式时按格式书写数字和时间，日期时间按用户的时区；这样的文本不能用于筛选和排序。",
        },
        examples=(
            ("TEXT(amount)", '"1250.5"'),
            ("TEXT(due)", '"2024-05-31"'),
            ("TEXT(status)", '"open"'),
            ("TEXT(nickname)", "NULL"),
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
            "en": "The number that the text spells: digits, at most one point, a sign. Anything "
            "else is an error; blanks around it do not matter.",
            "zh_CN": "文本所写的数字：数字、至多一个小数点和正负号。其他写法是错误；"
            "两端的空格不计。",
        },
        examples=(('VALUE(" -12.50 ")', "-12.5"), ("VALUE(nickname)", "NULL")),
    ),
    *(
        Function(
            name=name,
            signature=Signature((Argument("record", frozenset({Kind.REFERENCE})),)),
            rule=returns(TEXT),
            evaluate=strict(str),
            to_sql=expression(lambda value: cast(value, Text)),
            documentation={
                "en": "The id of the record that the field refers to, as a text.",
                "zh_CN": "字段所指记录的 ID，以文本表示。",
            },
            examples=(
                (f"{name}(owner)", '"018f0000-0000-7000-8000-00000000000a"'),
                (f"LEN({name}(owner))", "36"),
                (f"{name}(parent)", "NULL"),
            ),
        )
        for name in ("ID", "CASESAFEID")
    ),
)
