"""The canonical text of a tree: as few parentheses as the grammar allows, lines of at most 100
columns broken after commas. `parse(to_text(node)) == node`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Placeholder,
    Unary,
)
from fieldstone.formula.tokens import KEYWORDS, is_name

WIDTH = 100
INDENT = "  "

_LEVELS = (("OR",), ("AND",), ("IN",), ("=", "<>"), ("<", "<=", ">", ">="), ("+", "-", "&"),
           ("*", "/", "%"), ("^",))  # fmt: skip
PRECEDENCE = {sign: level for level, signs in enumerate(_LEVELS) for sign in signs}
_UNARY, _ATOM = len(_LEVELS), len(_LEVELS) + 1
_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def to_text(node: Node, width: int = WIDTH) -> str:
    return _text(node, 0, width)


def _text(node: Node, indent: int, width: int) -> str:
    flat = _flat(node)
    if len(flat) + indent * len(INDENT) <= width:
        return flat
    match node:
        case Call(function=function, arguments=arguments) if arguments:
            return f"{function}({_broken(arguments, indent, width)})"
        case InList(operand=operand, items=items):
            return f"{_operand(operand, 'IN', indent, width)} IN ({_broken(items, indent, width)})"
        case Unary(operator="NOT", operand=InList() as inside):
            head = _operand(inside.operand, "IN", indent, width)
            return f"{head} NOT IN ({_broken(inside.items, indent, width)})"
        case Binary(operator=sign, left=left, right=right):
            level = PRECEDENCE[sign]
            head = _enclosed(left, level, indent, width)
            return f"{head} {sign} {_enclosed(right, level + 1, indent, width)}"
        case _:
            return flat


def _broken(nodes: Iterable[Node], indent: int, width: int) -> str:
    step = "\n" + INDENT * (indent + 1)
    lines = f",{step}".join(_text(node, indent + 1, width) for node in nodes)
    return f"{step}{lines}\n{INDENT * indent}"


def _operand(node: Node, sign: str, indent: int, width: int) -> str:
    return _enclosed(node, PRECEDENCE[sign], indent, width)


def _enclosed(node: Node, level: int, indent: int, width: int) -> str:
    text = _text(node, indent, width)
    return text if _level(node) >= level else f"({text})"


def _flat(node: Node) -> str:
    match node:
        case Unary(operator="NOT", operand=InList() as inside):
            return f"{_wrapped(inside.operand, PRECEDENCE['IN'])} NOT IN ({_listed(inside.items)})"
        case Unary(operator=sign, operand=operand):
            gap = " " if sign == "NOT" else ""
            return f"{sign}{gap}{_wrapped(operand, _UNARY)}"
        case Binary(operator=sign, left=left, right=right):
            level = PRECEDENCE[sign]
            return f"{_wrapped(left, level)} {sign} {_wrapped(right, level + 1)}"
        case InList(operand=operand, items=items):
            return f"{_wrapped(operand, PRECEDENCE['IN'])} IN ({_listed(items)})"
        case Call(function=function, arguments=arguments):
            return f"{function}({_listed(arguments)})"
        case _:
            return _leaf(node)


def _leaf(node: Literal | FieldRef | Parameter | Placeholder) -> str:
    match node:
        case Literal(value=value):
            return _literal(value)
        case FieldRef(path=path):
            return ".".join(_step(name, index) for index, name in enumerate(path))
        case Parameter(root=root, path=path):
            return ".".join((f"${root}", *(_step(name, 1) for name in path)))
        case Placeholder(index=index):
            return f"?{index}"


def _listed(nodes: Iterable[Node]) -> str:
    return ", ".join(_flat(node) for node in nodes)


def _wrapped(node: Node, level: int) -> str:
    text = _flat(node)
    return text if _level(node) >= level else f"({text})"


def _level(node: Node) -> int:
    match node:
        case Binary(operator=sign):
            return PRECEDENCE[sign]
        case InList() | Unary(operator="NOT", operand=InList()):
            return PRECEDENCE["IN"]
        case Unary():
            return _UNARY
        case _:
            return _ATOM


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case Decimal():
            return f"{value:f}"
        case _:
            return quote(str(value))


def quote(text: str) -> str:
    """The text as a string literal. A mark that would melt into the escape before it (NFC turns
    `\\n` and a tilde into `\\ñ`) is escaped as well."""
    parts: list[str] = []
    for char in text:
        written = _ESCAPED.get(char, char)
        if written == char and (ord(char) < 32 or _melts(parts, char)):
            written = _unicode(char)
        parts.append(written)
    return f'"{"".join(parts)}"'


def _melts(parts: list[str], char: str) -> bool:
    if char.isascii() or not parts or not parts[-1].startswith("\\"):
        return False
    joined = parts[-1][-1] + char
    return unicodedata.normalize("NFC", joined) != joined


def _unicode(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _step(name: str, index: int) -> str:
    """Braces where the bare word would not be read as this name."""
    bare = is_name(name) and not (index == 0 and name.upper() in KEYWORDS)
    return name if bare else f"{{{name}}}"
