"""Giving a tenant's own field another API name: everything that names it is written anew in the
same changeset. Tables, history and rights know fields by identity or by document, so nothing that
is stored changes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fieldstone.formula.ast import FieldRef, Node, Parameter, children
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.metadata.components import Component, delta_for
from fieldstone.metadata.formula_texts import FormulaText, formulas_of
from fieldstone.metadata.references import references
from fieldstone.metadata.scope import RECORD, ObjectScope, list_names
from fieldstone.metadata.snapshot import Snapshot


def renamed(snapshot: Snapshot, field: Component, local_name: str) -> Iterator[Component]:
    """The field under its new name, and every component that named it, rewritten."""
    yield replace(field, name=f"{field.parent}.{local_name}")
    for component in snapshot.components.values():
        places = {each.path for each in references(component, snapshot) if each.target == field.key}
        if component.id == field.id or not places:
            continue
        body = _rewritten(component, places, snapshot, field, local_name)
        yield replace(component, delta=delta_for(component, body))


def _rewritten(
    component: Component,
    places: set[str],
    snapshot: Snapshot,
    field: Component,
    local_name: str,
) -> Mapping[str, Any]:
    body: Any = component.body
    formulas = {each.place: each for each in formulas_of(snapshot, component)}
    names = _Names(component, snapshot, field, local_name)
    for place in places:
        formula = formulas.get(place)
        if formula is not None:
            text = formula_renamed(formula, field, local_name)
            body = _at(body, place.split("."), text)
        else:
            body = names.exchanged(body, place.split("."))
    result: Mapping[str, Any] = body
    return result


def formula_renamed(formula: FormulaText, field: Component, local_name: str) -> str:
    """The text with the field's name exchanged wherever it is meant; labels in braces and
    everything else stay as they were written."""
    try:
        node = parse(formula.text)
    except FormulaError:
        return formula.text
    text = formula.text
    for start, end, scope, path, skipped in sorted(_named(formula, node), reverse=True):
        steps = _split(text[start:end])
        inner = None if skipped else scope.of_list(path[0])
        if inner is not None:
            steps[0] = _list_renamed(steps[0], scope, path[0], field, local_name)
            scope, path, skipped = inner, path[1:], 1
        for index in range(len(path)):
            trail = scope.trail(path[: index + 1])
            at = index + skipped
            written = steps[at].strip() if at < len(steps) else ""
            meant = bool(trail) and f"{trail[-1].object}.{trail[-1].name}" == field.name
            if meant and written.lower() == field.local_name:
                steps[at] = steps[at].replace(written, local_name)
        text = text[:start] + ".".join(steps) + text[end:]
    return text


def _list_renamed(
    written: str, scope: ObjectScope, name: str, field: Component, local_name: str
) -> str:
    """A list may bear the name of the field that makes it: line_by_task."""
    relation = scope.relation(name)
    _, long_name = list_names(field.parent, field.local_name, alone=False)
    if relation is None or relation.key != field.name or name.lower() != long_name:
        return written
    return written.replace(name, list_names(field.parent, local_name, alone=False)[1])


def _named(formula: FormulaText, node: Node) -> Iterator[tuple[int, int, ObjectScope, Path, int]]:
    """(start, end, scope, path, steps of a root such as $record) of each name in the text."""
    scope, waiting = formula.scope, [node]
    form = replace(scope, object=scope.record_object, record_object="")
    while waiting:
        current = waiting.pop()
        waiting.extend(children(current))
        if isinstance(current, FieldRef):
            yield (*current.span, scope, current.path, 0)
        elif isinstance(current, Parameter) and current.root == RECORD and scope.record_object:
            yield (*current.span, form, current.path, 1)
        elif isinstance(current, Parameter) and current.root == "old":
            yield (*current.span, scope, current.path, 1)


def _split(written: str) -> list[str]:
    """A dotted name at its dots, not at those inside braces."""
    steps, depth, current = [], 0, ""
    for letter in written:
        depth += (letter == "{") - (letter == "}")
        if letter == "." and depth == 0:
            steps.append(current)
            current = ""
        else:
            current += letter
    return [*steps, current]


VALUES = frozenset({"field", "depends_on", "via", "kanban", "agenda", "by", "until"})
"""Keys whose value is the name; under any other, the name is a key or stands in a list."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that stand in a document as they are, dotted or with a sign before them."""

    component: Component
    snapshot: Snapshot
    field: Component
    local_name: str

    def exchanged(self, body: Any, steps: list[str]) -> Any:
        """The body with the name at the place exchanged. A key may hold dots, so the longest one
        that fits is taken."""
        if isinstance(body, list):
            chosen = range(len(body)) if not steps else (int(steps[0]),)
            return [self.dotted(each) if n in chosen else each for n, each in enumerate(body)]
        if not isinstance(body, Mapping):
            return body
        for length in range(len(steps), 0, -1):
            key, rest = ".".join(steps[:length]), steps[length:]
            if key in body:
                return self._in_mapping(body, key, rest)
        return body

    def _in_mapping(self, body: Mapping[str, Any], key: str, rest: list[str]) -> dict[str, Any]:
        value = body[key]
        if rest or isinstance(value, list):
            return {**body, key: self.exchanged(value, rest)}
        if key in VALUES and isinstance(value, str):
            return {**body, key: self.dotted(value)}
        new = self.dotted(key)
        return {new if name == key else name: each for name, each in body.items()}

    def dotted(self, name: Any) -> Any:
        """ "-site.size" with the step exchanged that is the field. Where the way begins is not
        told by the document alone, so both objects it can begin at are tried."""
        if not isinstance(name, str):
            return name
        sign = name[: len(name) - len(name.lstrip("+-"))]
        steps = name[len(sign) :].split(".")
        for start in (self.component.parent or self.component.name, *self._related()):
            scope = ObjectScope(self.snapshot, start)
            for index in range(len(steps)):
                trail = scope.trail(tuple(steps[: index + 1]))
                if trail and f"{trail[-1].object}.{trail[-1].name}" == self.field.name:
                    return sign + ".".join([*steps[:index], self.local_name, *steps[index + 1 :]])
        return name

    def _related(self) -> Iterator[str]:
        """The field's own object, and those of related lists and sub-tables."""
        yield self.field.parent
        for part in ("related_lists", "sub_tables"):
            for item in (self.component.body.get(part) or {}).values():
                yield str(item["object"])


def _at(node: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    return {**node, steps[0]: _at(node[steps[0]], steps[1:], value)}
