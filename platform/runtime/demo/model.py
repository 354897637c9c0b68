"""What recipes of demo data are, and the rows that grow from them.

A value is worked out when somebody first asks for it, from a random stream of its own, so the
order of asking changes nothing. Rows may therefore ask children for sums and parents for dates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from fieldstone.runtime.demo.days import Moment
from fieldstone.runtime.demo.dice import Dice

T = TypeVar("T")
MAX_ROWS = 100_000
Path = tuple[str, ...]
"""("account", "region"): a field of the row, then fields of what it refers to."""


class Generator(ABC):
    """One way to make a value. An instance is a node of a recipe, read and ready."""

    name: ClassVar[str]

    @abstractmethod
    def value(self, row: Row, dice: Dice) -> Any: ...

    def outcomes(self) -> Sequence[Any]:
        """The constants it may come up with, as far as they are known beforehand."""
        return ()


class Condition(ABC):
    @property
    @abstractmethod
    def fixed(self) -> bool:
        """It compares with constants: the answer is the same whoever asks."""

    @abstractmethod
    def holds(self, row: Row, asker: Row) -> bool:
        """`row` is tested; what the condition compares with is worked out for `asker`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """Fields that apply instead of the recipe's own to the rows that fit."""

    condition: Condition
    fields: Mapping[str, Generator]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Per:
    """Rows for each row of other recipes: `count` of them, or one for each item of `each`.
    `total` makes the counts add up."""

    parents: tuple[str, ...]
    condition: Condition | None = None
    each: Path = ()
    count: Generator | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """`rows` are written out, `count` are made, `per` follow other rows; `existing` ones are
    the tenant's own. `match` names the fields by which a row may be there already."""

    name: str
    object: str
    file: str
    fields: Mapping[str, Generator] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    rows: tuple[Mapping[str, Generator], ...] = ()
    count: int = 0
    per: Per | None = None
    match: tuple[str, ...] = ()
    existing: bool = False
    nodes: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)
    """The cases that have a say in a field, by field."""

    @property
    def written(self) -> list[str]:
        """The fields that are stored: helper fields, which begin with _, are not."""
        names: dict[str, None] = dict.fromkeys(self.fields)
        for part in (*(case.fields for case in self.cases), *self.rows):
            names.update(dict.fromkeys(part))
        return [name for name in names if not name.startswith("_")]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """All recipes of a pack. A group is several recipes under one name."""

    seed: int = 0
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def names(self, name: str) -> tuple[str, ...]:
        """The recipes that a recipe's or group's name stands for."""
        return self.groups.get(name, (name,))


class Unmakeable(Exception):
    """A value that cannot be worked out; `code` is a message id."""

    def __init__(self, code: str, recipe: Recipe, field_name: str = "", **params: Any) -> None:
        super().__init__(f"{code} {recipe.name}.{field_name}")
        self.code = code
        self.recipe = recipe
        self.field = field_name
        self.params = {"recipe": recipe.name, "field": field_name, **params}


_AT_WORK = object()


class Row:
    """One record to be. `n` counts the rows of its recipe, `k` those of its parent, from 1."""

    __slots__ = ("given", "id", "item", "k", "n", "parent", "recipe", "siblings", "values", "world")

    def __init__(self, world: World, recipe: Recipe, n: int) -> None:
        self.world = world
        self.recipe = recipe
        self.n = n
        self.k = n
        self.given: Mapping[str, Generator] = {}
        self.parent: Row | None = None
        self.item: Any = None
        self.siblings: list[Row] = [self]
        self.values: dict[str, Any] = {}
        self.id: UUID | None = None

    def get(self, name: str) -> Any:
        """The value of a field, of a helper field, or of a name that begins with $."""
        value = self.values.get(name, self)
        if value is _AT_WORK:
            raise Unmakeable("demo.cycle", self.recipe, name)
        if value is not self:
            return value
        if name[0] == "$":
            return BUILT_IN[name](self)
        self.values[name] = _AT_WORK
        try:
            value = self._made(name)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            detail = f"{type(error).__name__}: {error}"[:200]
            raise Unmakeable("demo.cannot_make", self.recipe, name, detail=detail) from error
        finally:
            del self.values[name]
        self.values[name] = value
        return value

    def follow(self, path: Path) -> Any:
        """Blank where a step of the path is blank or unknown."""
        value: Any = self
        for step in path:
            if not isinstance(value, Row | Mapping):
                return None
            value = value.get(step)
        return value

    def dice(self, name: str) -> Dice:
        return Dice(self.world.program.seed, self.recipe.name, self.n, name)

    @property
    def moment(self) -> Moment:
        return self.world.moment

    @property
    def today(self) -> date:
        return self.moment.today

    def sibling(self, step: int) -> Row | None:
        place = self.k - 1 + step
        return self.siblings[place] if 0 <= place < len(self.siblings) else None

    def _made(self, name: str) -> Any:
        node = self.given.get(name)
        if node is None:
            node = self.recipe.fields.get(name)
            for case in self.recipe.nodes.get(name, ()):
                if case.condition.holds(self, self):
                    node = case.fields[name]
                    break
        return None if node is None else node.value(self, self.dice(name))


