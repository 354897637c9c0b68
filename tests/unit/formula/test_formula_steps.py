"""A formula taken apart: what each part of its text is worth."""

from __future__ import annotations

from decimal import Decimal

from unit.formula.samples import COMPUTED_SCOPE, CONTEXT, RECORD

from fieldstone.formula.check import check
from fieldstone.formula.parse import parse
from fieldstone.formula.steps import steps


def taken_apart(text: str) -> dict[str, object]:
    found = steps(check(parse(text), COMPUTED_SCOPE), RECORD, CONTEXT)
    return {text[slice(*step.span)]: step.error or step.value for step in found}


def test_every_part_has_its_value() -> None:
    text = "IF(amount > 1000, ROUND(amount / 7, 2), 1 / (quantity - 3))"
    assert taken_apart(text) == {
        text: Decimal("178.64"),
        "amount > 1000": True,
        "amount": Decimal("1250.50"),
        "1000": Decimal(1000),
        "ROUND(amount / 7, 2)": Decimal("178.64"),
        "amount / 7": Decimal("178.642857142857142857"),
        "7": Decimal(7),
        "2": Decimal(2),
        "1 / (quantity - 3)": "DIV0",
        "1": Decimal(1),
        "(quantity - 3)": Decimal(0),
        "quantity": Decimal(3),
        "3": Decimal(3),
    }


def test_a_computed_field_is_one_part() -> None:
    assert taken_apart("total + 1") == {
        "total + 1": Decimal("3752.5"), "total": Decimal("3751.50"), "1": Decimal(1),
    }  # fmt: skip
    failed = steps(
        check(parse("1 + share"), COMPUTED_SCOPE), {**RECORD, ("quantity",): Decimal(0)}, CONTEXT
    )
    assert [(step.span, step.error) for step in failed] == [
        ((0, 9), "DIV0"), ((0, 1), ""), ((4, 9), "DIV0"),
    ]  # fmt: skip


def test_deep_nesting_costs_no_more_than_its_size() -> None:
    text = "-" * 57 + "amount"
    assert len(steps(check(parse(text), COMPUTED_SCOPE), RECORD, CONTEXT)) == 58
