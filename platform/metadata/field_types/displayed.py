"""What a formula that returns a text may come to instead: a link or a picture. Only shown:
not stored, filtered or sorted by. Such fields are never declared; their formula makes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.ast import Call, Node, children
from fieldstone.formula.display import Link, Picture, address
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.tokens import normalised
from fieldstone.formula.types import LINK, PICTURE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType


class LinkResult(FieldType):
    name = "link"
    label = {"en": "Link", "zh_CN": "链接"}
    operators = ()
    widget = "link"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        """That of the NULL which a formula gives that cannot be computed any more."""
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return LINK

    def parse(self, raw: Any, locale: Locale, config: Config) -> Any:
        """Nobody writes one; an expected one is compared by its address."""
        given = raw.get("url") if isinstance(raw, Mapping) else address(raw)
        return str(given).strip() or None if given is not None else None

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if isinstance(value, Link):
            return value.label
        if isinstance(value, Picture):
            return value.alt or value.url
        return "" if value is None else str(value)


class PictureResult(LinkResult):
    name = "picture"
    label = {"en": "Picture", "zh_CN": "图片"}
    widget = "picture"

    def formula_type(self, config: Config) -> Type:
        return PICTURE


DISPLAYED: Mapping[str, FieldType] = {"HYPERLINK": LinkResult(), "IMAGE": PictureResult()}
NAMES = frozenset(kind.name for kind in DISPLAYED.values())
_HANDING_ON = frozenset(
    {"IF", "IFS", "CASE", "SWITCH", "BLANKVALUE", "IFBLANK", "COALESCE", "NULLVALUE", "IFERROR"}
)
"""Functions that give one of their arguments."""


@lru_cache(maxsize=4096)
def displayed(formula: str) -> FieldType | None:
    """None for a formula that gives a text. Told by its words alone, for documents have to say
    what a field is before anything can be checked."""
    if not any(name in formula.upper() for name in DISPLAYED):
        return None
    try:
        return _made(parse(normalised(formula)))
    except FormulaError:
        return None


def _made(node: Node) -> FieldType | None:
    if not isinstance(node, Call):
        return None
    name = node.function.upper()
    if name in DISPLAYED:
        return DISPLAYED[name]
    found = (_made(each) for each in children(node)) if name in _HANDING_ON else ()
    return next((each for each in found if each is not None), None)
