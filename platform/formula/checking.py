"""What every part of the check shares: the list of faults, and literals that take the type of
their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldstone.formula.ast import Literal, Node, Placeholder
from fieldstone.formula.coerce import FROM_TEXT, BadLiteral, coerced
from fieldstone.formula.faults import Fault, kinds
from fieldstone.formula.sql_numbers import digits_of, may_overflow, scale_of, sized
from fieldstone.formula.typed import Needs, Typed
from fieldstone.formula.types import TEXT, Kind, Type
from fieldstone.formula.usage import Usage


def made(
    node: Node,
    type_: Type,
    operands: tuple[Typed, ...],
    *,
    needs: Needs = Needs.NOTHING,
    fails: bool = False,
) -> Typed:
    """A node above its operands: it needs what they need and fails where they fail."""
    for operand in operands:
        needs |= operand.needs
        fails = fails or operand.fails
    return Typed(node, type_, operands, needs, fails or may_overflow(type_))


def is_blank(typed: Typed) -> bool:
    """NULL, or a text literal without text."""
    return isinstance(typed.node, Literal) and typed.node.value in (None, "")


def is_text_literal(typed: Typed) -> bool:
    """It may stand for a date, a reference, a picklist's code …"""
    if isinstance(typed.node, Placeholder):
        return typed.node.kind in ("text", "texts")
    return isinstance(typed.node, Literal) and isinstance(typed.node.value, str)


def pliable(typed: Typed) -> bool:
    """Takes the type of what it stands beside."""
    return typed.type.kind is Kind.BLANK or is_text_literal(typed)


@dataclass(slots=True)
class Checking:
    usage: Usage = Usage.FILTER
    faults: list[Fault] = field(default_factory=list)
    lists: int = 0
    """How many calls sum up a related list."""

    def refuse(self, node: Node, code: str, suggestion: str = "", **params: Any) -> None:
        self.faults.append(Fault(code=code, span=node.span, params=params, suggestion=suggestion))

    def adopted(
        self, typed: Typed, wanted: Type, code: str = "ARG_TYPE", function: str = ""
    ) -> Typed | None:
        """The node with the wanted kind of type; None, with a fault, when it cannot have it."""
        if typed.type.kind is Kind.BLANK:
            return retyped(typed, wanted)
        if is_text_literal(typed) and wanted.kind in FROM_TEXT:
            return self._from_text(typed, wanted)
        if typed.type.kind is wanted.kind and _same_target(typed.type, wanted):
            return typed
        expected, received = kinds(wanted.kind), kinds(typed.type.kind)
        self.refuse(typed.node, code, function=function, expected=expected, received=received)
        return None

    def _from_text(self, typed: Typed, wanted: Type) -> Typed | None:
        if isinstance(typed.node, Literal):
            try:
                coerced(typed.node.value, wanted, "UTC")
            except BadLiteral as bad:
                self.refuse(typed.node, bad.code, bad.suggestion, text=bad.text)
                return None
        return replace(typed, type=wanted)

    def unified(self, operands: Sequence[Typed], function: str) -> list[Typed] | None:
        """The operands with one common type, which is that of the first one that has its own;
        numbers get the room that all of them need."""
        firm = [typed for typed in operands if not pliable(typed)]
        wanted = (firm or [typed for typed in operands if is_text_literal(typed)] or operands)[0]
        adopted = [self.adopted(typed, wanted.type, function=function) for typed in operands]
        found = [typed for typed in adopted if typed is not None]
        return found if len(found) == len(operands) else None


def common_type(operands: Sequence[Typed]) -> Type:
    """The type of a result that is one of these operands, unified before."""
    first = operands[0].type
    if first.kind is Kind.NUMBER:
        digits = max(digits_of(typed.type) for typed in operands)
        return sized(digits, max(scale_of(typed.type) for typed in operands))
    if first.kind is Kind.REFERENCE and len({typed.type.target for typed in operands}) > 1:
        return Type(kind=Kind.REFERENCE)
    return first


def retyped(typed: Typed, wanted: Type) -> Typed:
    """A NULL, or a choice between NULLs, with a type."""
    operands = tuple(
        retyped(operand, wanted) if operand.type.kind is Kind.BLANK else operand
        for operand in typed.operands
    )
    return replace(typed, type=replace(wanted, percent=False), operands=operands)


def _same_target(left: Type, right: Type) -> bool:
    return left.target is None or right.target is None or left.target == right.target


def blank_as_text(typed: Typed) -> Typed:
    return retyped(typed, TEXT) if typed.type.kind is Kind.BLANK else typed
