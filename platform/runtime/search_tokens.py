"""What a value is found by, and what a searcher's words look for: lexemes of a tsvector.

Every lexeme is looked for by its beginning, so a value leaves one from each place on: 北门 is
found in 苏州北门, and also as beimen or bm. A telephone number leaves its digits, a number itself
with a sign before it. ^ marks the beginning of a record's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import accumulate
from typing import Any

from fieldstone.kernel.pinyin import has_han, syllables
from fieldstone.metadata.snapshot import Field

TEXTUAL = frozenset({"text", "long_text", "email", "url", "autonumber"})
NUMERIC = frozenset({"integer", "decimal", "currency", "percent"})
SEARCHABLE = TEXTUAL | NUMERIC | {"phone"}

LONGEST_QUERY = 200
MOST_WORDS = 8
LATIN, HAN = 24, 12
"""Signs of a lexeme, by the script that it begins with."""
READ = 600
"""Signs of a long text that are looked at."""
SHORT = 120
"""A text up to here is found by any part of its words, a longer one by their beginnings."""
_PHONE = re.compile(r"\+?[0-9][0-9\s().-]{2,}")
_NOT_DIGITS = re.compile(r"[^0-9]")
_GROUPED = re.compile(r"-?[0-9][0-9,\s]*(\.[0-9]+)?")


def tokens_of(field: Field, value: Any) -> list[str]:
    """The lexemes of a stored value; none for a blank one."""
    if value is None or value == "":
        return []
    if field.type.name == "phone":
        return sorted(set(_phone(str(value))))
    if field.type.name in NUMERIC:
        return [f"={_number(Decimal(value))}"]
    return list(_text(str(value), is_name=field.name == "name"))


@lru_cache(maxsize=4096)
def _text(value: str, *, is_name: bool) -> tuple[str, ...]:
    text = normal(value[:READ])
    found = {each for word in text.split() for each in _parts(word, whole=len(text) <= SHORT)}
    if is_name:
        found.update(f"^{each}" for each in _beginnings(text))
    return tuple(sorted(found))


def normal(text: str) -> str:
    """In small letters, full-width signs made plain, without what cannot be seen."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign if sign.isprintable() else " " for sign in plain)


def _parts(word: str, *, whole: bool) -> Iterator[str]:
    for at in range(len(word)):
        if at == 0 or whole or _begins(word, at):
            yield _cut(word[at:])
    if not whole or not has_han(word):
        return
    for joined in _spelled_from_each(word):
        yield joined[:LATIN]


def _begins(word: str, at: int) -> bool:
    """A part begins here: a Han sign, or a letter after something else."""
    return not word[at].isascii() or (word[at].isalnum() and not word[at - 1].isalnum())


def _spelled_from_each(word: str) -> Iterator[str]:
    """hangzhou, zhou and hz, z for 杭州."""
    read = syllables(word)
    for parts in (read, tuple(each[0] for each in read)):
        yield from accumulate(reversed(parts), lambda rest, part: part + rest)


def _beginnings(text: str) -> Iterator[str]:
    """How a name begins, its words closed up."""
    closed = text.replace(" ", "")
    if closed:
        yield _cut(closed)
    if has_han(closed):
        read = syllables(closed)
        yield "".join(read)[:LATIN]
        yield "".join(each[0] for each in read)[:LATIN]


def _cut(lexeme: str) -> str:
    return lexeme[: LATIN if lexeme[0].isascii() else HAN]


def _phone(stored: str) -> Iterator[str]:
    digits = _NOT_DIGITS.sub("", stored.partition(";")[0])
    for at in range(max(1, len(digits) - 2)):
        yield f"#{digits[at:]}"


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


# --- what somebody looks for ---------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """The words to look for, in small letters, without what cannot be seen."""
    return normal(text[:LONGEST_QUERY]).split()[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word as what may be looked for in its stead: beginnings that must all be there, or
    (`exact`) one lexeme."""

    beginnings: tuple[tuple[str, ...], ...]
    exact: tuple[str, ...] = ()

    @property
    def tsquery(self) -> str:
        every = ["(" + " & ".join(map(_begin, each)) + ")" for each in self.beginnings]
        return " | ".join([*every, *map(_quoted, self.exact)])

    def met_by(self, lexemes: Collection[str]) -> bool:
        return any(each in lexemes for each in self.exact) or any(
            all(any(lexeme.startswith(part) for lexeme in lexemes) for part in parts)
            for parts in self.beginnings
        )


def wanted_of(text: str) -> tuple[Wanted, ...]:
    """A record is found when each of them meets one of its fields."""
    words = words_of(text)
    whole = " ".join(words)
    exact = tuple(f"={each}" for each in _as_number(whole))
    phones = tuple((each,) for each in _whole(whole))
    return tuple(Wanted((_pieces(word), *phones), exact) for word in words)


def beginning_of(text: str) -> Wanted | None:
    """For names that begin with the text."""
    closed = "".join(words_of(text))
    return Wanted(((f"^{_cut(closed)}",),)) if closed else None


def _pieces(word: str) -> tuple[str, ...]:
    """A long word of Han signs is looked for in pieces."""
    if word[0].isascii():
        return (word[:LATIN],)
    return tuple(word[at : at + HAN] for at in range(0, len(word), HAN))


def _whole(text: str) -> Iterable[str]:
    """021-5555 0000 is stored as 862155550000: without spaces and without its first zero."""
    if not _PHONE.fullmatch(text):
        return ()
    digits = _NOT_DIGITS.sub("", text).lstrip("0")
    return (f"#{digits}",) if len(digits) >= 3 else ()


def _as_number(text: str) -> Iterable[str]:
    if not _GROUPED.fullmatch(text):
        return ()
    try:
        return (_number(Decimal(re.sub(r"[,\s]", "", text))),)
    except InvalidOperation:
        return ()


def _begin(lexeme: str) -> str:
    return f"{_quoted(lexeme)}:*"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
