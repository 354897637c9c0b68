"""A telephone number, stored as +8613800138000 or +862155550000;ext=801."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import quoted, typed, within
from fieldstone.metadata.field_types.operators import TEXTUAL

LENGTH = 60
COUNTRY = "CN"
_EXTENSION = re.compile(r"\s*(?:转|分机号?|extension|;ext=|ext\.?|x|#)[\s:]*(\d{1,8})$", re.I)
_SEPARATOR = {"en": " ext. ", "zh_CN": " 转 "}


class Phone(FieldType):
    name = "phone"
    label = {"en": "Phone", "zh_CN": "电话"}
    config_schema = {
        "type": "object",
        "properties": {"country": {"type": "string", "pattern": "^[A-Z]{2}$", "default": COUNTRY}},
    }
    operators = TEXTUAL
    widget = "phone"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return TEXT

    def parse(self, raw: Any, locale: Locale, config: Config) -> str | None:
        text = within(typed(raw), LENGTH)
        if text is None:
            return None
        return _canonical(text.removeprefix("tel:"), config.get("country", COUNTRY))

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if value is None:
            return ""
        number, _, extension = value.partition(";ext=")
        shown = _spaced(number, config.get("country", COUNTRY))
        return f"{shown}{_SEPARATOR[locale.code]}{extension}" if extension else shown


def _canonical(text: str, country: str) -> str:
    extension = _EXTENSION.search(text)
    digits = text[: extension.start()] if extension else text
    library = _library()
    try:
        number = library.parse(digits, country)
    except library.NumberParseException:
        raise BadValue("field.not_a_phone", value=quoted(text), country=country) from None
    if number.extension or not _is_credible(number, country):
        raise BadValue("field.not_a_phone", value=quoted(text), country=country)
    stored: str = library.format_number(number, library.PhoneNumberFormat.E164)
    return f"{stored};ext={extension[1]}" if extension else stored


def _is_credible(number: Any, country: str) -> bool:
    """At home the number must be in the numbering plan, hotlines such as 95588 included; abroad,
    whose plans change without our hearing of it, its length must be right."""
    library = _library()
    if library.is_valid_number(number):
        return True
    if not library.is_possible_number(number):
        return False
    abroad: bool = number.country_code != library.country_code_for_region(country)
    return abroad or bool(library.is_valid_short_number(number))


@lru_cache(maxsize=8192)
def _spaced(stored: str, country: str) -> str:
    library = _library()
    try:
        number = library.parse(stored, None)
    except library.NumberParseException:
        return stored
    at_home = number.country_code == library.country_code_for_region(country)
    forms = library.PhoneNumberFormat
    text: str = library.format_number(number, forms.NATIONAL if at_home else forms.INTERNATIONAL)
    return text


def _library() -> Any:
    # 48 MB of numbering plans, wanted only when a process meets its first phone number
    return import_module("phonenumbers")
