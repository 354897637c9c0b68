"""What is right in a formula and may yet not mean what its writer thinks. Never refused."""

from __future__ import annotations

from fieldstone.formula.ast import Binary, Node, Unary, children
from fieldstone.formula.faults import Fault, located

_BESIDE = frozenset("*/%")


def advice(node: Node, text: str = "") -> tuple[Fault, ...]:
    """For a tree as it was parsed: a power beside * / % or above a minus, without parentheses.
    Other dialects bind it less tightly."""
    found = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if _is_mixed(current):
            found.append(Fault(code="MIXED_POWER", span=current.span))
        waiting.extend(reversed(children(current)))
    return located(found, text) if text else tuple(found)


def _is_mixed(node: Node) -> bool:
    if not isinstance(node, Binary):
        return False
    if node.operator == "^":
        return isinstance(node.left, Unary) and _is_bare(node.left)
    both = (node.left, node.right)
    return node.operator in _BESIDE and any(_is_power(each) and _is_bare(each) for each in both)


def _is_power(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator == "^"


def _is_bare(node: Node) -> bool:
    """Without parentheses of its own: those count to the span of what is inside."""
    return node.span[1] == children(node)[-1].span[1]
