"""The check of one call: its name, how many operands it has, and of which types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.formula.ast import Call, Literal, Placeholder, Unary
from fieldstone.formula.checking import Checking, common_type, made, retyped
from fieldstone.formula.faults import kinds
from fieldstone.formula.functions.base import Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.near import nearest
from fieldstone.formula.typed import Needs, Typed
from fieldstone.formula.types import Kind, Type


def checked_call(checking: Checking, node: Call, operands: Sequence[Typed | None]) -> Typed | None:
    """`operands` are those of the node, None where one is faulty already."""
    function = _known(checking, node)
    if function is None:
        return None
    if not function.signature.accepts(len(operands)):
        _refuse_count(checking, node, function)
        return None
    fitting = [
        _fitting(checking, operand, function, index)
        for index, operand in enumerate(operands)
        if operand is not None
    ]
    present = [operand for operand in fitting if operand is not None]
    if len(present) < len(operands):
        return None
    view = CallCheck(checking, node, present)
    result = function.rule(view)
    if result is None:
        return None
    typed = tuple(_firm(operand, function, i) for i, operand in enumerate(view.operands))
    resolved = Call(node.function, tuple(operand.node for operand in typed), node.span)
    needs = function.needs | (Needs.TIME if function.volatile else Needs.NOTHING)
    return made(resolved, result, typed, needs=needs, fails=function.fails)


def _firm(operand: Typed, function: Function, index: int) -> Typed:
    """A NULL that the rule left open is of the first kind that the function takes."""
    taken = function.signature.at(index).kinds
    if operand.type.kind is not Kind.BLANK or not taken:
        return operand
    return retyped(operand, Type(kind=min(taken)))


def _known(checking: Checking, node: Call) -> Function | None:
    function = FUNCTIONS.get(node.function)
    if function is None:
        suggestion = nearest(node.function, FUNCTIONS)
        checking.refuse(node, "UNKNOWN_FUNCTION", suggestion, function=node.function)
    elif function.usages and checking.usage not in function.usages:
        checking.refuse(node, "NOT_ALLOWED_IN_CONTEXT", function=node.function)
        return None
    return function


def _refuse_count(checking: Checking, node: Call, function: Function) -> None:
    checking.refuse(
        node,
        "ARG_COUNT",
        function=node.function,
        signature=f"{function.name}({function.signature})",
        count=len(node.arguments),
    )


def _fitting(checking: Checking, operand: Typed, function: Function, index: int) -> Typed | None:
    argument = function.signature.at(index)
    if argument.literal and not _is_literal(operand):
        checking.refuse(operand.node, "LITERAL_NEEDED", function=function.name)
        return None
    if not argument.kinds or operand.type.kind in {*argument.kinds, Kind.BLANK}:
        return operand
    checking.refuse(
        operand.node,
        "ARG_TYPE",
        function=function.name,
        expected=kinds(*sorted(argument.kinds)),
        received=kinds(operand.type.kind),
    )
    return None


def _is_literal(operand: Typed) -> bool:
    node = operand.node.operand if isinstance(operand.node, Unary) else operand.node
    return isinstance(node, Literal | Placeholder)


@dataclass(slots=True)
class CallCheck:
    """Implements functions.base.TypeCheck."""

    checking: Checking
    node: Call
    operands: list[Typed]

    def adopt(self, index: int, wanted: Type) -> bool:
        operand = self.checking.adopted(self.operands[index], wanted, function=self.node.function)
        if operand is not None:
            self.operands[index] = operand
        return operand is not None

    def unified(self, indexes: Sequence[int]) -> Type | None:
        chosen = [self.operands[index] for index in indexes]
        fitting = self.checking.unified(chosen, self.node.function)
        if fitting is None:
            return None
        for index, operand in zip(indexes, fitting, strict=True):
            self.operands[index] = operand
        return common_type(fitting)

    def refuse(self, index: int, code: str, suggestion: str = "", **params: object) -> None:
        self.checking.refuse(
            self.operands[index].node, code, suggestion, function=self.node.function, **params
        )
