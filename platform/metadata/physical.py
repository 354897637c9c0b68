"""Names of tables and columns: given once, when a component is made, and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fieldstone.kernel.ids import physical_name
from fieldstone.metadata.components import Component
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.merge import Body
from fieldstone.metadata.tables import SYSTEM_COLUMNS

POSTGRES_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Every table has these, unseen."""


ROLLUP_KEYS = ("child", "via", "function", "field", "scale")
"""Another of these may mean another type of value; a rollup is computed anew in any case."""


def with_physical(component: Component, others: Iterable[Component]) -> Component:
    """The component with the names of its table or columns; those it has, it keeps. A field
    whose type now needs other columns gets new ones, and the old ones are kept aside."""
    if component.kind == "object":
        return _with_table(component, others)
    if component.kind == "field":
        return _with_columns(component, others)
    return component


def _with_table(component: Component, others: Iterable[Component]) -> Component:
    if component.physical.get("table"):
        return component
    table = physical_name(component.name, _tables(others))
    return replace(component, physical={"table": table})


def _with_columns(component: Component, others: Iterable[Component]) -> Component:
    body = component.body
    shape = column_shape(body)
    physical = component.physical
    if physical.get("shape") == shape:
        return component
    others = list(others)
    columns: dict[str, str] = {}
    taken = _columns(component.parent, others) | set(SYSTEM_COLUMNS) | POSTGRES_COLUMNS
    base = physical_name(component.local_name, taken)
    for ending in FIELD_TYPES[body["type"]].columns(body):
        columns[ending] = physical_name(base + ending, taken)
    made: dict[str, Any] = {"columns": columns, "shape": shape}
    if not columns and body["type"] != "formula":
        made["junction"] = physical_name(f"{component.parent}__{base}", _tables(others))
    if physical:
        kept = {key: physical.get(key) for key in ("columns", "shape", "junction")}
        made["kept"] = [*physical.get("kept", []), kept]
    return replace(component, physical=made)


def column_shape(body: Body) -> str:
    """The columns' types in a word; another word means that the values must be converted."""
    if body["type"] == "rollup":
        return " ".join(("rollup", *(str(body.get(key) or "") for key in ROLLUP_KEYS))).strip()
    kinds = FIELD_TYPES[body["type"]].columns(body)
    names = [
        f"{ending}:{kind.__class__.__name__}{_precision(kind)}" for ending, kind in kinds.items()
    ]
    target = body.get("target") or ""
    return f"{body['type']} {target} {' '.join(names)}".strip()


def _precision(kind: Any) -> str:
    precision = getattr(kind, "precision", None)
    return f"({precision},{getattr(kind, 'scale', None)})" if precision else ""


def _tables(components: Iterable[Component]) -> set[str]:
    tables = set()
    for each in components:
        tables.add(str(each.physical.get("table") or each.physical.get("junction") or ""))
        tables.update(str(old.get("junction") or "") for old in each.physical.get("kept", ()))
    return tables


def _columns(object_name: str, components: Iterable[Component]) -> set[str]:
    columns: set[str] = set()
    for each in components:
        if each.kind == "field" and each.parent == object_name:
            columns.update(each.physical.get("columns", {}).values())
            for old in each.physical.get("kept", ()):
                columns.update((old.get("columns") or {}).values())
    return columns
