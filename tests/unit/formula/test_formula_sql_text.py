"""The SQL of conditions, as text: what reaches the database and what is bound."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from unit.formula.fixture_pairs import UPDATE, pairs, update
from unit.formula.samples import ANN, BOB, CONTEXT, SCOPE
from unit.formula.tables import column

from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.lift import parse_lifted
from fieldstone.formula.parse import parse
from fieldstone.formula.to_sql import condition, to_sql
from fieldstone.formula.types import BOOLEAN
from fieldstone.kernel.sql import statement

FIXTURES = Path(__file__).parent / "fixtures"


def as_text(given: str) -> str:
    """The SQL on one line, and under it the values."""
    lifted, binder = parse_lifted(given), Binder()
    checked = check(lifted.shape, SCOPE)
    build = condition if checked.type == BOOLEAN else to_sql
    made = statement(build(checked, column, binder))
    values = {**made.known, **bind_values(binder.binds, lifted.values, CONTEXT)}
    lines = [f"  {name} = {value!r}" for name, value in sorted(values.items())]
    return "\n".join([" ".join(made.text.split()), *lines])


if UPDATE:
    update(FIXTURES, as_text)


@pytest.mark.parametrize(("given", "expected"), pairs(FIXTURES))
def test_sql(given: str, expected: str) -> None:
    assert as_text(given) == expected


def compiled(text: str) -> str:
    binder = Binder()
    return statement(condition(check(parse_lifted(text).shape, SCOPE), column, binder)).text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("amount > 5", "amount > 900"),
        ("name IN ('a')", "name IN ('a', 'b', 'c')"),
        ("due > TODAY() - 7", "due > TODAY() - 30"),
        ("CONTAINS(name, 'a')", "CONTAINS(name, '50%')"),
        (f"owner = '{ANN}'", f"owner = '{BOB}'"),
        ("ISPICKVAL(status, 'won')", "ISPICKVAL(status, 'new')"),
    ],
)  # fmt: skip
def test_one_statement_serves_all_values(first: str, second: str) -> None:
    assert compiled(first) == compiled(second)


def test_values_are_computed_for_each_request() -> None:
    binder = Binder(prefix="f")
    lifted = parse_lifted("due >= TODAY() - 7 AND owner = $user.id AND INPERIOD(updated, 'today')")
    condition(check(lifted.shape, SCOPE), column, binder)
    later = Context(now=CONTEXT.now.replace(day=20), timezone="Asia/Shanghai")
    first = bind_values(binder.binds, lifted.values, CONTEXT)
    second = bind_values(binder.binds, lifted.values, later)
    assert set(first) == set(second)
    assert all(name.startswith("f") for name in first)
    assert all(first[name] != second[name] for name in first)


def test_only_what_is_used_is_bound() -> None:
    binder = Binder()
    checked = check(parse("due > TODAY() - 7 AND ROUND(amount, 2) > 1"), SCOPE)
    text = statement(condition(checked, column, binder)).text
    assert {f"%({bind.name})s" in text for bind in binder.binds} == {True}


def test_several_formulas_in_one_statement() -> None:
    binder = Binder()
    tests = [
        condition(check(parse(text), SCOPE), column, binder)
        for text in (
            "amount > 1",
            "amount > 2 AND INPERIOD(due, 'today')",
            "INPERIOD(due, 'today')",
        )
    ]
    text = statement(sa.and_(*tests)).text
    values = bind_values(binder.binds, (), CONTEXT)
    assert all(f"%({name})s" in text for name in values)
    assert len(values) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("due = '2024-02-30'", "BAD_DATE"),
        ("status IN ('won', 'wom')", "BAD_PICKLIST_VALUE"),
        ("INCLUDES(colors, 'pink')", "BAD_PICKLIST_VALUE"),
        ("owner = 'me'", "BAD_REFERENCE"),
    ],
)
def test_a_literal_that_does_not_fit_is_found_when_it_is_bound(text: str, code: str) -> None:
    lifted, binder = parse_lifted(text), Binder()
    condition(check(lifted.shape, SCOPE), column, binder)
    with pytest.raises(FormulaError) as raised:
        bind_values(binder.binds, lifted.values, CONTEXT)
    assert raised.value.faults[0].code == code
    with pytest.raises(FormulaError) as exact:
        check(parse(text), SCOPE, text=text)
    assert (exact.value.faults[0].code, exact.value.faults[0].line) == (code, 1)


@pytest.mark.parametrize("text", ["SIN(amount) > 0", "is_done AND DEGREES(quantity) > 4"])
def test_what_only_python_computes_is_refused(text: str) -> None:
    with pytest.raises(FormulaError) as raised:
        compiled(text)
    assert raised.value.faults[0].code == "NOT_ALLOWED_IN_CONTEXT"


def test_powers_without_fields_are_constants() -> None:
    assert compiled("amount > 2 ^ 10") == "task.amount > %(p1)s"


@pytest.mark.parametrize(
    "text",
    [
        "AND(" * 25 + "MAX(amount, MAX(amount, MAX(amount, 1))) > 1" + ")" * 25,
        "MAX(" * 12 + "amount" + ", quantity)" * 12 + " > 1",
        "ADDMONTHS(" * 6 + "due" + ", quantity)" * 6 + " > due",
        "LEN(TEXT(" * 20 + "amount" + "))" * 20 + " > 1",
        "CEILING(" * 40 + "amount" + ")" * 40 + " > 1",
    ],
)
def test_a_statement_that_would_grow_too_large_is_refused(text: str) -> None:
    try:
        assert len(compiled(text)) < 64_000
    except FormulaError as error:
        assert error.faults[0].code == "TOO_COSTLY"


def test_the_deepest_statements_compile_with_few_frames_left() -> None:
    def below(frames: int, text: str) -> object:
        if frames:
            return below(frames - 1, text)
        try:
            return compiled(text)
        except FormulaError as error:
            return error.faults[0].code

    for depth in (8, 16, 24, 40, 56):
        for before, leaf, after in (
            ("IF(is_done, ", "amount", ", 1)"),
            ("LEN(TEXT(", "amount", "))"),
            ("-", "amount", ""),
            ("(1 / ", "amount", ")"),
        ):
            text = before * (depth // before.count("(") if "(" in before else depth)
            text += leaf + after * (depth // before.count("(") if "(" in before else 0)
            assert below(250, text + " > 1")
