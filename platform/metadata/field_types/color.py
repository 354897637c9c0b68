"""A colour, stored as #rrggbb."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted
from fieldstone.metadata.field_types.operators import EXACT

_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


class Color(FieldType):
    name = "color"
    label = {"en": "Colour", "zh_CN": "颜色"}
    operators = EXACT
    widget = "color"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        """#abc and aabbcc are #aabbcc."""
        text = entered(raw, "field.not_a_color")
        if text is None:
            return None
        match = _HEX.fullmatch(text)
        if match is None:
            raise BadValue("field.not_a_color", value=quoted(text))
        digits = match[1].lower()
        return "#" + (digits if len(digits) == 6 else "".join(char * 2 for char in digits))

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)
