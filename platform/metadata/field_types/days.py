"""Days as people write them: 2026-11-22, 2026/11/22, 2026年11月22日, 22 Nov 2026, Nov 22, 2026.

22/11/2026 is refused: half the world would read it as another day."""

from __future__ import annotations

import re
from datetime import date

from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.characters import quoted

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_MONTH_NUMBERS = (
    {name.lower(): index for index, name in enumerate(MONTHS, 1)}
    | {name: index for index, name in enumerate(_LONG_MONTHS, 1)}
    | {"sept": 9}
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_SHAPES = tuple(
    re.compile(shape, re.ASCII | re.IGNORECASE)
    for shape in (
        r"(?P<y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?"
        r"(?:\s*(?:星期|周|礼拜)[一二三四五六日天])?(?!\d)",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)",
        _WEEKDAY + r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<name>[a-z]{3,9})\.?,?[\s-]+"
        r"(?P<y>\d{4})(?!\d)",
        _WEEKDAY + r"(?P<name>[a-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
        r"(?P<y>\d{4})(?!\d)",
    )
)


def read_day(text: str) -> tuple[date, str] | None:
    """The day that the text begins with, and the rest of the text. None: it begins with none."""
    for shape in _SHAPES:
        match = shape.match(text)
        if match is not None:
            return _day(match, text), text[match.end() :]
    return None


def _day(match: re.Match[str], text: str) -> date:
    parts = match.groupdict()
    month = _MONTH_NUMBERS.get(parts["name"].lower(), 0) if "name" in parts else int(parts["m"])
    if parts["y"] == "0000":
        raise BadValue("field.date_out_of_range")
    try:
        return date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        raise BadValue("field.not_a_date", value=quoted(text)) from None


def show_day(day: date, locale_code: str) -> str:
    """2026-11-22 in Chinese; Nov 22, 2026 (Babel's medium form, the year in four digits so
    that it can be read back) in English."""
    if locale_code == "zh_CN":
        return f"{day.year:04}-{day.month:02}-{day.day:02}"
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year:04}"
