"""Who names whom: for each component, the components its document mentions.

`soft` mentions (a column of a view, a cell of a layout) are skipped while what they name is
deleted; `hard` ones (a filter, a path, a dependency) would break, so the deletion is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fieldstone.formula.ast import Node
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.paths import field_paths, record_paths
from fieldstone.formula.scope import Path
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.formula_texts import formulas_of
from fieldstone.metadata.scope import LINKS, ObjectScope, list_names
from fieldstone.metadata.snapshot import Field, Snapshot


@dataclass(frozen=True, slots=True)
class Reference:
    """`path` is the place in the document; `links` the fields (`object.field`) over which a
    formula reaches its target."""

    target: Key
    path: str
    hard: bool = False
    links: tuple[str, ...] = ()


def references(component: Component, snapshot: Snapshot) -> tuple[Reference, ...]:
    return (*mentions(component, snapshot), *_formulas(component, snapshot))


def mentions(component: Component, snapshot: Snapshot) -> tuple[Reference, ...]:
    """What the document names by itself, its formulas aside."""
    finder = _FINDERS.get(component.kind)
    return tuple(finder(component, component.body, snapshot)) if finder else ()


def _formulas(component: Component, snapshot: Snapshot) -> Iterator[Reference]:
    for each in formulas_of(snapshot, component):
        scope = each.scope
        yield from formula_references(each.text, scope.object, each.place, snapshot)
        if scope.record_object:
            yield from formula_references(
                each.text, scope.record_object, each.place, snapshot, record_paths
            )


Paths = Callable[[Node], tuple[Path, ...]]


@lru_cache(maxsize=20_000)
def paths_in(text: str, find: Paths) -> tuple[Path, ...]:
    """The fields a formula names; none for one that cannot be read, which validate.py tells."""
    try:
        return find(parse(text))
    except FormulaError:
        return ()


def formula_references(
    text: str, object_name: str, path: str, snapshot: Snapshot, find: Paths = field_paths
) -> Iterator[Reference]:
    """The fields that the text names, up to the first that is not there: a deleted one is
    mentioned all the same."""
    scope = ObjectScope(snapshot, object_name)
    for each in paths_in(text, find):
        yield from path_references(scope, each, path, lists=find is field_paths)


def path_references(
    scope: ObjectScope, steps: Path, path: str, *, lists: bool = True
) -> Iterator[Reference]:
    """The same for one path of a formula; `lists`: it may begin with a related list."""
    listed = list(_list_references(scope, steps, path)) if lists else []
    yield from listed or _steps(scope, steps, path)


def _steps(
    scope: ObjectScope, steps: Path, path: str, links: tuple[str, ...] = ()
) -> Iterator[Reference]:
    owner = scope.object
    for end, step in enumerate(steps, start=1):
        trail = scope.trail(steps[:end])
        if trail:
            owned = f"{trail[-1].object}.{trail[-1].name}"
            if _is_counted(trail[-1]):
                yield Reference(("field", owned), path, hard=True, links=links)
            links = (*links, owned)
            owner = trail[-1].target
            continue
        gone = ("field", f"{owner}.{step.lower()}")
        if gone in scope.snapshot.hidden:
            yield Reference(gone, path, hard=True, links=links)
        break


def _list_references(scope: ObjectScope, steps: Path, path: str) -> Iterator[Reference]:
    """What a path names that begins with a related list, one that is deleted included."""
    snapshot = scope.snapshot
    relation = scope.relation(steps[0])
    key = relation.key if relation is not None else _gone_list(scope, steps[0])
    if not key:
        return
    child, via = key.split(".")
    yield Reference(("object", child), path, hard=True)
    yield Reference(("field", f"{child}.{via}"), path, hard=True)
    inner = ObjectScope(snapshot, child)
    yield from _steps(inner, steps[1:], path, (f"{child}.{via}",))


def _gone_list(scope: ObjectScope, name: str) -> str:
    """The key of the list that a deleted field made; empty when there was none of this name."""
    for (kind, full), component in scope.snapshot.hidden.items():
        body = component.body
        if kind != "field" or body.get("type") not in LINKS or body.get("target") != scope.object:
            continue
        if name.lower() in list_names(component.parent, component.local_name, alone=True):
            return full
    return ""


def _is_counted(field: Field) -> bool:
    """What every record has cannot go, but the record types that one can be of do."""
    return field.name == "record_type" or not (field.system or field.name == "name")


def _field(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    if body.get("target"):
        yield Reference(("object", body["target"]), "target", hard=True)
    for index, target in enumerate(body.get("targets", ())):
        if target != "*":
            yield Reference(("object", target), f"targets.{index}")
    if body.get("value_set"):
        yield Reference(("value_set", body["value_set"]), "value_set", hard=True)
    if body.get("depends_on"):
        yield Reference(
            ("field", f"{component.parent}.{body['depends_on']}"), "depends_on", hard=True
        )
    if body.get("type") == "rollup":
        yield from _rollup(body)


def _rollup(body: Mapping[str, Any]) -> Iterator[Reference]:
    child = body["child"]
    yield Reference(("object", child), "child", hard=True)
    for key in ("via", "field"):
        if body.get(key) and body[key] != "name":
            yield Reference(("field", f"{child}.{body[key]}"), key, hard=True)


def _validation_rule(
    component: Component, body: Mapping[str, Any], _: Snapshot
) -> Iterator[Reference]:
    if body.get("field"):
        yield Reference(("field", f"{component.parent}.{body['field']}"), "field")


def _object(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    name = component.name
    for index, each in enumerate(body.get("search", ())):
        yield Reference(("field", f"{name}.{each}"), f"search.{index}")
    board = (body.get("features") or {}).get("kanban")
    if board:
        yield Reference(("field", f"{name}.{board}"), "features.kanban")


def _path(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    yield Reference(("field", f"{component.parent}.{body['field']}"), "field", hard=True)
    for stage, item in body.get("stages", {}).items():
        for name in item.get("requires", ()):
            yield Reference(("field", f"{component.parent}.{name}"), f"stages.{stage}.requires")
    yield from _record_types(component, body)


def _record_types(component: Component, body: Mapping[str, Any]) -> Iterator[Reference]:
    for index, name in enumerate(body.get("record_types", ())):
        yield Reference(("record_type", f"{component.parent}.{name}"), f"record_types.{index}")


def _layout(
    component: Component, body: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Reference]:
    owner = component.parent
    yield from _record_types(component, body)
    for section, item in body.get("sections", {}).items():
        for name in item.get("fields", {}):
            yield Reference(("field", f"{owner}.{name}"), f"sections.{section}.fields.{name}")
    for part in ("related_lists", "sub_tables"):
        for key, item in body.get(part, {}).items():
            child = item["object"]
            yield Reference(("object", child), f"{part}.{key}.object")
            yield Reference(("field", f"{child}.{item['field']}"), f"{part}.{key}.field")
            for name in item.get("columns", {}):
                place = f"{part}.{key}.columns.{name}"
                yield from _along(name, child, place, snapshot)


def _list_view(
    component: Component, body: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Reference]:
    for name in body.get("columns", {}):
        yield from _along(name, component.parent, f"columns.{name}", snapshot)
    for index, name in enumerate(body.get("sort", ())):
        yield from _along(name.lstrip("-"), component.parent, f"sort.{index}", snapshot)
    if body.get("agenda"):
        yield Reference(("field", f"{component.parent}.{body['agenda']}"), "agenda")
    display = body.get("display") or {}
    for key in ("by", "until"):
        if display.get(key):
            yield Reference(("field", f"{component.parent}.{display[key]}"), f"display.{key}")
    for index, name in enumerate(display.get("card", ())):
        yield from _along(name, component.parent, f"display.card.{index}", snapshot)


def _compact(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for name in body.get("fields", {}):
        yield Reference(("field", f"{component.parent}.{name}"), f"fields.{name}")


def _app(_c: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for name, item in body.get("items", {}).items():
        if not item.get("url"):
            yield Reference(("object", name), f"items.{name}")


def _term_set(_c: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for name in body.get("terms", {}):
        yield Reference(("object", name), f"terms.{name}")


def _permissions(_c: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for name, item in body.get("objects", {}).items():
        if name == "*":
            continue
        yield Reference(("object", name), f"objects.{name}")
        for field in item.get("fields", {}):
            if field != "*":
                place = f"objects.{name}.fields.{field}"
                yield Reference(("field", f"{name}.{field}"), place)


def _along(dotted: str, object_name: str, place: str, snapshot: Snapshot) -> Iterator[Reference]:
    """Each field along a dotted path; a first step that is unknown is mentioned all the same."""
    steps = tuple(dotted.split("."))
    scope = ObjectScope(snapshot, object_name)
    owner = object_name
    for index, step in enumerate(steps):
        yield Reference(("field", f"{owner}.{step}"), place)
        trail = scope.trail(steps[: index + 1])
        if not trail:
            return
        owner = trail[-1].target


_FINDERS: Mapping[str, Callable[[Component, Mapping[str, Any], Snapshot], Iterator[Reference]]] = {
    "field": _field,
    "object": _object,
    "path": _path,
    "validation_rule": _validation_rule,
    "layout": _layout,
    "list_view": _list_view,
    "compact_layout": _compact,
    "app": _app,
    "term_set": _term_set,
    "permission_set": _permissions,
}
