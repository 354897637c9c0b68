"""Numbers. Rounding and comparing see at most 18 decimals; halves go away from zero."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from sqlalchemy import Numeric, func

from fieldstone.formula import arithmetic, sql_numbers
from fieldstone.formula.ast import Literal, Node, Unary, Value
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Rule,
    Signature,
    SqlCall,
    ToSql,
    TypeCheck,
    expression,
    strict,
)
from fieldstone.formula.sql_numbers import checked, digits_of, scale_of, sized, snapped
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.types import Kind, Type

NUMBER_ARGUMENT = Argument("number", frozenset({Kind.NUMBER}))
DIGITS = Argument("digits", frozenset({Kind.NUMBER}), structural=True)
ORDERED = Argument("value", frozenset({Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.TIME}))
COARSEST, FINEST = -arithmetic.DIGITS, arithmetic.EXTERNAL_SCALE


def _same_size(check: TypeCheck) -> Type | None:
    type_ = check.operands[0].type
    return sized(digits_of(type_), scale_of(type_))


def _digits(value: Decimal) -> int:
    return max(COARSEST, min(arithmetic.truncated(value), FINEST))


def _known_digits(node: Node) -> int | None:
    """The second operand of ROUND where it is written as a plain number."""
    match node:
        case Literal(value=Decimal() as value):
            return _digits(value)
        case Unary(operator="-", operand=Literal(value=Decimal() as value)):
            return _digits(-value)
        case _:
            return None


def _round_type(check: TypeCheck) -> Type | None:
    number, digits = check.operands
    known = _known_digits(digits.node)
    scale = min(scale_of(number.type), FINEST)
    if known is not None:
        scale = max(0, min(scale, known))
    return sized(_grown(number.type), scale)


def _grown(type_: Type) -> int:
    """999.5 may become 1000."""
    return digits_of(type_) + 1


def _round(number: Decimal, digits: Decimal) -> Value:
    rounded = arithmetic.rounded(arithmetic.snapped(number), _digits(digits))
    return arithmetic.within_limits(rounded)


def _round_sql(call: SqlCall) -> Sql:
    number, digits = call.pairs()
    known = _known_digits(call.typed.operands[1].node)
    if known is None:
        places = sql_numbers.integer(digits.value, COARSEST, FINEST)
    else:
        places = sql_numbers.whole(known)
    value = snapped(number.value, call.typed.operands[0].type)
    return checked((number, digits), func.round(value, places, type_=Numeric), call.typed.type)


def _whole(rounding: str) -> Callable[[Decimal], Value]:
    def compute(number: Decimal) -> Value:
        whole = arithmetic.snapped(number).to_integral_value(rounding)
        return arithmetic.within_limits(whole)

    return compute


def _whole_type(check: TypeCheck) -> Type | None:
    return sized(_grown(check.operands[0].type), 0)


def _floor_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    value = snapped(pair.value, call.typed.operands[0].type)
    return checked((pair,), func.trunc(value, type_=Numeric), call.typed.type)


def _ceiling_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    value = snapped(pair.value, call.typed.operands[0].type)
    away = func.sign(value, type_=Numeric) * func.ceil(func.abs(value), type_=Numeric)
    return checked((pair,), away, call.typed.type)


def _modulo_sql(call: SqlCall) -> Sql:
    dividend, divisor = call.typed.operands
    return sql_numbers.remainder(call.pair(0), call.pair(1), (dividend.type, divisor.type))


def _modulo_type(check: TypeCheck) -> Type | None:
    return sized(digits_of(check.operands[1].type), FINEST)


def _of_one_type(check: TypeCheck) -> Type | None:
    return check.unified(range(len(check.operands)))


def _extreme(name: str, words: tuple[str, str], compute: Callable[..., Value]) -> Function:
    rule: Rule = _of_one_type
    build = func.greatest if name == "MAX" else func.least
    to_sql: ToSql = expression(sql_numbers.complete(build))
    return Function(
        name=name,
        signature=Signature((ORDERED, ORDERED), repeated=1),
        rule=rule,
        evaluate=strict(compute),
        to_sql=to_sql,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=(
            (f"{name}(amount, 3, 2000)", "2000" if name == "MAX" else "3"),
            (f"{name}(amount, NULL)", "NULL"),
        ),
    )


FUNCTIONS = (
    Function(
        name="ABS",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_same_size,
        evaluate=strict(abs),
        to_sql=expression(func.abs),
        documentation={"en": "The number without its sign.", "zh_CN": "数字的绝对值。"},
        examples=(("ABS(0 - amount)", "1250.5"),),
    ),
    Function(
        name="ROUND",
        signature=Signature((NUMBER_ARGUMENT, DIGITS)),
        rule=_round_type,
        evaluate=strict(_round),
        to_sql=_round_sql,
        documentation={
            "en": "The number with so many decimals; halves go away from zero. Negative digits "
            "round to tens, hundreds and so on.",
            "zh_CN": "四舍五入到若干位小数；位数为负时舍入到十位、百位等。",
        },
        examples=(
            ("ROUND(2.345, 2)", "2.35"),
            ("ROUND(-2.5, 0)", "-3"),
            ("ROUND(amount, -2)", "1300"),
        ),
    ),
    Function(
        name="FLOOR",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_whole_type,
        evaluate=strict(_whole(ROUND_DOWN)),
        to_sql=_floor_sql,
        documentation={
            "en": "The number without its decimals: toward zero.",
            "zh_CN": "去掉小数部分，向零取整。",
        },
        examples=(("FLOOR(1.7)", "1"), ("FLOOR(-1.7)", "-1"), ("FLOOR((1 / 9) * 9)", "1")),
    ),
    Function(
        name="CEILING",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=_whole_type,
        evaluate=strict(_whole(ROUND_UP)),
        to_sql=_ceiling_sql,
        documentation={
            "en": "The next whole number away from zero.",
            "zh_CN": "向远离零的方向取整。",
        },
        examples=(("CEILING(1.2)", "2"), ("CEILING(-1.2)", "-2")),
    ),
    Function(
        name="MOD",
        signature=Signature((NUMBER_ARGUMENT, Argument("divisor", frozenset({Kind.NUMBER})))),
        rule=_modulo_type,
        evaluate=strict(arithmetic.modulo),
        to_sql=_modulo_sql,
        fails=True,
        documentation={
            "en": "What is left of the number after whole divisions, with the number's sign.",
            "zh_CN": "除法的余数，符号与被除数相同。",
        },
        examples=(("MOD(7, 3)", "1"), ("MOD(-7, 3)", "-1")),
    ),
    _extreme("MAX", ("The largest value.", "最大的值。"), max),
    _extreme("MIN", ("The smallest value.", "最小的值。"), min),
)
