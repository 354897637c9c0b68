"""The SQL of arithmetic.py: the same digits from PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
)

from fieldstone.formula.arithmetic import DIGITS, EXTERNAL_SCALE, INTERNAL_SCALE, LIMIT
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.types import NUMBER, Kind, Type

WORK_SCALE = 80
Expression = ColumnElement[Any]


def scale_of(type_: Type) -> int:
    return EXTERNAL_SCALE if type_.scale is None else type_.scale


def digits_of(type_: Type) -> int:
    """What does not fit has been refused by a guard."""
    return DIGITS if type_.digits is None else min(type_.digits, DIGITS)


def sized(digits: int, scale: int) -> Type:
    return replace(NUMBER, digits=digits, scale=min(scale, INTERNAL_SCALE))


def summed(left: Type, right: Type) -> Type:
    """The type of left + right, and of left - right."""
    digits = max(digits_of(left), digits_of(right)) + 1
    return sized(digits, max(scale_of(left), scale_of(right)))


def multiplied(left: Type, right: Type) -> Type:
    return sized(digits_of(left) + digits_of(right), scale_of(left) + scale_of(right))


def quotient_type(left: Type, right: Type) -> Type:
    """The smallest divisor has `scale` decimals, so it makes the dividend so much longer."""
    return sized(digits_of(left) + scale_of(right), INTERNAL_SCALE)


def may_overflow(type_: Type) -> bool:
    return type_.digits is not None and type_.digits > DIGITS


def whole(value: int) -> Expression:
    return literal(value, Integer)


def numeric(value: Expression) -> Expression:
    """Integer columns and counts divide and round like all numbers."""
    return value if isinstance(value.type, Numeric) else cast(value, Numeric)


def snapped(value: Expression, type_: Type) -> Expression:
    if type_.kind is not Kind.NUMBER:
        return value
    return to_scale(value, scale_of(type_), EXTERNAL_SCALE)


def to_scale(value: Expression, known: int, wanted: int) -> Expression:
    """Rounded to the wanted decimals; `known`: as many as it has at most."""
    if known <= wanted:
        return value
    return func.round(value, whole(wanted), type_=Numeric)


def too_large(value: Expression) -> Expression:
    return certain(func.abs(value) >= literal(LIMIT, Numeric))


def overflow(value: Expression) -> Expression:
    """The guard of a number that may be too large."""
    return failing(too_large(value), "OVERFLOW")


def checked(pairs: tuple[Sql, ...], value: Expression, type_: Type) -> Sql:
    """The value, with a guard for its size where its type cannot exclude that."""
    return joined(pairs, value, overflow(value) if may_overflow(type_) else None)


def plus(left: Sql, right: Sql, result: Type) -> Sql:
    return checked((left, right), left.value + right.value, result)


def minus(left: Sql, right: Sql, result: Type) -> Sql:
    return checked((left, right), left.value - right.value, result)


def times(left: Sql, right: Sql, scales: int, result: Type) -> Sql:
    """`scales`: the decimals of both factors together."""
    value = left.value * right.value
    if scales > INTERNAL_SCALE:
        value = func.round(value, whole(INTERNAL_SCALE), type_=Numeric)
    return checked((left, right), value, result)


def quotient(left: Expression, right: Expression) -> Expression:
    """Division keeps few digits unless its dividend has many."""
    wide = func.round(left, whole(WORK_SCALE), type_=Numeric)
    divided = wide / func.nullif(right, literal(0, Numeric), type_=Numeric)
    return func.round(divided, whole(INTERNAL_SCALE), type_=Numeric)


def divided(left: Sql, right: Sql, result: Type) -> Sql:
    value = quotient(left.value, right.value)
    pair = joined((left, right), value, _by_zero(left.value, right.value), blank_on_error=True)
    return checked((pair,), value, result)


def remainder(left: Sql, right: Sql, types: tuple[Type, Type]) -> Sql:
    dividend, divisor = snapped(left.value, types[0]), snapped(right.value, types[1])
    value = func.mod(dividend, func.nullif(divisor, literal(0, Numeric)), type_=Numeric)
    return joined((left, right), value, _by_zero(dividend, divisor), blank_on_error=True)


def _by_zero(dividend: Expression, divisor: Expression) -> Expression:
    return failing(certain(and_(dividend.is_not(None), divisor == literal(0, Numeric))), "DIV0")


def integer(value: Expression, low: int, high: int) -> Expression:
    """Truncated toward zero and kept between low and high, so that the cast cannot raise."""
    return case(
        (value < literal(low, Numeric), whole(low)),
        (value > literal(high, Numeric), whole(high)),
        else_=cast(func.trunc(value), Integer),
    )


def integer_within(value: Expression, low: int, high: int) -> Expression:
    """Truncated toward zero; NULL when that is not between low and high."""
    part = func.trunc(value, type_=Numeric)
    fits = part.between(literal(low, Numeric), literal(high, Numeric))
    return case((fits, cast(part, Integer)))


def complete(build: Callable[..., Expression]) -> Callable[..., Expression]:
    """GREATEST and LEAST skip NULL; a blank operand makes the result blank."""

    def built(*values: Expression) -> Expression:
        missing = or_(*(value.is_(None) for value in values))
        return case((~missing, build(*values)))

    return built


HUNDREDTH = Decimal("0.01")
"""A percent field holds 40 and a formula sees 0.40."""