BUILT_IN: Mapping[str, Callable[[Row], Any]] = {
    "$n": lambda row: row.n,
    "$k": lambda row: row.k,
    "$count": lambda row: len(row.siblings),
    "$last": lambda row: row.k == len(row.siblings),
    "$parent": lambda row: row.parent,
    "$item": lambda row: row.item,
    "$self": lambda row: row,
    "$today": lambda row: row.today,
    "$now": lambda row: row.moment.now,
}


class World:
    """All rows of a program at one moment. `existing` holds the tenant's own records by recipe:
    mappings with an `id`."""

    def __init__(
        self,
        program: Program,
        moment: Moment,
        existing: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        self.program = program
        self.moment = moment
        self._existing = existing or {}
        self._rows: dict[str, list[Row]] = {}
        self._known: dict[Hashable, Any] = {}
        self._making: set[str] = set()

    def rows(self, name: str) -> list[Row]:
        """The rows of a recipe or group, in their order."""
        if name in self._rows:
            return self._rows[name]
        if name in self.program.groups:
            made = [row for part in self.program.groups[name] for row in self.rows(part)]
        else:
            made = self._made(self.program.recipes[name])
        self._rows[name] = made
        return made

    def index(self, names: tuple[str, ...], paths: tuple[Path, ...]) -> dict[Any, list[Row]]:
        """The rows of recipes by the values at these paths."""

        def make() -> dict[Any, list[Row]]:
            found: dict[Any, list[Row]] = {}
            for name in names:
                for row in self.rows(name):
                    found.setdefault(tuple(map(row.follow, paths)), []).append(row)
            return found

        return self.once(("index", names, paths), make)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, worked out at the first call with this key."""
        if key not in self._known:
            self._known[key] = make()
        known: T = self._known[key]
        return known

    def _made(self, recipe: Recipe) -> list[Row]:
        if recipe.name in self._making:
            raise Unmakeable("demo.cycle", recipe)
        self._making.add(recipe.name)
        try:
            return self._grown(recipe)
        finally:
            self._making.discard(recipe.name)

    def _grown(self, recipe: Recipe) -> list[Row]:
        if recipe.existing:
            return self._found(recipe)
        if recipe.per is not None:
            return _family(self, recipe, recipe.per)
        rows = [Row(self, recipe, n + 1) for n in range(len(recipe.rows) or recipe.count)]
        for row, given in zip(rows, recipe.rows, strict=False):
            row.given = given
        for row in rows:
            row.siblings = rows
        return rows

    def _found(self, recipe: Recipe) -> list[Row]:
        rows = []
        for n, record in enumerate(self._existing.get(recipe.name, ())):
            row = Row(self, recipe, n + 1)
            row.id = record["id"]
            row.values = dict(record)
            rows.append(row)
        return rows


def _family(world: World, recipe: Recipe, per: Per) -> list[Row]:
    """The rows that follow the rows of other recipes."""
    parents = [
        parent
        for name in per.parents
        for parent in world.rows(name)
        if per.condition is None or per.condition.holds(parent, parent)
    ]
    if per.each:
        items = [list(parent.follow(per.each) or ()) for parent in parents]
    else:
        items = [[None] * count for count in _counts(world, recipe, per, parents)]
    rows: list[Row] = []
    for parent, each in zip(parents, items, strict=True):
        siblings: list[Row] = []
        for k, item in enumerate(each):
            row = Row(world, recipe, len(rows) + 1)
            row.parent, row.item, row.k, row.siblings = parent, item, k + 1, siblings
            siblings.append(row)
            rows.append(row)
    return rows


def _counts(world: World, recipe: Recipe, per: Per, parents: list[Row]) -> list[int]:
    counts = []
    for parent in parents:
        made = 1
        if per.count is not None:
            made = _whole(recipe, per.count.value(parent, parent.dice(recipe.name + " count")))
        counts.append(made)
    if max(sum(counts), per.total or 0) > MAX_ROWS:
        raise Unmakeable("demo.too_many_rows", recipe, limit=MAX_ROWS)
    if per.total is not None and counts:
        _add_up(counts, per.total, Dice(world.program.seed, recipe.name, "total"))
    return counts


def _whole(recipe: Recipe, value: Any) -> int:
    if value is None or isinstance(value, int | Decimal):
        return max(int(value or 0), 0)
    detail = f"{value!r}"[:60]
    raise Unmakeable("demo.cannot_make", recipe, "count", detail=detail)


def _add_up(counts: list[int], total: int, dice: Dice) -> None:
    """Makes the counts add up, one here and one there; a parent that has rows keeps one."""
    places = [place for place, count in enumerate(counts) if count] or list(range(len(counts)))
    step = 1 if total > sum(counts) else -1
    missing = abs(total - sum(counts))
    while missing:
        changed = missing
        for place in dice.shuffled(places):
            if missing and (step > 0 or counts[place] > 1):
                counts[place] += step
                missing -= 1
        if changed == missing:
            return
