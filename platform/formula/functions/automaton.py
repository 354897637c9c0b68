"""A regular expression as a machine that reads every character once, so that no pattern can take
longer than the text times its size. (Python's own `re` tries one way after the other.)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from fieldstone.formula.functions.regex import (
    Characters,
    Choice,
    Regex,
    Repeat,
    Sequence,
    parsed,
)

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Automaton:
    """Every place of a character in the pattern is a bit. `first`: where a match can begin, `last`:
    where it can end, `follow[n]`: what can come after place n; `nullable`: an empty text matches.
    `fitting` and `after` are what was computed before."""

    nullable: bool
    first: int
    last: int
    follow: tuple[int, ...]
    places: tuple[tuple[Characters, int], ...]
    fitting: dict[str, int] = field(default_factory=dict)
    after: dict[int, int] = field(default_factory=dict)

    def matches(self, text: str) -> bool:
        """Whether the whole text fits."""
        if len(self.fitting) + len(self.after) > _REMEMBERED:
            self.fitting.clear()
            self.after.clear()
        reached, expected = 0, self.first
        for char in text:
            reached = expected & self._fitting(char)
            if not reached:
                return False
            expected = self._after(reached)
        return bool(reached & self.last) if text else self.nullable

    def _fitting(self, char: str) -> int:
        """The places where this character may stand."""
        known = self.fitting.get(char)
        if known is None:
            bits = (bits for characters, bits in self.places if characters.has(ord(char)))
            known = self.fitting[char] = _union(bits)
        return known

    def _after(self, reached: int) -> int:
        known = self.after.get(reached)
        if known is None:
            known = self.after[reached] = _union(self.follow[place] for place in _bits(reached))
        return known


@lru_cache(maxsize=512)
def automaton(pattern: str) -> Automaton:
    """Raises RegexError."""
    builder = _Builder()
    whole = builder.span(parsed(pattern))
    places = tuple(builder.places.items())
    return Automaton(whole.nullable, whole.first, whole.last, tuple(builder.follow), places)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


@dataclass(slots=True)
class _Span:
    """A part of the pattern: whether it can be empty, where it begins and ends."""

    nullable: bool
    first: int
    last: int


@dataclass(slots=True)
class _Builder:
    follow: list[int] = field(default_factory=list)
    places: dict[Characters, int] = field(default_factory=dict)

    def span(self, regex: Regex) -> _Span:
        match regex:
            case Characters():
                return self._place(regex)
            case Sequence(parts=parts):
                return self._row([self.span(part) for part in parts])
            case Choice(branches=branches):
                spans = [self.span(branch) for branch in branches]
                return _Span(
                    any(span.nullable for span in spans),
                    _union(span.first for span in spans),
                    _union(span.last for span in spans),
                )
            case Repeat():
                return self._repeat(regex)

    def _place(self, characters: Characters) -> _Span:
        bit = 1 << len(self.follow)
        self.follow.append(0)
        self.places[characters] = self.places.get(characters, 0) | bit
        return _Span(nullable=False, first=bit, last=bit)

    def _row(self, spans: list[_Span]) -> _Span:
        whole = _Span(nullable=True, first=0, last=0)
        for span in spans:
            self._link(whole.last, span.first)
            whole = _Span(
                whole.nullable and span.nullable,
                whole.first | (span.first if whole.nullable else 0),
                span.last | (whole.last if span.nullable else 0),
            )
        return whole

    def _repeat(self, repeat: Repeat) -> _Span:
        """Every repetition written out, the last one in a ring when there is no end."""
        count = repeat.low + 1 if repeat.high is None else repeat.high
        spans = [self.span(repeat.part) for _ in range(count)]
        for span in spans[repeat.low :]:
            span.nullable = True
        if repeat.high is None:
            self._link(spans[-1].last, spans[-1].first)
        return self._row(spans)

    def _link(self, ends: int, beginnings: int) -> None:
        for place in _bits(ends):
            self.follow[place] |= beginnings
