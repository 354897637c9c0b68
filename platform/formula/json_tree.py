"""The tree as JSON, for the filter builder and machines.

    {"and": [a, b]}  {"or": [a, b]}  {"not": a}
    {"field": "owner.name", "op": "contains", "value": "An"}      a simple condition (conditions.py)
    {"field": "amount"}  {"parameter": "user.id"}  {"value": "won"}  {"number": "12.50"}
    {"op": "+", "left": a, "right": b}  {"op": "in", "left": a, "items": [b, c]}
    {"op": "negate", "of": a}  {"op": "plus", "of": a}  {"call": "ROUND", "arguments": [a, b]}

In a value a text is a text, an integer, true, false and null are themselves; what has decimals is
written as {"number": "…"}."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from fieldstone.formula import limits
from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Placeholder,
    Unary,
)
from fieldstone.formula.conditions import OPERATORS, Condition, read_condition, written_condition
from fieldstone.formula.faults import Fault, FormulaError
from fieldstone.formula.print import PRECEDENCE
from fieldstone.formula.tokens import (
    DECIMALS,
    MAX_LENGTH,
    WHOLE_DIGITS,
    is_name,
    is_storable,
)
from fieldstone.kernel.errors import unreachable

Json = dict[str, Any]
_SIGNS = frozenset(PRECEDENCE) - {"AND", "OR", "IN"}
_LARGEST_INTEGER = 2**53 - 1  # what JavaScript reads exactly


def to_json(node: Node) -> Json:
    """JSON that `from_json` reads back as the same tree."""
    condition = read_condition(node)
    if condition is not None:
        return _condition(condition)
    match node:
        case Binary(operator="AND" | "OR" as sign):
            return {sign.lower(): [to_json(part) for part in _spine(node, sign)]}
        case Binary(operator=sign, left=left, right=right):
            return {"op": sign, "left": to_json(left), "right": to_json(right)}
        case InList(operand=operand, items=items):
            return {"op": "in", "left": to_json(operand), "items": [to_json(i) for i in items]}
        case Unary(operator="NOT", operand=operand):
            return {"not": to_json(operand)}
        case Unary(operator=sign, operand=operand):
            return {"op": "negate" if sign == "-" else "plus", "of": to_json(operand)}
        case Call(function=function, arguments=arguments):
            return {"call": function, "arguments": [to_json(each) for each in arguments]}
        case _:
            return _leaf(node)


def _leaf(node: Literal | FieldRef | Parameter | Placeholder) -> Json:
    match node:
        case Literal(value=Decimal() as value):
            whole = value == value.to_integral_value() and abs(value) <= _LARGEST_INTEGER
            return {"value": int(value)} if whole else {"number": f"{value:f}"}
        case Literal(value=value):
            return {"value": value}
        case FieldRef(path=path):
            return {"field": ".".join(path)}
        case Parameter(root=root, path=path):
            return {"parameter": ".".join((root, *path))}
        case Placeholder():
            return unreachable("a lifted shape is never shown")


def _spine(node: Node, sign: str) -> list[Node]:
    """((a AND b) AND c) as a, b, c; what is nested at the right stays so."""
    parts: list[Node] = []
    while isinstance(node, Binary) and node.operator == sign:
        parts.append(node.right)
        node = node.left
    return [node, *reversed(parts)]


def _condition(condition: Condition) -> Json:
    found: Json = {"field": ".".join(condition.path), "op": condition.operator}
    shape = OPERATORS[condition.operator]
    values = [_value(node) for node in condition.values]
    if shape.several:
        found["value"] = values
    elif values:
        found["value"] = values[0]
    return found


def _value(node: Node) -> Any:
    """In the value of a condition the bare JSON value is enough."""
    found = to_json(node)
    return found["value"] if list(found) == ["value"] else found


def from_json(tree: Any) -> Node:
    """Raises FormulaError with the place in the JSON (`and.0.value`) in its params."""
    node = _read(tree, _Place())
    limits.measured(node)
    return node


@dataclass(frozen=True, slots=True)
class _Place:
    path: str = ""
    depth: int = 1

    def at(self, step: object) -> _Place:
        return _Place(f"{self.path}.{step}".lstrip("."), self.depth + 1)

    def fault(self, code: str = "BAD_JSON", **params: object) -> FormulaError:
        return FormulaError((Fault(code=code, params={"place": self.path or ".", **params}),))


def _read(tree: Any, place: _Place) -> Node:
    if place.depth > limits.MAX_DEPTH * 2:
        raise place.fault("TOO_DEEP", limit=limits.MAX_DEPTH)
    if not isinstance(tree, dict):
        raise place.fault()
    for key, reader in _READERS.items():
        if key in tree:
            return reader(tree, place)
    raise place.fault()


def _row(sign: str) -> Callable[[Json, _Place], Node]:
    def read(tree: Json, place: _Place) -> Node:
        parts = _nodes(tree[sign.lower()], place.at(sign.lower()))
        if not parts:
            return Literal(sign == "AND")
        first, *rest = parts
        for part in rest:
            first = Binary(sign, first, part)
        return first

    return read


def _nodes(trees: Any, place: _Place) -> list[Node]:
    if not isinstance(trees, list) or len(trees) > limits.MAX_NODES:
        raise place.fault()
    return [_read(tree, place.at(index)) for index, tree in enumerate(trees)]


def _negation(tree: Json, place: _Place) -> Node:
    return Unary("NOT", _read(tree["not"], place.at("not")))


def _call(tree: Json, place: _Place) -> Node:
    name = tree["call"]
    if not isinstance(name, str) or not is_name(name):
        raise place.at("call").fault()
    arguments = _nodes(tree.get("arguments", []), place.at("arguments"))
    if name.upper() == "NOT" and len(arguments) == 1:
        return Unary("NOT", arguments[0])
    return Call(name.upper(), tuple(arguments))


def _operation(tree: Json, place: _Place) -> Node:
    sign = tree["op"]
    if sign in ("negate", "plus"):
        return Unary("-" if sign == "negate" else "+", _read(tree.get("of"), place.at("of")))
    left = _read(tree.get("left"), place.at("left"))
    if sign == "in":
        items = _nodes(tree.get("items"), place.at("items"))
        if not items:
            raise place.at("items").fault()
        return InList(left, tuple(items))
    if sign not in _SIGNS:
        raise place.at("op").fault()
    return Binary(sign, left, _read(tree.get("right"), place.at("right")))


def _field(tree: Json, place: _Place) -> Node:
    path = _path(tree["field"], place.at("field"))
    if "op" not in tree:
        return FieldRef(path)
    operator = tree["op"]
    if not isinstance(operator, str) or operator not in OPERATORS:
        raise place.at("op").fault()
    values = _condition_values(tree, place, several=OPERATORS[operator].several)
    node = written_condition(Condition(path, operator, values))
    if node is None:
        raise place.at("value").fault()
    return node


def _condition_values(tree: Json, place: _Place, *, several: bool) -> tuple[Node, ...]:
    if "value" not in tree:
        return ()
    values, place = tree["value"], place.at("value")
    if not several:
        return (_value_node(values, place),)
    if not isinstance(values, list) or len(values) > limits.MAX_NODES:
        raise place.fault()
    return tuple(_value_node(value, place.at(index)) for index, value in enumerate(values))


def _value_node(value: Any, place: _Place) -> Node:
    return _read(value, place) if isinstance(value, dict) else _literal(value, place)


def _parameter(tree: Json, place: _Place) -> Node:
    root, *path = _path(tree["parameter"], place.at("parameter"))
    return Parameter(root.lower(), tuple(path))


def _path(dotted: Any, place: _Place) -> tuple[str, ...]:
    steps = tuple(step.strip() for step in dotted.split(".")) if isinstance(dotted, str) else ()
    text = "".join(steps)
    if not all(steps) or not steps or any(sign in text for sign in "{}\r\n\x00"):
        raise place.fault()
    return steps


def _literal(value: Any, place: _Place) -> Node:
    if value is None or isinstance(value, bool):
        return Literal(value)
    if isinstance(value, str):
        return Literal(_text(value, place))
    if isinstance(value, int | float | Decimal):
        return _number(str(value), place)
    raise place.fault()


def _text(value: str, place: _Place) -> str:
    if not is_storable(value) or len(value) > MAX_LENGTH:
        raise place.fault()
    return unicodedata.normalize("NFC", value)


def _number(text: Any, place: _Place) -> Node:
    try:
        value = Decimal(text) if isinstance(text, str) and len(text) < 60 else Decimal("NaN")
    except InvalidOperation:
        raise place.fault() from None
    if not value.is_finite() or value.adjusted() >= WHOLE_DIGITS:
        raise place.fault()
    if -int(value.as_tuple().exponent) > DECIMALS:
        raise place.fault()
    number = Literal(value.copy_abs())
    return Unary("-", number) if value < 0 else number


_READERS: Mapping[str, Callable[[Json, _Place], Node]] = {
    "and": _row("AND"),
    "or": _row("OR"),
    "not": _negation,
    "call": _call,
    "field": _field,
    "parameter": _parameter,
    "op": _operation,
    "number": lambda tree, place: _number(tree["number"], place.at("number")),
    "value": lambda tree, place: _literal(tree["value"], place.at("value")),
}
