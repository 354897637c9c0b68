"""An e-mail address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import quoted, typed, within
from fieldstone.metadata.field_types.operators import TEXTUAL

LENGTH = 254
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(
    rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>(?:{_LABEL}\.)+(?!\d+$){_LABEL})", re.IGNORECASE
)


class Email(FieldType):
    name = "email"
    label = {"en": "Email", "zh_CN": "邮箱"}
    operators = TEXTUAL
    widget = "email"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        text = within(typed(raw), LENGTH)
        return None if text is None else address(text)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)


def address(text: str) -> str:
    """local@domain with the domain in lower case: the part before the @ may tell case apart."""
    match = _ADDRESS.fullmatch(text.removeprefix("mailto:"))
    if match is None or len(match["local"]) > 64:
        raise BadValue("field.not_an_email", value=quoted(text))
    return f"{match['local']}@{match['domain'].lower()}"
