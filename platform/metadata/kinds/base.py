"""What a kind of component is: its schema, and which of its collections hold named items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldstone.kernel.i18n import Text

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`named_items` are dotted paths to ordered mappings of named items, "*" for each item:
    "sections", "sections.*.fields". `folder` is where a pack keeps the kind's files; `of_object`
    kinds are named `object.name`."""

    name: str
    label: Text
    schema: Schema
    folder: str
    of_object: bool = False
    named_items: tuple[str, ...] = ()
    by_type: Mapping[str, Schema] = field(default_factory=dict)
    """The schema's branches by the document's `type`: what holds for that type alone."""


TEXT: Schema = {
    "type": "object",
    "properties": {
        "en": {"type": "string", "maxLength": 4000},
        "zh_CN": {"type": "string", "maxLength": 4000},
    },
    "additionalProperties": False,
    "minProperties": 1,
}
WORD: Schema = {
    **TEXT,
    "properties": {locale: {"type": "string", "maxLength": 80} for locale in ("en", "zh_CN")},
}
"""What something is called: short enough for a menu and a button."""
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9]*(_[a-z0-9]+)*$", "maxLength": 40}
PATH: Schema = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$",
    "maxLength": 200,
}
SORT: Schema = {
    "type": "array",
    "items": {"type": "string", "pattern": "^-?[a-z][a-z0-9_.]*$"},
    "maxItems": 4,
}
FLAG: Schema = {"type": "boolean"}
ORDER: Schema = {"type": "number"}
ICON: Schema = {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"}
COLOR: Schema = {
    "enum": [
        "gray", "blue", "cyan", "teal", "green", "amber", "orange", "red", "purple", "pink",
    ]
}  # fmt: skip
FORMULA: Schema = {"type": "string", "minLength": 1, "maxLength": 5000}
CODE: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.%+-]{0,59}$"}


def items(properties: Schema, *, key: Schema = PATH, required: tuple[str, ...] = ()) -> Schema:
    """A mapping of named items, each with an optional order number."""
    return {
        "type": "object",
        "propertyNames": key,
        "additionalProperties": {
            "type": "object",
            "properties": {**properties, "order": ORDER},
            "additionalProperties": False,
            "required": list(required),
        },
    }


def document(properties: Schema, required: tuple[str, ...] = ("label",)) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


VALUES: Schema = items(
    {
        "label": TEXT,
        "color": COLOR,
        "default": FLAG,
        "active": FLAG,
        "deleted": FLAG,
        "when": {"type": "array", "items": CODE, "uniqueItems": True},
    },
    key=CODE,
    required=("label",),
)
