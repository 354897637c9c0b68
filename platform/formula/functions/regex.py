"""The regular expressions of REGEX: a subset that means the same everywhere.

Characters, `.`, `[…]`, `\\d \\w \\s` (ASCII), groups, `|`, `* + ? {m,n}`, `(?i)` at the
beginning, `^` and `$` at the ends. Nothing that only one engine has, and nothing that takes long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

MOST_CHARACTERS = 200
MOST_REPETITIONS = 100
MOST_POSITIONS = 300
"""Characters with every repetition written out. PostgreSQL reads larger ones slowly."""
MOST_NESTED = 20
_VARIANTS = 1_000
"""`(?i)` looks for the other case of every character in ranges up to this size."""

Range = tuple[int, int]


class RegexError(ValueError):
    """`reason` is the last part of a message id, formula.regex.<reason>."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Characters:
    """One character within the ranges, or outside them."""

    ranges: tuple[Range, ...]
    negated: bool = False

    def has(self, code: int) -> bool:
        return any(low <= code <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Regex, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple[Regex, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`high` None: as often as it likes."""

    part: Regex
    low: int
    high: int | None


Regex = Characters | Sequence | Choice | Repeat

_CLASSES: dict[str, tuple[Range, ...]] = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": ((9, 13), (32, 32)),
}
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
_TIMES = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@lru_cache(maxsize=512)
def parsed(pattern: str) -> Regex:
    """The whole pattern. Raises RegexError."""
    if len(pattern) > MOST_CHARACTERS:
        raise RegexError("too_long")
    blind = pattern.startswith("(?i)")
    reader = _Reader(pattern[4:] if blind else pattern, blind=blind)
    regex = reader.choice()
    if not reader.at_end:
        raise RegexError("unopened_group")
    if positions(regex) > MOST_POSITIONS:
        raise RegexError("too_large")
    return regex


def positions(regex: Regex) -> int:
    match regex:
        case Characters():
            return 1
        case Sequence(parts=parts) | Choice(branches=parts):
            return sum(map(positions, parts))
        case Repeat(part=part, low=low, high=high):
            return positions(part) * (low + 1 if high is None else high)


def written(regex: Regex) -> str:
    """As both PostgreSQL and Python read it; it matches whole texts only."""
    return f"\\A(?:{_written(regex)})\\Z"


def _written(regex: Regex) -> str:
    match regex:
        case Characters():
            return _characters(regex)
        case Sequence(parts=parts):
            return "".join(map(_written, parts))
        case Choice(branches=branches):
            return f"(?:{'|'.join(map(_written, branches))})"
        case Repeat(part=part, low=low, high=high):
            inside = _written(part)
            body = inside if isinstance(part, Characters) else f"(?:{inside})"
            times = str(low) if low == high else f"{low},{'' if high is None else high}"
            return f"{body}{{{times}}}"


def _characters(each: Characters) -> str:
    if not each.ranges:
        return "."
    inside = "".join(
        _escaped(low) if low == high else f"{_escaped(low)}-{_escaped(high)}"
        for low, high in each.ranges
    )
    if each.negated:
        return f"[^{inside}]"
    single = len(each.ranges) == 1 and each.ranges[0][0] == each.ranges[0][1]
    return inside if single else f"[{inside}]"


def _escaped(code: int) -> str:
    char = chr(code)
    if char.isascii() and char.isalnum():
        return char
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


@dataclass(slots=True)
class _Reader:
    """Reads from left to right. `depth`: groups that are open."""

    text: str
    blind: bool
    place: int = 0
    depth: int = 0

    @property
    def at_end(self) -> bool:
        return self.place >= len(self.text)

    @property
    def next(self) -> str:
        return self.text[self.place : self.place + 1]

    def taken(self, wanted: str) -> bool:
        found = self.text.startswith(wanted, self.place)
        if found:
            self.place += len(wanted)
        return found

    def one(self) -> str:
        char = self.next
        self.place += 1
        return char

    def choice(self) -> Regex:
        branches = [self.branch()]
        while self.taken("|"):
            branches.append(self.branch())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def branch(self) -> Regex:
        if not self.depth:
            self.taken("^")
        parts: list[Regex] = []
        while not self.at_end and self.next not in "|)":
            if self._ends_here():
                break
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _ends_here(self) -> bool:
        """`$` before the end of the pattern or of one of its branches says nothing new."""
        following = self.text[self.place + 1 : self.place + 2]
        return not self.depth and following in ("", "|") and self.taken("$")

    def atom(self) -> Regex:
        char = self.one()
        if char == "(":
            return self.group()
        if char == "[":
            return self.bracketed()
        if char == "\\":
            return self.escape()
        if char == ".":
            return Characters((), negated=True)
        if char in "^$":
            raise RegexError("bad_anchor")
        if char in "*+?{":
            raise RegexError("nothing_to_repeat")
        return self._characters([(ord(char), ord(char))])

    def group(self) -> Regex:
        if self.taken("?i)"):
            raise RegexError("bad_flag")
        if self.next == "?" and not self.taken("?:"):
            raise RegexError("bad_group")
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise RegexError("too_large")
        inside = self.choice()
        if not self.taken(")"):
            raise RegexError("unclosed_group")
        self.depth -= 1
        return inside

    def escape(self) -> Characters:
        char = self.one()
        if char.lower() in _CLASSES and char:
            return Characters(_CLASSES[char.lower()], negated=char.isupper())
        return self._characters([(self._escaped(char),) * 2])

    def _escaped(self, char: str) -> int:
        """What a backslash makes of a sign that is no class."""
        char = _SIGNS.get(char, char)
        if not char or (char.isascii() and char.isalnum()):
            raise RegexError("bad_escape")
        return ord(char)

    def bracketed(self) -> Characters:
        negated = self.taken("^")
        ranges: list[Range] = []
        while not self.taken("]"):
            ranges.extend(self._item())
        if not ranges:
            raise RegexError("empty_class")
        return replace(self._characters(ranges), negated=negated)

    def _item(self) -> Iterable[Range]:
        """One character, range or class between brackets."""
        if self.taken("\\"):
            if self.next and self.next in _CLASSES:
                return self._class()
            low = self._escaped(self.one())
        else:
            low = self._plain()
        if self.next != "-" or self.text.startswith("-]", self.place):
            return ((low, low),)
        self.one()
        high = self._escaped(self.one()) if self.taken("\\") else self._plain()
        if high < low:
            raise RegexError("bad_range")
        return ((low, high),)

    def _class(self) -> Iterable[Range]:
        ranges = _CLASSES[self.one()]
        if self.next == "-" and not self.text.startswith("-]", self.place):
            raise RegexError("bad_range")
        return ranges

    def _plain(self) -> int:
        char = self.one()
        if not char:
            raise RegexError("unclosed_class")
        if char == "[":
            raise RegexError("bad_class")
        return ord(char)

    def repeated(self, part: Regex) -> Regex:
        times = self._times()
        if times is None:
            return part
        if self.next and self.next in "*+?{":
            raise RegexError("repeated_twice")
        if not positions(part):
            raise RegexError("nothing_to_repeat")
        if times[1] is None and _varies(part):
            raise RegexError("nested_repeat")
        return Repeat(part, *times)

    def _times(self) -> tuple[int, int | None] | None:
        if self.next and self.next in _TIMES:
            return _TIMES[self.one()]
        if not self.taken("{"):
            return None
        inside, closed, rest = self.text[self.place :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not _is_count(low) or not (high == "" or _is_count(high)):
            raise RegexError("bad_repeat")
        self.place = len(self.text) - len(rest)
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if most is not None and (most < least or not most):
            raise RegexError("bad_repeat")
        return least, most

    def _characters(self, ranges: Iterable[Range]) -> Characters:
        wanted = list(ranges)
        if self.blind:
            wanted += [(code, code) for each in wanted for code in _other_case(each)]
        return Characters(_merged(wanted))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MOST_REPETITIONS


def _varies(regex: Regex) -> bool:
    """Whether it holds a repetition without a fixed number."""
    match regex:
        case Characters():
            return False
        case Sequence(parts=parts) | Choice(branches=parts):
            return any(map(_varies, parts))
        case Repeat(part=part, low=low, high=high):
            return low != high or _varies(part)


def _other_case(each: Range) -> Iterable[int]:
    """Only where one character stands for one: ß has no upper case of its own."""
    low, high = each
    if high - low >= _VARIANTS:
        return ()
    letters = map(chr, range(low, high + 1))
    cases = (case for char in letters for case in (char.lower(), char.upper()))
    return [ord(case) for case in cases if len(case) == 1]


def _merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """In order, each character once."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)
