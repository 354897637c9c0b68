"""The lexical grammar: from text to tokens, with faults that say exactly what is malformed.

The parser and the literal lifter read the same tokens, so they cannot disagree."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from fieldstone.formula.faults import Fault, FormulaError, located

MAX_LENGTH = 5_000
MAX_TOKENS = 2_000
WHOLE_DIGITS = 24
DECIMALS = 18

MARK = "\x00"
"""Begins a placeholder in a lifted shape. No formula can hold it, so none can forge one."""


class Token(NamedTuple):
    """`kind` is a terminal of grammar.lark."""

    kind: str
    text: str
    start: int
    end: int


_PATTERNS = (
    ("SPACE", r"[ \t\r\n\u00a0]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/"),
    ("UNCLOSED_COMMENT", r"/\*"),
    ("NUMBER", r"[0-9]+(?:\.[0-9]+)?"),
    ("STRING", r'"(?:[^"\\\r\n]|\\[^\r\n])*"|' r"'(?:[^'\\\r\n]|\\[^\r\n])*'"),
    ("UNCLOSED_TEXT", r"[\"'][^\r\n]*"),
    ("BRACED", r"\{[^{}\r\n]*\}"),
    ("UNCLOSED_NAME", r"\{[^\r\n]*"),
    ("NAME", r"(?:\$|[^\W\d])\w*"),
    ("SIGN", r"&&|\|\||<>|<=|>=|==|!=|[-+*/%^&<>=!(),.]"),
    ("MARKED", MARK + "[nNtaAx]"),
    ("BAD_CHARACTER", r"."),
)
_SCANNER = re.compile("|".join(f"(?P<{name}>{regex})" for name, regex in _PATTERNS), re.DOTALL)
_SIGNS = {
    "&&": "BOTH", "||": "EITHER", "!": "BANG", "=": "EQ", "==": "EQ", "<>": "NE", "!=": "NE",
    "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", "+": "PLUS", "-": "MINUS", "*": "STAR",
    "/": "SLASH", "%": "PERCENT", "^": "CARET", "&": "AMP", "(": "LPAR", ")": "RPAR",
    ",": "COMMA", ".": "DOT",
}  # fmt: skip
KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "TRUE", "FALSE", "NULL"})
MARKS = {
    "n": "number", "N": "big_number", "t": "text", "a": "numbers", "A": "big_numbers", "x": "texts"
}  # fmt: skip
_NAME = re.compile(r"[^\W\d]\w*")
_LISTS = frozenset("aAx")
_FAULTY = frozenset({"UNCLOSED_COMMENT", "UNCLOSED_TEXT", "UNCLOSED_NAME", "BAD_CHARACTER"})
_LATIN = str.maketrans(
    "（），。；！＝＜＞＋－＊／％＾＆｛｝“”‘’＂＇", "(),.,!=<>+-*/%^&{}\"\"''\"'"
)
"""What a Chinese keyboard types for the signs of the grammar."""
_UNSTORABLE = re.compile(f"[{MARK}\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def normalised(text: str) -> str:
    """NFC. Raises FormulaError for what no text column can hold, and for too long a text."""
    if len(text) > MAX_LENGTH:
        raise _error(Fault(code="TOO_LONG", params={"limit": MAX_LENGTH}), "")
    bad = _UNSTORABLE.search(text)
    if bad:
        params = {"text": f"U+{ord(bad.group()):04X}"}
        raise _error(Fault(code="BAD_CHARACTER", span=bad.span(), params=params), text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tokens(text: str) -> list[Token]:
    """The tokens of a normalised text, blanks and comments left out. Raises FormulaError with
    every malformed token."""
    found, faults = _scan(text)
    if not faults and len(found) > MAX_TOKENS:
        faults = [Fault(code="TOO_MANY_TOKENS", params={"limit": MAX_TOKENS})]
    if faults:
        raise FormulaError(located(faults, text))
    return found


def _scan(text: str) -> tuple[list[Token], list[Fault]]:
    found: list[Token] = []
    faults: list[Fault] = []
    previous = ""
    for match in _SCANNER.finditer(text):
        kind = match.lastgroup or ""
        if kind == "SPACE":
            continue
        raw = match.group()
        kind = _refined(kind, raw, previous)
        if kind in _CHECKED:
            faults.extend(_faults(kind, raw, match.start()))
        found.append(Token(kind, raw, match.start(), match.end()))
        previous = kind
        if kind == "UNCLOSED_COMMENT":
            break
    return found, faults


def _refined(kind: str, raw: str, previous: str) -> str:
    """The terminal: which sign, which keyword. After a dot every word is a field's name."""
    if kind == "SIGN":
        return _SIGNS[raw]
    if kind == "NAME":
        if raw.startswith("$") and previous != "DOT":
            return "ROOT"
        upper = raw.upper()
        return upper if upper in KEYWORDS and previous != "DOT" else "NAME"
    if kind == "MARKED":
        return "PLACEHOLDERS" if raw[1] in _LISTS else "PLACEHOLDER"
    return kind


