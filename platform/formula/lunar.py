"""The Chinese lunar calendar from 31 January 1900 to 28 January 2101.

Its months begin on the day of the new moon and have 29 or 30 days; a year has twelve, or thirteen
with a leap month, which repeats the number of the month before it (GB/T 33661-2017). The lengths
below are facts of astronomy, reckoned for 120°E and compared with other tables. Those differ by
a day only where a new moon falls within minutes of midnight: September 2089 and August 2097."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from fieldstone.formula.faults import EvaluationError

FIRST_YEAR, LAST_YEAR = 1900, 2100
FIRST_DAY = date(1900, 1, 31)
_YEARS = (
    0x04BD8, 0x04AE0, 0x0A570, 0x054D5, 0x0D260, 0x0D950, 0x16554, 0x056A0, 0x09AD0, 0x055D2,
    0x04AE0, 0x0A5B6, 0x0A4D0, 0x0D250, 0x1D255, 0x0B540, 0x0D6A0, 0x0ADA2, 0x095B0, 0x14977,
    0x04970, 0x0A4B0, 0x0B4B5, 0x06A50, 0x06D40, 0x1AB54, 0x02B60, 0x09570, 0x052F2, 0x04970,
    0x06566, 0x0D4A0, 0x0EA50, 0x16A95, 0x05AD0, 0x02B60, 0x186E3, 0x092E0, 0x1C8D7, 0x0C950,
    0x0D4A0, 0x1D8A6, 0x0B550, 0x056A0, 0x1A5B4, 0x025D0, 0x092D0, 0x0D2B2, 0x0A950, 0x0B557,
    0x06CA0, 0x0B550, 0x15355, 0x04DA0, 0x0A5B0, 0x14573, 0x052B0, 0x0A9A8, 0x0E950, 0x06AA0,
    0x0AEA6, 0x0AB50, 0x04B60, 0x0AAE4, 0x0A570, 0x05260, 0x0F263, 0x0D950, 0x05B57, 0x056A0,
    0x096D0, 0x04DD5, 0x04AD0, 0x0A4D0, 0x0D4D4, 0x0D250, 0x0D558, 0x0B540, 0x0B6A0, 0x195A6,
    0x095B0, 0x049B0, 0x0A974, 0x0A4B0, 0x0B27A, 0x06A50, 0x06D40, 0x0AF46, 0x0AB60, 0x09570,
    0x04AF5, 0x04970, 0x064B0, 0x074A3, 0x0EA50, 0x06B58, 0x05AC0, 0x0AB60, 0x096D5, 0x092E0,
    0x0C960, 0x0D954, 0x0D4A0, 0x0DA50, 0x07552, 0x056A0, 0x0ABB7, 0x025D0, 0x092D0, 0x0CAB5,
    0x0A950, 0x0B4A0, 0x0BAA4, 0x0AD50, 0x055D9, 0x04BA0, 0x0A5B0, 0x15176, 0x052B0, 0x0A930,
    0x07954, 0x06AA0, 0x0AD50, 0x05B52, 0x04B60, 0x0A6E6, 0x0A4E0, 0x0D260, 0x0EA65, 0x0D530,
    0x05AA0, 0x076A3, 0x096D0, 0x04AFB, 0x04AD0, 0x0A4D0, 0x1D0B6, 0x0D250, 0x0D520, 0x0DD45,
    0x0B5A0, 0x056D0, 0x055B2, 0x049B0, 0x0A577, 0x0A4B0, 0x0AA50, 0x1B255, 0x06D20, 0x0ADA0,
    0x14B63, 0x09370, 0x049F8, 0x04970, 0x064B0, 0x168A6, 0x0EA50, 0x06B20, 0x1A6C4, 0x0AAE0,
    0x092E0, 0x0D2E3, 0x0C960, 0x0D557, 0x0D4A0, 0x0DA50, 0x05D55, 0x056A0, 0x0A6D0, 0x055D4,
    0x052D0, 0x0A9B8, 0x0A950, 0x0B4A0, 0x0B6A6, 0x0AD50, 0x055A0, 0x0ABA4, 0x0A5B0, 0x052B0,
    0x0B273, 0x06930, 0x07337, 0x06AA0, 0x0AD50, 0x14B55, 0x04B60, 0x0A570, 0x054E4, 0x0D160,
    0x0E968, 0x0D520, 0x0DAA0, 0x16AA6, 0x056D0, 0x04AE0, 0x0A9D4, 0x0A2D0, 0x0D150, 0x0F252,
    0x0D520,
)  # fmt: skip
"""One number a year from 1900. Lowest four bits: after which month a leap month comes, 0 for
none; bits 15 down to 4: whether months 1 to 12 have 30 days; bit 16: whether the leap month has."""


@dataclass(frozen=True, slots=True, order=True)
class LunarDay:
    """In the order of time: a leap month comes after the ordinary one with its number."""

    year: int
    month: int
    leap: bool
    day: int


@lru_cache(maxsize=1)
def _months() -> tuple[tuple[int, ...], tuple[tuple[int, int, bool], ...]]:
    """Ordinals of the first days of all months, the end of the last one behind them; and the
    months themselves."""
    starts, months = [FIRST_DAY.toordinal()], []
    for index, bits in enumerate(_YEARS):
        for month in range(1, 13):
            months.append((FIRST_YEAR + index, month, False))
            starts.append(starts[-1] + 29 + (bits >> (16 - month) & 1))
            if month == bits & 15:
                months.append((FIRST_YEAR + index, month, True))
                starts.append(starts[-1] + 29 + (bits >> 16))
    return tuple(starts), tuple(months)


@lru_cache(maxsize=1)
def _places() -> dict[tuple[int, int, bool], int]:
    return {month: index for index, month in enumerate(_months()[1])}


def lunar(day: date) -> LunarDay:
    """Raises EvaluationError outside of the years of the table."""
    starts, months = _months()
    index = bisect_right(starts, day.toordinal()) - 1
    if not 0 <= index < len(months):
        raise EvaluationError("BAD_DATE")
    return LunarDay(*months[index], day.toordinal() - starts[index] + 1)


def solar(year: int, month: int, day: int, *, leap: bool = False) -> date:
    """The day on which a lunar date is kept in this lunar year: a leap month's in the ordinary
    month where the year has no such leap month, the 30th of a shorter month on its 29th."""
    starts, _ = _months()
    places = _places()
    index = places.get((year, month, leap), places.get((year, month, False)))
    if index is None:
        raise EvaluationError("BAD_DATE")
    return date.fromordinal(min(starts[index] + day - 1, starts[index + 1] - 1))


def next_anniversary(day: date, today: date) -> date:
    """The next day, today included, on which the lunar month and day of `day` are kept."""
    born = lunar(day)
    year = lunar(today).year
    kept = solar(year, born.month, born.day, leap=born.leap)
    if kept >= today:
        return kept
    return solar(year + 1, born.month, born.day, leap=born.leap)


_DIGITS = "〇一二三四五六七八九"
_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_TENS = ("初", "十", "廿")
_ROUND = {10: "初十", 20: "二十", 30: "三十"}


def written(day: date) -> str:
    """As Chinese calendars write it: 二〇二五年闰六月初一."""
    found = lunar(day)
    year = "".join(_DIGITS[int(digit)] for digit in str(found.year))
    month = f"{'闰' if found.leap else ''}{_MONTHS[found.month - 1]}月"
    number = _ROUND.get(found.day) or _TENS[found.day // 10] + _DIGITS[found.day % 10]
    return f"{year}年{month}{number}"


LAST_DAY = date.fromordinal(_months()[0][-1]) - timedelta(days=1)
