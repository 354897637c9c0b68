"""What to do where something cannot be computed. Nothing else catches an error."""

from __future__ import annotations

from sqlalchemy import and_, case, false, not_

from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions import conversions
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
)
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.types import BOOLEAN, Kind, Type

ANY = Argument("value")
CATCHING = frozenset({"IFERROR", "ISERROR"})
"""What goes wrong in their first operand goes no further."""


def _of_one_type(check: TypeCheck) -> Type | None:
    return check.unified((0, 1))


def _if_error(call: Call) -> Value:
    try:
        return call.value(0)
    except EvaluationError:
        return call.value(1)


def _if_error_sql(call: SqlCall) -> Sql:
    tried = call.pair(0)
    if tried.guard is None:
        return tried
    otherwise = call.pair(1)
    value = case((tried.guard, otherwise.value), else_=tried.value)
    if otherwise.guard is None:
        return Sql(value)
    return Sql(value, and_(tried.guard, otherwise.guard), otherwise.blank_on_error)


def _is_error(call: Call) -> Value:
    try:
        call.value(0)
    except EvaluationError:
        return True
    return False


def _is_error_sql(call: SqlCall) -> Sql:
    guard = call.pair(0).guard
    return Sql(false() if guard is None else guard)


def _is_number(text: str | None) -> Value:
    try:
        return text is not None and conversions.number_of(text) is not None
    except EvaluationError:
        return False


def _is_number_sql(call: SqlCall) -> Sql:
    """TRUE where VALUE of the text has no guard; the text's own one is passed on."""
    text = call.pair(0)
    unreadable = conversions.number_of_sql(Sql(text.value)).guard
    present: Expression = text.value.is_not(None)
    readable = present if unreadable is None else and_(present, not_(unreadable))
    return Sql(readable, text.guard, text.guard is None)


FUNCTIONS = (
    Function(
        name="IFERROR",
        signature=Signature((ANY, Argument("otherwise"))),
        rule=_of_one_type,
        evaluate=_if_error,
        to_sql=_if_error_sql,
        documentation={
            "en": "The value, or the second one if the first cannot be computed: a division by "
            "zero, a text that is no number. A blank value is not an error.",
            "zh_CN": "返回该值；无法计算时（如除数为零、文本不是数字）返回第二个值。空值不是错误。",
        },
        examples=(
            ("IFERROR(amount / (quantity - 3), 0)", "0"),
            ("IFERROR(amount / quantity, 0)", "amount / quantity"),
            ("IFERROR(parent.amount / quantity, 0)", "NULL"),
        ),
    ),
    Function(
        name="ISERROR",
        signature=Signature((ANY,)),
        rule=returns(BOOLEAN),
        evaluate=_is_error,
        to_sql=_is_error_sql,
        documentation={
            "en": "TRUE if the value cannot be computed. Never blank.",
            "zh_CN": "无法计算该值时为真，结果不会为空。",
        },
        examples=(
            ("ISERROR(amount / (quantity - 3))", "TRUE"),
            ("ISERROR(amount / quantity)", "FALSE"),
            ("ISERROR(parent.amount / quantity)", "FALSE"),
        ),
    ),
    Function(
        name="ISNUMBER",
        signature=Signature((Argument("text", frozenset({Kind.TEXT})),)),
        rule=returns(BOOLEAN),
        evaluate=plain(_is_number),
        to_sql=_is_number_sql,
        documentation={
            "en": "TRUE if VALUE can make a number of the text: digits with one point and a sign. "
            "FALSE for a blank text.",
            "zh_CN": "VALUE 能把该文本转换为数字时为真，即只含数字、一个小数点和正负号。"
            "空文本为假。",
        },
        examples=(
            ('ISNUMBER(" -12.50 ")', "TRUE"),
            ('ISNUMBER("1e3")', "FALSE"),
            ("ISNUMBER(name)", "FALSE"),
            ("ISNUMBER(nickname)", "FALSE"),
        ),
    ),
)
