"""A running number by a pattern: QT-{YYYYMM}{0000}. The save pipeline deals it out; a value
that comes with an import is kept as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.characters import line, within
from fieldstone.metadata.field_types.operators import TEXTUAL

LENGTH = 80
_TEXT = r"([^{}]|\{[A-Za-z][A-Za-z0-9_.]*\})*"
PATTERN = rf"^{_TEXT}\{{0{{1,12}}\}}{_TEXT}$"
"""Exactly one counter {0000}; dates {YYYY} {YYYYMM} … and fields {store.code} around it."""


class Autonumber(FieldType):
    name = "autonumber"
    label = {"en": "Auto-number", "zh_CN": "自动编号"}
    config_schema = {
        "type": "object",
        "properties": {
            "format": {"type": "string", "pattern": PATTERN, "maxLength": 60},
            "gapless": {"type": "boolean", "default": False},
            "start": {"type": "integer", "minimum": 0, "maximum": 10**12, "default": 1},
        },
        "required": ["format"],
    }
    operators = TEXTUAL
    widget = "autonumber"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        return within(line(raw), LENGTH)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)
