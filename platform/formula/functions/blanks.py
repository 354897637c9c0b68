"""What to do where there is no value."""

from __future__ import annotations

from sqlalchemy import and_, false, func

from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    plain,
    returns,
)
from fieldstone.formula.sql_pair import Sql, any_of
from fieldstone.formula.types import BOOLEAN, Kind, Type

ANY = Argument("value")


def _is_blank(value: Value) -> bool:
    return value is None or value == "" or value == frozenset()


def _is_blank_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    if call.typed.operands[0].type.kind is Kind.MULTI_PICKLIST:
        value = func.coalesce(func.cardinality(pair.value), 0) == 0
    else:
        value = pair.value.is_(None)
    return Sql(value, pair.guard, pair.guard is None)


def _is_null(call: Call) -> Value:
    """A text is never NULL."""
    value = call.value(0)
    return call.typed.operands[0].type.kind is not Kind.TEXT and _is_blank(value)


def _is_null_sql(call: SqlCall) -> Sql:
    if call.typed.operands[0].type.kind is Kind.TEXT:
        return Sql(false(), call.pair(0).guard, call.pair(0).guard is None)
    return _is_blank_sql(call)


def _first_present(call: Call) -> Value:
    for index in range(len(call.typed.operands)):
        value = call.value(index)
        if not _is_blank(value):
            return value
    return None


def _first_present_sql(call: SqlCall) -> Sql:
    pairs = call.pairs()
    guard = pairs[-1].guard
    for pair in reversed(pairs[:-1]):
        later = None if guard is None else and_(pair.value.is_(None), guard)
        guard = any_of((pair.guard, later))
    return Sql(func.coalesce(*(pair.value for pair in pairs)), guard, guard is None)


def _present_type(check: TypeCheck) -> Type | None:
    return check.unified(range(len(check.operands)))


FUNCTIONS = (
    Function(
        name="ISBLANK",
        signature=Signature((ANY,)),
        rule=returns(BOOLEAN),
        evaluate=plain(_is_blank),
        to_sql=_is_blank_sql,
        documentation={
            "en": "TRUE if there is no value. An empty text counts as none.",
            "zh_CN": "没有值时为真，空文本视为没有值。",
        },
        examples=(("ISBLANK(nickname)", "TRUE"), ("ISBLANK(amount)", "FALSE")),
    ),
    Function(
        name="ISNULL",
        signature=Signature((ANY,)),
        rule=returns(BOOLEAN),
        evaluate=_is_null,
        to_sql=_is_null_sql,
        documentation={
            "en": "As ISBLANK, but a text is never null.",
            "zh_CN": "同 ISBLANK，但文本永远不为 null。",
        },
        examples=(("ISNULL(nickname)", "FALSE"), ("ISNULL(amount)", "FALSE")),
    ),
    Function(
        name="BLANKVALUE",
        signature=Signature((ANY, Argument("default"))),
        rule=_present_type,
        evaluate=_first_present,
        to_sql=_first_present_sql,
        documentation={
            "en": "The value, or the default if it is blank.",
            "zh_CN": "返回该值，为空时返回默认值。",
        },
        examples=(('BLANKVALUE(nickname, "none")', '"none"'), ("BLANKVALUE(amount, 0)", "1250.5")),
    ),
    Function(
        name="COALESCE",
        signature=Signature((ANY,), repeated=1),
        rule=_present_type,
        evaluate=_first_present,
        to_sql=_first_present_sql,
        documentation={
            "en": "The first value that is not blank.",
            "zh_CN": "返回第一个非空的值。",
        },
        examples=(('COALESCE(nickname, name, "?")', "name"),),
    ),
)
