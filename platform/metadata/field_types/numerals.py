"""Numbers as people write and read them: 1,234.50, １２３４, (5), 1.2万, 3亿, 2.5 M.

Decimal throughout; a value is never rounded in silence."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, TypeGuard

from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.characters import LONGEST_NUMBER, quoted, typed

_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?\s*"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?P<power>e[-+]?[0-9]{1,3})?"
    r"\s*(?P<unit>[千万亿]|百万|千万|百亿|千亿|万亿|k|m|bn?)?(?P<close>\))?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_SPACED = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_UNITS = {
    "千": 3,
    "k": 3,
    "万": 4,
    "百万": 6,
    "m": 6,
    "千万": 7,
    "亿": 8,
    "b": 9,
    "bn": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
_WIDE = Context(prec=LONGEST_NUMBER * 2 + 100, rounding=ROUND_HALF_UP)
SCALES = 19
_STEPS = tuple(Decimal(1).scaleb(-scale) for scale in range(SCALES))
_PATTERNS = tuple(f",.{scale}f" for scale in range(SCALES))


def number(raw: Any) -> Decimal | None:
    """A JSON number, a cell or typed text as an exact number; None for blank."""
    if isinstance(raw, bool):
        raise BadValue("field.not_a_number", value=str(raw).lower())
    if isinstance(raw, (int, Decimal)):
        return _sane(Decimal(raw), raw)
    if isinstance(raw, float):
        return _sane(Decimal(repr(raw)), raw)
    if raw is not None and not isinstance(raw, str):
        raise BadValue("field.not_a_number", value=quoted(raw))
    if is_plain(raw):
        return Decimal(raw)
    text = typed(raw)
    return None if text is None else _read(text)


def is_plain(raw: Any) -> TypeGuard[str]:
    """A number as machines write it: digits, a point, digits."""
    return isinstance(raw, str) and _PLAIN.fullmatch(raw) is not None


def _read(text: str) -> Decimal:
    match = _NUMBER.fullmatch(_SPACED.sub(",", text)) if len(text) <= LONGEST_NUMBER else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise BadValue("field.not_a_number", value=quoted(text))
    if match["open"] and match["sign"]:
        raise BadValue("field.not_a_number", value=quoted(text))
    value = Decimal(match["digits"].replace(",", "") + (match["power"] or ""))
    value = value.scaleb(_UNITS[match["unit"].lower()], _WIDE) if match["unit"] else value
    return _sane(-value if match["open"] or match["sign"] == "-" else value, text)


def _sane(value: Decimal, raw: Any) -> Decimal:
    if not value.is_finite():
        raise BadValue("field.not_a_number", value=quoted(raw))
    return value


def fitted(value: Decimal, raw: Any, precision: int, scale: int) -> Decimal:
    """The value with exactly `scale` decimals. Refused when it has more, or more than
    `precision - scale` digits before the point. Only the noise in the last bits of a binary
    float (0.1 + 0.2) is dropped."""
    if value and value.adjusted() >= precision - scale:
        raise BadValue("field.too_many_digits", digits=max(precision - scale, 0))
    exact = value.quantize(_STEPS[scale], context=_WIDE)
    if exact != value and not _is_noise(exact, raw):
        raise BadValue("field.too_many_decimals", scale=scale)
    if exact.adjusted() >= precision - scale and exact:
        raise BadValue("field.too_many_digits", digits=max(precision - scale, 0))
    return exact if exact else abs(exact)


def _is_noise(exact: Decimal, raw: Any) -> bool:
    return isinstance(raw, float) and math.isclose(float(exact), raw, rel_tol=1e-15)


def whole(raw: Any, digits: int) -> int | None:
    """An integer of at most so many digits."""
    value = number(raw)
    if value is None:
        return None
    try:
        return int(fitted(value, raw, digits, 0))
    except BadValue as refused:
        if refused.code == "field.too_many_decimals":
            raise BadValue("field.not_whole") from None
        raise


def grouped(value: Decimal | int, scale: int) -> str:
    """1,234.50 in both languages; an average with more decimals is rounded half up."""
    exact = value if type(value) is Decimal else Decimal(value)
    return format(exact.quantize(_STEPS[scale], None, _WIDE), _PATTERNS[scale])
