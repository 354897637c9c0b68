"""Literals lifted out of formulas, on trees and on texts alike."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.formula.samples import CONTEXT, RECORD, SCOPE
from unit.formula.strategies import NODES, Typed

from fieldstone.formula.ast import Binary, FieldRef, InList, Literal, Node, Placeholder
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.lift import Lifted, lift, lift_text, parse_lifted
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text

AMOUNT, NAME = FieldRef(("amount",)), FieldRef(("name",))


def test_literals_become_numbered_placeholders() -> None:
    lifted = parse_lifted("amount > 1000 AND name = 'x'")
    assert lifted == Lifted(
        Binary(
            "AND",
            Binary(">", AMOUNT, Placeholder(0, "number")),
            Binary("=", NAME, Placeholder(1, "text")),
        ),
        (Decimal(1000), "x"),
    )


@pytest.mark.parametrize(
    ("text", "shape", "values"),
    [
        ("name = \"it's\" // 'x'", "name = \0t", ("it's",)),
        ("{a 'b' 2} = 2 /* 3 */", "{a 'b' 2} = \0n", (Decimal(2),)),
        ("a1 = '\\u00e9\\n'", "a1 = \0t", ("é\n",)),
        ("a > 1234567", "a > \0N", (Decimal(1234567),)),
        ("a > 0.1234567", "a > \0N", (Decimal("0.1234567"),)),
        ("a IN (1, 2,3)", "a IN \0a", ((Decimal(1), Decimal(2), Decimal(3)),)),
        ("a NOT IN (1, 9999999)", "a NOT IN \0A", ((Decimal(1), Decimal(9999999)),)),
        ("a IN ('x')", "a IN \0x", (("x",),)),
        ("a IN ('x', '')", 'a IN ( \0t , \'\' )', ("x",)),
        ("a IN (1, 'x')", "a IN ( \0n , \0t )", (Decimal(1), "x")),
        ("a IN (1, b)", "a IN ( \0n , b )", (Decimal(1),)),
        ("a IN (-1)", "a IN ( - \0n )", (Decimal(1),)),
        ("a = ''", "a = ''", ()),
        ("TRUE = NULL", "TRUE = NULL", ()),
        ("INPERIOD(a, 'today')", "INPERIOD ( a , 'today' )", ()),
        ("inperiod(a + 1, ('today'))", "inperiod ( a + \0n , ( 'today' ) )", (Decimal(1),)),
        ("ROUND(a * 2, 3) > 4", "ROUND ( a * \0n , 3 ) > \0n", (Decimal(2), Decimal(4))),
        ("ROUND(a, MAX(1, 2)) + 3", "ROUND ( a , MAX ( 1 , 2 ) ) + \0n", (Decimal(3),)),
        ("ROUND(ENDOF(a, 'x'), b IN (1))", "ROUND ( ENDOF ( a , 'x' ) , b IN ( 1 ) )", ()),
        ("{ROUND}(a, 3)", "{ROUND} ( a , \0n )", (Decimal(3),)),
        ("x.ROUND(a, 3)", "x . ROUND ( a , \0n )", (Decimal(3),)),
    ],
)  # fmt: skip
def test_lifting_from_the_text(text: str, shape: str, values: tuple[object, ...]) -> None:
    assert lift_text(text) == (shape, values)


def test_texts_of_one_shape_share_one_tree() -> None:
    first = parse_lifted("amount > 5 AND name IN ('a', 'b')")
    second = parse_lifted("amount>77   AND name IN ('c')/* x */")
    assert first.shape is second.shape
    assert (first.values, second.values) == (
        (Decimal(5), ("a", "b")),
        (Decimal(77), ("c",)),
    )
    assert hash(first.shape) == hash(lift(parse("amount > 6 AND name IN ('z')")).shape)


def test_what_changes_the_statement_changes_the_shape() -> None:
    shapes = [
        parse_lifted(text).shape
        for text in (
            "amount > 5",
            "amount > 5000000",
            "amount > -5",
            "name = 'x'",
            "name = ''",
            "name = NULL",
            "name IN ('x')",
            "INPERIOD(due, 'today')",
            "INPERIOD(due, 'yesterday')",
        )
    ]
    assert len(set(shapes)) == len(shapes)


@given(NODES)
@settings(max_examples=400, deadline=None)
def test_both_ways_find_the_same(node: Node) -> None:
    text = to_text(node)
    lifted = lift(parse(text))
    assert parse_lifted(text) == lifted
    assert hash(parse_lifted(text).shape) == hash(lifted.shape)


@given(
    st.text(
        st.sampled_from("ab1'\"\\. ,()IN{}$/*-\n名=") | st.sampled_from("\0\ud800é"), max_size=40
    )
)
@settings(max_examples=400, deadline=None)
def test_both_ways_refuse_the_same(text: str) -> None:
    try:
        expected: object = lift(parse(text))
    except FormulaError as error:
        expected = error.faults
    try:
        found: object = parse_lifted(text)
    except FormulaError as error:
        found = error.faults
    assert found == expected


def test_a_long_list_counts_as_the_nodes_it_has() -> None:
    dense = ", ".join(["-" * 50 + "a"] * 12)  # a node for nearly every token
    text = f"a IN ({','.join('1' * 400)}) AND CONCATENATE({dense})"
    for read in (parse, parse_lifted):
        with pytest.raises(FormulaError) as raised:
            read(text)
        assert raised.value.faults[0].code == "TOO_MANY_NODES"


@given(Typed(2).condition)
@settings(max_examples=200, deadline=None)
def test_a_shape_with_its_values_computes_the_same(node: Node) -> None:
    lifted = lift(node)
    try:
        whole = check(node, SCOPE)
    except FormulaError:
        return
    shape = check(lifted.shape, SCOPE)
    try:
        expected = evaluate(whole, RECORD, CONTEXT)
    except EvaluationError as error:
        with pytest.raises(EvaluationError, match=error.code):
            evaluate(shape, RECORD, CONTEXT, lifted.values)
        return
    assert evaluate(shape, RECORD, CONTEXT, lifted.values) == expected


def test_trees_of_programs_are_lifted_as_well() -> None:
    node = InList(AMOUNT, (Literal(Decimal("-1")), Literal(Decimal(2))))
    assert lift(node) == Lifted(
        InList(AMOUNT, (Placeholder(0, "numbers"),)), ((Decimal(-1), Decimal(2)),)
    )
