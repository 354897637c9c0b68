"""Operands of generated functions, computed when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fieldstone.formula.ast import Path, Value
from fieldstone.formula.comparison import equal
from fieldstone.formula.context import Context
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import Kind

Record = Mapping[Path, Value]


@dataclass(slots=True)
class LazyCall:
    """Implements functions.base.Call: one function of the record for each operand."""

    context: Context
    typed: Typed
    parts: tuple[Callable[[Record], Value], ...]
    record: Record

    def value(self, index: int) -> Value:
        return self.parts[index](self.record)

    def old(self, index: int) -> Value:
        return self.parts[index](self.context.old or {})

    def values(self) -> tuple[Value, ...]:
        return tuple([part(self.record) for part in self.parts])


def is_among(wanted: Value, items: tuple[Value, ...], kind: Kind) -> bool:
    """A blank one matches nothing, not even a blank one."""
    if wanted is None:
        return False
    return any(item is not None and equal(wanted, item, kind) is True for item in items)
