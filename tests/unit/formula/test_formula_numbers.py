"""The functions about numbers, errors and choices at their edges, in both Python engines."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from unit.formula.number_cases import CASES, SCOPE, Case
from unit.formula.samples import CONTEXT, RECORD
from unit.formula.samples import SCOPE as SAMPLES

from fieldstone.formula.batch import run
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError, failure
from fieldstone.formula.functions.base import Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.parse import parse
from fieldstone.formula.sql_numbers import may_overflow


@pytest.mark.parametrize("case", CASES, ids=[f"{each.text} {each.values}" for each in CASES])
def test_edges(case: Case) -> None:
    checked = check(parse(case.text), SCOPE)
    (outcome,) = run(checked, [case.record], CONTEXT)
    if case.failure:
        assert isinstance(outcome, EvaluationError)
        assert outcome.code == case.failure
        with pytest.raises(EvaluationError) as raised:
            evaluate(checked, case.record, CONTEXT)
        assert raised.value.code == case.failure
        assert checked.root.fails
    else:
        value = evaluate(checked, case.record, CONTEXT)
        assert value == outcome == case.value
        assert type(value) is type(case.value)
        assert value or not str(value).startswith("-")


OURS = [
    function
    for function in FUNCTIONS.values()
    if function.group in ("logic", "picklist", "number") and function.signature.arguments
]


@pytest.mark.parametrize("function", OURS, ids=[each.name for each in OURS])
def test_the_examples_show_what_a_blank_does(function: Function) -> None:
    assert len(function.examples) >= 2
    assert any(re.search("parent|nickname|NULL", "".join(each)) for each in function.examples)


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FormulaError) as raised:
        check(parse(text), SAMPLES)
    return [(fault.code, fault.suggestion) for fault in raised.value.faults]


@pytest.mark.parametrize(
    "text",
    [
        'ISPICKVAL(status, "opne")',
        'status = "opne"',
        'status IN ("won", "opne")',
        'IN(status, "won", "opne")',
        'CASE(status, "opne", 1, 2) = 1',
        'SWITCH(status, "opne", 1, 2) = 1',
        'BLANKVALUE(status, "opne") = "won"',
        'NULLVALUE(status, "opne") = "won"',
        'IF(is_done, status, "opne") = "won"',
        'IFS(is_done, status, is_done, "opne", status) = "won"',
        'IFERROR(status, "opne") = "won"',
    ],
)
def test_a_code_that_is_none_of_the_values_is_found_with_a_suggestion(text: str) -> None:
    assert refused(text) == [("BAD_PICKLIST_VALUE", "open")]


@pytest.mark.parametrize("text", ['INCLUDES(colors, "rde")', 'EXCLUDES(colors, "red", "rde")'])
def test_so_is_one_of_several(text: str) -> None:
    assert refused(text) == [("BAD_PICKLIST_VALUE", "red")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("IFS(amount, 1, 2)", "ARG_TYPE"),
        ("IFS(is_done, 1, amount, 2, 3)", "ARG_TYPE"),
        ("IFS(is_done, 1, is_done, 2)", "ARG_COUNT"),
        ("IFS(is_done, 1, 'x')", "ARG_TYPE"),
        ("IN(colors, 'red')", "ARG_TYPE"),
        ("IN(place, place)", "ARG_TYPE"),
        ("IN(amount)", "ARG_COUNT"),
        ("CASE(place, place, 1, 2)", "ARG_TYPE"),
        ("IFERROR(amount, name)", "ARG_TYPE"),
        ("ISNUMBER(amount)", "ARG_TYPE"),
        ("PICKLISTCOUNT(status)", "ARG_TYPE"),
        ("ISPICKVAL(status, name)", "LITERAL_NEEDED"),
        ("TRUNC(amount, 1, 2)", "ARG_COUNT"),
        ("LOG(amount, 2, 3)", "ARG_COUNT"),
        ("SQRT(0 - 4)", "CONST_ERROR"),
        ("IFERROR(amount, 1 / 0)", "CONST_ERROR"),
        ("LOG(8, 1)", "CONST_ERROR"),
        ("EXP(56)", "CONST_ERROR"),
        ("ASIN(1.1)", "CONST_ERROR"),
        ("GEOLOCATION(91, 0) = NULL", "CONST_ERROR"),
        ("DISTANCE(place, place, name)", "LITERAL_NEEDED"),
        ("DISTANCE(place, name, 'km')", "ARG_TYPE"),
        ("MAX(amount, due)", "ARG_TYPE"),
    ],
)
def test_faults(text: str, code: str) -> None:
    assert [each[0] for each in refused(text)] == [code]


def test_the_unit_of_a_distance_is_suggested() -> None:
    assert refused("DISTANCE(place, place, 'KM')") == [("BAD_PICKLIST_VALUE", "km")]


@pytest.mark.parametrize(
    ("text", "digits", "scale"),
    [
        ("ROUND(amount * 0.13, 2)", 18, 2),
        ("ROUND(amount, 2)", 16, 2),
        ("ROUND(amount, 5)", 16, 2),
        ("ROUNDUP(amount, 0)", 17, 0),
        ("ROUNDUP(amount, -20)", 21, 0),
        ("ROUNDDOWN(amount, 1)", 16, 1),
        ("TRUNC(amount)", 16, 0),
        ("TRUNC(amount / 3)", 17, 0),
        ("FLOOR(quantity)", 18, 0),
        ("MFLOOR(quantity)", 18, 0),
        ("MFLOOR(amount)", 17, 0),
        ("MROUND(amount, 0.05)", 17, 2),
        ("MOD(amount, 7)", 1, 2),
        ("QUOTIENT(amount, 0.5)", 17, 0),
        ("EVEN(quantity)", 19, 0),
        ("SIGN(amount)", 1, 0),
        ("SQRT(amount)", 9, 18),
        ("LN(amount)", 2, 18),
        ("LOG(amount, 1.5)", 3, 18),
        ("POWER(quantity, 1)", 18, 0),
        ("POWER(quantity, 0)", 1, 0),
        ("PICKLISTCOUNT(colors)", 9, 0),
        ("MAX(amount, ratio)", 16, 4),
    ],
)
def test_the_room_of_results(text: str, digits: int, scale: int) -> None:
    type_ = check(parse(text), SAMPLES).type
    assert (type_.digits, type_.scale) == (digits, scale)


def test_numbers_that_cannot_grow_too_large_need_no_guard() -> None:
    sure = ("ROUND(amount * 0.13, 2)", "TRUNC(quantity)", "POWER(ratio, 2)", "MROUND(amount, 5)")
    assert not any(check(parse(text), SAMPLES).root.fails for text in sure[:2])
    assert may_overflow(check(parse("POWER(amount, 2)"), SAMPLES).type)
    assert not any(may_overflow(check(parse(text), SAMPLES).type) for text in sure)


def test_lazy_functions_stop_where_the_answer_is_known() -> None:
    for text, expected in (
        ("IF(TRUE, 1, 1 / (quantity - 3))", Decimal(1)),
        ("IFS(FALSE, 1 / (quantity - 3), TRUE, 2, 1 / (quantity - 3))", Decimal(2)),
        ("CASE(1, 1, 2, 1 / (quantity - 3), 3, 4)", Decimal(2)),
        ("COALESCE(NULL, 5, 1 / (quantity - 3))", Decimal(5)),
        ("NULLVALUE(quantity, 1 / (quantity - 3))", Decimal(3)),
        ("IFERROR(quantity, 1 / (quantity - 3))", Decimal(3)),
    ):
        assert evaluate(check(parse(text), SAMPLES), RECORD, CONTEXT) == expected


def test_what_is_caught_is_no_certain_error() -> None:
    for text, expected in (
        ("IFERROR(1 / 0, amount)", Decimal("1250.50")),
        ("IFERROR(amount + VALUE('x'), 7)", Decimal(7)),
        ("ISERROR(SQRT(0 - amount) + 1 / 0)", True),
    ):
        assert evaluate(check(parse(text), SAMPLES), RECORD, CONTEXT) == expected


def test_a_set_of_choices_can_be_chosen_between() -> None:
    checked = check(parse('IF(is_done, colors, "blue")'), SAMPLES)
    assert evaluate(checked, RECORD, CONTEXT) == frozenset({"blue"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PMT(0.1, 0, 1000)", "DIV0"),
        ("PMT(-1, 10, 1000)", "DOMAIN"),
        ("PMT(0.5, 100000, 1000)", "OVERFLOW"),
        ("PMT(0.1, 2, 1000, 0, 1)", "-523.809523809523809524"),
        ("PMT(0.1, 2, 0, 210)", "-100"),
        ("PV(0.1, 2, -121)", "210"),
        ("PV(0.1, 2, 0, -121)", "100"),
        ("PV(0.1, 2, -121, 0, 1)", "231"),
        ("FV(0.1, 2, 0, -100)", "121"),
        ("FV(0.1, 2, -100)", "210"),
        ("FV(0.1, 2, -100, 0, 1)", "231"),
        ("FV(1, 100, -1)", "OVERFLOW"),
        ("NPER(0.1, -121, 210)", "2"),
        ("NPER(0.1, 0, -100, 121)", "2"),
        ("NPER(0.1, -1, 1000)", "DOMAIN"),
        ("NPER(0, 0, 1000)", "DIV0"),
        ("NPER(0.1, -100, 1000)", "DIV0"),
    ],
)
def test_payments(text: str, expected: str) -> None:
    """Worked out by hand for two periods of ten per cent."""
    if expected.isupper():
        with pytest.raises(FormulaError) as raised:
            check(parse(text), SAMPLES)
        assert raised.value.faults[0].code == "CONST_ERROR"
        assert str(raised.value.faults[0].params["error"]) == str(failure(expected))
    else:
        assert evaluate(check(parse(text), SAMPLES), RECORD, CONTEXT) == Decimal(expected)


def test_distances() -> None:
    quarter = "DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 90), 'km')"
    half = "DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 180), 'km')"
    pole = "DISTANCE(GEOLOCATION(90, 0), GEOLOCATION(-90, 77), 'km')"
    found = [
        evaluate(check(parse(text), SAMPLES), RECORD, CONTEXT) for text in (quarter, half, pole)
    ]
    assert [round(Decimal(str(each)), 3) for each in found] == [
        Decimal("10007.558"), Decimal("20015.115"), Decimal("20015.115"),
    ]  # fmt: skip
