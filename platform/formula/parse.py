"""From text to the syntax tree. One LALR parser, built when the first formula is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Transformer, UnexpectedToken, v_args
from lark import Token as LarkToken
from lark.lexer import Lexer

from fieldstone.formula import limits
from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Placeholder,
    PlaceholderKind,
    Span,
    Unary,
)
from fieldstone.formula.faults import Fault, FormulaError, Phrase, located, quoted, word
from fieldstone.formula.tokens import MARKS, Token, normalised, steps, tokens, unquote

GRAMMAR = Path(__file__).with_name("grammar.lark")

_OPERATORS = {
    "OR": "OR", "EITHER": "OR", "AND": "AND", "BOTH": "AND", "NOT": "NOT", "BANG": "NOT",
    "EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "PLUS": "+",
    "MINUS": "-", "AMP": "&", "STAR": "*", "SLASH": "/", "PERCENT": "%", "CARET": "^",
}  # fmt: skip


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError; names and types are check's business."""
    text = normalised(text)
    node = tree(tokens(text), text)
    limits.measured(node)
    return node


def tree(stream: list[Token], text: str) -> Node:
    """The tree of tokens already read; `text` is for the places of faults."""
    try:
        # lark's annotations know text only; with a lexer of one's own it takes anything
        return cast("Node", _parser().parse(cast("Any", stream)))
    except UnexpectedToken as error:
        fault = _syntax_fault(error, stream)
    raise FormulaError(located((fault,), text))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR.read_text("utf-8"), parser="lalr", lexer=_Tokens, transformer=_Builder())


class _Tokens(Lexer):
    """Hands our tokens to lark, the placeholders of a lifted shape numbered as they come."""

    def __init__(self, _configuration: Any) -> None:
        pass

    def lex(self, stream: Any) -> Iterator[LarkToken]:  # type: ignore[override]  # lark's interface 0
        count = 0
        for kind, text, start, end in stream:
            if kind.startswith("PLACEHOLDER"):
                yield LarkToken(kind, f"{text[1]}{count}", start, end_pos=end)
                count += 1
            else:
                yield LarkToken(kind, text, start, end_pos=end)


@v_args(inline=True)
class _Builder(Transformer[LarkToken, Node]):
    """Makes the nodes while lark reduces, so that depth costs no recursion."""

    def start(self, node: Node) -> Node:
        return node

    def binary(self, left: Node, sign: LarkToken, right: Node) -> Node:
        return Binary(_OPERATORS[sign.type], left, right, (left.span[0], right.span[1]))

    def unary(self, sign: LarkToken, operand: Node) -> Node:
        return Unary(_OPERATORS[sign.type], operand, (_start(sign), operand.span[1]))

    def within(self, operand: Node, _in: LarkToken, items: tuple[Node, ...]) -> Node:
        return InList(operand, items, (operand.span[0], items[-1].span[1]))

    def without(self, operand: Node, _not: LarkToken, _in: LarkToken, items: Any) -> Node:
        inside = self.within(operand, _in, items)
        return Unary("NOT", inside, inside.span)

    def list(self, *parts: Any) -> tuple[Node, ...]:
        nodes = tuple(part for part in parts if not isinstance(part, LarkToken))
        return nodes or (self.placeholder(parts[0]),)

    def number(self, token: LarkToken) -> Node:
        return Literal(Decimal(token.value), _span(token))

    def string(self, token: LarkToken) -> Node:
        return Literal(unquote(token.value), _span(token))

    def constant(self, token: LarkToken) -> Node:
        return Literal({"TRUE": True, "FALSE": False}.get(token.type), _span(token))

    def nothing(self, null: LarkToken, _left: LarkToken, right: LarkToken) -> Node:
        return Literal(None, (_start(null), _span(right)[1]))

    def placeholder(self, token: LarkToken) -> Node:
        kind = cast("PlaceholderKind", MARKS[token.value[0]])
        return Placeholder(int(token.value[1:]), kind, _span(token))

    def group(self, left: LarkToken, node: Node, right: LarkToken) -> Node:
        return replace(node, span=(_start(left), _span(right)[1]))

    def step(self, token: LarkToken) -> tuple[tuple[str, ...], Span]:
        names = steps(token.value) if token.type == "BRACED" else (token.value,)
        return names, _span(token)

    def field(self, *parts: Any) -> Node:
        path, span = _joined(parts)
        return FieldRef(path, span)

    def parameter(self, root: LarkToken, *parts: Any) -> Node:
        path, span = _joined(parts) if parts else ((), _span(root))
        return Parameter(root.value[1:].lower(), path, (_start(root), span[1]))

    def call(self, name: LarkToken, *parts: Any) -> Node:
        arguments = tuple(part for part in parts if not isinstance(part, LarkToken))
        return Call(name.value.upper(), arguments, (_start(name), _span(parts[-1])[1]))


def _joined(parts: tuple[Any, ...]) -> tuple[tuple[str, ...], Span]:
    found = [part for part in parts if not isinstance(part, LarkToken)]
    path = tuple(name for names, _ in found for name in names)
    return path, (found[0][1][0], found[-1][1][1])


def _start(token: LarkToken) -> int:
    return token.start_pos or 0


def _span(token: LarkToken) -> Span:
    return (token.start_pos or 0, token.end_pos or 0)


_EXPECTATIONS: tuple[tuple[str, str], ...] = (
    ("NUMBER", "formula.word.value"),
    ("EQ", "formula.word.operator"),
    ("COMMA", '","'),
    ("RPAR", '")"'),
    ("$END", "formula.word.end"),
)


_OPERAND_ENDS = frozenset(
    {"NUMBER", "STRING", "NAME", "BRACED", "ROOT", "RPAR", "TRUE", "FALSE", "NULL"}
)


def _before(token: LarkToken, stream: list[Token]) -> str:
    """The kind of the token before this one; empty at the start."""
    earlier = [each for each in stream if token.type == "$END" or each.start < _start(token)]
    return earlier[-1].kind if earlier else ""


def _syntax_fault(error: UnexpectedToken, stream: list[Token]) -> Fault:
    token = error.token
    accepted = set(error.accepts or error.expected)
    if _before(token, stream) in _OPERAND_ENDS:
        accepted.add("EQ")  # the parser had closed the operand when it saw the token
    expected = tuple(part for terminal, part in _EXPECTATIONS if terminal in accepted)
    if not expected:
        expected = ('"("',) if "LPAR" in accepted else ("formula.word.field",)
    if token.type == "$END":
        end = stream[-1].end if stream else 0
        found, span = word("end"), (end, end)
    else:
        found, span = quoted(str(token.value)[:40]), _span(token)
    return Fault(code="SYNTAX", span=span, params={"expected": Phrase(expected), "found": found})
