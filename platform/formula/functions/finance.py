"""Loans and savings in equal payments. What is paid out is negative, what is received positive.

Everywhere: present value · (1 + rate)^periods + payment · (1 + rate · at_start) ·
((1 + rate)^periods - 1) / rate + future value = 0, and without interest: present value +
payment · periods + future value = 0."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from fieldstone.formula import arithmetic
from fieldstone.formula.arithmetic import EXACT, EXTERNAL_SCALE
from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import Argument, Function, Signature, returns, strict
from fieldstone.formula.functions.numbers import ZERO
from fieldstone.formula.sql_numbers import sized
from fieldstone.formula.types import Kind

NUMBERS = frozenset({Kind.NUMBER})
RATE, PERIODS, PAYMENT, PRESENT, FUTURE, AT_START = (
    Argument(name, NUMBERS)
    for name in ("rate", "periods", "payment", "present_value", "future_value", "at_start")
)
RESULT = sized(arithmetic.DIGITS, EXTERNAL_SCALE)
ONE = Decimal(1)
MOST_GROWTH = 1_000
"""Digits that (1 + rate)^periods may have."""


def _payment(
    rate: Decimal,
    periods: Decimal,
    present: Decimal,
    future: Decimal = ZERO,
    at_start: Decimal = ZERO,
) -> Value:
    growth, sum_of_ones = _series(rate, periods, at_start)
    owed = EXACT.fma(present, growth, future)
    return _kept(_divided(owed, sum_of_ones).copy_negate())


def _present_value(
    rate: Decimal,
    periods: Decimal,
    payment: Decimal,
    future: Decimal = ZERO,
    at_start: Decimal = ZERO,
) -> Value:
    growth, sum_of_ones = _series(rate, periods, at_start)
    return _kept(_divided(EXACT.fma(payment, sum_of_ones, future), growth).copy_negate())


def _future_value(
    rate: Decimal,
    periods: Decimal,
    payment: Decimal,
    present: Decimal = ZERO,
    at_start: Decimal = ZERO,
) -> Value:
    growth, sum_of_ones = _series(rate, periods, at_start)
    saved = EXACT.multiply(payment, sum_of_ones)
    return _kept(EXACT.fma(present, growth, saved).copy_negate())


def _periods(
    rate: Decimal,
    payment: Decimal,
    present: Decimal,
    future: Decimal = ZERO,
    at_start: Decimal = ZERO,
) -> Value:
    if not rate:
        return _kept(_divided(EXACT.add(present, future), payment).copy_negate())
    base = _base(rate)
    paid = EXACT.multiply(payment, base if at_start else ONE)
    ratio = _divided(
        EXACT.subtract(paid, EXACT.multiply(future, rate)), EXACT.fma(present, rate, paid)
    )
    if ratio <= 0:
        raise EvaluationError("DOMAIN")
    return _kept(_divided(EXACT.ln(ratio), EXACT.ln(base)))


def _series(rate: Decimal, periods: Decimal, at_start: Decimal) -> tuple[Decimal, Decimal]:
    """What 1 becomes in all periods, and what 1 paid in each of them becomes."""
    if not rate:
        return ONE, periods
    base = _base(rate)
    if abs(EXACT.multiply(periods, EXACT.log10(base))) > MOST_GROWTH:
        raise EvaluationError("OVERFLOW")
    growth = EXACT.power(base, periods)
    sum_of_ones = EXACT.divide(EXACT.subtract(growth, ONE), rate)
    return growth, EXACT.multiply(sum_of_ones, base if at_start else ONE)


def _base(rate: Decimal) -> Decimal:
    base = EXACT.add(ONE, rate)
    if base <= 0:
        raise EvaluationError("DOMAIN")
    return base


def _divided(dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise EvaluationError("DIV0")
    return EXACT.divide(dividend, divisor)


def _kept(value: Decimal) -> Value:
    return arithmetic.within_limits(arithmetic.rounded(value, EXTERNAL_SCALE)) or ZERO


def _function(
    name: str,
    arguments: tuple[Argument, ...],
    compute: Callable[..., Value],
    words: tuple[str, str],
    examples: tuple[tuple[str, str], ...],
) -> Function:
    return Function(
        name=name,
        signature=Signature(arguments, optional=2),
        rule=returns(RESULT),
        evaluate=strict(compute),
        to_sql=None,
        fails=True,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=examples,
    )


FUNCTIONS = (
    _function(
        "PMT",
        (RATE, PERIODS, PRESENT, FUTURE, AT_START),
        _payment,
        (
            "The equal payment of each period that pays off a loan (present_value) at an interest "
            "rate per period. A payment is negative: money that goes out. future_value is what "
            "is left at the end; at_start 1 means that payments are due at the start of a period.",
            "按每期利率等额还清贷款（present_value）时每期的付款额。付款为负数，表示支出。"
            "future_value 为期末余额；at_start 为 1 表示期初付款。",
        ),
        (
            ("ROUND(PMT(0.05 / 12, 360, 100000), 2)", "-536.82"),
            ("PMT(0, 10, amount)", "-125.05"),
            ("PMT(0.01, 12, parent.amount)", "NULL"),
        ),
    ),
    _function(
        "PV",
        (RATE, PERIODS, PAYMENT, FUTURE, AT_START),
        _present_value,
        (
            "What a row of equal payments is worth today at an interest rate per period. "
            "Payments that go out are negative, and then the result is positive.",
            "一系列等额付款按每期利率折算的现值。支出为负数，此时结果为正数。",
        ),
        (
            ("ROUND(PV(0.01, 12, -100), 2)", "1125.51"),
            ("PV(0, 10, 0 - amount)", "12505"),
            ("PV(0.01, 12, parent.amount)", "NULL"),
        ),
    ),
    _function(
        "FV",
        (RATE, PERIODS, PAYMENT, PRESENT, AT_START),
        _future_value,
        (
            "What equal payments and a start sum (present_value) have grown to after all periods "
            "at an interest rate per period. Payments that go out are negative.",
            "等额付款和期初金额（present_value）按每期利率增长后的终值。支出为负数。",
        ),
        (
            ("ROUND(FV(0.01, 12, -100), 2)", "1268.25"),
            ("FV(0, 10, 0 - amount)", "12505"),
            ("FV(0.01, 12, parent.amount)", "NULL"),
        ),
    ),
    _function(
        "NPER",
        (RATE, PAYMENT, PRESENT, FUTURE, AT_START),
        _periods,
        (
            "How many periods it takes to pay off a loan (present_value) with equal payments at "
            "an interest rate per period. Payments are negative; too small ones are an error.",
            "按每期利率等额还清贷款（present_value）所需的期数。付款为负数；付款过小无法还清时报错。",
        ),
        (
            ("ROUND(NPER(0.01, -100, 1000), 4)", "10.5886"),
            ("NPER(0, -125.05, amount)", "10"),
            ("NPER(0.01, parent.amount, 1000)", "NULL"),
        ),
    ),
)
