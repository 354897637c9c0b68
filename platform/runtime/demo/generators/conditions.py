"""Which rows are meant: `{stage: won}`, `{level: [a, b]}`, `{amount: {from: 1000}}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fieldstone.runtime.demo.days import day_of, read_offset
from fieldstone.runtime.demo.generators.base import Constant, Reader, exact, listed
from fieldstone.runtime.demo.model import Condition, Generator, Path, Row

Compare = Callable[[Any, Any], bool]


def _is(value: Any, wanted: Any) -> bool:
    """A list of wanted values is a choice of them; a list in the field holds the wanted one."""
    if isinstance(wanted, list):
        return any(_is(value, each) for each in wanted)
    if isinstance(value, list):
        return wanted in value
    return bool(value == wanted)


OPERATORS: Mapping[str, Compare] = {
    "is": _is,
    "not": lambda value, wanted: not _is(value, wanted),
    "from": lambda value, wanted: value is not None and wanted is not None and value >= wanted,
    "to": lambda value, wanted: value is not None and wanted is not None and value <= wanted,
    "blank": lambda value, wanted: (value is None or value == []) == wanted,
}
_IN_ORDER = ("from", "to")


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """One comparison of one field."""

    path: Path
    operator: str
    operand: Generator

    @property
    def fixed(self) -> bool:
        return isinstance(self.operand, Constant)

    def holds(self, row: Row, asker: Row) -> bool:
        value = row.follow(self.path)
        if isinstance(self.operand, Constant):
            wanted = self.operand.constant
        else:
            wanted = self.operand.value(asker, asker.dice("condition"))
        if self.operator in _IN_ORDER:
            value, wanted = _comparable(value, wanted, row)
        return OPERATORS[self.operator](value, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class All(Condition):
    """Every comparison must hold."""

    tests: tuple[Test, ...]

    @property
    def fixed(self) -> bool:
        return all(test.fixed for test in self.tests)

    def holds(self, row: Row, asker: Row) -> bool:
        return all(test.holds(row, asker) for test in self.tests)


@dataclass(frozen=True, slots=True, eq=False)
class OneOf(Condition):
    """One of several conditions must hold."""

    conditions: tuple[Condition, ...]

    @property
    def fixed(self) -> bool:
        return all(each.fixed for each in self.conditions)

    def holds(self, row: Row, asker: Row) -> bool:
        return any(each.holds(row, asker) for each in self.conditions)


def read_condition(raw: Any, reader: Reader, tested: Reader | None = None) -> Condition:
    """`tested` knows the fields of the rows that are tested, if they are not the reader's own.
    A list of conditions: one of them must hold."""
    if isinstance(raw, list):
        return OneOf(
            tuple(read_condition(each, reader.at(n), tested) for n, each in enumerate(raw))
        )
    if not isinstance(raw, dict):
        reader.problem("demo.bad_argument", value=str(raw)[:60], wanted="{field: value}")
        return All(())
    tests: list[Test] = []
    for name, wanted in raw.items():
        place = reader.at(name)
        path = place.field_path(name) if tested is None else tuple(str(name).split("."))
        tests.extend(_tests(path, wanted, place))
    return All(tuple(tests))


def _tests(path: Path, wanted: Any, place: Reader) -> list[Test]:
    if isinstance(wanted, dict) and wanted.keys() & OPERATORS.keys():
        for key in wanted.keys() - OPERATORS.keys():
            place.problem("demo.unknown_key", key=str(key)[:60], known=listed(OPERATORS))
        return [
            Test(path, key, _operand(each, place.at(key)))
            for key, each in wanted.items()
            if key in OPERATORS
        ]
    if isinstance(wanted, list):
        return [Test(path, "is", Constant(exact(wanted)))]
    if wanted is None:
        return [Test(path, "blank", Constant(constant=True))]
    return [Test(path, "is", place.node(wanted))]


def _operand(raw: Any, place: Reader) -> Generator:
    return Constant(exact(raw)) if isinstance(raw, list) else place.node(raw)


def _comparable(value: Any, wanted: Any, row: Row) -> tuple[Any, Any]:
    """Days are compared with days: an offset such as `-30d` is one, an instant lies in one."""
    moment = row.moment
    if isinstance(wanted, str) and isinstance(value, date):
        offset = read_offset(wanted)
        wanted = offset.of(moment.today) if offset else date.fromisoformat(wanted)
    if isinstance(value, date) and isinstance(wanted, date):
        both_instants = isinstance(value, datetime) and isinstance(wanted, datetime)
        if not both_instants:
            return day_of(value, moment.zone), day_of(wanted, moment.zone)
    return value, wanted
