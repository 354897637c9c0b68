"""Who names whom: for each component, the components its document mentions.

`soft` mentions (a column of a view, a cell of a layout) are skipped while what they name is
deleted; `hard` ones (a filter, a path, a dependency) would break, so the deletion is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.paths import field_paths
from fieldstone.formula.scope import Path
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Reference:
    target: Key
    path: str
    hard: bool = False


def references(component: Component, snapshot: Snapshot) -> tuple[Reference, ...]:
    finder = _FINDERS.get(component.kind)
    return tuple(finder(component, component.body, snapshot)) if finder else ()


def users_of(snapshot: Snapshot, target: Key) -> list[tuple[Component, Reference]]:
    """Every live component that mentions the target, itself and its parts aside."""
    found: list[tuple[Component, Reference]] = []
    for component in snapshot.components.values():
        if component.key == target or component.parent == (target[0] == "object" and target[1]):
            continue
        found.extend(
            (component, each) for each in references(component, snapshot) if each.target == target
        )
    return found


@lru_cache(maxsize=20_000)
def _paths(text: str) -> tuple[Path, ...]:
    """The fields a formula names; none for one that cannot be read, which validate.py tells."""
    try:
        return field_paths(parse(text))
    except FormulaError:
        return ()


def formula_references(
    text: str, object_name: str, path: str, snapshot: Snapshot
) -> Iterator[Reference]:
    scope = ObjectScope(snapshot, object_name)
    for each in _paths(text):
        for field in scope.trail(each):
            if not field.system and field.name != "name":
                yield Reference(("field", f"{field.object}.{field.name}"), path, hard=True)


def _field(
    component: Component, body: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Reference]:
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
    if body.get("filter") and body.get("target"):
        yield from formula_references(body["filter"], body["target"], "filter", snapshot)


def _object(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for index, name in enumerate(body.get("search", ())):
        yield Reference(("field", f"{component.name}.{name}"), f"search.{index}")


def _path(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    yield Reference(("field", f"{component.parent}.{body['field']}"), "field", hard=True)
    for stage, item in body.get("stages", {}).items():
        for name in item.get("requires", ()):
            yield Reference(("field", f"{component.parent}.{name}"), f"stages.{stage}.requires")


def _layout(
    component: Component, body: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Reference]:
    owner = component.parent
    for section, item in body.get("sections", {}).items():
        for name in item.get("fields", {}):
            yield Reference(("field", f"{owner}.{name}"), f"sections.{section}.fields.{name}")
        if item.get("visible_when"):
            place = f"sections.{section}.visible_when"
            yield from formula_references(item["visible_when"], owner, place, snapshot)
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
    if body.get("filter"):
        yield from formula_references(body["filter"], component.parent, "filter", snapshot)


def _compact(component: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for name in body.get("fields", {}):
        yield Reference(("field", f"{component.parent}.{name}"), f"fields.{name}")


def _app(_c: Component, body: Mapping[str, Any], _: Snapshot) -> Iterator[Reference]:
    for name, item in body.get("items", {}).items():
        if not item.get("url"):
            yield Reference(("object", name), f"items.{name}")


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
    "layout": _layout,
    "list_view": _list_view,
    "compact_layout": _compact,
    "app": _app,
    "permission_set": _permissions,
}
