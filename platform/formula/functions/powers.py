"""Roots, powers, exponentials and logarithms.

Both engines compute with many more digits than they keep: PostgreSQL gets an argument with 40
decimals, so that it answers with as many, and Python has 200 digits. Then 18 decimals are kept."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import Double, Numeric, and_, case, cast, func, literal, not_, or_

from fieldstone.formula import arithmetic
from fieldstone.formula.arithmetic import EXACT, EXTERNAL_SCALE, INTERNAL_SCALE, MAX_EXPONENT
from fieldstone.formula.ast import Literal, Node, Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Expression,
    Function,
    Signature,
    SqlCall,
    ToSql,
    TypeCheck,
    returns,
    strict,
)
from fieldstone.formula.functions.numbers import NUMBER_ARGUMENT
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_numbers import (
    checked,
    digits_of,
    scale_of,
    sized,
    snapped,
    too_large,
    whole,
)
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.types import Kind, Type

BASE = Argument("base", frozenset({Kind.NUMBER}))
EXPONENT = Argument("exponent", frozenset({Kind.NUMBER}), structural=True)
SIGNIFICANT_SCALE = 40
TEN = Decimal(10)
LARGEST_EXPONENT = 55
"""The 55th power of e has 24 digits, the next one too many."""
MOST_GROWTH = 40
SHORT = 10
"""An exponent up to this makes no number that would be slow to compute."""
LOGARITHM = sized(2, EXTERNAL_SCALE)


def fine(value: Expression) -> Expression:
    """PostgreSQL computes as many decimals as its argument has."""
    return func.round(value, whole(SIGNIFICANT_SCALE), type_=Numeric)


def _kept(value: Expression, scale: int = EXTERNAL_SCALE) -> Expression:
    return func.round(value, whole(scale), type_=Numeric)


def _outside(condition: Expression) -> Expression:
    """The guard of what the function has no value for."""
    return failing(certain(condition), "DOMAIN")


def _number(value: int) -> Expression:
    return literal(value, Numeric)


def _root(number: Decimal) -> Value:
    if number < 0:
        raise EvaluationError("DOMAIN")
    return arithmetic.settled(EXACT.sqrt(number))


def _root_type(check: TypeCheck) -> Type | None:
    return sized(digits_of(check.operands[0].type) // 2 + 1, EXTERNAL_SCALE)


def _root_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    possible = case((pair.value >= _number(0), pair.value))
    value = _kept(func.sqrt(fine(possible), type_=Numeric))
    return joined((pair,), value, _outside(pair.value < _number(0)), blank_on_error=True)


def _exponential(number: Decimal) -> Value:
    if number > LARGEST_EXPONENT:
        raise EvaluationError("OVERFLOW")
    return arithmetic.settled(EXACT.exp(max(number, Decimal(-LARGEST_EXPONENT))))


def _exponential_sql(call: SqlCall) -> Sql:
    pair, type_ = call.pair(0), call.typed.operands[0].type
    if digits_of(type_) < 2:
        return joined((pair,), _kept(func.exp(fine(pair.value), type_=Numeric)))
    high, low = _number(LARGEST_EXPONENT), _number(-LARGEST_EXPONENT)
    possible = case((pair.value < low, low), (pair.value <= high, pair.value))
    value = _kept(func.exp(fine(possible), type_=Numeric))
    too_high = failing(certain(pair.value > high), "OVERFLOW")
    return joined((pair,), value, too_high, blank_on_error=True)


def _logarithm(compute: Callable[[Decimal], Decimal]) -> Callable[[Decimal], Value]:
    def computed(number: Decimal) -> Value:
        if number <= 0:
            raise EvaluationError("DOMAIN")
        return arithmetic.settled(compute(number))

    return computed


def _logarithm_sql(build: Callable[..., Expression]) -> ToSql:
    return lambda call: _logarithm_of(call.pair(0), build)


def _logarithm_of(pair: Sql, build: Callable[..., Expression]) -> Sql:
    possible = case((pair.value > _number(0), pair.value))
    value = _kept(build(fine(possible), type_=Numeric))
    return joined((pair,), value, _outside(pair.value <= _number(0)), blank_on_error=True)


def _logarithm_to(number: Decimal, base: Decimal = TEN) -> Value:
    if number <= 0 or base <= 0 or base == 1:
        raise EvaluationError("DOMAIN")
    if base == TEN:
        return arithmetic.settled(EXACT.log10(number))
    return arithmetic.within_limits(
        arithmetic.settled(EXACT.divide(EXACT.ln(number), EXACT.ln(base)))
    )


def _logarithm_to_type(check: TypeCheck) -> Type | None:
    """The nearer the base is to 1, the larger the logarithm."""
    if len(check.operands) < 2:
        return LOGARITHM
    return sized(2 + scale_of(check.operands[1].type), EXTERNAL_SCALE)


def _logarithm_to_sql(call: SqlCall) -> Sql:
    number, *given = call.pairs()
    if not given:
        return _logarithm_of(number, func.log)
    base, zero, one = given[0], _number(0), _number(1)
    possible_base = case((and_(base.value > zero, base.value != one), base.value))
    possible = case((number.value > zero, number.value))
    value = _kept(func.log(fine(possible_base), fine(possible), type_=Numeric))
    wrong_number = and_(number.value <= zero, base.value.is_not(None))
    wrong_base = and_(or_(base.value <= zero, base.value == one), number.value.is_not(None))
    wrong = _outside(or_(wrong_number, wrong_base))
    pair = joined((number, base), value, wrong, blank_on_error=True)
    return checked((pair,), value, call.typed.type)


def _known_exponent(node: Node) -> int | None:
    """A short whole exponent that is written as such."""
    value = node.value if isinstance(node, Literal) else None
    if isinstance(value, Decimal) and value <= SHORT and value == value.to_integral_value():
        return int(value)
    return None


def _power_type(check: TypeCheck) -> Type | None:
    base, exponent = (operand.type for operand in check.operands)
    known = _known_exponent(check.operands[1].node)
    if known is None:
        return power_type(base, exponent)
    return sized(max(1, digits_of(base) * known), scale_of(base) * known)


def _power_sql(call: SqlCall) -> Sql:
    base, exponent = call.pairs()
    types = (call.typed.operands[0].type, call.typed.operands[1].type, call.typed.type)
    known = _known_exponent(call.typed.operands[1].node)
    if known is None:
        return power(base, exponent, types)
    value = func.power(fine(base.value), _number(known), type_=Numeric)
    return checked((base,), _kept(value, scale_of(call.typed.type)), call.typed.type)


def power_type(_base: Type, _exponent: Type) -> Type:
    return sized(arithmetic.DIGITS, INTERNAL_SCALE)


def power(base: Sql, exponent: Sql, types: tuple[Type, Type, Type]) -> Sql:
    """The SQL of arithmetic.power for any exponent; `types` are those of the operands and of the
    result. NULL where it is not even tried, because there is no such power or it is too large."""
    number, zero = base.value, _number(0)
    raised = snapped(exponent.value, types[1])
    is_whole = raised == func.trunc(raised, type_=Numeric)
    of_zero = and_(number == zero, raised >= zero)
    exists = or_(number > zero, of_zero, and_(number < zero, is_whole))
    near = or_(number == zero, _within_reach(number, raised))
    result = func.power(fine(number), raised, type_=Numeric)
    scale = case((is_whole, whole(INTERNAL_SCALE)), else_=whole(EXTERNAL_SCALE))
    value = case((and_(exists, near), func.round(result, scale, type_=Numeric)))
    wrong = or_(
        failing(certain(and_(number == zero, raised < zero)), "DIV0"),
        _outside(and_(number < zero, not_(is_whole))),
        failing(or_(certain(not_(near)), too_large(value)), "OVERFLOW"),
    )
    return joined((base, exponent), value, wrong)


def _within_reach(number: Expression, exponent: Expression) -> Expression:
    """Whether the result has few enough digits to compute it. A coarse bound, so the one place
    where a binary float is as good: what it lets pass beyond the limit is still refused."""
    size = func.log(cast(func.nullif(func.abs(number), _number(0)), Double), type_=Double)
    growth = cast(exponent, Double) * size
    return and_(func.abs(exponent) <= _number(MAX_EXPONENT), growth <= literal(MOST_GROWTH, Double))


FUNCTIONS = (
    Function(
        name="SQRT",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_root_type,
        evaluate=strict(_root),
        to_sql=_root_sql,
        fails=True,
        documentation={
            "en": "The square root, to 18 decimals. A number below zero is an error.",
            "zh_CN": "平方根，保留 18 位小数。负数报错。",
        },
        examples=(
            ("SQRT(6.25)", "2.5"),
            ("SQRT(2)", "1.414213562373095049"),
            ("SQRT(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="EXP",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(sized(arithmetic.DIGITS, EXTERNAL_SCALE)),
        evaluate=strict(_exponential),
        to_sql=_exponential_sql,
        fails=True,
        documentation={
            "en": "e (2.718…) raised to the power of the number, which may be at most 55.",
            "zh_CN": "e（2.718…）的若干次幂，指数最大为 55。",
        },
        examples=(
            ("EXP(1)", "2.718281828459045235"),
            ("EXP(0)", "1"),
            ("EXP(-60)", "0"),
            ("EXP(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="LN",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(LOGARITHM),
        evaluate=strict(_logarithm(EXACT.ln)),
        to_sql=_logarithm_sql(func.ln),
        fails=True,
        documentation={
            "en": "The natural logarithm: the power of e (2.718…) that gives the number, which "
            "must be above zero.",
            "zh_CN": "自然对数，即 e（2.718…）的多少次幂等于该数；该数必须大于零。",
        },
        examples=(
            ("LN(1)", "0"),
            ("LN(10)", "2.302585092994045684"),
            ("LN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="LOG",
        signature=Signature((NUMBER_ARGUMENT, BASE), optional=1),
        rule=_logarithm_to_type,
        evaluate=strict(_logarithm_to),
        to_sql=_logarithm_to_sql,
        fails=True,
        documentation={
            "en": "The logarithm to the base, or to base 10 if it is left out. The number and the "
            "base must be above zero, and the base must not be 1.",
            "zh_CN": "以指定数为底的对数，省略底数时以 10 为底。数字和底数必须大于零，"
            "底数不能为 1。",
        },
        examples=(
            ("LOG(1000)", "3"),
            ("LOG(8, 2)", "3"),
            ("LOG(0.25, 2)", "-2"),
            ("LOG(parent.amount, 2)", "NULL"),
        ),
    ),
    Function(
        name="LOG10",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(LOGARITHM),
        evaluate=strict(_logarithm(EXACT.log10)),
        to_sql=_logarithm_sql(func.log),
        fails=True,
        documentation={
            "en": "The logarithm to base 10 of a number above zero: about how many digits it has.",
            "zh_CN": "以 10 为底的对数，大致等于数字的位数；该数必须大于零。",
        },
        examples=(
            ("LOG10(1000)", "3"),
            ("LOG10(0.01)", "-2"),
            ("LOG10(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="POWER",
        signature=Signature((NUMBER_ARGUMENT, EXPONENT)),
        rule=_power_type,
        evaluate=strict(arithmetic.power),
        to_sql=_power_sql,
        fails=True,
        documentation={
            "en": "The number raised to a power, as the sign ^. POWER(0, 0) is 1; a number below "
            "zero takes whole exponents only.",
            "zh_CN": "数字的若干次幂，与运算符 ^ 相同。POWER(0, 0) 为 1；负数只能取整数次幂。",
        },
        examples=(
            ("POWER(2, 10)", "1024"),
            ("POWER(2.25, 0.5)", "1.5"),
            ("POWER(-2, -1)", "-0.5"),
            ("POWER(0, 0)", "1"),
            ("POWER(parent.amount, 2)", "NULL"),
        ),
    ),
)
