"""Characters that may be stored, and the text that a value of another kind stands for.

Text is NFC, without blanks at its ends, NUL, lone surrogates and other control characters."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from fieldstone.metadata.field_types.base import BadValue

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BREAK = re.compile("[\n\r\t\x85\u2028\u2029]")
_INVISIBLE = "\u200b\ufeff"  # a name of nothing but these looks blank, so it is
BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace()) + _INVISIBLE
_FULL_WIDTH = {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x00A0: " ",
    0x2009: " ",
    0x202F: " ",
    0x2212: "-",
    0xFFE5: "¥",
}
LONGEST_ENTRY = 400
LONGEST_NUMBER = 400
"""Digits that a number may have before it is only an attack on the machine."""


def line(raw: Any) -> str | None:
    """One line of clean text, or None for blank."""
    if isinstance(raw, str) and raw.isascii() and raw.isprintable():
        return raw.strip() or None  # as almost all are
    text = lines(raw)
    if text is not None and _BREAK.search(text):
        raise BadValue("field.line_break")
    return text


def lines(raw: Any) -> str | None:
    """Clean text that may hold line ends and tabs, or None for blank."""
    text = written(raw)
    if text is None:
        return None
    if _CONTROL.search(text):
        raise BadValue("field.control_character")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text.strip() or None
    return unicodedata.normalize("NFC", text).strip(BLANKS) or None


def typed(raw: Any) -> str | None:
    """A number, date or code as typed: one line, full-width characters made narrow."""
    text = line(raw)
    if text is None or text.isascii():
        return text
    return text.translate(_FULL_WIDTH).strip() or None


def entered(raw: Any, refusal: str) -> str | None:
    """Text of a kind that only text can stand for; anything else is refused with this code."""
    text = typed(raw) if raw is None or isinstance(raw, str) else ""
    if text is not None and not 0 < len(text) <= LONGEST_ENTRY:
        raise BadValue(refusal, value=quoted(raw))
    return text


def written(raw: Any) -> str | None:
    """The text of a JSON value or a spreadsheet's cell, still unclean. A number of a sheet
    column with codes (1001.0) is the code "1001"."""
    if raw is None or isinstance(raw, str):
        return raw
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return _plain(raw)
    if isinstance(raw, (date, time)):
        return raw.isoformat()
    if isinstance(raw, UUID):
        return str(raw)
    raise BadValue("field.not_text")


def _plain(number: int | float | Decimal) -> str:
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if not exact.is_finite() or abs(exact.adjusted()) > LONGEST_NUMBER:
        raise BadValue("field.not_text")
    if isinstance(number, float) and exact == exact.to_integral_value():
        exact = exact.to_integral_value()
    return f"{exact:f}"


def within(text: str | None, length: int) -> str | None:
    """The text, refused when it has more code points than this."""
    if text is not None and len(text) > length:
        raise BadValue("field.too_long", limit=length, length=len(text))
    return text


def quoted(raw: Any) -> str:
    """What was sent, short and printable, to be named in a message."""
    text = raw if isinstance(raw, str) else _named(raw)
    text = "".join(char for char in text[:60] if char.isprintable())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _named(raw: Any) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    short = isinstance(raw, (float, Decimal, date, time, UUID))
    if short or (isinstance(raw, int) and raw.bit_length() < LONGEST_NUMBER):
        return str(raw)
    return type(raw).__name__
