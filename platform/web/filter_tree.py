"""A filter as a person builds it: rows and groups joined by AND or OR, groups within groups to a
depth. What is no such row stays a formula, word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fieldstone.formula.ast import Binary, Call, Literal, Node
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.print import to_text
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field
from fieldstone.web.condition_words import condition_of
from fieldstone.web.conditions import ME, MINE, MY_DEPARTMENT, made, parsed
from fieldstone.web.posted import Posted, Sent, is_many
from fieldstone.web.posted import read as read_posted
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, value_view

DEPTH = 2
"""Groups within the whole, and groups within those."""
MOST = 100
ROOT = "r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`path` empty: a field is still to be chosen."""

    path: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A condition that only its formula can say."""

    formula: str = ""
    editing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`any` of the parts must hold, or all of them."""

    any: bool = False
    parts: tuple[Row | Text | Group, ...] = ()


Part = Row | Text | Group


def tree_of(reader: Reader, object_name: str, node: Node | None) -> Group:
    """The filter as rows and groups; nothing of it is lost."""
    if node is None:
        return Group()
    found = _part(reader, object_name, node, 0)
    return found if isinstance(found, Group) else Group(parts=(found,))


def _part(reader: Reader, object_name: str, node: Node, depth: int) -> Part:
    joined = _joined(node)
    if joined is not None and depth <= DEPTH:
        operator, nodes = joined
        parts = (_part(reader, object_name, each, depth + 1) for each in nodes)
        return Group(any=operator == "OR", parts=tuple(parts))
    return _row(reader, object_name, node) or Text(formula=to_text(node))


def _joined(node: Node) -> tuple[str, Sequence[Node]] | None:
    match node:
        case Binary(operator="AND" | "OR" as operator) | Call(function="AND" | "OR" as operator):
            return operator, tuple(_flat(node, operator))
        case _:
            return None


def _flat(node: Node, operator: str) -> Sequence[Node]:
    match node:
        case Binary(operator=sign, left=left, right=right) if sign == operator:
            return (*_flat(left, operator), *_flat(right, operator))
        case Call(function=name, arguments=arguments) if name == operator:
            return tuple(part for each in arguments for part in _flat(each, operator))
        case _:
            return (node,)


def _row(reader: Reader, object_name: str, node: Node) -> Row | None:
    """Only if the row makes the very same condition again."""
    found = condition_of(node)
    trail = reader.trail(object_name, ".".join(found.path)) if found else ()
    if found is None or not trail:
        return None
    row = Row(path=".".join(found.path), operator=found.operator)
    if found.operator == MY_DEPARTMENT:
        return row
    if found.values == (ME,) and found.operator == "=":
        row = replace(row, operator=MINE)
    else:
        texts = [_text(reader, trail[-1], each, found.operator) for each in found.values]
        if any(each is None for each in texts):
            return None
        row = replace(row, values=tuple(each for each in texts if each is not None))
    try:
        again = made(reader, trail[-1], row.path, row.operator, row.values)
    except (Invalid, BadValue):
        return None
    exact = isinstance(again, Call) and again.function in ("CONTAINS", "BEGINS", "ENDS")
    same = again == node if exact else condition_of(again) == found
    return row if same else None


def _text(reader: Reader, field: Field, node: Node, operator: str) -> str | None:
    """The value as somebody would type it."""
    if not isinstance(node, Literal):
        return None
    value: Any = node.value
    if operator == "in_period" or field.is_reference:
        return str(value)
    try:
        if field.type.name == "percent":
            value = value * 100
        if field.type.name == "datetime":
            value = f"{value} UTC"
        known = field.type.parse(value, reader.locale, field.config)
    except (BadValue, TypeError):
        return None
    view = value_view(reader, Cell(field=field, value=known))
    return view.raw or next((each.raw for each in view.items), None)


# ---- what the form sends ------------------------------------------------------------------------


def posted_tree(reader: Reader, object_name: str, form: Sent) -> Group:
    """The names are a letter and a place: f.r.0.1 is the field of the second row in the first
    group."""
    places: dict[str, list[int]] = {}
    for name in form:
        parts = name.split(".")
        if parts[0] not in ("any", "f", "t") or parts[1:2] != [ROOT] or len(places) > MOST:
            continue
        steps = parts[2:]
        known = all(each.isascii() and each.isdigit() and len(each) < 4 for each in steps)
        if known and 0 < len(steps) <= DEPTH + 2:
            places.setdefault(".".join(parts[1:-1]), []).append(int(parts[-1]))
    return _posted_group(reader, object_name, form, ROOT, places)


