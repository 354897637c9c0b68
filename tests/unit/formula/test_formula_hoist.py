"""SQL without repetition: its length grows with the formula, not with how its parts are used."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT
from unit.formula.tables import SOURCE, TASK, column

from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import condition, to_sql, to_sql_with_error
from fieldstone.formula.types import Kind
from fieldstone.kernel.sql import statement


def nested(shape: str, count: int) -> str:
    text = "amount"
    for number in range(1, count + 1):
        text = shape.replace("#", text).replace("@", str(number))
    return text


CHAINS = {
    "IF of a failing condition": "IF(quantity / @ > 1, #, @)",
    "IF with what fails": "IF(is_done, #, amount / quantity)",
    "division": "# / factor",
    "division by": "factor / (#)",
    "BLANKVALUE": "BLANKVALUE(#, quantity / @)",
    "BLANKVALUE after": "BLANKVALUE(quantity / @, #)",
    "MAX": "MAX(#, quantity, factor)",
    "MOD": "MOD(#, quantity + @)",
    "CASE": "CASE(#, @, quantity / @, factor)",
}
DEEPER = {
    "IF": "IF(# > @, factor, quantity / @)",
    "ROUND": "ROUND(# * 1.000000001, quantity)",
    "equal": "IF(# = @, quantity / @, @)",
}


def length(text: str) -> int:
    """Of the whole statement with value and code."""
    binder, laterals = Binder(), Laterals()
    value, code = to_sql_with_error(check(parse(text), COMPUTED_SCOPE), column, binder, laterals)
    columns = [value] if code is None else [value, code]
    return len(statement(sa.select(*columns).select_from(laterals.around(SOURCE))).text)


@pytest.mark.parametrize("shape", CHAINS.values(), ids=CHAINS)
def test_chains_stay_linear(shape: str) -> None:
    few, twice, four_times = (length(nested(shape, count)) for count in (10, 20, 40))
    assert four_times - twice <= 2.2 * (twice - few)


@pytest.mark.parametrize("shape", DEEPER.values(), ids=DEEPER)
def test_deeper_chains_stay_linear(shape: str) -> None:
    few, twice, four_times = (length(nested(shape, count)) for count in (7, 14, 28))
    assert four_times - twice <= 2.2 * (twice - few)


def test_a_computed_field_named_three_times_is_computed_once() -> None:
    binder, laterals = Binder(), Laterals()
    checked = check(parse("share + share * 2 + ROUND(share, 1)"), COMPUTED_SCOPE)
    value = to_sql(checked, column, binder, laterals)
    text = statement(sa.select(value).select_from(laterals.around(SOURCE))).text
    assert text.count("task.quantity") <= 2
    assert "LATERAL" in text
    assert all(f"%({name})s" in text for name in bind_values(binder.binds, (), CONTEXT))


def test_formulas_of_one_statement_share_their_parts() -> None:
    binder, laterals = Binder(), Laterals()
    texts = ("share + share", "IF(share > 1, share, 2) + share")
    values = [to_sql(check(parse(t), COMPUTED_SCOPE), column, binder, laterals) for t in texts]
    before = len(laterals.known)
    test = condition(check(parse("share * share > 1"), COMPUTED_SCOPE), column, binder, laterals)
    assert len(laterals.known) == before
    clause = sa.select(*values).select_from(laterals.around(SOURCE)).where(test)
    assert statement(clause).text.count("task.quantity") <= 3


@pytest.mark.parametrize(
    "text",
    [
        "amount > 5",
        "name = 'x' AND (status = 'won' OR due > TODAY() - 7)",
        "amount / quantity > 100 OR is_done",
        "IF(is_done, amount, quantity) > 5",
        "INCLUDES(colors, 'red') AND CONTAINS(name, 'x')",
        "total > 5",
        "YEAR(due) = 2024 AND LOWER(name) = 'x'",
    ],
)
def test_a_plain_condition_needs_no_lateral(text: str) -> None:
    laterals = Laterals()
    checked = check(parse(text), COMPUTED_SCOPE)
    with_hoist = condition(checked, column, Binder(), laterals)
    assert laterals.around(SOURCE) is SOURCE
    assert statement(with_hoist).text == statement(condition(checked, column, Binder())).text


def test_where_nothing_can_be_hoisted_what_is_too_large_is_refused() -> None:
    checked = check(parse(nested("# / factor", 40)), COMPUTED_SCOPE)
    with pytest.raises(FormulaError) as raised:
        to_sql(checked, column, Binder())
    assert [fault.code for fault in raised.value.faults] == ["TOO_COSTLY"]
    few = check(parse(nested("# / factor", 3)), COMPUTED_SCOPE)
    assert "LATERAL" not in statement(to_sql(few, column, Binder())).text
    assert few.type.kind is Kind.NUMBER
    assert statement(sa.select(TASK.c.id)).text
