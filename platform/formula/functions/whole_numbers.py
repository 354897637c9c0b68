"""Rounding to whole numbers. The number is first seen with at most 18 decimals, so that
FLOOR((1 / 9) * 9) is 1."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP, Decimal

from sqlalchemy import Numeric, case, func, literal

from fieldstone.formula import arithmetic
from fieldstone.formula.arithmetic import EXACT
from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Expression,
    Function,
    Signature,
    SqlCall,
    ToSql,
    TypeCheck,
    strict,
)
from fieldstone.formula.functions.numbers import NUMBER_ARGUMENT, after_snap, snapped_operand
from fieldstone.formula.functions.rounding import limited
from fieldstone.formula.sql_numbers import checked, sized
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.types import Type

HALF = Decimal("0.5")


def _whole(rounding: str) -> Callable[[Decimal], Value]:
    def compute(number: Decimal) -> Value:
        return limited(arithmetic.snapped(number).to_integral_value(rounding))

    return compute


def _whole_type(check: TypeCheck) -> Type | None:
    """9.5 may become 10."""
    digits, scale = after_snap(check.operands[0].type)
    return sized(digits + (1 if scale else 0), 0)


def _cut_type(check: TypeCheck) -> Type | None:
    return sized(after_snap(check.operands[0].type)[0], 0)


def _whole_sql(build: Callable[[Expression], Expression]) -> ToSql:
    def to_sql(call: SqlCall) -> Sql:
        number = snapped_operand(call, 0)
        return checked((number,), build(number.value), call.typed.type)

    return to_sql


def _ceiling(value: Expression) -> Expression:
    away = func.ceil(func.abs(value), type_=Numeric)
    return func.sign(value, type_=Numeric) * away


def _even(number: Decimal) -> Value:
    half = EXACT.multiply(arithmetic.snapped(number), HALF)
    return limited(EXACT.multiply(half.to_integral_value(ROUND_UP), Decimal(2)))


def _even_sql(value: Expression) -> Expression:
    half = func.abs(value) * literal(HALF, Numeric)
    twice = func.ceil(half, type_=Numeric) * literal(2, Numeric)
    return func.sign(value, type_=Numeric) * twice


def _odd(number: Decimal) -> Value:
    number = arithmetic.snapped(number)
    half = EXACT.multiply(EXACT.subtract(number.copy_abs(), Decimal(1)), HALF)
    odd = EXACT.add(EXACT.multiply(half.to_integral_value(ROUND_CEILING), Decimal(2)), Decimal(1))
    return limited(odd.copy_negate() if number < 0 else odd)


def _odd_sql(value: Expression) -> Expression:
    """1 for zero, unlike all the others."""
    one, two = literal(1, Numeric), literal(2, Numeric)
    half = (func.abs(value) - one) * literal(HALF, Numeric)
    sign = case((value < literal(0, Numeric), literal(-1, Numeric)), else_=one)
    return sign * (func.ceil(half, type_=Numeric) * two + one)


def _next_type(check: TypeCheck) -> Type | None:
    """The next even number after 9 is 10."""
    return sized(after_snap(check.operands[0].type)[0] + 1, 0)


FUNCTIONS = (
    Function(
        name="INT",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_whole_type,
        evaluate=strict(_whole(ROUND_FLOOR)),
        to_sql=_whole_sql(lambda value: func.floor(value, type_=Numeric)),
        documentation={
            "en": "The largest whole number that is not above the number, as MFLOOR: INT(-1.2) "
            "is -2. To drop the decimals use TRUNC.",
            "zh_CN": "不大于该数的最大整数，与 MFLOOR 相同：INT(-1.2) 为 -2。"
            "只去掉小数请用 TRUNC。",
        },
        examples=(("INT(1.7)", "1"), ("INT(-1.2)", "-2"), ("INT(parent.amount)", "NULL")),
    ),
    Function(
        name="FLOOR",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_cut_type,
        evaluate=strict(_whole(ROUND_DOWN)),
        to_sql=_whole_sql(lambda value: func.trunc(value, type_=Numeric)),
        documentation={
            "en": "The next whole number toward zero: FLOOR(-1.7) is -1. For the one below use "
            "MFLOOR.",
            "zh_CN": "向零取整：FLOOR(-1.7) 为 -1。需要向下取整请用 MFLOOR。",
        },
        examples=(
            ("FLOOR(1.7)", "1"),
            ("FLOOR(-1.7)", "-1"),
            ("FLOOR((1 / 9) * 9)", "1"),
            ("FLOOR(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="CEILING",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_whole_type,
        evaluate=strict(_whole(ROUND_UP)),
        to_sql=_whole_sql(_ceiling),
        documentation={
            "en": "The next whole number away from zero: CEILING(-1.2) is -2. For the one above "
            "use MCEILING.",
            "zh_CN": "向远离零的方向取整：CEILING(-1.2) 为 -2。需要向上取整请用 MCEILING。",
        },
        examples=(
            ("CEILING(1.2)", "2"),
            ("CEILING(-1.2)", "-2"),
            ("CEILING(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="MFLOOR",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_whole_type,
        evaluate=strict(_whole(ROUND_FLOOR)),
        to_sql=_whole_sql(lambda value: func.floor(value, type_=Numeric)),
        documentation={
            "en": "The largest whole number that is not above the number: MFLOOR(-1.2) is -2.",
            "zh_CN": "向下取整，即不大于该数的最大整数：MFLOOR(-1.2) 为 -2。",
        },
        examples=(("MFLOOR(1.7)", "1"), ("MFLOOR(-1.2)", "-2"), ("MFLOOR(parent.amount)", "NULL")),
    ),
    Function(
        name="MCEILING",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_whole_type,
        evaluate=strict(_whole(ROUND_CEILING)),
        to_sql=_whole_sql(lambda value: func.ceil(value, type_=Numeric)),
        documentation={
            "en": "The smallest whole number that is not below the number: MCEILING(-1.7) is -1.",
            "zh_CN": "向上取整，即不小于该数的最小整数：MCEILING(-1.7) 为 -1。",
        },
        examples=(
            ("MCEILING(1.2)", "2"),
            ("MCEILING(-1.7)", "-1"),
            ("MCEILING(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="EVEN",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_next_type,
        evaluate=strict(_even),
        to_sql=_whole_sql(_even_sql),
        documentation={
            "en": "The next even whole number away from zero; an even number stays as it is.",
            "zh_CN": "向远离零的方向取最近的偶数，偶数保持不变。",
        },
        examples=(
            ("EVEN(1.5)", "2"),
            ("EVEN(-3)", "-4"),
            ("EVEN(0)", "0"),
            ("EVEN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="ODD",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_next_type,
        evaluate=strict(_odd),
        to_sql=_whole_sql(_odd_sql),
        documentation={
            "en": "The next odd whole number away from zero; an odd number stays as it is, and "
            "zero becomes 1.",
            "zh_CN": "向远离零的方向取最近的奇数，奇数保持不变，零返回 1。",
        },
        examples=(
            ("ODD(1.5)", "3"),
            ("ODD(-2)", "-3"),
            ("ODD(0)", "1"),
            ("ODD(parent.amount)", "NULL"),
        ),
    ),
)
