"""Related lists in the Python engine: the records that count, and what is made of them.

A record holds the records of a list under `Over.rows`, in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from fieldstone.formula.ast import Call, Path, Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import Aggregate
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.typed import Over, Typed
from fieldstone.kernel.errors import unreachable

Record = Mapping[Path, Value]
Read = Callable[[Record], Any]
SKIPPED = object()
"""In the place of a value that could not be computed."""


def rows_of(record: Record, over: Over) -> Sequence[Record]:
    return cast("Sequence[Record]", record.get(over.rows) or ())


def aggregate_of(typed: Typed) -> Aggregate:
    name = typed.node.function if isinstance(typed.node, Call) else ""
    return FUNCTIONS[name].aggregate or unreachable("only such a function has a list")


def forgiving(read: Read) -> Read:
    """What fails for one record does not keep the others from being summed up."""

    def found(row: Record) -> Any:
        try:
            return read(row)
        except EvaluationError:
            return SKIPPED

    return found


def gathered(
    typed: Typed,
    record: Record,
    value: Read | None,
    condition: Read | None,
    order: Read | None,
    separator: Value = None,
) -> Value:
    """`value` None: of every record that counts, TRUE."""
    aggregate = aggregate_of(typed)
    found: list[tuple[Any, Any]] = []
    for row in rows_of(record, typed.over) if typed.over else ():
        if condition is not None and condition(row) is not True:
            continue
        each = True if value is None else value(row)
        if each is SKIPPED or (each is None and not aggregate.asks):
            continue
        place = None if order is None else order(row)
        found.append((None if place is SKIPPED else place, each))
    return aggregate.compute(found, separator if isinstance(separator, str) else "")
