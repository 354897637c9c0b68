"""A user of the organisation."""

from __future__ import annotations

from fieldstone.formula.types import Kind, Type
from fieldstone.metadata.field_types.base import Config
from fieldstone.metadata.field_types.relations import (
    FILTER_KEY,
    LABEL_KEY,
    ON_DELETE_KEY,
    OPTIONAL_KEY,
    TARGET_KEY,
    Relation,
)

TARGET = "user"


class User(Relation):
    name = "user"
    label = {"en": "User", "zh_CN": "用户"}
    config_schema = {
        "type": "object",
        "properties": TARGET_KEY | ON_DELETE_KEY | FILTER_KEY | LABEL_KEY | OPTIONAL_KEY,
    }

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.REFERENCE, target=config.get("target", TARGET))
