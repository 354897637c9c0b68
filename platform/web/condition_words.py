"""A condition in words: the field's label, and what its value must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal, Node, Parameter, Unary
from fieldstone.formula.conditions import Condition, read_condition
from fieldstone.formula.print import to_text
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.operators import OPERATORS
from fieldstone.metadata.snapshot import Field
from fieldstone.web.conditions import DEPARTMENT, MINE, MY_DEPARTMENT, OURS
from fieldstone.web.periods import period_text
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, value_view

Names = Mapping[tuple[str, UUID], str]
_MADE_FROM_TEXT = frozenset({"DATEVALUE", "DATETIMEVALUE", "TIMEVALUE"})
_READS_ITSELF = frozenset({"=", "in", "in_period", "includes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    label: str
    text: str


def words_of(reader: Reader, object_name: str, node: Node, names: Names) -> Words:
    """`names` holds those of the records that conditions name by id: see `named_records`."""
    joint = _joint(node)
    if joint:
        return _of_group(reader, object_name, joint, names)
    found = condition_of(node)
    trail = reader.trail(object_name, ".".join(found.path)) if found else ()
    if found is None or not trail:
        return Words(label=reader.say("Condition"), text=to_text(node))
    label = " ".join(reader.label(each) for each in trail)
    if found.operator == "in_period":
        texts = [_period(reader, each) for each in found.values]
    else:
        texts = [_value_text(reader, trail[-1], each, names) for each in found.values]
    return Words(label=label, text=_sentence(reader, found.operator, texts, trail[-1]))


def named_records(reader: Reader, object_name: str, nodes: Sequence[Node]) -> dict[str, set[UUID]]:
    """The records whose names are needed to tell the conditions."""
    wanted: dict[str, set[UUID]] = {}
    for node in (each for whole in nodes for each in _leaves(whole)):
        found = condition_of(node)
        trail = reader.trail(object_name, ".".join(found.path)) if found else ()
        if found is None or not trail or not trail[-1].is_reference:
            continue
        for each in found.values:
            if isinstance(each, Literal) and isinstance(each.value, str) and is_uuid(each.value):
                wanted.setdefault(trail[-1].target, set()).add(UUID(each.value))
    return wanted


def condition_of(node: Node) -> Condition | None:
    """The comparison that this is, however it is written."""
    found = read_condition(_plain(node))
    if found is not None and found.values == (OURS,) and found.path[-1] == DEPARTMENT:
        return Condition(found.path[:-1], MY_DEPARTMENT) if len(found.path) > 1 else found
    return found


def _joint(node: Node) -> tuple[str, tuple[Node, ...]] | None:
    """What is joined, and by which word."""
    match node:
        case Binary(operator="AND" | "OR" as word, left=left, right=right):
            parts: tuple[Node, ...] = (left, right)
        case Call(function="AND" | "OR" as word, arguments=arguments):
            parts = arguments
        case _:
            return None
    flat: list[Node] = []
    for each in parts:
        inner = _joint(each)
        flat.extend(inner[1] if inner and inner[0] == word else (each,))
    return word, tuple(flat)


def _leaves(node: Node) -> Iterator[Node]:
    joint = _joint(node)
    if joint is None:
        yield node
    for each in joint[1] if joint else ():
        yield from _leaves(each)


def _of_group(
    reader: Reader, object_name: str, joint: tuple[str, tuple[Node, ...]], names: Names
) -> Words:
    word, nodes = joint
    parts = []
    for each in nodes:
        words = words_of(reader, object_name, each, names)
        parts.append(f"({words.text})" if _joint(each) else f"{words.label} {words.text}")
    between = reader.say(" or ") if word == "OR" else reader.say(" and ")
    label = reader.say("Any of") if word == "OR" else reader.say("All of")
    return Words(label=label, text=between.join(parts))


def _sentence(reader: Reader, operator: str, values: Sequence[str], shape: Field) -> str:
    text = ("、" if reader.locale.code == "zh_CN" else ", ").join(values)
    if operator in _READS_ITSELF:
        return text
    return f"{operator_label(reader, operator, shape)} {text}".strip()


def _plain(node: Node) -> Node:
    """The condition without what only its formula needs: small letters for a search, a literal
    made into a day, the older way to ask for a picklist's value, a yes or no on its own."""
    match node:
        case FieldRef():
            return Binary("=", node, Literal(value=True))
        case Unary(operator="NOT", operand=FieldRef() as inner):
            return Binary("=", inner, Literal(value=False))
        case Unary(operator="NOT", operand=inner) | Call(function="NOT", arguments=(inner,)):
            return Unary("NOT", _plain(inner))
        case Call(function="ISPICKVAL", arguments=(left, right)):
            return Binary("=", left, right)
        case Call(function=name, arguments=(Call(function="LOWER", arguments=(left,)), *rest)):
            return Call(name, (left, *rest))
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, left, _bare(right))
        case _:
            return node


def _bare(node: Node) -> Node:
    match node:
        case Call(function=name, arguments=(Literal() as inner,)) if name in _MADE_FROM_TEXT:
            return inner
        case _:
            return node


def _period(reader: Reader, node: Node) -> str:
    """Its name is no value of the field, and not to be shown as one."""
    match node:
        case Literal(value=str(name)):
            return period_text(reader, name)
        case _:
            return to_text(node)


def _value_text(reader: Reader, shape: Field, node: Node, names: Names) -> str:
    match node:
        case Parameter(root="user", path=("id",)):
            return reader.say("me")
        case Literal(value=value):
            return _literal_text(reader, shape, value, names)
        case _:
            return to_text(node)


def _literal_text(reader: Reader, shape: Field, value: Any, names: Names) -> str:
    if shape.is_reference and isinstance(value, str) and is_uuid(value):
        return names.get((shape.target, UUID(value)), reader.say("(not visible to you)"))
    if shape.type.name == "percent" and isinstance(value, Decimal):
        value = value * 100
    return _formatted(reader, shape, value)


def _formatted(reader: Reader, shape: Field, value: Any) -> str:
    """As the field shows its values; what it refuses, as it was written."""
    try:
        if shape.type.name == "datetime" and isinstance(value, str):
            value = f"{value} UTC"
        parsed = shape.type.parse(value, reader.locale, shape.config)
    except BadValue:
        return str(value)
    view = value_view(reader, Cell(field=shape, value=parsed))
    return str(view.text or value)


def operator_label(reader: Reader, operator: str, shape: Field) -> str:
    """Days are before and after one another, not less and more."""
    if operator == MINE:
        return reader.say("is me")
    if operator == MY_DEPARTMENT:
        return reader.say("is in my department")
    if shape.type.name in ("date", "datetime", "time") and operator in _FOR_DAYS:
        return reader.say(_FOR_DAYS[operator])
    known = OPERATORS.get(operator)
    return reader.text(known.label) if known is not None else reader.say("does not contain")


_FOR_DAYS = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
