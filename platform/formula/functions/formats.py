"""Numbers and moments written after a pattern, as spreadsheets do: `#,##0.00`, `yyyy-MM-dd HH:mm`.
Names of months and days are English."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from fieldstone.formula import arithmetic
from fieldstone.formula.ast import Value
from fieldstone.formula.types import Kind

_SAMPLES: Mapping[Kind, Value] = {
    Kind.NUMBER: Decimal(1),
    Kind.DATE: date(2000, 1, 1),
    Kind.DATETIME: datetime(2000, 1, 1, tzinfo=UTC),
    Kind.TIME: time(0),
}
FORMATTED_KINDS = frozenset(_SAMPLES)
"""The kinds of values that can be written after a pattern."""

MOST_CHARACTERS = 100
MOST_DECIMALS = 18
MOST_DIGITS = 40


class PatternError(ValueError):
    """The pattern cannot be read."""


def formatted(value: Value, pattern: str, timezone: str) -> str:
    """An instant is written as it is in this time zone. Raises PatternError."""
    if isinstance(value, Decimal):
        return _number_pattern(pattern).written(value)
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(timezone))
    if not isinstance(value, date | time):
        raise PatternError
    return "".join(_written(piece, value) for piece in _moment_pattern(pattern))


def grouped(number: Decimal, decimals: int) -> str:
    """1234.5 → 1,234.50"""
    return _number_pattern(f"#,##0.{'0' * decimals}" if decimals else "#,##0").written(number)


def read_pattern(pattern: str, kind: Kind) -> None:
    """Raises PatternError if values of the kind cannot be written so."""
    formatted(_SAMPLES.get(kind), pattern, "UTC")


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """`whole` and `least`, `most`: how many digits there are at least before the point, and at
    least and most after it. `percent`: the number is multiplied by 100."""

    before: str
    after: str
    whole: int
    least: int
    most: int
    grouped: bool
    percent: bool

    def written(self, number: Decimal) -> str:
        scaled = arithmetic.EXACT.scaleb(
            arithmetic.snapped(number), Decimal(2 if self.percent else 0)
        )
        rounded = arithmetic.rounded(scaled, self.most)
        digits, _, decimals = f"{rounded.copy_abs():f}".partition(".")
        digits = digits.lstrip("0").rjust(self.whole, "0")
        if self.grouped:
            digits = _thousands(digits)
        decimals = decimals.rstrip("0").ljust(self.least, "0")
        sign = "-" if rounded < 0 else ""
        point = "." if decimals else ""
        return f"{sign}{self.before}{digits}{point}{decimals}{self.after}"


def _thousands(digits: str) -> str:
    """1234567 → 1,234,567"""
    start = len(digits) % 3
    parts = [digits[:start], *(digits[at : at + 3] for at in range(start, len(digits), 3))]
    return ",".join(part for part in parts if part)


_QUOTED = r'"[^"]*"'
_SIGN = r"[^\w\s#.,%\"\\]|[ ]"
_AROUND = f"((?:{_QUOTED}|\\\\.|{_SIGN}|%)*)"
_NUMBER = re.compile(f"{_AROUND}([#0,]*)(?:\\.([0]*)([#]*))?{_AROUND}")
_PIECE = re.compile(f"{_QUOTED}|\\\\.|{_SIGN}|%")


@lru_cache(maxsize=256)
def _number_pattern(pattern: str) -> NumberPattern:
    found = _NUMBER.fullmatch(pattern) if len(pattern) <= MOST_CHARACTERS else None
    if found is None:
        raise PatternError
    before, whole, zeros, hashes, after = (part or "" for part in found.groups())
    bare = whole.replace(",", "")
    separated = "," in whole
    if not re.fullmatch("#*0*", bare) or not (bare or zeros or hashes):
        raise PatternError
    if len(bare) > MOST_DIGITS or len(zeros + hashes) > MOST_DECIMALS:
        raise PatternError
    if separated and not re.fullmatch("[#0]+(,[#0]+)+", whole):
        raise PatternError
    percents = sum(piece == "%" for piece in _PIECE.findall(before + after))
    if percents > 1:
        raise PatternError
    return NumberPattern(
        before=_literal(before),
        after=_literal(after),
        whole=bare.count("0"),
        least=len(zeros),
        most=len(zeros + hashes),
        grouped=separated,
        percent=percents > 0,
    )


def _literal(text: str) -> str:
    return "".join(_unquoted(piece) for piece in _PIECE.findall(text))


def _unquoted(piece: str) -> str:
    if piece.startswith('"'):
        return piece[1:-1]
    return piece[1:] if piece.startswith("\\") else piece


_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS, DAYS = _MONTHS.split(), _DAYS.split()

_OF_DATE: Mapping[str, Callable[[date], str]] = {
    "yyyy": lambda day: f"{day.year:04}",
    "yy": lambda day: f"{day.year % 100:02}",
    "MMMM": lambda day: MONTHS[day.month - 1],
    "MMM": lambda day: MONTHS[day.month - 1][:3],
    "MM": lambda day: f"{day.month:02}",
    "M": lambda day: str(day.month),
    "dddd": lambda day: DAYS[day.weekday()],
    "ddd": lambda day: DAYS[day.weekday()][:3],
    "dd": lambda day: f"{day.day:02}",
    "d": lambda day: str(day.day),
}
_OF_TIME: Mapping[str, Callable[[time | datetime], str]] = {
    "HH": lambda moment: f"{moment.hour:02}",
    "H": lambda moment: str(moment.hour),
    "mm": lambda moment: f"{moment.minute:02}",
    "ss": lambda moment: f"{moment.second:02}",
    "SSS": lambda moment: f"{moment.microsecond // 1000:03}",
}
_MOMENT = re.compile(f'([A-Za-z])\\1*|{_QUOTED}|\\\\.|[^A-Za-z"\\\\]')


@lru_cache(maxsize=256)
def _moment_pattern(pattern: str) -> tuple[str, ...]:
    if not pattern or len(pattern) > MOST_CHARACTERS:
        raise PatternError
    pieces, place = [], 0
    while place < len(pattern):
        found = _MOMENT.match(pattern, place)
        if found is None:
            raise PatternError
        pieces.append(found[0])
        place = found.end()
    return tuple(pieces)


def _written(piece: str, moment: date | time) -> str:
    """A date has no hour and a time no year."""
    if not (piece[0].isascii() and piece[0].isalpha()):
        return _unquoted(piece)
    if piece in _OF_DATE and isinstance(moment, date):
        return _OF_DATE[piece](moment)
    if piece in _OF_TIME and isinstance(moment, time | datetime):
        return _OF_TIME[piece](moment)
    raise PatternError
