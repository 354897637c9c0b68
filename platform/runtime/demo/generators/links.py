"""Other rows: a record to refer to, a value taken along a reference, sums over children."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from fieldstone.runtime.demo.dice import Dice, added_up
from fieldstone.runtime.demo.generators.base import (
    GENERATORS,
    Entry,
    Kind,
    Reader,
    generator,
    listed,
    shown,
)
from fieldstone.runtime.demo.generators.conditions import read_condition
from fieldstone.runtime.demo.generators.numbers import ZERO, as_number
from fieldstone.runtime.demo.model import Condition, Generator, Path, Row

_PARENT: Path = ("$parent",)
_SELF: Path = ("$self",)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Rows of recipes: those that fit `condition`, and whose `theirs` equal this row's `mine`."""

    names: tuple[str, ...]
    condition: Condition | None
    theirs: tuple[Path, ...]
    mine: tuple[Path, ...]

    def of(self, row: Row) -> Sequence[Row]:
        key = tuple(map(row.follow, self.mine))
        found: Sequence[Row] = row.world.index(self.names, self.theirs).get(key, ())
        condition = self.condition
        if condition is None:
            return found
        if not self.lasting:
            return [each for each in found if condition.holds(each, row)]
        return row.world.once(
            ("selected", id(self), key),
            lambda: [each for each in found if condition.holds(each, row)],
        )

    @property
    def lasting(self) -> bool:
        """Rows with an equal key get the same selection."""
        return self.condition is None or self.condition.fixed

    def key(self, row: Row) -> tuple[Any, ...]:
        return tuple(map(row.follow, self.mine))


SELECTING = ("where", "same")


def read_selection(
    names: Any, options: Mapping[str, Any], reader: Reader, *, of_parent: bool = False
) -> Selection:
    """`same: {their_field: my_field}`; `{}` means all rows. Without it `of_parent` means the row's
    children."""
    condition = None
    if options.get("where") is not None:
        condition = read_condition(options["where"], reader.at("where"), tested=reader)
    same = options.get("same") or {}
    if not isinstance(same, dict):
        reader.at("same").problem("demo.bad_argument", value=shown(same), wanted="{theirs: ours}")
        same = {}
    theirs = tuple(tuple(str(each).split(".")) for each in same)
    mine = tuple(reader.at("same", key).field_path(each) for key, each in same.items())
    if of_parent and "same" not in options:
        theirs, mine = (_PARENT,), (_SELF,)
    return Selection(reader.recipes(names), condition, theirs, mine)


PICKS: Mapping[str, str] = {
    "random": "any row",
    "cycle": "by turns",
    "first": "the first row",
    "last": "the last row",
    "unique": "no row twice",
    "distinct": "no row twice among siblings",
}


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Ref(Kind):
    """`ref: accounts`, `ref: {to: contacts, same: {account: account}, weight: _size}`: a row of
    another recipe. `pick`: random, cycle, first, last, unique, distinct."""

    rows: Selection
    weight: Path
    pick: str
    name: ClassVar[str] = "ref"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        known = ("to", *SELECTING, "weight", "pick")
        options = reader.options(raw, known, needed=("to",), main="to")
        pick = str(options.get("pick", "random"))
        if pick not in PICKS:
            reader.problem("demo.bad_argument", value=pick[:60], wanted=listed(PICKS))
            pick = "random"
        weight = tuple(str(options["weight"]).split(".")) if options.get("weight") else ()
        return cls(read_selection(options.get("to"), options, reader), weight, pick)

    def value(self, row: Row, dice: Dice) -> Row | None:
        rows = self.rows.of(row)
        return _PICKED[self.pick](self, rows, row, dice) if rows else None

    def mixed(self, rows: Sequence[Row], dice: Dice) -> list[Row]:
        """The rows in a random order, those of much weight early."""
        if not self.weight:
            return dice.shuffled(rows)
        weights = [max(float(as_number(each.follow(self.weight))), 1e-9) for each in rows]
        keys = [math.log(1 - dice.fraction()) / weight for weight in weights]
        return [rows[place] for place in sorted(range(len(rows)), key=lambda n: -keys[n])]

    def sums(self, rows: Sequence[Row], row: Row) -> Sequence[float]:
        def make() -> Sequence[float]:
            return added_up([float(as_number(each.follow(self.weight))) for each in rows])

        if not self.rows.lasting:
            return make()
        return row.world.once(("weights", id(self), self.rows.key(row)), make)


def _unique(ref: Ref, rows: Sequence[Row], row: Row, dice: Dice) -> Row | None:
    def make() -> list[Row]:
        own = Dice(row.world.program.seed, row.recipe.name, "unique", dice.field)
        return ref.mixed(rows, own)[::-1]

    left = row.world.once(("unique", id(ref), ref.rows.key(row)), make)
    return left.pop() if left else None


