"""What a formula costs to compute, in units of one field read: a bound for what tenants write."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.typed import Typed

MAX_COST = 5_000
JOIN = 30
PATTERN = 50
LIST = 200
_SIGNS: Mapping[str, int] = {"/": 2, "%": 2, "^": 20}
_GROUPS: Mapping[str, int] = {"text": 3, "date": 2}
_FUNCTIONS: Mapping[str, int] = {
    "ROUND": 2, "MOD": 2, "QUOTIENT": 2, "SQRT": 20, "EXP": 20, "LN": 20, "LOG": 20, "LOG10": 20,
    "POWER": 20, "PMT": 20, "PV": 20, "FV": 20, "NPER": 20,
}  # fmt: skip


def cost_of(root: Typed) -> int:
    """Computed fields count each time they are named, a relationship once."""
    known: dict[int, int] = {}
    joins: set[tuple[str, ...]] = set()
    return _cost(root, known, joins) + JOIN * len(joins)


def _cost(typed: Typed, known: dict[int, int], joins: set[tuple[str, ...]]) -> int:
    found = known.get(id(typed))
    if found is None:
        if isinstance(typed.node, FieldRef) and not typed.operands:
            path = typed.node.path
            joins.update(path[:length] for length in range(1, len(path)))
        below = sum([_cost(operand, known, joins) for operand in typed.operands])
        if typed.over is not None:
            below += LIST + sum([cost_of(tree) for tree in typed.over.trees])
        found = known[id(typed)] = _own(typed) + below
    return found


def _own(typed: Typed) -> int:
    match typed.node:
        case Binary(operator=sign):
            return _SIGNS.get(sign, 1)
        case Call(function="REGEX"):
            return PATTERN + _length(typed.operands[-1])
        case Call(function=name):
            return _FUNCTIONS.get(name) or _GROUPS.get(FUNCTIONS[name].group, 1)
        case _:
            return 1


def _length(pattern: Typed) -> int:
    value = pattern.node.value if isinstance(pattern.node, Literal) else None
    return len(value) if isinstance(value, str) else 0
