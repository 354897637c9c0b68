"""A formula whose names and types are known: what the two engines read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto

from fieldstone.formula.ast import Node
from fieldstone.formula.scope import Path
from fieldstone.formula.types import Type


class Needs(Flag):
    """What must be known to compute a node."""

    NOTHING = 0
    FIELDS = auto()
    TIME = auto()
    PARAMETERS = auto()
    VALUES = auto()
    """Literals that were lifted out of the shape."""


@dataclass(frozen=True, slots=True)
class Typed:
    """`node` names fields by their declared names; its own operands are not looked at,
    `operands` are. `fails`: computing it may end in an error, not only in a value."""

    node: Node
    type: Type
    operands: tuple[Typed, ...] = ()
    needs: Needs = Needs.NOTHING
    fails: bool = False

    @property
    def constant(self) -> bool:
        """The same for every row of one statement."""
        return not self.needs & Needs.FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`fields` are the paths it reads and `parameters` the (root, path) pairs, each once."""

    root: Typed
    fields: tuple[Path, ...]
    parameters: tuple[tuple[str, Path], ...]

    @property
    def node(self) -> Node:
        return self.root.node

    @property
    def type(self) -> Type:
        return self.root.type

    @property
    def volatile(self) -> bool:
        """Tells another value another day: not to be stored or indexed."""
        return bool(self.root.needs & Needs.TIME)


def walk(root: Typed) -> Iterator[Typed]:
    """Every node, outer ones first, in the order of the text."""
    waiting = [root]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.operands))
