"""Literals lifted out of a formula, so that requests that differ only in them share one parsed
tree and one compiled statement.

`lift` works on a tree, `lift_text` on a text without parsing it; both find the same shape. Not
lifted: an empty text (it means blank and changes the SQL), TRUE, FALSE and NULL, and operands
that decide what the SQL looks like (the period of INPERIOD, the digits of ROUND)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fieldstone.formula import limits
from fieldstone.formula.ast import (
    Binary,
    Call,
    InList,
    Literal,
    Node,
    Placeholder,
    PlaceholderKind,
    Unary,
)
from fieldstone.formula.check import SMALL
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.functions.catalogue import is_structural
from fieldstone.formula.parse import parse, tree
from fieldstone.formula.tokens import MARK, MARKS, Token, normalised, tokens, unquote

LiftedValue = Decimal | str | tuple[Decimal | str, ...]
_MARK_OF = {kind: mark for mark, kind in MARKS.items()}
CACHED_SHAPES = 2_048
CACHED_TEXTS = 1_024


@dataclass(frozen=True, slots=True)
class Lifted:
    """`values[i]` belongs to the placeholder with index i. The shape is hashable."""

    shape: Node
    values: tuple[LiftedValue, ...]


@lru_cache(maxsize=CACHED_TEXTS)
def parse_lifted(text: str) -> Lifted:
    """As `lift(parse(text))`, without parsing when a text of the same shape was parsed before.
    Raises FormulaError as `parse` does."""
    shape_text, values = lift_text(text)
    try:
        shape, size = _shape(shape_text)
        limits.counted(size + sum(len(each) - 1 for each in values if isinstance(each, tuple)))
    except FormulaError:
        return lift(parse(text))  # raises the same faults, at their places in this text
    return Lifted(shape, values)


@lru_cache(maxsize=CACHED_SHAPES)
def _shape(shape_text: str) -> tuple[Node, int]:
    node = tree(tokens(shape_text), shape_text)
    return node, limits.measured(node)


def lift(node: Node) -> Lifted:
    lifter = _Lifter()
    shape = lifter.lifted(node)
    return Lifted(shape, tuple(lifter.values))


@dataclass(slots=True)
class _Lifter:
    values: list[LiftedValue] = field(default_factory=list)

    def lifted(self, node: Node) -> Node:
        match node:
            case Literal(value=value):
                kind = _kind(value)
                return self._placed(kind, value, node) if kind else node
            case Unary(operand=operand):
                return replace(node, operand=self.lifted(operand))
            case Binary(left=left, right=right):
                return replace(node, left=self.lifted(left), right=self.lifted(right))
            case InList(operand=operand, items=items):
                return replace(node, operand=self.lifted(operand), items=self._items(items))
            case Call(function=name, arguments=arguments):
                return replace(node, arguments=tuple(self._arguments(name, arguments)))
            case _:
                return node

    def _arguments(self, name: str, arguments: tuple[Node, ...]) -> Iterable[Node]:
        for index, argument in enumerate(arguments):
            yield argument if is_structural(name, index) else self.lifted(argument)

    def _items(self, items: tuple[Node, ...]) -> tuple[Node, ...]:
        values = [item.value if isinstance(item, Literal) else None for item in items]
        kind = _list_kind([_kind(value) for value in values])
        if kind is None:
            return tuple(self.lifted(item) for item in items)
        return (self._placed(kind, tuple(values), items[0]),)

    def _placed(self, kind: PlaceholderKind, value: Any, node: Node) -> Node:
        self.values.append(value)
        return Placeholder(len(self.values) - 1, kind, node.span)


def _kind(value: object) -> PlaceholderKind | None:
    if isinstance(value, str):
        return "text" if value else None
    if isinstance(value, Decimal):
        return "number" if _is_small(value) else "big_number"
    return None


def _is_small(value: Decimal) -> bool:
    return value.adjusted() < SMALL and -int(value.as_tuple().exponent) <= SMALL


def _list_kind(kinds: list[PlaceholderKind | None]) -> PlaceholderKind | None:
    """One kind for a whole list of literals of one kind."""
    if all(kind == "text" for kind in kinds):
        return "texts"
    if all(kind == "number" for kind in kinds):
        return "numbers"
    if all(kind in ("number", "big_number") for kind in kinds):
        return "big_numbers"
    return None


def lift_text(text: str) -> tuple[str, tuple[LiftedValue, ...]]:
    """The text of the shape, its tokens apart by one blank, and the values in their order."""
    reader = _Reader(tokens(normalised(text)))
    reader.run()
    return " ".join(reader.parts), tuple(reader.values)


@dataclass(slots=True)
class _Call:
    """An open parenthesis: the function before it, if any, and which operand is being read."""

    function: str = ""
    index: int = 0


@dataclass(slots=True)
class _Reader:
    stream: list[Token]
    parts: list[str] = field(default_factory=list)
    values: list[LiftedValue] = field(default_factory=list)
    open: list[_Call] = field(default_factory=list)
    fixed: int = 0
    """How many of the open operands are structural; within them nothing is lifted."""

    def run(self) -> None:
        position = 0
        while position < len(self.stream):
            position = self._step(position)

    def _step(self, position: int) -> int:
        kind = self.stream[position].kind
        if kind in ("NUMBER", "STRING") and not self.fixed:
            self._literal(self.stream[position])
        elif kind == "LPAR":
            end = self._list_end(position)
            if end:
                return end
            self._opened(position)
        else:
            self._counted(kind)
            self.parts.append(self.stream[position].text)
        return position + 1

    def _literal(self, token: Token) -> None:
        value = _value(token)
        kind = _kind(value)
        if kind is None:
            self.parts.append(token.text)
            return
        self.values.append(value)
        self.parts.append(MARK + _MARK_OF[kind])

    def _opened(self, position: int) -> None:
        before = self.stream[position - 1] if position else None
        is_call = before is not None and before.kind == "NAME" and not self._is_step(position - 1)
        self.open.append(_Call(before.text.upper() if before and is_call else ""))
        self._enter()
        self.parts.append("(")

    def _is_step(self, position: int) -> bool:
        return position > 0 and self.stream[position - 1].kind == "DOT"

    def _enter(self) -> None:
        if self.open and is_structural(self.open[-1].function, self.open[-1].index):
            self.fixed += 1

    def _leave(self) -> None:
        if self.open and is_structural(self.open[-1].function, self.open[-1].index):
            self.fixed -= 1

    def _counted(self, kind: str) -> None:
        if kind == "COMMA" and self.open:
            self._leave()
            self.open[-1].index += 1
            self._enter()
        elif kind == "RPAR" and self.open:
            self._leave()
            self.open.pop()

    def _list_end(self, position: int) -> int:
        """Lifts `IN ( literal, literal … )` as a whole and tells where it ends; else 0."""
        if self.fixed or not position or self.stream[position - 1].kind != "IN":
            return 0
        end, values = position + 1, []
        while end + 1 < len(self.stream) and self.stream[end].kind in ("NUMBER", "STRING"):
            values.append(_value(self.stream[end]))
            if self.stream[end + 1].kind != "COMMA":
                break
            end += 2
        kind = _list_kind([_kind(value) for value in values]) if values else None
        closed = end + 1 < len(self.stream) and self.stream[end + 1].kind == "RPAR"
        if kind is None or not closed or self.stream[end].kind not in ("NUMBER", "STRING"):
            return 0
        self.values.append(tuple(values))
        self.parts.append(MARK + _MARK_OF[kind])
        return end + 2


def _value(token: Token) -> Decimal | str:
    if token.kind == "NUMBER":
        return Decimal(token.text)
    return unquote(token.text) or ""
