"""Trees as JSON and as rows of conditions, there and back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from unit.formula.strategies import NODES

from fieldstone.formula.ast import FieldRef, Literal, Node, Placeholder
from fieldstone.formula.conditions import (
    OPERATORS,
    Condition,
    describe_conditions,
    from_conditions,
)
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.json_tree import from_json, to_json
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.kernel.errors import InvariantError


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (
            "status = 'won' AND amount >= 5000 AND due > TODAY() - 7",
            {
                "and": [
                    {"field": "status", "op": "=", "value": "won"},
                    {"field": "amount", "op": ">=", "value": 5000},
                    {
                        "field": "due",
                        "op": ">",
                        "value": {
                            "op": "-",
                            "left": {"call": "TODAY", "arguments": []},
                            "right": {"value": 7},
                        },
                    },
                ]
            },
        ),
        ("status IN ('a', 'b')", {"field": "status", "op": "in", "value": ["a", "b"]}),
        ("status NOT IN ('a')", {"field": "status", "op": "not_in", "value": ["a"]}),
        ("amount > 0.5", {"field": "amount", "op": ">", "value": {"number": "0.5"}}),
        (
            "amount < -5",
            {"field": "amount", "op": "<", "value": {"op": "negate", "of": {"value": 5}}},
        ),
        ("CONTAINS(owner.name, 'x')", {"field": "owner.name", "op": "contains", "value": "x"}),
        ("NOT CONTAINS(name, 'x')", {"field": "name", "op": "not_contains", "value": "x"}),
        ("BEGINS(name, 'x')", {"field": "name", "op": "begins", "value": "x"}),
        ("INPERIOD(due, 'today')", {"field": "due", "op": "in_period", "value": "today"}),
        ("ISBLANK(due)", {"field": "due", "op": "is_blank"}),
        ("NOT ISBLANK(due)", {"field": "due", "op": "is_not_blank"}),
        ("INCLUDES(colors, 'a', 'b')", {"field": "colors", "op": "includes", "value": ["a", "b"]}),
        ("due = NULL", {"field": "due", "op": "=", "value": None}),
        ("is_done = TRUE", {"field": "is_done", "op": "=", "value": True}),
        (
            "owner = $user.id",
            {"field": "owner", "op": "=", "value": {"parameter": "user.id"}},
        ),
        ("is_done", {"field": "is_done"}),
        ("NOT is_done", {"not": {"field": "is_done"}}),
        (
            "a OR (b OR c)",
            {"or": [{"field": "a"}, {"or": [{"field": "b"}, {"field": "c"}]}]},
        ),
        ("a = b", {"op": "=", "left": {"field": "a"}, "right": {"field": "b"}}),
        ("+a IN (b)", {
            "op": "in", "left": {"op": "plus", "of": {"field": "a"}}, "items": [{"field": "b"}],
        }),
        ("AND(a, b)", {"call": "AND", "arguments": [{"field": "a"}, {"field": "b"}]}),
    ],
)  # fmt: skip
def test_json_of_a_formula(text: str, tree: dict[str, Any]) -> None:
    assert to_json(parse(text)) == tree
    assert from_json(tree) == parse(text)


@given(NODES)
@settings(max_examples=300, deadline=None)
def test_there_and_back(node: Node) -> None:
    tree = json.loads(json.dumps(to_json(node)))
    assert from_json(tree) == node
    assert parse(to_text(from_json(tree))) == node


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({"and": []}, "TRUE"),
        ({"or": []}, "FALSE"),
        ({"and": [{"field": "a"}]}, "a"),
        ({"field": "a", "op": "=", "value": 0.1}, "a = 0.1"),
        ({"field": "a", "op": "=", "value": -3}, "a = -3"),
        ({"field": "a", "op": "=", "value": Decimal("1.50")}, "a = 1.50"),
        ({"field": "a", "op": "=", "value": "e\u0301"}, 'a = "é"'),
        ({"field": "owner.Full Name"}, "owner.{Full Name}"),
        ({"call": "not", "arguments": [{"field": "a"}]}, "NOT a"),
        ({"call": "not", "arguments": []}, "NOT()"),
        ({"parameter": "USER.id"}, "$user.id"),
    ],
)
def test_other_ways_to_write_it(tree: dict[str, Any], text: str) -> None:
    assert to_text(from_json(tree)) == text


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        (None, "."),
        ([], "."),
        ({}, "."),
        ({"and": {}}, "and"),
        ({"and": [{"field": "a"}, 5]}, "and.1"),
        ({"field": ""}, "field"),
        ({"field": "a..b"}, "field"),
        ({"field": "a}"}, "field"),
        ({"field": 5}, "field"),
        ({"field": "a", "op": "~", "value": 1}, "op"),
        ({"field": "a", "op": ["="], "value": 1}, "op"),
        ({"field": "a", "op": "="}, "value"),
        ({"field": "a", "op": "in", "value": "x"}, "value"),
        ({"field": "a", "op": "in", "value": []}, "value"),
        ({"field": "a", "op": "is_blank", "value": 1}, "value"),
        ({"field": "a", "op": "=", "value": {"x": 1}}, "value"),
        ({"field": "a", "op": "=", "value": [1]}, "value"),
        ({"value": "\x00"}, "value"),
        ({"value": "\ud800"}, "value"),
        ({"value": "x" * 5001}, "value"),
        ({"value": float("nan")}, "value"),
        ({"value": float("inf")}, "value"),
        ({"value": 10**24}, "value"),
        ({"number": "x"}, "number"),
        ({"number": 5}, "number"),
        ({"number": "1e-19"}, "number"),
        ({"number": "1" * 99}, "number"),
        ({"op": "in", "left": {"field": "a"}, "items": []}, "items"),
        ({"op": "??", "left": {"field": "a"}, "right": {"field": "a"}}, "op"),
        ({"op": "=", "left": {"field": "a"}}, "right"),
        ({"op": "negate"}, "of"),
        ({"call": "a b"}, "call"),
        ({"call": 5}, "call"),
        ({"call": "ABS", "arguments": "x"}, "arguments"),
        ({"parameter": ""}, "parameter"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tree: Any, place: str) -> None:
    with pytest.raises(FormulaError) as raised:
        from_json(tree)
    fault = raised.value.faults[0]
    assert (fault.code, fault.params["place"]) == ("BAD_JSON", place)


def test_a_shape_has_no_json() -> None:
    with pytest.raises(InvariantError):
        to_json(Placeholder(0, "text"))


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_goes_there_and_back(operator: str) -> None:
    shape = OPERATORS[operator]
    count = 2 if shape.several else shape.operands
    condition = Condition(("owner", "name"), operator, (Literal("x"),) * count)
    assert describe_conditions(from_conditions([condition])) == [condition]
    assert describe_conditions(parse(to_text(from_conditions([condition])))) == [condition]


def test_a_row_of_conditions() -> None:
    node = parse("AND(a = 1, b IN ('x')) AND NOT ISBLANK(c.d) AND e > $now - 1")
    found = describe_conditions(node)
    assert found is not None
    assert [(each.path, each.operator) for each in found] == [
        (("a",), "="),
        (("b",), "in"),
        (("c", "d"), "is_not_blank"),
        (("e",), ">"),
    ]
    assert to_text(from_conditions(found)) == (
        'a = 1 AND b IN ("x") AND NOT ISBLANK(c.d) AND e > $now - 1'
    )


@pytest.mark.parametrize(
    "text",
    ["a = 1 OR b = 2", "a = b", "1 = a", "a + 1 = 2", "NOT (a = 1)", "CONTAINS(a, b)",
     "a IN (1, b)", "ISBLANK(a, b)", "a AND b", "NOT is_done", "UPPER(a) = 'X'"],
)  # fmt: skip
def test_what_is_not_a_row_of_conditions(text: str) -> None:
    assert describe_conditions(parse(text)) is None


def test_the_empty_row() -> None:
    assert from_conditions([]) == Literal(value=True)
    assert describe_conditions(parse("TRUE")) == []


def test_a_condition_with_the_wrong_number_of_values() -> None:
    for condition in (
        Condition(("a",), "="),
        Condition(("a",), "in"),
        Condition(("a",), "is_blank", (Literal("x"),)),
        Condition(("a",), "~", (Literal("x"),)),
        Condition(("a",), "=", (FieldRef(("b",)), FieldRef(("c",)))),
    ):
        with pytest.raises(ValueError, match="does not take"):
            from_conditions([condition])
