"""The canonical text of a tree, and the law that it reads back as the same tree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from unit.formula.strategies import NODES

from fieldstone.formula.ast import Binary, FieldRef, Literal, Node, Placeholder, Unary
from fieldstone.formula.limits import MAX_DEPTH
from fieldstone.formula.parse import parse
from fieldstone.formula.print import quote, to_text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a&&b||!c", "a AND b OR NOT c"),
        ("((a))+(b*c)", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("-(a^b)", "-(a ^ b)"),
        ("(-a)^b", "-a ^ b"),
        ("not(a=b)", "NOT (a = b)"),
        ("!(a in(1,2))", "a NOT IN (1, 2)"),
        ("NOT (a NOT IN (1))", "NOT (a NOT IN (1))"),
        ("(a in (1)) = b", "(a IN (1)) = b"),
        ("round(a,2)", "ROUND(a, 2)"),
        ("'it\\'s'", '"it\'s"'),
        ("{name}.{Full Name}", "name.{Full Name}"),
        ("{in}.in", "{in}.in"),
        ("{$x}", "{$x}"),
        ("$user.id = $now", "$user.id = $now"),
        ("1.50 == null", "1.50 = NULL"),
        ("true", "TRUE"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert to_text(parse(text)) == canonical


def test_long_formulas_break_after_commas() -> None:
    text = "IF(one_test AND another, CASE(status, 'open', 'to do', 'won', 'done', 'lost'), 'x')"
    assert to_text(parse(text), width=40) == (
        "IF(\n"
        "  one_test AND another,\n"
        "  CASE(\n"
        "    status,\n"
        '    "open",\n'
        '    "to do",\n'
        '    "won",\n'
        '    "done",\n'
        '    "lost"\n'
        "  ),\n"
        '  "x"\n'
        ")"
    )
    for line in ("x IN (1, 22, 333)", "x NOT IN (1, 22, 333)", "AND(a, b) OR x IN (1, 2)"):
        broken = to_text(parse(line), width=8)
        assert "\n" in broken
        assert parse(broken) == parse(line)


def test_an_escape_does_not_melt_with_the_mark_after_it() -> None:
    assert quote("\n\u0303") == '"\\n\\u0303"'
    assert quote("\\\U0001e94a") == '"\\\\\U0001e94a"'
    assert parse(quote("\n\u0303")) == Literal("\n\u0303")


def test_control_characters_are_escaped() -> None:
    assert quote("\x07") == '"\\u0007"'


def test_values_that_only_programs_make() -> None:
    assert to_text(Literal(Decimal("1E+2"))) == "100"
    assert to_text(Literal(Decimal("-5"))) == "-5"
    assert to_text(Literal(date(2024, 5, 1))) == '"2024-05-01"'
    assert to_text(Placeholder(3, "text")) == "?3"


@given(NODES)
@settings(max_examples=300, deadline=None)
def test_printing_then_parsing_gives_the_same_tree(node: Node) -> None:
    text = to_text(node)
    assert parse(text) == node
    assert to_text(parse(text)) == text


def test_the_deepest_tree_prints() -> None:
    node: Node = FieldRef(("a",))
    for _ in range(MAX_DEPTH - 1):
        node = Binary("-", FieldRef(("a",)), Unary("-", node)) if _ % 2 else Unary("-", node)
    assert to_text(node)
