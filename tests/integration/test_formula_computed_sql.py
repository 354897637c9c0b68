"""Computed fields, blanks as zero, and the codes of errors: the same in both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from formula_world import RECORDS, Tasks
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT
from unit.formula.tables import SOURCE, TASK, column
from unit.formula.test_formula_hoist import CHAINS, DEEPER, nested

from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.parse import parse
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import condition, to_sql_with_error
from fieldstone.formula.types import Kind
from fieldstone.formula.usage import Usage


def in_python(text: str, blanks: Blanks) -> list[tuple[Any, str | None]]:
    checked = check(parse(text), COMPUTED_SCOPE, blanks=blanks, usage=Usage.VALIDATION)
    found: list[tuple[Any, str | None]] = []
    for record in RECORDS:
        try:
            found.append((evaluate(checked, record, replace(CONTEXT, old=record)), None))
        except EvaluationError as error:
            found.append((None, error.code))
    return found


def in_sql(tasks: Tasks, text: str, blanks: Blanks) -> list[tuple[Any, str | None]]:
    checked = check(parse(text), COMPUTED_SCOPE, blanks=blanks, usage=Usage.VALIDATION)
    binder, laterals = Binder(), Laterals()
    value, code = to_sql_with_error(checked, column, binder, laterals)
    if checked.type.kind is Kind.DATE:
        value = sa.cast(value, sa.Text)
    clause = sa.select(value, sa.null() if code is None else code)
    clause = clause.select_from(laterals.around(SOURCE)).order_by(TASK.c.id)
    return tasks.run(clause, bind_values(binder.binds, (), CONTEXT))


@pytest.mark.parametrize("blanks", ["blank", "zero"])
@pytest.mark.parametrize(
    "text",
    [
        "total",
        "double - total",
        "share",
        "share * 1000",
        "above",
        "parent.double",
        "greeting & '!'",
        "TEXT(deadline)",
        "deadline - due",
        "is_late AND total > 1",
        "counted",
        "huge",
        "amount + counted",
        "total IN (3751.5, 0)",
        "quantity IN (0, 3)",
        "amount = 0",
        "ratio < 0.5",
        "quantity >= 2.5",
        "ISBLANK(total) OR ISBLANK(amount)",
        "BLANKVALUE(parent.amount, 7)",
        "1 / quantity + VALUE(name)",
        "VALUE(name) + 1 / quantity",
        "IF(is_done, VALUE(name), 1 / quantity)",
        "CASE(quantity, 0, VALUE(name), 3, 1 / amount, 1 / quantity)",
        "is_done AND 1 / quantity > 0 AND VALUE(name) > 0",
        "is_done OR 1 / quantity > 0 OR VALUE(name) > 0",
        "BLANKVALUE(1 / quantity, VALUE(name))",
        "DATE(quantity, 1, 1) + 1 / amount",
        "due + 4000000 / quantity",
        "1 / $user.level + amount",
        "IF(is_done, 1 / $user.level, 1 / quantity)",
        "amount * factor * factor * amount * amount",
        "ISNEW() OR ISCHANGED(total) OR ISCLONE()",
        "PRIORVALUE(total) - $old.total",
        "$old.parent.amount",
    ],
)
def test_values_and_codes(tasks: Tasks, text: str, blanks: Blanks) -> None:
    found, expected = in_sql(tasks, text, blanks), in_python(text, blanks)
    readable = [
        (value.isoformat() if hasattr(value, "isoformat") else value, code)
        for value, code in expected
    ]
    assert found == readable


def test_what_cannot_fail_has_no_code() -> None:
    checked = check(parse("amount + counted"), COMPUTED_SCOPE)
    assert to_sql_with_error(checked, column, Binder())[1] is None


def test_filters_on_computed_fields(tasks: Tasks) -> None:
    binder = Binder()
    checked = check(parse("share > 1 OR NOT is_late"), COMPUTED_SCOPE)
    test = condition(checked, column, binder)
    clause = sa.select(TASK.c.id).select_from(SOURCE).where(test).order_by(TASK.c.id)
    found = [row[0].int for row in tasks.run(clause, bind_values(binder.binds, (), CONTEXT))]
    values = [value for value, _ in in_python("share > 1 OR NOT is_late", "blank")]
    assert found == [number for number, value in enumerate(values) if value is True]


@pytest.mark.parametrize("shape", [*CHAINS.values(), *DEEPER.values()])
def test_long_chains_are_soon_planned_and_agree(tasks: Tasks, shape: str) -> None:
    text = nested(shape, 28 if shape in DEEPER.values() else 40)
    tasks.connection.execute("SET statement_timeout = '30s'")  # what grows by powers takes longer
    found = in_sql(tasks, text, "blank")
    tasks.connection.execute("RESET statement_timeout")
    assert found == in_python(text, "blank")
