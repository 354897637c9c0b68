"""Regular expressions at random, and texts that they have a chance to fit."""

from __future__ import annotations

import random

PATTERNS = (
    "", "a", "a|b", "|a", "(a|)", "a*", "a+", "a?", "a{2}", "a{2,}", "a{1,3}", "(ab)*", "(ab|c)+",
    "(a|b|cd)*e", ".", ".*", ".*a.*b.*", "[abc]", "[^abc]", "[a-c]+", "[^a-c]+", "[a\\-c]+",
    "[-a]+", "[a-]+", "[\\]a]+", "[\\^a]+", "[\\d.]+", "[\\w-]+", "[\\s,]+", "\\d+", "\\D+",
    "\\w+", "\\W+", "\\s+", "\\S+", "\\.", "\\\\", "\\(a\\)", "\\n", "[\\n\\t]", "^a$", "^a|b$",
    "^(a|b)$", "(?i)ab", "(?i)[a-c]+", "(?i)[^a]", "(?i)ß|é", "(?:ab){2}", "(-\\d{4})?",
    "\\d{5}(-\\d{4})?", "石+", "[一-龥]+", "😀?", "[😀-😎]+", "(\\d{1,3}\\.){3}\\d{1,3}",
    "[a-z0-9.-]+@[a-z0-9.-]+\\.[a-z]{2,}", "a.c", "((a?){3}){2}", "(a{0,2}b){1,3}", "}", "a]",
    "\\{\\}", "a\\|b", "[.*+?]+", "[|]+", "'\"%",
)  # fmt: skip
"""Patterns that are allowed."""

_CHARACTERS = (
    "a",
    "b",
    "c",
    "\\d",
    "\\w",
    "\\s",
    ".",
    "[ab]",
    "[^a]",
    "[a-c\\d]",
    "石",
    "\\.",
    "A",
)
_TIMES = ("", "", "", "*", "+", "?", "{2}", "{1,2}", "{1,}")
_LETTERS = "aabbcc0 .A石\n"


def random_pattern(chance: random.Random, depth: int = 3) -> str:
    """Perhaps one that is refused, for a repetition within one."""
    pieces = []
    for _ in range(chance.randint(1, 3)):
        inside = depth and chance.random() < 0.3
        piece = f"({random_pattern(chance, depth - 1)})" if inside else chance.choice(_CHARACTERS)
        pieces.append(piece + chance.choice(_TIMES))
    text = "".join(pieces)
    return (
        f"{text}|{random_pattern(chance, depth - 1)}" if depth and chance.random() < 0.2 else text
    )


def random_text(chance: random.Random) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randint(0, 8)))
