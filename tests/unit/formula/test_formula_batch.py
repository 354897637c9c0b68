"""Generated Python says what the tree walker says, value by value and error by error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT, RECORD, SCOPE
from unit.formula.strategies import Typed

from fieldstone.formula.ast import Node, Value
from fieldstone.formula.batch import run
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.generate import generated
from fieldstone.formula.lift import parse_lifted
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked
from fieldstone.formula.usage import Usage

ZEROES: Mapping[Path, Value] = {
    **RECORD, ("quantity",): Decimal(0), ("amount",): None, ("is_done",): True, ("name",): "",
    ("status",): "won",
}  # fmt: skip
LARGE: Mapping[Path, Value] = {
    **RECORD, ("amount",): Decimal("9999999999999999.99"), ("quantity",): 999_999_999_999_999_999,
    ("name",): "12.50", ("colors",): frozenset(),
}  # fmt: skip
RECORDS: tuple[Mapping[Path, Any], ...] = (RECORD, {}, ZEROES, LARGE)
SAVED = replace(CONTEXT, old=RECORD)


def walked(checked: Checked, record: Mapping[Path, Value]) -> Any:
    try:
        return evaluate(checked, record, SAVED)
    except EvaluationError as error:
        return error.code, error.span


def comparable(outcome: Any) -> Any:
    return (outcome.code, outcome.span) if isinstance(outcome, EvaluationError) else outcome


def assert_equal(checked: Checked, text: str) -> None:
    found = [comparable(each) for each in run(checked, RECORDS, SAVED)]
    expected = [walked(checked, record) for record in RECORDS]
    assert found == expected, text
    assert [type(each) for each in found] == [type(each) for each in expected], text


EXAMPLES = [text for function in FUNCTIONS.values() for pair in function.examples for text in pair]


@pytest.mark.parametrize("text", dict.fromkeys(EXAMPLES))
def test_examples(text: str) -> None:
    assert_equal(check(parse(text), SCOPE, usage=Usage.VALIDATION), text)


@pytest.mark.parametrize("blanks", ["blank", "zero"])
@pytest.mark.parametrize(
    "text",
    [
        "total",
        "share + share",
        "above",
        "IF(share > 1, parent.total, greeting_length)".replace("greeting_length", "LEN(greeting)"),
        "greeting & '!' & name",
        "ISCHANGED(total) OR ISNEW()",
        "PRIORVALUE(total) + $old.amount",
        "IF(ISBLANK(amount), 1, IF(amount > 5, 2, 1 / quantity))",
        "amount > 5 AND 1 / quantity > 0 AND is_done",
        "amount > 5 OR 1 / quantity > 0 OR is_done",
        "NOT (amount > 5 OR 1 / quantity > 0)",
        "NOT (amount > 5) OR NOT is_done",
        "amount IN (1250.5, 0, 1 / 3)",
        "amount IN (quantity, 0, 1 / quantity)",
        "name IN ('', nickname, 'Fieldstone')",
        "status IN ('open', 'won')",
        "status = 'won' OR status <> 'open'",
        "name <> nickname",
        "name = ''",
        "1 / $user.level > 1 OR is_done",
        "is_done OR 1 / $user.level > 1",
        "due > TODAY() - quantity",
        "updated > '2024-05-01'",
        "1 / 9 * 9 = 1",
        "(1 / 9) * amount * 9",
        "ROUND(amount, 1) + ROUND(amount * 1.005, 2) + ROUND(quantity, -2) + ROUND(amount / 7, 3)",
        "ROUND(amount, quantity)",
        "BLANKVALUE(amount, BLANKVALUE(1 / quantity, 7))",
        "COALESCE(nickname, name, '?')",
        "amount * amount * quantity",
        "-amount + +quantity",
        "colors",
        "TRUE",
        "NULL",
        "''",
        "1",
        "is_done = TRUE AND is_done < TRUE",
        "CASE(amount, 0, 'none', 1250.5, name, '?')",
    ],
)
def test_blanks_errors_and_laziness(text: str, blanks: Blanks) -> None:
    checked = check(parse(text), COMPUTED_SCOPE, blanks=blanks, usage=Usage.VALIDATION)
    assert_equal(checked, text)


@pytest.mark.parametrize(
    "shape",
    [
        "IF(amount > @, #, @)",
        "IF(amount < @, @, #)",
        "IF(is_done AND (# > @), 1, 1 / quantity)",
        "BLANKVALUE(NULL, #)",
        "1 / (#)",
        "-(#)",
    ],
)
def test_deep_formulas(shape: str) -> None:
    text = "amount"
    for number in range(19 if "AND" in shape else 55):
        text = shape.replace("#", text).replace("@", str(number))
    assert_equal(check(parse(text), SCOPE), text)


def test_wide_formulas() -> None:
    choices = ", ".join(f"amount > {20_000 - number}, {number}" for number in range(24))
    assert_equal(check(parse(f"IFS({choices}, 1 / quantity)"), SCOPE), choices)
    row = ", ".join(f"1 / (quantity + {number}) < 2" for number in range(50))
    assert_equal(check(parse(f"AND({row})"), SCOPE), row)


ANY = Typed(3)
FORMULAS = st.one_of(ANY.condition, ANY.number, ANY.text, ANY.date, ANY.instant)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making it small may take minutes
)
@example(parse("IF(is_done, TODAY(), TODAY()) + DAY(updated) IN (TODAY())"), "zero")
@example(parse("DATE(BLANKVALUE(0.3, 2.5), 1, 1) IN (TODAY())"), "blank")
@example(parse("UPPER('b') & name IN (UPPER(LOWER('_b')))"), "blank")
@given(FORMULAS, st.sampled_from(["blank", "zero"]))
def test_random_formulas(node: Node, blanks: Blanks) -> None:
    try:
        checked = check(node, SCOPE, blanks=blanks)
    except FormulaError:
        return
    assert_equal(checked, to_text(node))


def test_lifted_values_and_zones() -> None:
    lifted = parse_lifted("IF(name IN ('a', 'Fieldstone'), updated > '2024-05-15', amount = 5)")
    checked = check(lifted.shape, SCOPE)
    for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
        context = replace(CONTEXT, timezone=zone)
        assert run(checked, [RECORD], context, lifted.values) == [
            evaluate(checked, RECORD, context, lifted.values)
        ]


def test_each_record_with_its_own_past() -> None:
    checked = check(parse("amount - $old.amount"), SCOPE, usage=Usage.FLOW)
    past: list[Mapping[Path, Value] | None] = [None, {("amount",): Decimal(1)}]
    assert run(checked, [RECORD, RECORD], CONTEXT, old=past) == [None, Decimal("1249.50")]


def test_nothing_that_a_person_wrote_is_in_the_source() -> None:
    text = 'IF({Nick Name} = \'evil"""); import os #\', amount * 31415, $user.level) > 2718'
    source = generated(check(parse(text), SCOPE).root)
    assert not any(word in source.text for word in ("evil", "amount", "nick", "31415", "2718"))
    names = {name for name in source.objects if not name.startswith("g")}
    assert names == {"Failed"}
