"""Stars: a whole number from one to the most that the field allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import typed
from fieldstone.metadata.field_types.numerals import whole
from fieldstone.metadata.field_types.operators import ORDERED

MOST = 5
_STARS = re.compile(r"(★+)☆*")


class Rating(FieldType):
    name = "rating"
    label = {"en": "Rating", "zh_CN": "评分"}
    config_schema = {
        "type": "object",
        "properties": {"max": {"type": "integer", "minimum": 2, "maximum": 10, "default": MOST}},
    }
    operators = ORDERED
    widget = "rating"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Integer()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.NUMBER, scale=0, digits=2)

    def parse(self, raw: Any, locale: Locale, config: Config) -> int | None:
        most = config.get("max", MOST)
        stars = whole(_counted(typed(raw), most) if isinstance(raw, str) else raw, 9)
        if stars is not None and not 1 <= stars <= most:
            raise BadValue("field.out_of_range", low="1", high=str(most))
        return stars

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else f"{value}/{config.get('max', MOST)}"


def _counted(text: str | None, most: int) -> str | None:
    """★★★☆☆ and 3/5 as 3."""
    if text is None:
        return None
    stars = _STARS.fullmatch(text)
    return str(len(stars[1])) if stars else text.removesuffix(f"/{most}")
