"""Numbers that need no rounding: sign, size, remainder, largest and smallest.

What asks on which side of a number another one lies sees at most 18 decimals, as comparisons do."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import Numeric, and_, func, literal

from fieldstone.formula import arithmetic, sql_numbers
from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    expression,
    returns,
    strict,
)
from fieldstone.formula.functions.lists import extreme
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_numbers import checked, digits_of, scale_of, sized, snapped
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.types import Kind, Type

NUMBER_ARGUMENT = Argument("number", frozenset({Kind.NUMBER}))
DIVISOR = Argument("divisor", frozenset({Kind.NUMBER}))
ORDERED = Argument("value", frozenset({Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.TIME}))
ZERO = Decimal(0)


def after_snap(type_: Type) -> tuple[int, int]:
    """Digits and scale of a number once it has at most 18 decimals: 9.99… may have become 10."""
    digits, scale = digits_of(type_), scale_of(type_)
    if scale > arithmetic.EXTERNAL_SCALE:
        return digits + 1, arithmetic.EXTERNAL_SCALE
    return digits, scale


def snapped_operand(call: SqlCall, index: int) -> Sql:
    pair = call.pair(index)
    value = snapped(pair.value, call.typed.operands[index].type)
    return Sql(value, pair.guard, pair.blank_on_error)


def _same_size(check: TypeCheck) -> Type | None:
    type_ = check.operands[0].type
    return sized(digits_of(type_), scale_of(type_))


def _sign(number: Decimal) -> Value:
    number = arithmetic.snapped(number)
    return Decimal((number > 0) - (number < 0))


def _sign_sql(call: SqlCall) -> Sql:
    pair = snapped_operand(call, 0)
    return joined((pair,), func.sign(pair.value, type_=Numeric))


def _modulo_type(check: TypeCheck) -> Type | None:
    """Smaller than the divisor and no larger than the dividend."""
    rooms = [after_snap(operand.type) for operand in check.operands]
    return sized(min(digits for digits, _ in rooms), max(scale for _, scale in rooms))


def _modulo_sql(call: SqlCall) -> Sql:
    dividend, divisor = call.typed.operands
    return sql_numbers.remainder(call.pair(0), call.pair(1), (dividend.type, divisor.type))


def _quotient_type(check: TypeCheck) -> Type | None:
    """The smallest divisor has `scale` decimals, so it makes the dividend so much longer."""
    (digits, _), (_, scale) = (after_snap(operand.type) for operand in check.operands)
    return sized(digits + scale, 0)


def _quotient(dividend: Decimal, divisor: Decimal) -> Value:
    dividend, divisor = arithmetic.snapped(dividend), arithmetic.snapped(divisor)
    if not divisor:
        raise EvaluationError("DIV0")
    whole = arithmetic.EXACT.divide_int(dividend, divisor)
    return arithmetic.within_limits(whole) if whole else ZERO


def _quotient_sql(call: SqlCall) -> Sql:
    dividend, divisor = snapped_operand(call, 0), snapped_operand(call, 1)
    zero = literal(0, Numeric)
    value = func.div(dividend.value, func.nullif(divisor.value, zero), type_=Numeric)
    by_zero = failing(certain(and_(dividend.value.is_not(None), divisor.value == zero)), "DIV0")
    pair = joined((dividend, divisor), value, by_zero, blank_on_error=True)
    return checked((pair,), value, call.typed.type)


def _of_one_type(check: TypeCheck) -> Type | None:
    return check.unified(range(len(check.operands)))


def _extreme(
    name: str,
    words: tuple[str, str],
    compute: Callable[..., Value],
    examples: tuple[tuple[str, str], ...],
) -> Function:
    build = func.greatest if name == "MAX" else func.least
    return Function(
        name=name,
        signature=Signature((ORDERED, ORDERED), repeated=1),
        rule=_of_one_type,
        evaluate=strict(compute),
        to_sql=expression(sql_numbers.complete(build)),
        aggregate=extreme(name),
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=examples,
    )


FUNCTIONS = (
    Function(
        name="ABS",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_same_size,
        evaluate=strict(Decimal.copy_abs),
        to_sql=expression(func.abs),
        documentation={
            "en": "The number without its sign: how far it is from zero.",
            "zh_CN": "数字的绝对值，即它与零的距离。",
        },
        examples=(
            ("ABS(0 - amount)", "1250.5"),
            ("ABS(quantity)", "3"),
            ("ABS(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="SIGN",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(sized(1, 0)),
        evaluate=strict(_sign),
        to_sql=_sign_sql,
        documentation={
            "en": "1 for a number above zero, -1 for one below and 0 for zero.",
            "zh_CN": "正数返回 1，负数返回 -1，零返回 0。",
        },
        examples=(
            ("SIGN(-12.5)", "-1"),
            ("SIGN(amount)", "1"),
            ("SIGN((1 / 9) * 9 - 1)", "0"),
            ("SIGN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="MOD",
        signature=Signature((NUMBER_ARGUMENT, DIVISOR)),
        rule=_modulo_type,
        evaluate=strict(arithmetic.modulo),
        to_sql=_modulo_sql,
        fails=True,
        documentation={
            "en": "What is left of the number after whole divisions, with the number's sign. "
            "A divisor of zero is an error.",
            "zh_CN": "整除后的余数，符号与被除数相同。除数为零时报错。",
        },
        examples=(
            ("MOD(7, 3)", "1"),
            ("MOD(-7, 3)", "-1"),
            ("MOD(7.5, 2)", "1.5"),
            ("MOD(parent.quantity, 3)", "NULL"),
        ),
    ),
    Function(
        name="QUOTIENT",
        signature=Signature((NUMBER_ARGUMENT, DIVISOR)),
        rule=_quotient_type,
        evaluate=strict(_quotient),
        to_sql=_quotient_sql,
        fails=True,
        documentation={
            "en": "How many whole times the divisor goes into the number; the rest is dropped. "
            "A divisor of zero is an error.",
            "zh_CN": "整除所得的商，舍去余数。除数为零时报错。",
        },
        examples=(
            ("QUOTIENT(7, 2)", "3"),
            ("QUOTIENT(-7, 2)", "-3"),
            ("QUOTIENT(amount, 0.5)", "2501"),
            ("QUOTIENT(parent.quantity, 2)", "NULL"),
        ),
    ),
    _extreme(
        "MAX",
        (
            "The largest of 2 to 50 numbers, or the latest of several dates or times. "
            "Blank if one of them is blank. Of a related list, as in "
            "MAX(list.value, [condition]): the largest or latest value of its records, blank "
            "ones left out.",
            "返回 2 到 50 个数字中最大的，或多个日期、时间中最晚的；其中有空值时为空。"
            "用于相关列表时，如 MAX(list.value, [condition])，"
            "返回各记录的值中最大或最晚的，空值不计。",
        ),
        max,
        (
            ("MAX(amount, 3, 2000)", "2000"),
            ("MAX(due, DATE(2024, 1, 1))", "due"),
            ("MAX(amount, NULL)", "NULL"),
        ),
    ),
    _extreme(
        "MIN",
        (
            "The smallest of 2 to 50 numbers, or the earliest of several dates or times. "
            "Blank if one of them is blank. Of a related list, as in "
            "MIN(list.value, [condition]): the smallest or earliest value of its records, blank "
            "ones left out.",
            "返回 2 到 50 个数字中最小的，或多个日期、时间中最早的；其中有空值时为空。"
            "用于相关列表时，如 MIN(list.value, [condition])，"
            "返回各记录的值中最小或最早的，空值不计。",
        ),
        min,
        (
            ("MIN(amount, 3, 2000)", "3"),
            ("MIN(due, DATE(2024, 1, 1))", "DATE(2024, 1, 1)"),
            ("MIN(amount, NULL)", "NULL"),
        ),
    ),
)
