"""The kinds that are tables and columns: object and field."""

from __future__ import annotations

from typing import Any

from fieldstone.metadata.field_types.base import FieldType
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.kinds.base import (
    COLOR,
    FLAG,
    FORMULA,
    ICON,
    NAME,
    ORDER,
    TEXT,
    Kind,
    Schema,
    document,
)
from fieldstone.metadata.results import COMPUTED

_COMMON: dict[str, Any] = {
    "label": TEXT,
    "help": TEXT,
    "description": TEXT,
    "required": FLAG,
    "unique": FLAG,
    "case_insensitive": FLAG,
    "external_id": FLAG,
    "indexed": FLAG,
    "audited": FLAG,
    "read_only": FLAG,
    "translatable": FLAG,
    "default": {},
    "default_formula": FORMULA,
    "order": ORDER,
}


_COMPUTED = {key: _COMMON[key] for key in ("label", "help", "description", "indexed", "order")}
"""What can be said of a field whose value nobody enters."""


def _branch(kind: FieldType) -> Schema:
    common = _COMPUTED if kind.name in COMPUTED else _COMMON
    return {
        "type": "object",
        "properties": {"type": {}, **common, **kind.config_schema.get("properties", {})},
        "required": ["type", "label", *kind.config_schema.get("required", [])],
        "additionalProperties": False,
    }


BRANCHES = {kind.name: _branch(kind) for kind in FIELD_TYPES.values()}


def _field_schema() -> Schema:
    """One branch a type, chosen by `type`, so that an unknown key is named as such."""
    branches = [
        {"if": {"properties": {"type": {"const": name}}}, "then": branch}
        for name, branch in BRANCHES.items()
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"type": {"enum": sorted(FIELD_TYPES)}},
        "required": ["type"],
        "allOf": branches,
    }


FIELD = Kind(
    name="field",
    label={"en": "Field", "zh_CN": "字段"},
    folder="fields",
    of_object=True,
    named_items=("values",),
    schema=_field_schema(),
    by_type=BRANCHES,
)

OBJECT = Kind(
    name="object",
    label={"en": "Object", "zh_CN": "对象"},
    folder="objects",
    schema=document(
        {
            "label": TEXT,
            "plural": TEXT,
            "measure": TEXT,
            "description": TEXT,
            "icon": ICON,
            "color": COLOR,
            "name_field": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["text", "autonumber"]},
                    "label": TEXT,
                    "help": TEXT,
                    "length": {"type": "integer", "minimum": 1, "maximum": 255},
                    "format": {"type": "string", "maxLength": 60},
                    "gapless": FLAG,
                    "start": {"type": "integer", "minimum": 0},
                    "unique": FLAG,
                    "audited": FLAG,
                    "translatable": FLAG,
                    "default_formula": FORMULA,
                },
                "required": ["type"],
                "additionalProperties": False,
            },
            "search": {"type": "array", "items": NAME, "uniqueItems": True, "maxItems": 12},
            "features": {
                "type": "object",
                "properties": {
                    "activities": FLAG,
                    "history": FLAG,
                    "in_menu": FLAG,
                    "kanban": NAME,
                },
                "additionalProperties": False,
            },
            "order": ORDER,
        },
        ("label", "name_field"),
    ),
)
