"""Filters as a person builds them: a row of field, operator, value, all of which must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Unary,
)
from fieldstone.formula.scope import Path


@dataclass(frozen=True, slots=True)
class Condition:
    """`operator` is a key of OPERATORS; `values` are what stands at its right: none, one, or
    for an operator that takes several, any number."""

    path: Path
    operator: str
    values: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The formula of an operator: a sign, a list or a function, perhaps negated."""

    sign: str = ""
    function: str = ""
    listed: bool = False
    negated: bool = False
    operands: int = 1
    several: bool = False


OPERATORS: Mapping[str, Shape] = {
    **{sign: Shape(sign=sign) for sign in ("=", "<>", "<", "<=", ">", ">=")},
    "in": Shape(listed=True, several=True),
    "not_in": Shape(listed=True, negated=True, several=True),
    "contains": Shape(function="CONTAINS"),
    "not_contains": Shape(function="CONTAINS", negated=True),
    "begins": Shape(function="BEGINS"),
    "ends": Shape(function="ENDS"),
    "includes": Shape(function="INCLUDES", several=True),
    "excludes": Shape(function="EXCLUDES", several=True),
    "in_period": Shape(function="INPERIOD"),
    "is_blank": Shape(function="ISBLANK", operands=0),
    "is_not_blank": Shape(function="ISBLANK", negated=True, operands=0),
}


def describe_conditions(node: Node) -> list[Condition] | None:
    """A row of conditions that are joined by AND; None when the formula is not that simple.
    TRUE is the empty row."""
    if isinstance(node, Literal) and node.value is True:
        return []
    found = [read_condition(part) for part in _conjuncts(node)]
    conditions = [condition for condition in found if condition is not None]
    return conditions if len(conditions) == len(found) else None


def from_conditions(conditions: Iterable[Condition]) -> Node:
    """The formula of a row of conditions. Raises ValueError for an operator that is unknown or
    has the wrong number of values."""
    node: Node | None = None
    for condition in conditions:
        part = written_condition(condition)
        if part is None:
            raise ValueError(f"{condition.operator} does not take {len(condition.values)} values")
        node = part if node is None else Binary("AND", node, part)
    return Literal(value=True) if node is None else node


def _conjuncts(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        match current:
            case Binary(operator="AND", left=left, right=right):
                waiting.extend((right, left))
            case Call(function="AND", arguments=arguments):
                waiting.extend(reversed(arguments))
            case _:
                found.append(current)
    return found


def read_condition(node: Node) -> Condition | None:
    """The condition that this very formula is, if it is one."""
    negated = isinstance(node, Unary) and node.operator == "NOT"
    inside = node.operand if isinstance(node, Unary) and negated else node
    match inside:
        case Binary(operator=sign, left=FieldRef(path=path), right=right) if not negated:
            return _condition(path, Shape(sign=sign), (right,))
        case InList(operand=FieldRef(path=path), items=items):
            shape = Shape(listed=True, negated=negated, several=True)
            return _condition(path, shape, items)
        case Call(function=name, arguments=(FieldRef(path=path), *values)):
            return _called(path, name, tuple(values), negated=negated)
        case _:
            return None


def _called(path: Path, name: str, values: tuple[Node, ...], *, negated: bool) -> Condition | None:
    for shape in OPERATORS.values():
        if shape.function == name and shape.negated == negated:
            return _condition(path, shape, values)
    return None


def _condition(path: Path, wanted: Shape, values: tuple[Node, ...]) -> Condition | None:
    for operator, shape in OPERATORS.items():
        if shape == wanted and _fits(shape, values) and all(is_value(each) for each in values):
            return Condition(path, operator, values)
    return None


def _fits(shape: Shape, values: tuple[Node, ...]) -> bool:
    return bool(values) if shape.several else len(values) == shape.operands


def is_value(node: Node) -> bool:
    """What can stand at the right of an operator: a literal, a parameter, TODAY() - 7; anything
    that reads no field."""
    match node:
        case Literal() | Parameter():
            return True
        case Unary(operator="-", operand=operand):
            return isinstance(operand, Literal)
        case Binary(operator="+" | "-", left=left, right=right):
            return is_value(left) and is_value(right)
        case Call(function="TODAY" | "NOW", arguments=()):
            return True
        case _:
            return False


def written_condition(condition: Condition) -> Node | None:
    """The formula of a condition; None when its operator is unknown or takes other values."""
    shape, field = OPERATORS.get(condition.operator), FieldRef(condition.path)
    if shape is None or not _fits(shape, condition.values):
        return None
    if shape.sign:
        return Binary(shape.sign, field, condition.values[0])
    node: Node = Call(shape.function, (field, *condition.values))
    if shape.listed:
        node = InList(field, condition.values)
    return Unary("NOT", node) if shape.negated else node
