"""Related lists summed up: PostgreSQL gives what Python gives, in both of Python's ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from formula_world import RECORDS, Tasks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT, LINES
from unit.formula.tables import LINE, SOURCE, TASK, column, related

from fieldstone.formula import batch
from fieldstone.formula.ast import Path
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.parse import parse
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import to_sql, to_sql_with_error
from fieldstone.formula.usage import Usage
from fieldstone.kernel.sql import statement

Line = Mapping[str, Any]
FORMULAS = (
    *(text for each in FUNCTIONS.values() if each.group == "list" for text, _ in each.examples),
    "COUNT(lines.status)",
    "SUM(1 / (lines.amount - 10))",
    "SUM(lines.amount * lines.amount)",
    "SUM(lines.amount * 1000000000000)",
    "AVG(lines.amount)",
    "AVG(lines.amount / 3)",
    "MAX(lines.amount)",
    "MIN(lines.amount, lines.status <> 'won')",
    "MAX(lines.name)",
    "MIN(lines.name)",
    "MAX(lines.done_on)",
    "MIN(lines.done_on, lines.amount > 0)",
    "COUNTDISTINCT(lines.name)",
    "COUNTDISTINCT(lines.amount / 3)",
    "COUNTDISTINCT(lines.done_on)",
    "ANY(lines, lines.amount = 10)",
    "ALL(lines, lines.amount = 10)",
    "ANY(lines, 1 / (lines.amount - 10) > 0)",
    "ALL(lines, 1 / (lines.amount - 10) > 0)",
    "COUNT(lines, 1 / (lines.amount - 10) > 0)",
    "NOT ANY(lines, lines.done_on < TODAY())",
    "FIRST(lines.name, lines.name)",
    "LAST(lines.name, lines.name)",
    "FIRST(lines.amount, lines.name)",
    "LAST(lines.amount, lines.done_on, lines.name <> 'a')",
    "FIRST(lines.status, 1 / (lines.amount - 10))",
    "FIRST(lines.amount / 3, lines.amount / 3)",
    "JOIN(lines.name, '')",
    "JOIN(lines.name & TEXT(lines.amount), $user.name)",
    "JOIN(lines.name, NULL)",
    "SUM(lines.amount, lines.name = $user.name) + amount",
    "billed",
    "billed * 2 + COUNT(lines)",
    "parent.billed",
    "IF(COUNT(lines) > 1, billed / (COUNT(lines) - 2), parent.billed)",
    "ROUND(SUM(lines.amount) / COUNT(lines.amount), 2)",
    "BLANKVALUE(AVG(lines.amount), 7) + BLANKVALUE(MAX(lines.amount), 7)",
)  # fmt: skip

AMOUNTS = ("0", "10", "-10", "0.01", "99999999999999.99", "3.33")
LINE_VALUES = st.fixed_dictionaries(
    {
        "task": st.integers(0, len(RECORDS) - 1).map(lambda number: UUID(int=number)),
        "name": st.sampled_from([None, "a", "B", "石头", "Ann", "ß"]),
        "amount": st.sampled_from([None, *map(Decimal, AMOUNTS)]),
        "status": st.sampled_from([None, "new", "won", "open"]),
        "done_on": st.sampled_from([None, date(2024, 5, 14), date(2024, 5, 15), date.max]),
    }
)


@pytest.fixture(scope="module")
def lines(tasks: Tasks) -> Tasks:
    tasks.connection.execute(
        "CREATE TABLE line (id uuid, task uuid, name text, amount numeric(18, 2), status text,"
        " done_on date)"
    )
    return tasks


def stored(tasks: Tasks, found: list[Line]) -> None:
    tasks.connection.execute("DELETE FROM line")
    rows = [{"id": UUID(int=number), **line} for number, line in enumerate(found)]
    for row in reversed(rows):
        made = statement(sa.insert(LINE).values(row))
        tasks.connection.execute(made.text, made.known)


def with_lines(found: list[Line]) -> list[dict[Path, Any]]:
    def of(owner: Any) -> list[dict[Path, Any]]:
        return [
            {(name,): value for name, value in line.items()}
            for line in found
            if owner is not None and line["task"] == owner
        ]

    return [
        {**record, (LINES,): of(record["id",]), ("parent", LINES): of(record.get(("parent", "id")))}
        for record in RECORDS
    ]


def in_sql(tasks: Tasks, text: str) -> list[tuple[Any, str | None]]:
    checked = check(parse(text), COMPUTED_SCOPE, usage=Usage.FIELD)
    binder, laterals = Binder(), Laterals()
    value, code = to_sql_with_error(checked, column, binder, laterals, related)
    clause = sa.select(value, sa.null() if code is None else code)
    clause = clause.select_from(laterals.around(SOURCE)).order_by(TASK.c.id)
    return [tuple(row) for row in tasks.run(clause, bind_values(binder.binds, (), CONTEXT))]


def in_python(records: list[dict[Path, Any]], text: str) -> list[tuple[Any, str | None]]:
    checked = check(parse(text), COMPUTED_SCOPE, usage=Usage.FIELD)
    found: list[tuple[Any, str | None]] = []
    for record in records:
        try:
            found.append((evaluate(checked, record, CONTEXT), None))
        except EvaluationError as error:
            found.append((None, error.code))
    made = batch.run(checked, records, CONTEXT)
    assert found == [
        (None, each.code) if isinstance(each, EvaluationError) else (each, None) for each in made
    ], "the walker and the generated code"
    return found


SAMPLES: tuple[list[Line], ...] = (
    [],
    [
        {"task": UUID(int=1), "name": name, "amount": amount, "status": status, "done_on": day}
        for name, amount, status, day in (
            ("a", Decimal(10), "won", date(2024, 3, 1)),
            ("b", Decimal("20.50"), "won", date(2024, 1, 1)),
            ("c", Decimal(30), "open", date(2024, 2, 1)),
            (None, None, "open", None),
        )
    ],
)


@pytest.mark.parametrize("text", FORMULAS)
def test_agree(lines: Tasks, text: str) -> None:
    for found in SAMPLES:
        stored(lines, found)
        assert in_sql(lines, text) == in_python(with_lines(found), text)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    found=st.lists(LINE_VALUES, max_size=12), texts=st.lists(st.sampled_from(FORMULAS), min_size=6)
)
def test_agree_on_any_rows(lines: Tasks, found: list[Line], texts: list[str]) -> None:
    stored(lines, found)
    for text in dict.fromkeys(texts):
        assert in_sql(lines, text) == in_python(with_lines(found), text), text


def test_examples_are_true_in_the_database(lines: Tasks) -> None:
    stored(lines, SAMPLES[1])
    for function in FUNCTIONS.values():
        for text, expected in function.examples if function.group == "list" else ():
            assert in_sql(lines, text)[1][0] == in_sql(lines, expected)[1][0], text


def test_what_knows_no_tables_of_lists_refuses() -> None:
    checked = check(parse("COUNT(lines)"), COMPUTED_SCOPE, usage=Usage.FIELD)
    with pytest.raises(FormulaError) as raised:
        to_sql(checked, column, Binder())
    assert [each.code for each in raised.value.faults] == ["NOT_ALLOWED_IN_CONTEXT"]