def _distinct(ref: Ref, rows: Sequence[Row], row: Row, dice: Dice) -> Row | None:
    head = row.siblings[0]

    def make() -> list[Row]:
        return ref.mixed(rows, head.dice(f"distinct {dice.field}"))

    mixed = row.world.once(("distinct", id(ref), head), make)
    return mixed[row.k - 1] if row.k <= len(mixed) else None


def _random(ref: Ref, rows: Sequence[Row], row: Row, dice: Dice) -> Row:
    return dice.weighted(rows, ref.sums(rows, row)) if ref.weight else dice.one_of(rows)


_PICKED: Mapping[str, Callable[[Ref, Sequence[Row], Row, Dice], Row | None]] = {
    "random": _random,
    "cycle": lambda _ref, rows, row, _dice: rows[(row.n - 1) % len(rows)],
    "first": lambda _ref, rows, _row, _dice: rows[0],
    "last": lambda _ref, rows, _row, _dice: rows[-1],
    "unique": _unique,
    "distinct": _distinct,
}


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Refs(Kind):
    """`refs: {to: products, count: 1..3}`: several different rows."""

    rows: Selection
    least: int
    most: int
    name: ClassVar[str] = "refs"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("to", "count", *SELECTING), needed=("to",), main="to")
        least, most = reader.at("count").whole_span(options.get("count", "1"))
        return cls(read_selection(options.get("to"), options, reader), least, most)

    def value(self, row: Row, dice: Dice) -> list[Row]:
        rows = self.rows.of(row)
        count = min(dice.whole(self.least, self.most), len(rows))
        places: dict[int, None] = {}
        while len(places) < count:
            places[dice.whole(0, len(rows) - 1)] = None
        return [rows[place] for place in sorted(places)]


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Rows(Kind):
    """`rows: {of: lines}`: the rows themselves, children unless `same` says otherwise; for
    `each` of another recipe."""

    rows: Selection
    name: ClassVar[str] = "rows"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("of", *SELECTING), needed=("of",), main="of")
        return cls(read_selection(options.get("of"), options, reader, of_parent=True))

    def value(self, row: Row, _dice: Dice) -> list[Row]:
        return list(self.rows.of(row))


@dataclass(frozen=True, slots=True, eq=False)
class Total(Generator):
    """`sum: {of: lines, field: amount, where: {…}}`: over the children, or over the rows that
    `same` says. Blank values do not count."""

    rows: Selection
    path: Path
    total: Callable[[list[Any]], Any]
    name: ClassVar[str] = "total"

    def value(self, row: Row, _dice: Dice) -> Any:
        values = [each.follow(self.path) for each in self.rows.of(row)]
        return self.total([each for each in values if each is not None])


def _read_total(total: Callable[[list[Any]], Any], raw: Any, reader: Reader) -> Total:
    options = reader.options(raw, ("of", "field", *SELECTING), needed=("of",), main="of")
    path = tuple(str(options.get("field", "$self")).split("."))
    return Total(read_selection(options.get("of"), options, reader, of_parent=True), path, total)


def _sum(values: list[Any]) -> Decimal:
    return sum(map(as_number, values), ZERO)


def _average(values: list[Any]) -> Decimal | None:
    return _sum(values) / len(values) if values else None


TOTALS: Mapping[str, Callable[[list[Any]], Any]] = {
    "sum": _sum,
    "count": len,
    "average": _average,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "first": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
}
for _name, _total in TOTALS.items():
    GENERATORS.add(Entry(_name, partial(_read_total, _total)))


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour(Generator):
    """`previous: to_stage`, `next: entered_at`: a field of the sibling before or after."""

    path: Path
    step: int
    name: ClassVar[str] = "neighbour"

    def value(self, row: Row, _dice: Dice) -> Any:
        other = row.sibling(self.step)
        return None if other is None else other.follow(self.path)


def _read_neighbour(step: int, raw: Any, reader: Reader) -> Neighbour:
    return Neighbour(reader.field_path(raw), step)


for _name, _step in {"previous": -1, "next": 1}.items():
    GENERATORS.add(Entry(_name, partial(_read_neighbour, _step)))


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Walk(Kind):
    """`walk: {along: [a, b, c], end: stage, full: [won], skip: 0.1}`: the steps of a path up to
    its end. An end on the path is where it stops; one of `full` comes after all steps, any
    other after some of them."""

    along: Generator
    end: Path
    full: frozenset[Any]
    skip: float
    name: ClassVar[str] = "walk"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        known = ("along", "end", "full", "skip")
        options = reader.options(raw, known, needed=("along", "end"))
        return cls(
            reader.at("along").node(options.get("along")),
            reader.at("end").field_path(options.get("end")),
            frozenset(map(str, options.get("full") or ())),
            reader.number(options.get("skip")),
        )

    def value(self, row: Row, dice: Dice) -> list[Any]:
        along, end = list(self.along.value(row, dice)), row.follow(self.end)
        if end in along:
            steps = along[: along.index(end)]
        elif end in self.full:
            steps = along
        else:
            steps = along[: dice.whole(1, len(along))]
        kept = steps[:1] + [each for each in steps[1:] if dice.fraction() >= self.skip]
        return [*kept, end]
