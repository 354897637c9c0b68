"""Any number of records of another object. The links are rows of their own, not a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.operators import SEVERAL
from fieldstone.metadata.field_types.relations import (
    FILTER_KEY,
    LABEL_KEY,
    OPTIONAL_KEY,
    TARGET_KEY,
    record_ids,
)

MOST = 1000


class ManyToMany(FieldType):
    name = "many_to_many"
    label = {"en": "Many-to-many", "zh_CN": "多对多关系"}
    config_schema = {
        "type": "object",
        "properties": TARGET_KEY | FILTER_KEY | LABEL_KEY | OPTIONAL_KEY,
        "required": ["target"],
    }
    operators = SEVERAL
    widget = "many_to_many"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.REFERENCES, target=config["target"])

    def parse(self, raw: Any, locale: Locale, config: Config) -> list[UUID] | None:
        return record_ids(raw, MOST)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return ", ".join(map(str, value)) if value else ""
