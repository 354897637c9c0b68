"""What a formula costs, and advice about what is easily misread."""

from __future__ import annotations

import pytest
from unit.formula.samples import COMPUTED_SCOPE, SCOPE

from fieldstone.formula.advice import advice
from fieldstone.formula.check import check
from fieldstone.formula.cost import MAX_COST, cost_of
from fieldstone.formula.faults import FormulaError, message
from fieldstone.formula.parse import parse


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("2 * 3 ^ 2", ["2 * 3 ^ 2"]),
        ("amount ^ 2 / 7", ["amount ^ 2 / 7"]),
        ("-amount ^ 2", ["-amount ^ 2"]),
        ("2 * (3 ^ 2)", []),
        ("(2 * 3) ^ 2", []),
        ("(-amount) ^ 2", []),
        ("-(amount ^ 2)", []),
        ("(2) ^ (3) * 4", ["(2) ^ (3) * 4"]),
        ("((2) ^ (3)) * 4", []),
        ("amount + 3 ^ 2", []),
        ("IF(is_done, 1 + 2 * 3 ^ 2, -2 ^ 2)", ["2 * 3 ^ 2", "-2 ^ 2"]),
    ],
)
def test_powers_beside_other_signs(text: str, places: list[str]) -> None:
    found = advice(parse(text), text)
    assert [text[slice(*each.span)] for each in found] == places
    assert all(each.line == 1 and message(each, "en") for each in found)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("amount", 1),
        ("amount + 1", 3),
        ("amount / 2", 4),
        ("amount ^ 2", 22),
        ("LN(amount)", 21),
        ("ROUND(amount, 2)", 4),
        ("UPPER(name)", 4),
        ("REGEX(name, 'abc')", 50 + 3 + 2),
        ("parent.amount + parent.quantity", 3 + 30),
        ("parent.parent.amount", 1 + 60),
        ("total + total", 9),
    ],
)
def test_cost(text: str, units: int) -> None:
    assert cost_of(check(parse(text), COMPUTED_SCOPE).root) == units


def test_what_costs_too_much_is_refused() -> None:
    rows = ", ".join(["LN(amount) + LN(quantity) + LN(ratio) + LN(factor) + LN(2)"] * 48)
    with pytest.raises(FormulaError) as raised:
        check(parse(f"MAX({rows})"), SCOPE)
    assert [fault.code for fault in raised.value.faults] == ["TOO_COSTLY"]
    assert MAX_COST == 5_000
