"""A signature drawn by hand: one image file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import OPAQUE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.operators import BLANK
from fieldstone.metadata.field_types.relations import record_id


class Signature(FieldType):
    name = "signature"
    label = {"en": "Signature", "zh_CN": "手写签名"}
    operators = BLANK
    widget = "signature"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Uuid()}

    def formula_type(self, config: Config) -> Type:
        return OPAQUE

    def parse(self, raw: Any, locale: Locale, config: Config) -> UUID | None:
        return record_id(raw)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)