def _posted_group(
    reader: Reader, object_name: str, form: Sent, place: str, places: Mapping[str, list[int]]
) -> Group:
    parts: list[Part] = []
    for index in sorted(set(places.get(place, ()))):
        inner = f"{place}.{index}"
        if f"any.{inner}" in form:
            parts.append(_posted_group(reader, object_name, form, inner, places))
        elif f"t.{inner}" in form:
            editing = form.get(f"edit.{inner}") == "1"
            parts.append(Text(formula=str(form[f"t.{inner}"]), editing=editing))
        else:
            parts.append(_posted_row(reader, object_name, form, inner))
    return Group(any=form.get(f"any.{place}") == "1", parts=tuple(parts))


def _posted_row(reader: Reader, object_name: str, form: Sent, place: str) -> Row:
    path, operator = str(form.get(f"f.{place}") or ""), str(form.get(f"op.{place}") or "")
    trail = reader.trail(object_name, path) if path else ()
    if not trail:
        return Row()
    values = [str(each) for each in form.getlist(f"v.{place}") if isinstance(each, str)]
    if not is_many(trail[-1]) and operator not in ("in", "not_in", "includes", "excludes"):
        posted = read_posted(form, trail[-1], f"v.{place}") or Posted()
        values = [posted.raw] if posted.raw else values[-1:]
    counted = str(form.get(f"n.{place}") or "").strip()
    if operator == "in_period" and values and values[0].endswith("_n_days"):
        values = [f"{values[0]}:{counted if counted.isdigit() and len(counted) < 5 else '7'}"]
    return Row(path=path, operator=operator, values=tuple(each for each in values if each.strip()))


def node_of(reader: Reader, object_name: str, tree: Group) -> Node | None:
    """The filter that the tree says. Raises Invalid with every problem, `path` the place of its
    row; rows without a field and empty groups say nothing."""
    problems: list[Problem] = []
    node = _node(reader, object_name, tree, ROOT, problems)
    if problems:
        raise Invalid(problems=problems)
    return node


def _node(
    reader: Reader, object_name: str, part: Part, place: str, problems: list[Problem]
) -> Node | None:
    try:
        if isinstance(part, Text):
            return parsed(part.formula)
        if isinstance(part, Row):
            trail = reader.trail(object_name, part.path) if part.path else ()
            return made(reader, trail[-1], part.path, part.operator, part.values) if trail else None
    except (Invalid, FormulaError) as error:
        problems.extend(replace(each, path=place) for each in getattr(error, "problems", ()))
        return None
    whole: Node | None = None
    for index, each in enumerate(part.parts):
        node = _node(reader, object_name, each, f"{place}.{index}", problems)
        if node is not None:
            whole = node if whole is None else Binary("OR" if part.any else "AND", whole, node)
    return whole


# ---- buttons ------------------------------------------------------------------------------------


def acted(tree: Group, act: str) -> Group:
    """The tree after a button: "add:r.0", "group:r", "drop:r.1", "text:r", "edit:r.2"."""
    verb, _, place = act.partition(":")
    steps = [int(each) for each in place.split(".")[1:] if each.isascii() and each.isdigit()]
    changed = _acted(tree, verb, steps)
    return changed if isinstance(changed, Group) else tree


def _acted(part: Part, verb: str, steps: list[int]) -> Part | None:
    if not steps:
        return _done(part, verb)
    if not isinstance(part, Group) or steps[0] >= len(part.parts):
        return part
    inner = _acted(part.parts[steps[0]], verb, steps[1:])
    kept = () if inner is None else (inner,)
    at = steps[0]
    return replace(part, parts=(*part.parts[:at], *kept, *part.parts[at + 1 :]))


def _done(part: Part, verb: str) -> Part | None:
    if verb == "drop":
        return None
    if verb == "edit" and isinstance(part, Text):
        return replace(part, editing=True)
    if isinstance(part, Group):
        new: Mapping[str, Part] = {
            "add": Row(),
            "group": Group(any=not part.any, parts=(Row(),)),
            "text": Text(editing=True),
        }
        if verb in new:
            return replace(part, parts=(*part.parts, new[verb]))
    return part
