"""An administrative region of China (省/市/区), stored as its six-digit GB/T 2260 code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types import regions
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import quoted, typed, within
from fieldstone.metadata.field_types.operators import BLANK

LENGTH = 60


class Region(FieldType):
    name = "region"
    label = {"en": "Region of China", "zh_CN": "省市区"}
    # "begins" with 31 or 3301 finds a whole province or city
    operators = ("=", "<>", "begins", "in", "not_in", *BLANK)
    widget = "region"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        """From the code or a name of any length: 上海市/浦东新区, 浦东新区."""
        text = within(typed(raw), LENGTH)
        if text is None:
            return None
        if regions.CODE.fullmatch(text):
            if regions.region(text) is None:
                raise BadValue("field.unknown_region", value=text)
            return text
        codes = regions.find(text)
        if not codes:
            raise BadValue("field.unknown_region", value=quoted(text))
        if len(codes) > 1:
            raise BadValue("field.ambiguous_region", value=quoted(text), choices=_some(codes))
        return codes[0]

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else regions.full_name(value)


def _some(codes: tuple[str, ...]) -> str:
    return "; ".join(regions.full_name(code) for code in codes[:4])
