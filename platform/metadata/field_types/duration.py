"""A length of time, stored in whole seconds: 1h 30m, 1 小时 30 分钟, 90 min, 1:30:00."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import quoted, typed
from fieldstone.metadata.field_types.numerals import whole
from fieldstone.metadata.field_types.operators import ORDERED

LONGEST = 36_525 * 86_400
"""A hundred years."""
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_UNIT = (
    r"(?P<w>weeks?|w|周)|(?P<d>days?|d|天|日)|(?P<h>hours?|hrs?|h|个?小时|时)"
    r"|(?P<m>minutes?|mins?|m|分钟?)|(?P<s>seconds?|secs?|s|秒钟?)"
)
_PART = re.compile(rf"(?P<count>\d+(?:\.\d+)?)\s*(?:{_UNIT})[\s,]*", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(?P<h>\d{1,6}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?", re.ASCII)
_WORDS = {
    "en": ("", " ", ("d", "h", "m", "s")),
    "zh_CN": (" ", " ", ("天", "小时", "分钟", "秒")),
}


class Duration(FieldType):
    name = "duration"
    label = {"en": "Duration", "zh_CN": "时长"}
    operators = ORDERED
    widget = "duration"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.BigInteger()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.NUMBER, scale=0, digits=len(str(LONGEST)))

    def parse(self, raw: Any, locale: Locale, config: Config) -> int | None:
        """A bare number counts seconds, as the column does."""
        if isinstance(raw, timedelta):
            raw = Decimal(raw // timedelta(microseconds=1)) / 1_000_000
        seconds = _seconds(typed(raw)) if isinstance(raw, str) else whole(raw, 18)
        if seconds is not None and abs(seconds) > LONGEST:
            longest = self.format(LONGEST, locale, config)
            raise BadValue("field.out_of_range", low=f"-{longest}", high=longest)
        return seconds

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        if value is None:
            return ""
        gap, between, units = _WORDS[locale.code]
        minutes, seconds = divmod(abs(int(value)), 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        counts = zip((days, hours, minutes, seconds), units, strict=True)
        shown = between.join(f"{count}{gap}{unit}" for count, unit in counts if count)
        return ("-" if value < 0 else "") + (shown or f"0{gap}{units[2]}")


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    sign = -1 if text.startswith("-") else 1
    body = text.lstrip("+-").lstrip() if text[0] in "+-" else text
    clock = _CLOCK.fullmatch(body)
    if clock is not None:
        return sign * (int(clock["h"]) * 3600 + int(clock["m"]) * 60 + int(clock["s"] or 0))
    total = _added(body)
    if total is not None:
        return sign * _exact(total, text)
    try:
        return whole(text, 18)
    except BadValue as refused:
        if refused.code == "field.not_a_number":
            raise BadValue("field.not_a_duration", value=quoted(text)) from None
        raise


def _added(body: str) -> Decimal | None:
    """The sum of "1h 30m"; None when the text is not of that shape."""
    total, end = Decimal(0), 0
    for part in _PART.finditer(body):
        if part.start() != end:
            return None
        total += Decimal(part["count"]) * _SECONDS[str(part.lastgroup)]
        end = part.end()
    return total if end and end == len(body) else None


def _exact(total: Decimal, text: str) -> int:
    if total != total.to_integral_value():
        raise BadValue("field.not_a_duration", value=quoted(text))
    return int(total)
