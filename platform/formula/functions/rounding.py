"""Rounding to digits and to multiples. The number is first seen with at most 18 decimals, so that
TRUNC((1 / 9) * 9) is 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from sqlalchemy import Numeric, case, cast, func, literal

from fieldstone.formula import arithmetic, sql_numbers
from fieldstone.formula.arithmetic import DIGITS as MOST_DIGITS
from fieldstone.formula.arithmetic import EXACT, EXTERNAL_SCALE
from fieldstone.formula.ast import Literal, Node, Unary, Value
from fieldstone.formula.functions.base import (
    Argument,
    Expression,
    Function,
    Rule,
    Signature,
    SqlCall,
    ToSql,
    TypeCheck,
    strict,
)
from fieldstone.formula.functions.numbers import (
    NUMBER_ARGUMENT,
    ZERO,
    after_snap,
    snapped_operand,
)
from fieldstone.formula.sql_numbers import checked, sized, whole
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import Kind, Type

DIGITS = Argument("digits", frozenset({Kind.NUMBER}), structural=True)
MULTIPLE = Argument("multiple", frozenset({Kind.NUMBER}))
COARSEST, FINEST = -MOST_DIGITS, EXTERNAL_SCALE
SMALLEST = Decimal(1).scaleb(-EXTERNAL_SCALE)


def limited(value: Decimal) -> Value:
    """Without a minus before zero, which PostgreSQL does not know."""
    return arithmetic.within_limits(value) if value else ZERO


def _places(digits: Decimal) -> int:
    whole_digits = arithmetic.truncated(arithmetic.snapped(digits))
    return max(COARSEST, min(whole_digits, FINEST))


def _known_places(operands: Sequence[Typed]) -> int | None:
    """The digits where they are left out or written as a plain number."""
    return _places_of(operands[1].node) if len(operands) > 1 else 0


def _places_of(node: Node) -> int | None:
    match node:
        case Literal(value=Decimal() as value):
            return _places(value)
        case Unary(operator="-", operand=Literal(value=Decimal() as value)):
            return _places(-value)
        case _:
            return None


def _to_places(rounding: str) -> Callable[..., Value]:
    def compute(number: Decimal, digits: Decimal = ZERO) -> Value:
        number, places = arithmetic.snapped(number), _places(digits)
        if -int(number.as_tuple().exponent) <= places:
            return limited(number)
        step = Decimal(1).scaleb(-places)
        return limited(number.quantize(step, rounding=rounding, context=EXACT))

    return compute


def _places_type(rounding: str) -> Rule:
    """Rounding up 1 to the 24th digit before the point makes 10^24 of it."""

    def rule(check: TypeCheck) -> Type | None:
        digits, scale = after_snap(check.operands[0].type)
        known = _known_places(check.operands)
        if known is not None and known >= scale:
            return sized(digits, scale)
        if rounding != ROUND_DOWN:
            coarsest = COARSEST if known is None else known
            digits = 1 + (max(digits, -coarsest) if rounding == ROUND_UP else digits)
        return sized(digits, scale if known is None else max(0, known))

    return rule


Build = Callable[[Expression, Expression, int | None], Expression]


def _places_sql(build: Build) -> ToSql:
    def to_sql(call: SqlCall) -> Sql:
        number, known = snapped_operand(call, 0), _known_places(call.typed.operands)
        if known is not None:
            value = build(number.value, whole(known), known)
            return checked((number,), value, call.typed.type)
        digits = snapped_operand(call, 1)
        places = sql_numbers.integer(digits.value, COARSEST, FINEST)
        return checked((number, digits), build(number.value, places, None), call.typed.type)

    return to_sql


def _nearest(value: Expression, places: Expression, _known: int | None) -> Expression:
    return func.round(value, places, type_=Numeric)


def _cut(value: Expression, places: Expression, _known: int | None) -> Expression:
    return func.trunc(value, places, type_=Numeric)


def _away(value: Expression, places: Expression, known: int | None) -> Expression:
    """Nearly one step further from zero, and cut there: what was on a step stays on it."""
    if known is None:
        ten = literal(10, Numeric)
        step = func.power(ten, cast(-places, Numeric), type_=Numeric)
        further = step - literal(SMALLEST, Numeric)
    else:
        further = literal(Decimal(1).scaleb(-known) - SMALLEST, Numeric)
    return func.trunc(value + func.sign(value, type_=Numeric) * further, places, type_=Numeric)


def _multiple(number: Decimal, multiple: Decimal) -> Value:
    number, multiple = arithmetic.snapped(number), arithmetic.snapped(multiple)
    if not multiple:
        return ZERO
    times = EXACT.divide(number, multiple).to_integral_value(ROUND_HALF_UP)
    return limited(EXACT.multiply(times, multiple))


def _multiple_type(check: TypeCheck) -> Type | None:
    (digits, _), (digits_of_multiple, scale) = (
        after_snap(operand.type) for operand in check.operands
    )
    return sized(max(digits, digits_of_multiple) + 1, scale)


def _multiple_sql(call: SqlCall) -> Sql:
    """The quotient needs as many decimals as division does, or a near half looks like one."""
    number, multiple = snapped_operand(call, 0), snapped_operand(call, 1)
    zero = literal(0, Numeric)
    wide = func.round(number.value, whole(sql_numbers.WORK_SCALE), type_=Numeric)
    ratio = wide / func.nullif(multiple.value, zero, type_=Numeric)
    value = case(
        (multiple.value == zero, number.value * zero),
        else_=func.round(ratio, whole(0), type_=Numeric) * multiple.value,
    )
    return checked((number, multiple), value, call.typed.type)


FUNCTIONS = (
    Function(
        name="ROUND",
        signature=Signature((NUMBER_ARGUMENT, DIGITS)),
        rule=_places_type(ROUND_HALF_UP),
        evaluate=strict(_to_places(ROUND_HALF_UP)),
        to_sql=_places_sql(_nearest),
        documentation={
            "en": "The nearest number with so many decimals (-24 to 18); halves go away from zero. "
            "Negative digits round to tens, hundreds and so on.",
            "zh_CN": "四舍五入到若干位小数（-24 到 18），恰为一半时向远离零的方向舍入；"
            "位数为负时舍入到十位、百位等。",
        },
        examples=(
            ("ROUND(2.345, 2)", "2.35"),
            ("ROUND(-2.5, 0)", "-3"),
            ("ROUND(amount, -2)", "1300"),
            ("ROUND(parent.amount, 2)", "NULL"),
        ),
    ),
    Function(
        name="ROUNDUP",
        signature=Signature((NUMBER_ARGUMENT, DIGITS)),
        rule=_places_type(ROUND_UP),
        evaluate=strict(_to_places(ROUND_UP)),
        to_sql=_places_sql(_away),
        documentation={
            "en": "The next number away from zero with so many decimals; negative digits mean "
            "tens, hundreds and so on.",
            "zh_CN": "向远离零的方向舍入到若干位小数；位数为负时舍入到十位、百位等。",
        },
        examples=(
            ("ROUNDUP(2.341, 2)", "2.35"),
            ("ROUNDUP(-2.1, 0)", "-3"),
            ("ROUNDUP(amount, -2)", "1300"),
            ("ROUNDUP(parent.amount, 2)", "NULL"),
        ),
    ),
    Function(
        name="ROUNDDOWN",
        signature=Signature((NUMBER_ARGUMENT, DIGITS)),
        rule=_places_type(ROUND_DOWN),
        evaluate=strict(_to_places(ROUND_DOWN)),
        to_sql=_places_sql(_cut),
        documentation={
            "en": "The next number toward zero with so many decimals; negative digits mean tens, "
            "hundreds and so on.",
            "zh_CN": "向零舍入到若干位小数；位数为负时舍入到十位、百位等。",
        },
        examples=(
            ("ROUNDDOWN(2.349, 2)", "2.34"),
            ("ROUNDDOWN(-2.9, 0)", "-2"),
            ("ROUNDDOWN(amount, -2)", "1200"),
            ("ROUNDDOWN(parent.amount, 2)", "NULL"),
        ),
    ),
    Function(
        name="TRUNC",
        signature=Signature((NUMBER_ARGUMENT, DIGITS), optional=1),
        rule=_places_type(ROUND_DOWN),
        evaluate=strict(_to_places(ROUND_DOWN)),
        to_sql=_places_sql(_cut),
        documentation={
            "en": "The number cut to so many decimals, or to a whole number if the digits are "
            "left out; never rounded up.",
            "zh_CN": "截取到若干位小数，省略位数时取整数部分，不进位。",
        },
        examples=(
            ("TRUNC(-1.79)", "-1"),
            ("TRUNC(2.349, 2)", "2.34"),
            ("TRUNC((1 / 9) * 9)", "1"),
            ("TRUNC(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="MROUND",
        signature=Signature((NUMBER_ARGUMENT, MULTIPLE)),
        rule=_multiple_type,
        evaluate=strict(_multiple),
        to_sql=_multiple_sql,
        documentation={
            "en": "The nearest multiple, such as a price to 0.05 or a time to 15 minutes; halves "
            "go away from zero. The multiple's sign does not matter, and of 0 there is only 0.",
            "zh_CN": "舍入到最接近的倍数，例如价格取 0.05 的倍数、时长取 15 分钟的倍数；"
            "恰为一半时远离零。倍数的正负不影响结果，倍数为 0 时返回 0。",
        },
        examples=(
            ("MROUND(7.13, 0.05)", "7.15"),
            ("MROUND(-7.5, 5)", "-10"),
            ("MROUND(amount, 0)", "0"),
            ("MROUND(parent.amount, 5)", "NULL"),
        ),
    ),
)
