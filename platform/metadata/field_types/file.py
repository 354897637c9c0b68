"""One file, or several: ids of stored files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import OPAQUE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.operators import BLANK
from fieldstone.metadata.field_types.relations import record_id, record_ids

MOST = 100


class File(FieldType):
    name = "file"
    label = {"en": "File", "zh_CN": "附件"}
    config_schema = {
        "type": "object",
        "properties": {
            "multiple": {"type": "boolean", "default": False},
            "accept": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        },
    }
    operators = BLANK
    widget = "file"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": ARRAY(sa.Uuid()) if config.get("multiple") else sa.Uuid()}

    def formula_type(self, config: Config) -> Type:
        return OPAQUE

    def parse(self, raw: Any, locale: Locale, config: Config) -> UUID | list[UUID] | None:
        if config.get("multiple"):
            return record_ids(raw, MOST)
        if isinstance(raw, (list, tuple)):
            if len(raw) > 1:
                raise BadValue("field.too_many_values", limit=1)
            raw = raw[0] if raw else None
        return record_id(raw)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        """The ids; names are shown by whoever has read the files."""
        if value is None:
            return ""
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
