"""Values out of a set: at random, by turns, in exact shares, or by another field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from fieldstone.runtime.demo.dice import Dice, added_up
from fieldstone.runtime.demo.generators.base import Kind, Reader, exact, generator
from fieldstone.runtime.demo.generators.conditions import read_condition
from fieldstone.runtime.demo.model import Condition, Generator, Path, Row


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Choice(Kind):
    """`choice: {a: 3, b: 1}` by weight, `choice: [a, b]` alike, `choice: names` out of one of
    `lists`, which is written either way; items that are mappings may carry a `weight`."""

    items: Sequence[Any]
    sums: Sequence[float]
    name: ClassVar[str] = "choice"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        raw = reader.names.lists.get(raw, raw) if isinstance(raw, str) else raw
        if isinstance(raw, dict):
            items, weights = list(raw), [reader.number(each) for each in raw.values()]
        else:
            items = exact(list(reader.items(raw)))
            weights = [_weight(each, reader) for each in items]
        if not items or min(weights) < 0 or max(weights) <= 0:
            reader.problem("demo.no_weight")
            items, weights = [None], [1.0]
        return cls(items, added_up(weights))

    def value(self, _row: Row, dice: Dice) -> Any:
        return dice.weighted(self.items, self.sums)

    def outcomes(self) -> Sequence[Any]:
        return self.items


def _weight(item: Any, reader: Reader) -> float:
    weight = item.get("weight") if isinstance(item, dict) else None
    return reader.number(float(weight) if isinstance(weight, Decimal) else weight, otherwise=1.0)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Cycle(Kind):
    """`cycle: [a, b, c]`: by turns, as the rows come."""

    items: tuple[Generator, ...]
    name: ClassVar[str] = "cycle"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        if isinstance(raw, str):
            return cls(tuple(_Fixed(exact(each)) for each in reader.items(raw)) or (_Fixed(None),))
        items = tuple(reader.at(n).node(each) for n, each in enumerate(reader.items(raw)))
        return cls(items or (_Fixed(None),))

    def value(self, row: Row, dice: Dice) -> Any:
        return self.items[(row.n - 1) % len(self.items)].value(row, dice)

    def outcomes(self) -> Sequence[Any]:
        return [each for item in self.items for each in item.outcomes()]


@dataclass(frozen=True, slots=True, eq=False)
class _Fixed(Generator):
    constant: Any
    name: ClassVar[str] = "constant"

    def value(self, _row: Row, _dice: Dice) -> Any:
        return self.constant

    def outcomes(self) -> Sequence[Any]:
        return (self.constant,)


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Split(Kind):
    """`split: {won: 95, lost: 70}`: exact shares of the rows, shuffled. With `among`, shares of
    the rows that fit: `split: {of: {…}, among: {stage: won}}`."""

    shares: tuple[tuple[Any, float], ...]
    among: Condition | None
    name: ClassVar[str] = "split"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        raw = raw if isinstance(raw, dict) else {}
        nested = isinstance(raw.get("of"), dict)
        shares = raw["of"] if nested else raw
        options = reader.options(raw, ("of", "among")) if nested else {}
        weights = [(item, reader.number(weight)) for item, weight in shares.items()]
        sizes = [weight for _, weight in weights]
        if not sizes or min(sizes) < 0 or max(sizes) <= 0:
            reader.problem("demo.no_weight")
            weights = []
        among = None
        if "among" in options:
            among = read_condition(options["among"], reader.at("among"))
        return cls(tuple(weights) or ((None, 1.0),), among)

    def value(self, row: Row, dice: Dice) -> Any:
        dealt = row.world.once(("split", id(self)), lambda: self._deal(row, dice.field))
        return dealt.get(row.n)

    def outcomes(self) -> Sequence[Any]:
        return [item for item, _ in self.shares]

    def _deal(self, row: Row, field: str) -> dict[int, Any]:
        rows = row.world.rows(row.recipe.name)
        if self.among is not None:
            rows = [each for each in rows if self.among.holds(each, each)]
        dice = Dice(row.world.program.seed, row.recipe.name, "split", field)
        cards = dice.shuffled(_cards(self.shares, len(rows)))
        return {each.n: card for each, card in zip(rows, cards, strict=True)}


def _cards(shares: Sequence[tuple[Any, float]], count: int) -> list[Any]:
    """Each item as often as its share of `count` says; what rounding leaves goes to the largest
    remainders."""
    total = sum(weight for _, weight in shares) or 1.0
    exact_counts = [weight * count / total for _, weight in shares]
    counts = [int(each + 1e-9) for each in exact_counts]
    order = sorted(range(len(shares)), key=lambda n: counts[n] - exact_counts[n])
    for n in order[: count - sum(counts)]:
        counts[n] += 1
    return [item for (item, _), many in zip(shares, counts, strict=True) for _ in range(many)]


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Map(Kind):
    """`map: {of: stage, to: {won: 100, lost: 0}, else: 10}`: by the value of another field."""

    path: Path
    to: dict[str, Generator]
    otherwise: Generator
    name: ClassVar[str] = "map"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("of", "to", "else"), needed=("of", "to"))
        to = options.get("to")
        if not isinstance(to, dict):
            reader.problem("demo.missing_key", key="to")
            to = {}
        return cls(
            reader.field_path(options.get("of")),
            {str(key): reader.at("to", key).node(each) for key, each in to.items()},
            reader.at("else").node(options.get("else")),
        )

    def value(self, row: Row, dice: Dice) -> Any:
        return self.to.get(str(row.follow(self.path)), self.otherwise).value(row, dice)

    def outcomes(self) -> Sequence[Any]:
        return [each for node in (*self.to.values(), self.otherwise) for each in node.outcomes()]


@generator
@dataclass(frozen=True, slots=True, eq=False)
class CaseOf(Kind):
    """`case: [{if: {…}, then: …}, {else: …}]`: the first that fits."""

    cases: tuple[tuple[Condition | None, Generator], ...]
    name: ClassVar[str] = "case"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        cases: list[tuple[Condition | None, Generator]] = []
        for n, each in enumerate(reader.items(raw)):
            place = reader.at(n)
            if isinstance(each, dict) and "else" in each:
                cases.append((None, place.at("else").node(each["else"])))
                continue
            options = place.options(each, ("if", "then"), needed=("if",))
            condition = read_condition(options.get("if", {}), place.at("if"))
            cases.append((condition, place.at("then").node(options.get("then"))))
        return cls(tuple(cases))

    def value(self, row: Row, dice: Dice) -> Any:
        for condition, node in self.cases:
            if condition is None or condition.holds(row, row):
                return node.value(row, dice)
        return None

    def outcomes(self) -> Sequence[Any]:
        return [each for _, node in self.cases for each in node.outcomes()]


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Sometimes(Kind):
    """`sometimes: {chance: 0.3, value: …}`: blank otherwise."""

    chance: float
    node: Generator
    name: ClassVar[str] = "sometimes"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("chance", "value"), needed=("chance", "value"))
        chance = reader.number(options.get("chance"))
        return cls(chance, reader.at("value").node(options.get("value")))

    def value(self, row: Row, dice: Dice) -> Any:
        return self.node.value(row, dice) if dice.fraction() < self.chance else None

    def outcomes(self) -> Sequence[Any]:
        return self.node.outcomes()


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Chance(Kind):
    """`chance: 0.2`: true for a fifth of the rows."""

    chance: float
    name: ClassVar[str] = "chance"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        return cls(reader.number(raw))

    def value(self, _row: Row, dice: Dice) -> bool:
        return dice.fraction() < self.chance


@generator
@dataclass(frozen=True, slots=True, eq=False)
class SomeOf(Kind):
    """`some_of: {from: [a, b, c], count: 1..2}`: different items, in their order."""

    items: Sequence[Any]
    least: int
    most: int
    name: ClassVar[str] = "some_of"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("from", "count"), needed=("from", "count"))
        items = exact(list(reader.at("from").items(options.get("from"))))
        least, most = reader.at("count").whole_span(options.get("count", 1))
        return cls(items, min(least, len(items)), min(most, len(items)))

    def value(self, _row: Row, dice: Dice) -> list[Any]:
        count = dice.whole(self.least, self.most)
        chosen = sorted(dice.shuffled(range(len(self.items)))[:count])
        return [self.items[place] for place in chosen]

    def outcomes(self) -> Sequence[Any]:
        return self.items
