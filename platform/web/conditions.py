"""Filters as people make them: single conditions joined by AND, each a field, a comparison and
a value. Whatever is more than that stays one condition, shown as its formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    Literal,
    Node,
    Parameter,
    children,
)
from fieldstone.formula.conditions import Condition, written_condition
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.scope import Path
from fieldstone.kernel.errors import Invalid
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.scope import PARAMETERS
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime.filter_problems import formula_problems
from fieldstone.web.reader import Reader

MINE = "mine"
"""A comparison for links to users: it is the reader."""
ME = Parameter("user", ("id",))
MY_DEPARTMENT = "my_department"
"""Another one for them: somebody of the reader's own department."""
DEPARTMENT = "department"
OURS = Parameter("user", (DEPARTMENT,))
_FOUND = {"contains": "CONTAINS", "begins": "BEGINS", "ends": "ENDS"}


def parsed(text: str) -> Node | None:
    """The filter's tree; None for a blank one. Raises Invalid with every fault of the text."""
    if not text.strip():
        return None
    try:
        return parse(text)
    except FormulaError as error:
        raise Invalid("filter_invalid", problems=formula_problems(error)) from error


def paths_of(node: Node | None) -> Iterator[Path]:
    """The fields that the filter asks about."""
    if isinstance(node, FieldRef):
        yield node.path
    for each in children(node) if node is not None else ():
        yield from paths_of(each)


def split(node: Node | None) -> tuple[Node, ...]:
    """The conditions that must all hold."""
    match node:
        case None:
            return ()
        case Binary(operator="AND", left=left, right=right):
            return (*split(left), *split(right))
        case Call(function="AND", arguments=arguments):
            return tuple(each for argument in arguments for each in split(argument))
        case _:
            return (node,)


def whole(conditions: Sequence[Node]) -> Node | None:
    """The filter that all of these make together."""
    made: Node | None = None
    for each in conditions:
        made = each if made is None else Binary("AND", made, each)
    return made


def joined(conditions: Sequence[Node]) -> str:
    """The same as a formula; empty for none."""
    node = whole(conditions)
    return to_text(node) if node is not None else ""


def operators_of(reader: Reader, field: Field) -> tuple[str, ...]:
    """The comparisons offered for the field."""
    kind = field.type.name
    if kind in ("polymorphic", "many_to_many", "file", "image", "signature", "json"):
        return ()
    if field.target == USER_OBJECT and field.columns:
        known = reader.rights.may_read(USER_OBJECT, DEPARTMENT)
        ours = (MY_DEPARTMENT,) if known and ("user", (DEPARTMENT,)) in PARAMETERS else ()
        return (MINE, *ours, "=", "<>", "is_blank", "is_not_blank")
    if field.columns and field.target:
        return ("=", "<>", "is_blank", "is_not_blank") if reader.may("read", field.target) else ()
    return tuple(field.type.operators)


def made(reader: Reader, field: Field, path: str, operator: str, values: Sequence[str]) -> Node:
    """The condition that the form describes. Raises Invalid for a value that does not fit."""
    name = FieldRef(tuple(path.split(".")))
    if operator not in operators_of(reader, field):
        raise Invalid.one("filter.bad_operator", "op", name=operator[:40])
    if operator == MINE:
        return Binary("=", name, ME)
    if operator == MY_DEPARTMENT:
        return Binary("=", FieldRef((*name.path, DEPARTMENT)), OURS)
    if operator in ("is_blank", "is_not_blank"):
        return _written(name.path, operator, ())
    if operator == "in_period":
        return _written(name.path, operator, (Literal(values[0] if values else ""),))
    given = tuple(_value(reader, field, each) for each in values if each.strip())
    if not given:
        raise Invalid.one("field.required", "v")
    if operator in _FOUND:
        return _found(name, operator, given[0])
    return _written(name.path, operator, given)


def _written(path: Path, operator: str, values: tuple[Node, ...]) -> Node:
    node = written_condition(Condition(path, operator, values))
    if node is None:
        raise Invalid.one("filter.bad_operator", "op", name=operator[:40])
    return node


def _found(name: FieldRef, operator: str, part: Node) -> Node:
    """Capitals and small letters count as the same to people who search."""
    text = str(part.value).lower() if isinstance(part, Literal) else ""
    return Call(_FOUND[operator], (Call("LOWER", (name,)), Literal(text)))


def _value(reader: Reader, field: Field, text: str) -> Node:
    """What was typed, as the literal that formulas compare with."""
    try:
        value = field.type.parse(text, reader.locale, field.config)
    except BadValue as error:
        raise Invalid(problems=(error.problem("v"),)) from error
    if field.type.name == "percent":
        return Literal(value / 100)
    return literal(value[0] if isinstance(value, list) else value)


def literal(value: Any) -> Node:
    if isinstance(value, datetime):
        return Call(
            "DATETIMEVALUE", (Literal(value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")),)
        )
    if isinstance(value, date):
        return Call("DATEVALUE", (Literal(value.isoformat()),))
    if isinstance(value, bool | str):
        return Literal(value)
    if isinstance(value, int | Decimal):
        return Literal(Decimal(value))
    if hasattr(value, "hour"):
        return Call("TIMEVALUE", (Literal(value.strftime("%H:%M:%S.000")),))
    return Literal(str(value))


def within(reader: Reader, object_name: str, text: str) -> Node | None:
    """Records in which one of the object's search fields has the text; None for no text."""
    words = text.strip().lower()
    if not words:
        return None
    found: Node | None = None
    for name in searchable(reader, object_name):
        one = Call("CONTAINS", (Call("LOWER", (FieldRef((name,)),)), Literal(words)))
        found = one if found is None else Binary("OR", found, one)
    return found


TEXTUAL = frozenset({"text", "long_text", "email", "phone", "url", "autonumber"})


def searchable(reader: Reader, object_name: str) -> tuple[str, ...]:
    """The search fields that are text and that the reader may read."""
    shape = reader.shape(object_name)
    names = [
        name
        for name in shape.search_fields
        if shape.fields[name].type.name in TEXTUAL and reader.rights.may_read(object_name, name)
    ]
    return tuple(names) or ("name",)
