"""From text to tree: the grammar, its precedence and its literals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Unary,
    children,
)
from fieldstone.formula.parse import parse
from fieldstone.formula.paths import field_paths

A, B, C, D = (FieldRef((name,)) for name in "abcd")


def number(text: str) -> Literal:
    return Literal(Decimal(text))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("(a - b) - c", Binary("-", Binary("-", A, B), C)),
        ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
        ("a * b ^ c", Binary("*", A, Binary("^", B, C))),
        ("a ^ b ^ c", Binary("^", Binary("^", A, B), C)),
        ("-a ^ b", Binary("^", Unary("-", A), B)),
        ("a ^ -b", Binary("^", A, Unary("-", B))),
        ("a & b + c", Binary("+", Binary("&", A, B), C)),
        ("a % b / c", Binary("/", Binary("%", A, B), C)),
        ("a < b = c", Binary("=", Binary("<", A, B), C)),
        ("a = b IN (c)", InList(Binary("=", A, B), (C,))),
        ("a OR b AND c", Binary("OR", A, Binary("AND", B, C))),
        ("a AND b OR c AND d", Binary("OR", Binary("AND", A, B), Binary("AND", C, D))),
        ("NOT a = b", Binary("=", Unary("NOT", A), B)),
        ("NOT (a = b)", Unary("NOT", Binary("=", A, B))),
        ("NOT(a) AND b", Binary("AND", Unary("NOT", A), B)),
        ("!a || b", Binary("OR", Unary("NOT", A), B)),
        ("a && b || c", Binary("OR", Binary("AND", A, B), C)),
        ("a == b != c <> d", Binary("<>", Binary("<>", Binary("=", A, B), C), D)),
        ("a not in (b, c)", Unary("NOT", InList(A, (B, C)))),
        ("a IN (b) AND c", Binary("AND", InList(A, (B,)), C)),
        ("- - +a", Unary("-", Unary("-", Unary("+", A)))),
    ],
)
def test_precedence(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("and(a, b)", Call("AND", (A, B))),
        ("OR(a) AND Or(b)", Binary("AND", Call("OR", (A,)), Call("OR", (B,)))),
        ("NOT(a, b)", Call("NOT", (A, B))),
        ("NOT()", Call("NOT", ())),
        ("in(a, b)", Call("IN", (A, B))),
        ("NOT IN(a, b)", Unary("NOT", Call("IN", (A, B)))),
        ("IN(a, b) = a IN (b)", InList(Binary("=", Call("IN", (A, B)), A), (B,))),
        ("null() = NULL", Binary("=", Literal(None), Literal(None))),
        ("true() = FALSE", Binary("=", Call("TRUE", ()), Literal(value=False))),
        ("SUM(a)", Call("SUM", (A,))),
        ("COUNT()", Call("COUNT", ())),
        ("round( a , 2 )", Call("ROUND", (A, number("2")))),
        ("count", FieldRef(("count",))),
    ],
)
def test_calls(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("owner.name", FieldRef(("owner", "name"))),
        ("owner . name", FieldRef(("owner", "name"))),
        ("{Deal Amount}", FieldRef(("Deal Amount",))),
        ("{ owner . Full Name }.x", FieldRef(("owner", "Full Name", "x"))),
        ("owner.{50 %}", FieldRef(("owner", "50 %"))),
        ("金额_1", FieldRef(("金额_1",))),
        ("a.in.not", FieldRef(("a", "in", "not"))),
        ("{and}", FieldRef(("and",))),
        ("$User.id", Parameter("user", ("id",))),
        ("$today", Parameter("today", ())),
        ("$record.owner.name", Parameter("record", ("owner", "name"))),
    ],
)
def test_names(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Decimal("12")),
        ("12.50", Decimal("12.50")),
        ("007", Decimal("7")),
        ("9" * 24 + "." + "9" * 18, Decimal("9" * 24 + "." + "9" * 18)),
        ('"a\'b"', "a'b"),
        ("'a\"b'", 'a"b'),
        (r'"\n\r\t\"\'\\"', "\n\r\t\"'\\"),
        (r'"\u00e9\u4E2d"', "é中"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"e\u0301"', "é"),
        ('"// /* {x} \u00a0"', "// /* {x} \u00a0"),
        ('""', ""),
        ("TRUE", True),
        ("False", False),
        ("null", None),
    ],
)
def test_literals(text: str, value: object) -> None:
    assert parse(text) == Literal(value)  # type: ignore[arg-type]  # any value


def test_blanks_and_comments_lie_between_all_tokens() -> None:
    text = "/* a\n*b* */ a\u00a0+\t// rest\r\n b /**/"
    assert parse(text) == Binary("+", A, B)


def test_text_is_composed() -> None:
    assert parse("'e\u0301' = n\u0303ame") == Binary("=", Literal("é"), FieldRef(("ñame",)))


def test_spans_are_those_of_the_text() -> None:
    node = parse("IF(a > 1,  name)")
    assert isinstance(node, Call)
    assert node.span == (0, 16)
    assert [each.span for each in children(node)] == [(3, 8), (11, 15)]


def test_the_fields_of_a_formula_in_their_order() -> None:
    node = parse("IF(b.c > a, b.c, -d) IN (e, 1) AND NOT f")
    assert field_paths(node) == (("b", "c"), ("a",), ("d",), ("e",), ("f",))
