"""A text that nobody may read back: write-only, shown as dots, in no filter and no formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import OPAQUE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import line, within

LENGTH = 1000
MASK = "••••••"


class Secret(FieldType):
    name = "secret"
    label = {"en": "Secret", "zh_CN": "加密文本"}
    operators = ()
    widget = "secret"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return OPAQUE

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        text = within(line(raw), LENGTH)
        if text is not None and not text.strip("•*"):
            raise BadValue("field.secret_mask")  # the mask of a form that was sent back unread
        return text

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else MASK
