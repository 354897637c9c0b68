"""The arithmetic that makes Python and PostgreSQL agree to the last digit.

At most 18 decimals outside and 24 inside a formula, magnitudes below 10^24, halves away from
zero. No float anywhere."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from fieldstone.formula.faults import EvaluationError

EXTERNAL_SCALE = 18
INTERNAL_SCALE = 24
DIGITS = 24
"""Digits before the point."""
LIMIT = Decimal(10) ** DIGITS
MAX_EXPONENT = 1000
_GROWTH = 40
"""A power that would have more digits than this is refused before it is computed."""

EXACT = Context(prec=200, rounding=ROUND_HALF_UP)
_ROUGH = Context(prec=12)
_FINE = Decimal(1).scaleb(-40)
STEPS = {scale: Decimal(1).scaleb(-scale) for scale in range(-DIGITS, INTERNAL_SCALE + 1)}


def rounded(value: Decimal, scale: int) -> Decimal:
    """To `scale` decimals, negative ones to tens, hundreds …; halves away from zero."""
    if -int(value.as_tuple().exponent) <= scale:
        return value
    return value.quantize(STEPS[scale], context=EXACT)


def snapped(value: Decimal) -> Decimal:
    """A computed value as comparisons and TEXT see it: (1/9)*9 is 1."""
    return rounded(value, EXTERNAL_SCALE)


def settled(value: Decimal) -> Decimal:
    """A root, logarithm or power to 18 decimals, over 40: noise in its last digits decides no
    tie."""
    return rounded(value.quantize(_FINE, context=EXACT), EXTERNAL_SCALE)


def within_limits(value: Decimal) -> Decimal:
    if not -LIMIT < value < LIMIT:  # abs() would round to 28 digits first
        raise EvaluationError("OVERFLOW")
    return value


def add(left: Decimal, right: Decimal) -> Decimal:
    return within_limits(EXACT.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal:
    return within_limits(EXACT.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal:
    return within_limits(rounded(EXACT.multiply(left, right), INTERNAL_SCALE))


def divide(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise EvaluationError("DIV0")
    return within_limits(rounded(EXACT.divide(left, right), INTERNAL_SCALE))


def modulo(left: Decimal, right: Decimal) -> Decimal:
    """The remainder with the sign of the dividend."""
    left, right = snapped(left), snapped(right)
    if not right:
        raise EvaluationError("DIV0")
    return EXACT.remainder(left, right)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """0 ^ 0 is 1. A base below zero takes whole exponents only."""
    exponent = snapped(exponent)
    if not base:
        return _power_of_zero(exponent)
    whole = exponent == exponent.to_integral_value()
    if base < 0 and not whole:
        raise EvaluationError("DOMAIN")
    if abs(exponent) > MAX_EXPONENT or exponent * _ROUGH.log10(abs(base)) > _GROWTH:
        raise EvaluationError("OVERFLOW")
    result = EXACT.power(base, exponent)
    return within_limits(rounded(result, INTERNAL_SCALE) if whole else settled(result))


def _power_of_zero(exponent: Decimal) -> Decimal:
    if exponent < 0:
        raise EvaluationError("DIV0")
    return Decimal(0) if exponent else Decimal(1)


def truncated(value: Decimal) -> int:
    """Toward zero."""
    return int(value)


def written(value: Decimal) -> str:
    """Without exponent, trailing zeros or a minus before zero: 2.50 → "2.5"."""
    value = snapped(value)
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
