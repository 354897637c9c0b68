"""The record that this one is a part of: it cannot be without it and goes with it."""

from __future__ import annotations

from fieldstone.metadata.field_types.relations import (
    FILTER_KEY,
    LABEL_KEY,
    OPTIONAL_KEY,
    TARGET_KEY,
    Relation,
)


class MasterDetail(Relation):
    name = "master_detail"
    label = {"en": "Master-detail", "zh_CN": "主从关系"}
    config_schema = {
        "type": "object",
        "properties": TARGET_KEY | FILTER_KEY | LABEL_KEY | OPTIONAL_KEY,
        "required": ["target"],
    }
