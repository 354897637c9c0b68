"""The syntax tree of a formula. Immutable values; `span` is where it stood in the text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal as OneOf
from uuid import UUID

from fieldstone.formula.display import Link, Picture

Path = tuple[str, ...]
"""Field names from the current record outwards: ("account", "owner", "email")."""

Span = tuple[int, int]
"""Offsets of the first character and of the one after the last."""
NO_SPAN: Span = (0, 0)

Value = (
    Decimal | str | bool | date | datetime | time | UUID | frozenset[str] | Link | Picture | None
)
"""A value at run time. The parser itself makes Decimal, str, bool and None only."""


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


PlaceholderKind = OneOf["number", "big_number", "text", "numbers", "big_numbers", "texts"]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a literal, or the whole list of an IN, was lifted out: the formula's shape stays,
    the value comes with each request. `big`: over six digits before or after the point."""

    index: int
    kind: PlaceholderKind
    span: Span = field(default=NO_SPAN, compare=False)


Node = Literal | FieldRef | Parameter | Unary | Binary | InList | Call | Placeholder


def children(node: Node) -> tuple[Node, ...]:
    """The operands, in the order they are written."""
    match node:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case InList(operand=operand, items=items):
            return (operand, *items)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def with_children(node: Node, operands: tuple[Node, ...]) -> Node:
    """The same node above other operands, as many as `children` tells."""
    match node:
        case Unary():
            return replace(node, operand=operands[0])
        case Binary():
            return replace(node, left=operands[0], right=operands[1])
        case InList():
            return replace(node, operand=operands[0], items=operands[1:])
        case Call():
            return replace(node, arguments=operands)
        case _:
            return node
