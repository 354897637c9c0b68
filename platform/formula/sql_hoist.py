"""SQL without repetition: a part that an expression needs several times is computed once.

While a formula is compiled, every part above the smallest sits in a `Slot`. When it is done, the
slots are counted: one that is needed once stays where it is; one that is needed several times is
handed to the `Hoist` of the statement, which gives a column for it. Without a Hoist, where there
is no FROM to add to (an index, a CHECK), all stay, and sql_limits refuses what gets too large.

The reference is `Laterals`:

    laterals = Laterals()
    value = to_sql(checked, column, binder, laterals)
    select(value).select_from(laterals.around(source))"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    column,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import AsBoolean, Grouping

from fieldstone.formula.sql_errors import code_of, reads_code
from fieldstone.formula.sql_pair import Sql

SMALL = 12
"""A part with no more elements than this is repeated rather than hoisted: an index can serve
it, and computing it twice costs less than fetching it."""


DEEP = 40
"""A part that is deeper is hoisted as well: those who compile and parse SQL do so by recursion."""


class Hoist(Protocol):
    """One for each statement, for all formulas in it."""

    def hoist(self, expression: ColumnElement[Any], key: Hashable) -> ColumnElement[Any]:
        """A column with the value of the expression, the same one for equal keys. The
        expression names columns of the statement and columns given before, no others."""


class Slot(ColumnElement[Any]):
    """A part of a formula: the expression itself, or the column that was hoisted for it. Parts
    with equal names have equal values."""

    __visit_name__ = "slot"
    inherit_cache = False

    def __init__(self, expression: ColumnElement[Any], part: tuple[Hashable, ...]) -> None:
        self.content = expression
        self.part = part
        self.type = expression.type
        self.target = expression
        self.settled = False
        self._code: ColumnElement[Any] | None = None

    @property
    def code(self) -> ColumnElement[Any] | None:
        """Of a guard: which error it is, made once."""
        if self._code is None:
            code = code_of(self.content)
            self._code = None if code is None else Slot(code, (*self.part, "code"))
        return self._code

    def get_children(self, **_options: Any) -> tuple[ColumnElement[Any], ...]:
        return (self.target,)

    def self_group(self, against: Any = None) -> ColumnElement[Any]:
        grouped = self.content.self_group(against)
        return self if grouped is self.content else Grouping(self)

    def _negate(self) -> ColumnElement[Any]:
        """In parentheses where it needs them: SQLAlchemy would forget those of the content."""
        return AsBoolean(  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            self.self_group(operators.inv), operators.is_false, operators.is_true
        )

    @property
    def _from_objects(self) -> list[Any]:
        return list(self.target._from_objects)


@compiles(Slot)
def _render(element: Slot, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.target, **options)


@reads_code(Slot)
def _code(guard: Any) -> ColumnElement[Any] | None:
    found: ColumnElement[Any] | None = guard.code
    return found


def inner(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a slot holds; anything else is itself."""
    return value.content if isinstance(value, Slot) else value


@dataclass(slots=True)
class Slots:
    """The parts of one formula. Equal ones are compiled once."""

    known: dict[Hashable, Sql] = field(default_factory=dict)

    def shared(self, key: tuple[Hashable, ...], build: Callable[[], Sql]) -> Sql:
        found = self.known.get(key)
        if found is None:
            made = build()
            guard = None if made.guard is None else slotted(made.guard, (*key, "guard"))
            value = slotted(made.value, (*key, "value"))
            found = self.known[key] = Sql(value, guard, made.blank_on_error)
        return found


def slotted(expression: ColumnElement[Any], key: tuple[Hashable, ...]) -> ColumnElement[Any]:
    return expression if _is_small(expression) else Slot(expression, key)


def _is_small(expression: ClauseElement) -> bool:
    count, waiting = 0, [expression]
    while waiting:
        current = waiting.pop()
        count += 1
        if count > SMALL:
            return False
        if not isinstance(current, Slot):
            waiting.extend(current.get_children())
    return True


def settle(hoist: Hoist | None, *roots: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """Decides for every slot below the roots whether it is hoisted; gives those expressions
    that were."""
    if hoist is None:
        return ()
    counts: dict[int, int] = {}
    depths: dict[int, int] = {}
    hoisted = []
    for slot in _inner_ones_first(roots, counts):
        depth = _depth(slot.content, depths)
        if counts[id(slot)] > 1 or depth > DEEP:
            slot.target = hoist.hoist(slot.content, slot.part)
            hoisted.append(slot.content)
            depth = 1
        depths[id(slot)] = depth
        slot.settled = True
    return tuple(hoisted)


def _depth(expression: ClauseElement, depths: dict[int, int]) -> int:
    """How deep its elements lie in one another; those of slots are known."""
    deepest, waiting = 0, [(expression, 1)]
    while waiting:
        current, depth = waiting.pop()
        if isinstance(current, Slot) and id(current) in depths:
            deepest = max(deepest, depth + depths[id(current)])
        else:
            deepest = max(deepest, depth)
            waiting.extend((part, depth + 1) for part in current.get_children())
    return deepest


def _inner_ones_first(roots: tuple[ClauseElement, ...], counts: dict[int, int]) -> Iterator[Slot]:
    """Every slot once, after those inside it; `counts` how often each is needed, as every slot
    is written once, wherever it ends up. Those of a sub-select were settled with it."""
    ordered: list[Slot] = []
    waiting: list[tuple[Any, bool]] = [(root, False) for root in reversed(roots)]
    while waiting:
        current, done = waiting.pop()
        if done:
            ordered.append(current)
        elif isinstance(current, Slot) and not current.settled:
            counts[id(current)] = counts.get(id(current), 0) + 1
            if counts[id(current)] == 1:
                waiting += [(current, True), (current.content, False)]
        else:
            waiting.extend((part, False) for part in reversed(list(current.get_children())))
    return iter(ordered)


@dataclass(slots=True)
class Laterals:
    """Implements Hoist with `JOIN LATERAL (SELECT … OFFSET 0) ON true`, one for all columns that
    depend on tables alone, one for those that depend on the first, and so on.

    OFFSET 0 keeps the planner from putting the expressions back where they came from."""

    prefix: str = ""
    """Of the names, where one statement lies in another."""
    known: dict[Hashable, ColumnElement[Any]] = field(default_factory=dict)
    rows: list[list[ColumnElement[Any]]] = field(default_factory=list)
    depths: dict[str, int] = field(default_factory=dict)

    def hoist(self, expression: ColumnElement[Any], key: Hashable) -> ColumnElement[Any]:
        found = self.known.get(key)
        if found is None:
            name = self.prefix + "@" + str(len(self.known) + 1)  # no field can have such a name
            depth = self._depth_of(expression)
            if depth == len(self.rows):
                self.rows.append([])
            self.rows[depth].append(expression.label(name))
            self.depths[name] = depth
            found = self.known[key] = column(name, expression.type)
        return found

    def around(self, source: FromClause) -> FromClause:
        """The source with everything that was hoisted."""
        for depth, row in enumerate(self.rows):
            chosen: Select[Any] = select(*row).offset(literal_column("0"))
            chosen = chosen.correlate(*chosen.get_final_froms())
            source = source.join(chosen.lateral(self.prefix + "computed_" + str(depth + 1)), true())
        return source

    def _depth_of(self, expression: ClauseElement) -> int:
        found, waiting = 0, [expression]
        while waiting:
            current = waiting.pop()
            if isinstance(current, ColumnClause) and current.name in self.depths:
                found = max(found, self.depths[current.name] + 1)
            waiting.extend(current.get_children())
        return found
