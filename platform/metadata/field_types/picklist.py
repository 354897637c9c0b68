"""One of a list of values, stored as its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.choices import CHOICE_KEYS, codes_of, entry, find, label_of
from fieldstone.metadata.field_types.operators import BLANK


class Picklist(FieldType):
    name = "picklist"
    label = {"en": "Picklist", "zh_CN": "下拉单选"}
    config_schema = {"type": "object", "properties": CHOICE_KEYS}
    operators = ("in", "not_in", "=", "<>", *BLANK)
    widget = "picklist"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.PICKLIST, values=codes_of(config))

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        """Any code of the set, an inactive one too: whether a value may be chosen anew
        (`choices.offered`) depends on what the record held before."""
        text = entry(raw)
        return None if text is None else find(text, locale, config)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else label_of(value, locale.code, config)
