"""Names of tables and columns: given once, when a component is made, and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fieldstone.kernel.ids import physical_name
from fieldstone.metadata.components import Component
from fieldstone.metadata.field_types.base import FieldType
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.merge import Body
from fieldstone.metadata.tables import SYSTEM_COLUMNS

POSTGRES_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Every table has these, unseen."""


_RESULT = " = "
"""Before the columns' types in the shape of a roll-up that was given others."""
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
    if str(physical.get("shape")).partition(_RESULT)[0] == shape:
        return component
    return _with_new_columns(component, others, shape)


def with_result(component: Component, others: Iterable[Component], result: str) -> Component:
    """A roll-up with columns for another type of value than before."""
    shape = column_shape(component.body)
    return _with_new_columns(component, others, f"{shape}{_RESULT}{result}")


def _with_new_columns(component: Component, others: Iterable[Component], shape: str) -> Component:
    body, physical, others = component.body, component.physical, list(others)
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
    target = body.get("target") or ""
    return f"{body['type']} {target} {column_types(FIELD_TYPES[body['type']], body)}".strip()


def column_types(kind: FieldType, config: Body) -> str:
    return " ".join(
        f"{ending}:{each.__class__.__name__}{_precision(each)}"
        for ending, each in kind.columns(config).items()
    )


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
