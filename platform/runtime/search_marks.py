"""Where in a text the words that were looked for stand, for the eye: as typed, or by sound."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.kernel.pinyin import has_han, syllables
from fieldstone.runtime.search_tokens import words_of

LONGEST_SPELLED = 80


def marked(shown: str, text: str) -> list[tuple[str, bool]]:
    """The text in parts, those that were looked for marked."""
    inside = [False] * len(shown)
    for word in words_of(text):
        for start, end in _places(shown, word):
            inside[start:end] = [True] * (end - start)
    parts: list[tuple[str, bool]] = []
    for sign, found in zip(shown, inside, strict=True):
        if parts and parts[-1][1] == found:
            parts[-1] = (parts[-1][0] + sign, found)
        else:
            parts.append((sign, found))
    return parts


def _places(shown: str, word: str) -> Iterator[tuple[int, int]]:
    plain = shown.lower()
    if len(plain) == len(shown):
        at = plain.find(word)
        while at >= 0:
            yield at, at + len(word)
            at = plain.find(word, at + len(word))
    if word.isascii() and word.isalpha() and has_han(shown[:LONGEST_SPELLED]):
        yield from _sounding(shown[:LONGEST_SPELLED], word)


def _sounding(shown: str, word: str) -> Iterator[tuple[int, int]]:
    """Runs of Han signs whose pinyin, or its initials, begin with the word."""
    for start in range(len(shown)):
        if not has_han(shown[start]):
            continue
        run = _run(shown, start)
        read = syllables(run)
        if len(read) != len(run):
            continue
        if "".join(part[0] for part in read).startswith(word):
            yield start, start + len(word)
            continue
        spelled, count = "", 0
        while len(spelled) < len(word) and count < len(read):
            spelled += read[count]
            count += 1
        if spelled.startswith(word):
            yield start, start + count


def _run(shown: str, start: int) -> str:
    end = start
    while end < len(shown) and has_han(shown[end]):
        end += 1
    return shown[start:end]
