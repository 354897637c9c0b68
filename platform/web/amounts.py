"""Amounts in few digits, for heads and tiles: 1,235 万 in Chinese, 12.4M in English."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import format_compact_currency, format_currency

from fieldstone.web.reader import Reader

_LEAST = {"zh_CN": Decimal(10_000), "en": Decimal(10_000)}
_HAN_UNIT = re.compile(r"(?<=\d)(?=[万亿])")
_THOUSANDS = re.compile(r"(?<![\d.])(\d{1,3})(\d{3})(?!\d)")


def short_amount(reader: Reader, amount: Decimal, currency: str) -> str:
    """Below ten thousand in full."""
    code, locale = currency or reader.locale.currency, reader.locale.code
    if abs(amount) < _LEAST[locale]:
        whole = amount == amount.to_integral_value()
        return _currency(amount, code, locale, places=0 if whole else 2)
    text = format_compact_currency(amount, code, locale=locale, fraction_digits=1)
    return _HAN_UNIT.sub(" ", _THOUSANDS.sub(r"\1,\2", text))


def _currency(amount: Decimal, code: str, locale: str, *, places: int) -> str:
    pattern = "¤#,##0" if places == 0 else "¤#,##0.00"
    return format_currency(amount, code, pattern, locale=locale, currency_digits=False)
