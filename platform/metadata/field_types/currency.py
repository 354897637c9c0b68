"""An amount of money. The column holds the number; its currency is the record's currency_code."""

from __future__ import annotations

import decimal
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from babel.numbers import format_currency, get_currency_name, get_currency_symbol
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Type
from fieldstone.kernel.i18n import LOCALES, Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import quoted, typed
from fieldstone.metadata.field_types.decimal import NUMBER_KEYS, SCALE, fixed, number_type, numeric
from fieldstone.metadata.field_types.numerals import grouped, is_plain, number
from fieldstone.metadata.field_types.operators import ORDERED

_YUAN = ("¥", "rmb", "元整", "元", "圆", "块")
_OPENING = re.compile(r"[-+(]?\s*")
_FOREIGN = re.compile(r"[$€£¥₩₹฿₽元圆]|[a-z]{3}", re.IGNORECASE)


class Currency(FieldType):
    name = "currency"
    label = {"en": "Currency", "zh_CN": "金额"}
    config_schema = {
        "type": "object",
        "properties": NUMBER_KEYS | {"currency_code": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    }
    operators = ORDERED
    widget = "currency"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": numeric(config)}

    def formula_type(self, config: Config) -> Type:
        return number_type(config)

    def parse(self, raw: Any, locale: Locale, config: Config) -> decimal.Decimal | None:
        if isinstance(raw, str) and not is_plain(raw):
            raw = _bare(typed(raw), config.get("currency_code") or locale.currency)
        return fixed(number(raw), raw, config)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if value is None:
            return ""
        symbol = _symbol(config.get("currency_code") or locale.currency, locale.code)
        text = grouped(value, config.get("scale", SCALE))
        return f"-{symbol}{text[1:]}" if text[0] == "-" else symbol + text


def _bare(text: str | None, currency: str) -> str | None:
    """The amount without the currency's own sign; refused when it bears another currency's."""
    if text is None:
        return None
    amount = _without(text, _names(currency))
    try:
        number(amount)
    except BadValue:
        if _FOREIGN.search(amount) and any(each.isdecimal() for each in amount):
            raise BadValue("field.other_currency", value=quoted(text), currency=currency) from None
        raise
    return amount


def _without(text: str, names: tuple[str, ...]) -> str:
    small = text.lower()
    opening = _OPENING.match(text)
    first = opening.end() if opening else 0
    for name in names:
        if small.startswith(name, first):
            return text[:first] + text[first + len(name) :].lstrip()
        if small.endswith(name):
            return text[: -len(name)].rstrip()
    return text


@lru_cache(maxsize=256)
def _names(currency: str) -> tuple[str, ...]:
    names = {currency, *_YUAN} if currency == "CNY" else {currency}
    for locale in LOCALES:
        names |= {get_currency_symbol(currency, locale), get_currency_name(currency, locale=locale)}
    return tuple(sorted((name.lower() for name in names), key=len, reverse=True))


@lru_cache(maxsize=256)
def _symbol(currency: str, locale_code: str) -> str:
    one = format_currency(
        decimal.Decimal(1), currency, "¤0", locale=locale_code, currency_digits=False
    )
    return one.removesuffix("1")
