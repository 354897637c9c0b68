"""The type that a computed field's value has. A formula says it; a roll-up has that of what it
sums up, found by following the documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fieldstone.metadata.field_types.base import FieldType
from fieldstone.metadata.field_types.formula import WIDEST, result_config, result_type
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.field_types.rollup import COUNTS

Body = Mapping[str, Any]
Find = Callable[[str], Body | None]
"""The document of a field by `object.field`; None when there is no such field."""

COMPUTED = ("formula", "rollup")
ADDABLE = ("integer", "decimal", "currency", "percent", "duration", "rating")
"""Types of value that have a sum and an average."""
ORDERED = (*ADDABLE, "date", "datetime", "time")
"""Types of value of which one is the smallest."""
AVERAGE_SCALE = 4


def result_of(body: Body, find: Find) -> tuple[FieldType, dict[str, Any]]:
    """The type whose behaviour the field's value has, and the configuration it needs. What leads
    nowhere, or to itself, is taken for a number; validate.py tells of it."""
    return _result(body, find, frozenset())


def _result(body: Body, find: Find, seen: frozenset[str]) -> tuple[FieldType, dict[str, Any]]:
    if body["type"] == "formula":
        return result_type(body), result_config(body)
    if body["type"] == "rollup":
        return _summed(body, find, seen)
    return FIELD_TYPES[body["type"]], dict(body)


def _summed(body: Body, find: Find, seen: frozenset[str]) -> tuple[FieldType, dict[str, Any]]:
    function, name = body["function"], f"{body['child']}.{body.get('field', '')}"
    if function in COUNTS:
        return FIELD_TYPES["integer"], dict(body)
    child = None if name in seen else find(name)
    if child is None:
        return FIELD_TYPES["decimal"], _wide(body, 2)
    kind, config = _result(child, find, seen | {name})
    if function in ("min", "max"):
        return kind, {**_of_type(kind, config), **body}
    return _added(kind, config, body)


def _of_type(kind: FieldType, config: Mapping[str, Any]) -> dict[str, Any]:
    """What the type makes of its values. That the field summed up is required, indexed or has a
    default says nothing about the sum."""
    return {key: config[key] for key in kind.config_schema.get("properties", ()) if key in config}


def _added(
    kind: FieldType, config: Mapping[str, Any], body: Body
) -> tuple[FieldType, dict[str, Any]]:
    whole = kind.name in ("integer", "rating")
    if kind.name in ("currency", "percent"):
        return kind, _wide(body, config.get("scale", 2))
    if kind.name == "duration" or (whole and body["function"] == "sum"):
        return FIELD_TYPES["duration" if kind.name == "duration" else "integer"], dict(body)
    scale = 0 if whole else config.get("scale", 2)
    if body["function"] == "avg":
        scale = max(scale, AVERAGE_SCALE)
    return FIELD_TYPES["decimal"], _wide(body, scale)


def _wide(body: Body, scale: int) -> dict[str, Any]:
    return {**body, "precision": WIDEST, "scale": body.get("scale", scale)}
