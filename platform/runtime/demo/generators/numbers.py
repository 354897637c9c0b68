"""Numbers: spread evenly, or as turnovers are, and sums with them. All are decimals or integers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial, reduce
from typing import Any, ClassVar

from fieldstone.runtime.demo.dice import Dice
from fieldstone.runtime.demo.generators.base import (
    GENERATORS,
    Entry,
    Kind,
    Reader,
    exact,
    generator,
)
from fieldstone.runtime.demo.model import Generator, Row

ZERO = Decimal(0)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Integer(Kind):
    """`integer: 1..6`"""

    first: int
    last: int
    name: ClassVar[str] = "integer"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        return cls(*reader.whole_span(raw))

    def value(self, _row: Row, dice: Dice) -> int:
        return dice.whole(self.first, self.last)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Number(Kind):
    """`number: {from: 0.5, to: 9.5, step: 0.5}`: evenly spread, in whole steps from `from`."""

    first: Decimal
    steps: int
    step: Decimal
    name: ClassVar[str] = "number"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("from", "to", "step"), needed=("from", "to"))
        first, last = (_decimal(options.get(key), reader) for key in ("from", "to"))
        step = _decimal(options.get("step", 1), reader) or Decimal(1)
        return cls(first, max(int((last - first) / step), 0), step)

    def value(self, _row: Row, dice: Dice) -> Decimal:
        return self.first + self.step * dice.whole(0, self.steps)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Lognormal(Kind):
    """`lognormal: {median: 80000, spread: 1.1, min: 2000, max: 2000000, step: 100}`: few large
    and many small ones; with a spread of 1.3 a fifth of the rows has four fifths of the sum."""

    middle: float
    spread: float
    least: Decimal
    most: Decimal | None
    step: Decimal
    name: ClassVar[str] = "lognormal"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        known = ("median", "spread", "min", "max", "step")
        options = reader.options(raw, known, needed=("median",))
        median = reader.number(options.get("median"), otherwise=1.0)
        if median <= 0:
            reader.problem("demo.bad_argument", value=str(median), wanted="1")
        most = options.get("max")
        return cls(
            math.log(max(median, 1e-9)),
            reader.number(options.get("spread"), otherwise=1.0),
            _decimal(options.get("min", 0), reader),
            None if most is None else _decimal(most, reader),
            _decimal(options.get("step", 1), reader) or Decimal(1),
        )

    def value(self, _row: Row, dice: Dice) -> Decimal:
        raw = Decimal(str(math.exp(self.middle + self.spread * dice.normal())))
        stepped = (raw / self.step).to_integral_value(ROUND_HALF_UP) * self.step
        return (
            max(stepped, self.least)
            if self.most is None
            else min(max(stepped, self.least), self.most)
        )


def _decimal(raw: Any, reader: Reader) -> Decimal:
    reader.number(raw)
    return Decimal(exact(raw)) if isinstance(raw, int | float) else ZERO


def _divide(left: Decimal, right: Decimal) -> Decimal:
    return left / right if right else ZERO


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Generator):
    """`multiply: [quantity, unit_price, 0.9]`: of fields, numbers and generators, from the left.
    A blank counts as 0; what is divided by 0 is 0."""

    operands: tuple[Generator, ...]
    step: Callable[[Decimal, Decimal], Decimal]
    name: ClassVar[str] = "arithmetic"

    def value(self, row: Row, dice: Dice) -> Decimal:
        values: Sequence[Decimal] = [as_number(node.value(row, dice)) for node in self.operands]
        return reduce(self.step, values)


def _read_arithmetic(step: Callable[[Decimal, Decimal], Decimal], raw: Any, reader: Reader) -> Any:
    items = reader.items(raw) or [0]
    return Arithmetic(tuple(reader.at(n).operand(each) for n, each in enumerate(items)), step)


def as_number(value: Any) -> Decimal:
    return ZERO if value is None else Decimal(value)


STEPS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "add": lambda left, right: left + right,
    "subtract": lambda left, right: left - right,
    "multiply": lambda left, right: left * right,
    "divide": _divide,
    "least": min,
    "greatest": max,
}
for _name, _step in STEPS.items():
    GENERATORS.add(Entry(_name, partial(_read_arithmetic, _step)))


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Round(Kind):
    """`round: {of: price, to: 0.01}`: half up, as money is rounded."""

    operand: Generator
    to: Decimal
    name: ClassVar[str] = "round"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("of", "to"), needed=("of",))
        to = _decimal(options.get("to", 1), reader) or Decimal(1)
        return cls(reader.at("of").operand(options.get("of")), to)

    def value(self, row: Row, dice: Dice) -> Decimal:
        return rounded(as_number(self.operand.value(row, dice)), self.to)


def rounded(value: Decimal, to: Decimal) -> Decimal:
    return (value / to).to_integral_value(ROUND_HALF_UP) * to


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Whole(Kind):
    """`whole: {divide: [amount, 3]}`: without its fraction, as an integer."""

    operand: Generator
    name: ClassVar[str] = "whole"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        return cls(reader.operand(raw))

    def value(self, row: Row, dice: Dice) -> int:
        return int(as_number(self.operand.value(row, dice)))


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Share(Kind):
    """`share: {of: $parent.total, percent: $item}`: a part of a total, rounded to cents; the last
    of the siblings takes what is left, so that the parts add up."""

    total: Generator
    percent: Generator
    name: ClassVar[str] = "share"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("of", "percent"), needed=("of", "percent"))
        return cls(
            reader.at("of").operand(options.get("of")),
            reader.at("percent").operand(options.get("percent")),
        )

    def value(self, row: Row, dice: Dice) -> Decimal:
        total = as_number(self.total.value(row, dice))
        if row.k == len(row.siblings):
            return total - sum((each.get(dice.field) for each in row.siblings[:-1]), ZERO)
        percent = as_number(self.percent.value(row, dice))
        return rounded(total * percent / 100, Decimal("0.01"))
