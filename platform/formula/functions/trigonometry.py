"""Angles in radians. Computed in binary floating point and rounded to 12 decimals: PostgreSQL's
library may differ in a last digit, so filters, sorts and lists do without them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from fieldstone.formula import arithmetic
from fieldstone.formula.arithmetic import EXACT, EXTERNAL_SCALE, INTERNAL_SCALE
from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Signature,
    TypeCheck,
    plain,
    returns,
    strict,
)
from fieldstone.formula.functions.numbers import NUMBER_ARGUMENT
from fieldstone.formula.sql_numbers import digits_of, sized
from fieldstone.formula.types import Kind, Type

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
HALF_TURN = Decimal(180)
NUMBERS = frozenset({Kind.NUMBER})
ANGLE = Argument("angle", NUMBERS)
KEPT = 12
"""Decimals that are kept of what a binary float has computed."""
RATIO = sized(1, KEPT)


def from_float(value: float) -> Decimal:
    return arithmetic.rounded(Decimal(value), KEPT)


def _of(compute: Callable[..., float]) -> Callable[..., Value]:
    def computed(*numbers: Decimal) -> Value:
        try:
            return from_float(compute(*(float(number) for number in numbers)))
        except ValueError:
            raise EvaluationError("DOMAIN") from None

    return computed


def _degrees(angle: Decimal) -> Value:
    exact = EXACT.divide(EXACT.multiply(angle, HALF_TURN), PI)
    return arithmetic.within_limits(arithmetic.rounded(exact, EXTERNAL_SCALE))


def _radians(angle: Decimal) -> Value:
    exact = EXACT.divide(EXACT.multiply(angle, PI), HALF_TURN)
    return arithmetic.rounded(exact, EXTERNAL_SCALE)


def _degrees_type(check: TypeCheck) -> Type | None:
    """57 degrees are one radian."""
    return sized(digits_of(check.operands[0].type) + 2, EXTERNAL_SCALE)


def _radians_type(check: TypeCheck) -> Type | None:
    return sized(digits_of(check.operands[0].type), EXTERNAL_SCALE)


FUNCTIONS = (
    Function(
        name="PI",
        signature=Signature(()),
        rule=returns(sized(1, INTERNAL_SCALE)),
        evaluate=plain(lambda: arithmetic.rounded(PI, INTERNAL_SCALE)),
        to_sql=None,
        documentation={
            "en": "The number 3.14159…, a circle's circumference by its diameter.",
            "zh_CN": "圆周率 3.14159…。",
        },
        examples=(("PI()", "3.141592653589793238"), ("DEGREES(PI())", "180")),
    ),
    Function(
        name="SIN",
        signature=Signature((ANGLE,)),
        rule=returns(RATIO),
        evaluate=strict(_of(math.sin)),
        to_sql=None,
        documentation={
            "en": "The sine of an angle in radians, to 12 decimals.",
            "zh_CN": "角（弧度）的正弦，保留 12 位小数。",
        },
        examples=(
            ("SIN(PI() / 6)", "0.5"),
            ("SIN(0)", "0"),
            ("SIN(amount * 0)", "0"),
            ("SIN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="COS",
        signature=Signature((ANGLE,)),
        rule=returns(RATIO),
        evaluate=strict(_of(math.cos)),
        to_sql=None,
        documentation={
            "en": "The cosine of an angle in radians, to 12 decimals.",
            "zh_CN": "角（弧度）的余弦，保留 12 位小数。",
        },
        examples=(
            ("COS(PI())", "-1"),
            ("COS(amount * 0)", "1"),
            ("COS(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="TAN",
        signature=Signature((ANGLE,)),
        rule=returns(sized(arithmetic.DIGITS, KEPT)),
        evaluate=strict(_of(math.tan)),
        to_sql=None,
        documentation={
            "en": "The tangent of an angle in radians, to 12 decimals.",
            "zh_CN": "角（弧度）的正切，保留 12 位小数。",
        },
        examples=(
            ("TAN(PI() / 4)", "1"),
            ("TAN(amount * 0)", "0"),
            ("TAN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="ASIN",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(RATIO),
        evaluate=strict(_of(math.asin)),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The angle in radians, from -π/2 to π/2, that has this sine. A number beyond -1 "
            "to 1 is an error.",
            "zh_CN": "正弦等于该数的角（弧度，-π/2 到 π/2）。超出 -1 到 1 时报错。",
        },
        examples=(
            ("ASIN(0.5)", "0.523598775598"),
            ("ASIN(amount * 0)", "0"),
            ("ASIN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="ACOS",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(RATIO),
        evaluate=strict(_of(math.acos)),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The angle in radians, from 0 to π, that has this cosine. A number beyond -1 to "
            "1 is an error.",
            "zh_CN": "余弦等于该数的角（弧度，0 到 π）。超出 -1 到 1 时报错。",
        },
        examples=(
            ("ACOS(1)", "0"),
            ("ACOS(amount * 0)", "1.570796326795"),
            ("ACOS(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="ATAN",
        signature=Signature((NUMBER_ARGUMENT,)),
        rule=returns(RATIO),
        evaluate=strict(_of(math.atan)),
        to_sql=None,
        documentation={
            "en": "The angle in radians, from -π/2 to π/2, that has this tangent.",
            "zh_CN": "正切等于该数的角（弧度，-π/2 到 π/2）。",
        },
        examples=(
            ("ATAN(1)", "0.785398163397"),
            ("ATAN(amount * 0)", "0"),
            ("ATAN(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="ATAN2",
        signature=Signature((Argument("y", NUMBERS), Argument("x", NUMBERS))),
        rule=returns(RATIO),
        evaluate=strict(_of(math.atan2)),
        to_sql=None,
        documentation={
            "en": "The angle in radians, from -π to π, from the x axis to the point (x, y). Mind "
            "the order: y comes first.",
            "zh_CN": "从 x 轴到点 (x, y) 的角（弧度，-π 到 π）。注意参数顺序：先 y 后 x。",
        },
        examples=(
            ("ATAN2(1, 1)", "0.785398163397"),
            ("ATAN2(amount * 0, -1)", "3.14159265359"),
            ("ATAN2(parent.amount, 1)", "NULL"),
        ),
    ),
    Function(
        name="DEGREES",
        signature=Signature((ANGLE,)),
        rule=_degrees_type,
        evaluate=strict(_degrees),
        to_sql=None,
        documentation={
            "en": "An angle in radians as degrees.",
            "zh_CN": "把弧度转换为角度。",
        },
        examples=(
            ("DEGREES(PI())", "180"),
            ("DEGREES(quantity)", "171.88733853924696263"),
            ("DEGREES(parent.amount)", "NULL"),
        ),
    ),
    Function(
        name="RADIANS",
        signature=Signature((ANGLE,)),
        rule=_radians_type,
        evaluate=strict(_radians),
        to_sql=None,
        documentation={
            "en": "An angle in degrees as radians.",
            "zh_CN": "把角度转换为弧度。",
        },
        examples=(
            ("RADIANS(180)", "3.141592653589793238"),
            ("RADIANS(quantity * 60)", "PI()"),
            ("RADIANS(parent.amount)", "NULL"),
        ),
    ),
)