_CHECKED = _FAULTY | {"NUMBER", "STRING", "BRACED", "NAME", "ROOT"}


def _faults(kind: str, raw: str, start: int) -> list[Fault]:
    span = (start, start + len(raw))
    if kind in _FAULTY:
        suggestion = raw.translate(_LATIN) if kind == "BAD_CHARACTER" else ""
        suggestion = suggestion if suggestion != raw else ""
        return [Fault(code=kind, span=span, params={"text": raw[:40]}, suggestion=suggestion)]
    if kind == "NUMBER":
        whole, _, decimals = raw.partition(".")
        if len(whole.lstrip("0")) > WHOLE_DIGITS or len(decimals) > DECIMALS or len(raw) > 43:
            params = {"digits": WHOLE_DIGITS, "decimals": DECIMALS}
            return [Fault(code="NUMBER_TOO_LONG", span=span, params=params)]
        return []
    if kind == "STRING":
        return _string_faults(raw, start) if "\\" in raw else []
    if kind == "BRACED":
        return [] if all(steps(raw)) else [Fault(code="EMPTY_NAME", span=span)]
    return _name_faults(raw, span)


def _string_faults(raw: str, start: int) -> list[Fault]:
    faults = []
    for match in _ESCAPE.finditer(raw):
        escape = match.group(1)
        if escape != "u0000" and (len(escape) == 5 or escape in _ESCAPES):
            continue
        span = (start + match.start(), start + match.end())
        faults.append(Fault(code="BAD_ESCAPE", span=span, params={"text": match.group()}))
    if not faults and unquote(raw) is None:
        span = (start, start + len(raw))
        faults.append(Fault(code="BAD_ESCAPE", span=span, params={"text": "\\uD800"}))
    return faults


def _name_faults(raw: str, span: tuple[int, int]) -> list[Fault]:
    """`re` counts ² and Ⅷ among what may begin a word; the grammar takes letters only."""
    if not unicodedata.category(raw[0]).startswith("N"):
        return []
    return [Fault(code="BAD_CHARACTER", span=span, params={"text": raw[:40]})]


def is_storable(text: str) -> bool:
    """Whether a text column can hold it: no NUL, no half of a surrogate pair."""
    return not _UNSTORABLE.search(text)


def is_name(text: str) -> bool:
    """Whether a field's name needs no braces (keywords aside)."""
    return bool(_NAME.fullmatch(text)) and not _name_faults(text, (0, 0))


def unquote(raw: str) -> str | None:
    """The text that a STRING token stands for, in NFC; None when an escape spells half of a
    surrogate pair."""
    if "\\" not in raw:
        return raw[1:-1]
    text = _ESCAPE.sub(_unescaped, raw[1:-1])
    try:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None
    return unicodedata.normalize("NFC", text)


def _unescaped(match: re.Match[str]) -> str:
    escape = match.group(1)
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    return _ESCAPES.get(escape, escape)


def steps(braced: str) -> tuple[str, ...]:
    """`{owner.Full Name}` → ("owner", "Full Name")."""
    return tuple(step.strip(" \t\u00a0") for step in braced[1:-1].split("."))


def _error(fault: Fault, text: str) -> FormulaError:
    return FormulaError(located((fault,), text))
