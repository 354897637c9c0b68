"""What to do where there is no value."""

from __future__ import annotations

from sqlalchemy import Text, and_, cast, false, func
from sqlalchemy.dialects.postgresql import ARRAY, array

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
DEFAULT = Argument("default")
CODES = ARRAY(Text())


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
    return not _is_text(call) and _is_blank(value)


def _is_null_sql(call: SqlCall) -> Sql:
    if _is_text(call):
        return Sql(false(), call.pair(0).guard, call.pair(0).guard is None)
    return _is_blank_sql(call)


def _first_present(call: Call) -> Value:
    for index in range(len(call.typed.operands)):
        value = call.value(index)
        if not _is_blank(value):
            return value
    return None


def _first_present_sql(call: SqlCall) -> Sql:
    pairs = [_present(call, index) for index in range(len(call.typed.operands))]
    guard = pairs[-1].guard
    for pair in reversed(pairs[:-1]):
        later = None if guard is None else and_(pair.value.is_(None), guard)
        guard = any_of((pair.guard, later))
    return Sql(func.coalesce(*(pair.value for pair in pairs)), guard, guard is None)


def _present(call: SqlCall, index: int) -> Sql:
    """An empty set of choices is stored as one, but is blank."""
    pair = call.pair(index)
    if call.typed.operands[index].type.kind is not Kind.MULTI_PICKLIST:
        return pair
    value = func.nullif(pair.value, cast(array([]), CODES), type_=CODES)
    return Sql(value, pair.guard, pair.blank_on_error)


def _is_text(call: Call | SqlCall) -> bool:
    return call.typed.operands[0].type.kind is Kind.TEXT


def _null_value(call: Call) -> Value:
    return call.value(0) if _is_text(call) else _first_present(call)


def _null_value_sql(call: SqlCall) -> Sql:
    return call.pair(0) if _is_text(call) else _first_present_sql(call)


def _present_type(check: TypeCheck) -> Type | None:
    return check.unified(range(len(check.operands)))


_DEFAULTS = {
    "BLANKVALUE": (
        "The value, or the default if it is blank. Both must be of one kind.",
        "返回该值，为空时返回默认值。两者的类型必须相同。",
    ),
    "IFBLANK": ("The same as BLANKVALUE.", "与 BLANKVALUE 相同。"),
}

FUNCTIONS = (
    Function(
        name="ISBLANK",
        signature=Signature((ANY,)),
        rule=returns(BOOLEAN),
        evaluate=plain(_is_blank),
        to_sql=_is_blank_sql,
        documentation={
            "en": "TRUE if there is no value; an empty text and a picklist without a choice count "
            "as none. A number that the formula takes for 0 when it is blank is never blank.",
            "zh_CN": "没有值时为真，空文本和未选择的下拉单选、多选视为没有值。"
            "公式把空数字当作 0 时，数字不会为空。",
        },
        examples=(
            ("ISBLANK(nickname)", "TRUE"),
            ("ISBLANK(amount)", "FALSE"),
            ('ISBLANK("")', "TRUE"),
            ("ISBLANK(parent.colors)", "TRUE"),
        ),
    ),
    Function(
        name="ISNULL",
        signature=Signature((ANY,)),
        rule=returns(BOOLEAN),
        evaluate=_is_null,
        to_sql=_is_null_sql,
        documentation={
            "en": "As ISBLANK, but FALSE for every text, even an empty one. Use ISBLANK.",
            "zh_CN": "与 ISBLANK 相同，但文本（包括空文本）始终为假。建议使用 ISBLANK。",
        },
        examples=(
            ("ISNULL(nickname)", "FALSE"),
            ("ISNULL(amount)", "FALSE"),
            ("ISNULL(parent.amount)", "TRUE"),
        ),
    ),
    *(
        Function(
            name=name,
            signature=Signature((ANY, DEFAULT)),
            rule=_present_type,
            evaluate=_first_present,
            to_sql=_first_present_sql,
            documentation={"en": words[0], "zh_CN": words[1]},
            examples=(
                (f'{name}(nickname, "none")', '"none"'),
                (f"{name}(amount, 0)", "1250.5"),
                (f"{name}(parent.amount, 0)", "0"),
                (f"{name}(quantity, 1 / (quantity - 3))", "3"),
            ),
        )
        for name, words in _DEFAULTS.items()
    ),
    Function(
        name="NULLVALUE",
        signature=Signature((ANY, DEFAULT)),
        rule=_present_type,
        evaluate=_null_value,
        to_sql=_null_value_sql,
        documentation={
            "en": "As BLANKVALUE, but a text stays as it is, even an empty one. Use BLANKVALUE.",
            "zh_CN": "与 BLANKVALUE 相同，但文本（包括空文本）保持不变。建议使用 BLANKVALUE。",
        },
        examples=(
            ('NULLVALUE(nickname, "none")', "nickname"),
            ("NULLVALUE(amount, 0)", "1250.5"),
            ("NULLVALUE(parent.amount, 0)", "0"),
        ),
    ),
    Function(
        name="COALESCE",
        signature=Signature((ANY,), repeated=1),
        rule=_present_type,
        evaluate=_first_present,
        to_sql=_first_present_sql,
        documentation={
            "en": "The first value that is not blank. All must be of one kind.",
            "zh_CN": "返回第一个非空的值。所有值的类型必须相同。",
        },
        examples=(
            ('COALESCE(nickname, name, "?")', "name"),
            ("COALESCE(parent.amount, amount, 0)", "1250.5"),
            ("COALESCE(parent.amount, parent.quantity)", "NULL"),
        ),
    ),
)
