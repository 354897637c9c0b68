"""A condition in words: the field's label, and what its value must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from fieldstone.formula.ast import Binary, Call, FieldRef, InList, Literal, Node, Parameter, Unary
from fieldstone.formula.print import to_text
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.operators import OPERATORS
from fieldstone.metadata.snapshot import Field
from fieldstone.web.conditions import MINE
from fieldstone.web.periods import period_text
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, value_view

Names = Mapping[tuple[str, UUID], str]
_CALLS = {
    "CONTAINS": "contains", "BEGINS": "begins", "ENDS": "ends", "INCLUDES": "includes",
    "EXCLUDES": "excludes", "INPERIOD": "in_period", "ISBLANK": "is_blank", "ISPICKVAL": "=",
}  # fmt: skip
_OPPOSITE = {"in": "not_in", "is_blank": "is_not_blank", "=": "<>"}
_READS_ITSELF = frozenset({"=", "in", "in_period", "includes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """A condition taken apart."""

    path: tuple[str, ...]
    operator: str
    values: tuple[Node, ...] = field(default=())


def words_of(reader: Reader, object_name: str, node: Node, names: Names) -> Words:
    """`names` holds those of the records that conditions name by id: see `named_records`."""
    parts = _parts(node)
    trail = reader.trail(object_name, ".".join(parts.path)) if parts else ()
    if parts is None or not trail:
        return Words(label=reader.say("Condition"), text=to_text(node))
    label = " ".join(reader.label(each) for each in trail)
    values = [_value_text(reader, trail[-1], each, names) for each in parts.values]
    return Words(label=label, text=_sentence(reader, parts.operator, values))


def named_records(reader: Reader, object_name: str, nodes: Sequence[Node]) -> dict[str, set[UUID]]:
    """The records whose names are needed to tell the conditions."""
    wanted: dict[str, set[UUID]] = {}
    for node in nodes:
        parts = _parts(node)
        trail = reader.trail(object_name, ".".join(parts.path)) if parts else ()
        if parts and trail and trail[-1].is_reference:
            ids = {
                UUID(each.value)
                for each in parts.values
                if isinstance(each, Literal) and isinstance(each.value, str) and is_uuid(each.value)
            }
            if ids:
                wanted.setdefault(trail[-1].target, set()).update(ids)
    return wanted


def _sentence(reader: Reader, operator: str, values: Sequence[str]) -> str:
    text = ("、" if reader.locale.code == "zh_CN" else ", ").join(values)
    if operator in _READS_ITSELF:
        return text
    known = reader.text(OPERATORS[operator].label)
    return f"{known} {text}".strip()


def _parts(node: Node) -> _Parts | None:
    match node:
        case Binary(operator=operator, left=FieldRef(path=path), right=right) if (
            operator in OPERATORS and not isinstance(right, FieldRef)
        ):
            return _Parts(path, operator, (right,))
        case InList(operand=FieldRef(path=path), items=items):
            return _Parts(path, "in", items)
        case Unary(operator="NOT", operand=inner) | Call(function="NOT", arguments=(inner,)):
            return _opposite(_parts(inner))
        case Call(function=function, arguments=(first, *rest)) if function in _CALLS:
            return _called(_CALLS[function], first, tuple(rest))
        case _:
            return None


def _called(operator: str, first: Node, rest: tuple[Node, ...]) -> _Parts | None:
    match first:
        case FieldRef(path=path) | Call(function="LOWER", arguments=(FieldRef(path=path),)):
            return _Parts(path, operator, rest)
        case _:
            return None


def _opposite(parts: _Parts | None) -> _Parts | None:
    if parts is None or parts.operator not in _OPPOSITE:
        return None
    return _Parts(parts.path, _OPPOSITE[parts.operator], parts.values)


def _value_text(reader: Reader, shape: Field, node: Node, names: Names) -> str:
    match node:
        case Parameter(root="user", path=("id",)):
            return reader.say("me")
        case Literal(value=value):
            return _literal_text(reader, shape, value, names)
        case Call(function="DATEVALUE" | "DATETIMEVALUE" | "TIMEVALUE", arguments=(Literal(),)):
            inner = node.arguments[0]
            return _formatted(reader, shape, inner.value if isinstance(inner, Literal) else "")
        case _:
            return to_text(node)


def _literal_text(reader: Reader, shape: Field, value: Any, names: Names) -> str:
    if shape.type.name in ("date", "datetime") and isinstance(value, str):
        return period_text(reader, value)
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
    if shape.type.name in ("date", "datetime", "time") and operator in _FOR_DAYS:
        return reader.say(_FOR_DAYS[operator])
    return reader.text(OPERATORS[operator].label)


_FOR_DAYS = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
