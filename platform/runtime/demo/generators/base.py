"""Reading a generator out of a recipe: every problem is noted with its place, none is raised."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, ClassVar, TypeVar

from fieldstone.kernel.errors import Problem
from fieldstone.kernel.registry import Registry
from fieldstone.runtime.demo.days import Offset, Span, read_offset, read_span
from fieldstone.runtime.demo.dice import Dice
from fieldstone.runtime.demo.model import BUILT_IN, Generator, Path, Row

Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the recipes of a pack may speak of."""

    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    recipes: frozenset[str] = frozenset()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Noted:
    """The problems of a file so far, each with the path of what is wrong."""

    file: str
    problems: list[tuple[Steps, Problem]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One place of a recipe. `fields` are the names that its own row answers to."""

    noted: Noted
    names: Names
    path: Steps = ()
    fields: frozenset[str] = frozenset()

    def at(self, *steps: object) -> Reader:
        return replace(self, path=(*self.path, *map(str, steps)))

    def problem(self, code: str, **params: Any) -> None:
        self.noted.problems.append((self.path, Problem(code=code, params=params)))

    def node(self, raw: Any) -> Generator:
        """The generator that a value of a recipe stands for; a plain value stands for itself."""
        if isinstance(raw, list):
            return Several(tuple(self.at(place).node(each) for place, each in enumerate(raw)))
        if not isinstance(raw, dict):
            return Constant(exact(raw))
        kind, argument = next(iter(raw.items()), ("", None))
        if len(raw) != 1 or kind not in GENERATORS:
            self.problem(
                "demo.unknown_generator", name=str(kind)[:60], known=listed(GENERATORS, kind)
            )
            return Constant(None)
        return GENERATORS[kind].read(argument, self.at(kind))

    def options(
        self, raw: Any, known: Sequence[str], *, needed: Sequence[str] = (), main: str = ""
    ) -> dict[str, Any]:
        """The options of a generator by name; a plain value is the `main` one."""
        if not isinstance(raw, dict):
            raw = {main: raw} if main and raw is not None else {}
        for key in raw:
            if key not in known:
                self.at(key).problem(
                    "demo.unknown_key", key=str(key)[:60], known=listed(known, key)
                )
        for key in needed:
            if raw.get(key) is None:
                self.problem("demo.missing_key", key=key)
        return {key: value for key, value in raw.items() if key in known}

    def field_path(self, raw: Any) -> Path:
        """A dotted path whose first step the row must know."""
        path = tuple(raw.split(".")) if isinstance(raw, str) and raw else ()
        if not path:
            self.problem("demo.bad_argument", value=shown(raw), wanted="field.field")
        elif path[0] not in BUILT_IN and path[0] not in self.fields:
            self.problem("demo.unknown_name", name=path[0][:60], known=listed(self.fields, path[0]))
        return path

    def operand(self, raw: Any) -> Generator:
        """A number, the path of a field, or a generator."""
        return Copy((self.field_path(raw),)) if isinstance(raw, str) else self.node(raw)

    def recipes(self, raw: Any) -> tuple[str, ...]:
        """Names of recipes or groups."""
        found: list[str] = []
        for name in raw if isinstance(raw, list) else [raw]:
            if isinstance(name, str) and name in self.names.groups:
                found.extend(self.names.groups[name])
            elif isinstance(name, str) and name in self.names.recipes:
                found.append(name)
            else:
                known = (*self.names.recipes, *self.names.groups)
                self.problem("demo.unknown_recipe", name=shown(name), known=listed(known, name))
        return tuple(found)

    def items(self, raw: Any) -> Sequence[Any]:
        """A list written here, or the name of one of `lists`."""
        found = self.names.lists.get(raw) if isinstance(raw, str) else raw
        if isinstance(raw, str) and found is None:
            self.problem("demo.unknown_list", name=raw[:60], known=listed(self.names.lists, raw))
        elif not isinstance(found, list) or not found:
            self.problem("demo.bad_argument", value=shown(raw), wanted="[…]")
        return found if isinstance(found, list) else ()

    def number(self, raw: Any, *, otherwise: float = 0.0) -> float:
        if raw is None:
            return otherwise
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return float(raw)
        self.problem("demo.bad_argument", value=shown(raw), wanted="0.5")
        return otherwise

    def span(self, raw: Any) -> Span:
        found = read_span(str(raw))
        if found is None:
            self.problem("demo.bad_span", value=shown(raw))
        return found or Span(Offset("today", ()), Offset("today", ()))

    def offset(self, raw: str) -> Offset | None:
        return read_offset(raw)

    def whole_span(self, raw: Any) -> tuple[int, int]:
        """`1..4`, or one number."""
        left, dots, right = str(raw).partition("..")
        try:
            first, last = int(left), int(right if dots else left)
        except ValueError:
            first, last = 1, 0
        if first > last:
            self.problem("demo.bad_argument", value=shown(raw), wanted="1..4")
            return 0, 0
        return first, last

    def hours(self, raw: Any) -> tuple[int, int]:
        """`9..18`: from the beginning of the one hour to that of the other."""
        first, last = self.whole_span(raw)
        if 0 <= first < last <= 24:
            return first, last
        self.problem("demo.bad_argument", value=shown(raw), wanted="9..18")
        return 9, 18


class Kind(Generator):
    """A generator whose class recipes can name: `{name: argument}`."""

    @classmethod
    @abstractmethod
    def read(cls, raw: Any, reader: Reader) -> Generator: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that recipes may use, and how its argument is read."""

    name: str
    read: Callable[[Any, Reader], Generator]


GENERATORS: Registry[Entry] = Registry("generator")
K = TypeVar("K", bound=Kind)


def generator(kind: type[K]) -> type[K]:
    """Adds a class to the generators that recipes can name."""
    GENERATORS.add(Entry(kind.name, kind.read))
    return kind


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Generator):
    constant: Any
    name: ClassVar[str] = "constant"

    def value(self, _row: Row, _dice: Dice) -> Any:
        return self.constant

    def outcomes(self) -> Sequence[Any]:
        return (self.constant,)


