"""A record of another object."""

from __future__ import annotations

from fieldstone.metadata.field_types.relations import (
    FILTER_KEY,
    LABEL_KEY,
    ON_DELETE_KEY,
    OPTIONAL_KEY,
    TARGET_KEY,
    Relation,
)


class Lookup(Relation):
    name = "lookup"
    label = {"en": "Lookup", "zh_CN": "查找关系"}
    config_schema = {
        "type": "object",
        "properties": TARGET_KEY | ON_DELETE_KEY | FILTER_KEY | LABEL_KEY | OPTIONAL_KEY,
        "required": ["target"],
    }
