"""How large a formula may be. Walks without recursion, so that no formula can exhaust the stack."""

from __future__ import annotations

from fieldstone.formula.ast import Call, Node, children
from fieldstone.formula.faults import Fault, FormulaError

MAX_NODES = 1_000
MAX_DEPTH = 60
MAX_ARGUMENTS = 50


def measured(node: Node) -> int:
    """The number of nodes. Raises FormulaError when there are too many, or too many inside one
    another."""
    count, deepest = 0, 1
    waiting = [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        count += 1
        deepest = max(deepest, depth)
        if isinstance(current, Call) and len(current.arguments) > MAX_ARGUMENTS:
            params = {"function": current.function, "limit": MAX_ARGUMENTS}
            raise FormulaError(
                (Fault(code="TOO_MANY_ARGUMENTS", span=current.span, params=params),)
            )
        waiting.extend((child, depth + 1) for child in children(current))
    counted(count)
    if deepest > MAX_DEPTH:
        raise FormulaError((Fault(code="TOO_DEEP", params={"limit": MAX_DEPTH}),))
    return count


def counted(nodes: int) -> int:
    if nodes > MAX_NODES:
        raise FormulaError((Fault(code="TOO_MANY_NODES", params={"limit": MAX_NODES}),))
    return nodes
