"""The syntax tree of a formula. Immutable values; `span` is where it stood in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from fieldstone.formula.scope import Path

Span = tuple[int, int]
"""Offsets of the first character and of the one after the last."""
NO_SPAN: Span = (0, 0)

Value = Decimal | str | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the record or of one it refers to; a braced label is a path step as well."""

    path: Path
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$user.id`: root "user", path ("id",). Bound once per request."""

    root: str
    path: Path
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """operator: "-", "+" or "NOT"."""

    operator: str
    operand: Node
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """operator: ^ * / % + - & < <= > >= = <> AND OR."""

    operator: str
    left: Node
    right: Node
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class InList:
    """`stage IN ("won", "lost")`."""

    operand: Node
    items: tuple[Node, ...]
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its upper-case name."""

    function: str
    arguments: tuple[Node, ...]
    span: Span = field(default=NO_SPAN, compare=False)


Node = Literal | FieldRef | Parameter | Unary | Binary | InList | Call