@dataclass(frozen=True, slots=True, eq=False)
class Several(Generator):
    """A list, each item made by itself."""

    items: tuple[Generator, ...]
    name: ClassVar[str] = "list"

    def value(self, row: Row, dice: Dice) -> Any:
        return [each.value(row, dice) for each in self.items]


@dataclass(frozen=True, slots=True, eq=False)
class Copy(Generator):
    """The first of some paths that is not blank."""

    paths: tuple[Path, ...]
    name: ClassVar[str] = "copy"

    def value(self, row: Row, _dice: Dice) -> Any:
        for path in self.paths:
            value = row.follow(path)
            if value is not None:
                return value
        return None


def read_copy(raw: Any, reader: Reader) -> Copy:
    """`copy: order.account`; of several paths the first that is not blank."""
    paths = raw if isinstance(raw, list) else [raw]
    return Copy(tuple(reader.field_path(each) for each in paths))


GENERATORS.add(Entry("copy", read_copy))


def exact(raw: Any) -> Any:
    """Numbers with a point become decimals, in lists and mappings too."""
    if isinstance(raw, float):
        return Decimal(str(raw))
    if isinstance(raw, list):
        return [exact(each) for each in raw]
    if isinstance(raw, dict):
        return {key: exact(each) for key, each in raw.items()}
    return raw


def shown(raw: Any) -> str:
    return str(raw)[:60]


def listed(names: Iterable[str], like: object = "") -> str:
    """The names most like the one that was written, or the first of all."""
    known = sorted(map(str, names))
    return ", ".join(get_close_matches(str(like), known, n=4, cutoff=0.5) or known[:20])
