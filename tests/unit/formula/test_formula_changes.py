"""What a rule may ask about the save it is part of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT, RECORD

from fieldstone.formula.ast import Value
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.paths import field_paths
from fieldstone.formula.typed import Checked
from fieldstone.formula.usage import Usage

BEFORE = {**RECORD, ("amount",): Decimal(7), ("name",): "Was", ("status",): None}
UPDATE = replace(CONTEXT, old=BEFORE)
CREATION = replace(CONTEXT, is_new=True)


def checked(text: str, usage: Usage = Usage.VALIDATION, blanks: Blanks = "blank") -> Checked:
    return check(parse(text), COMPUTED_SCOPE, usage=usage, blanks=blanks)


def value(text: str, context: Context, blanks: Blanks = "blank") -> Value:
    return evaluate(checked(text, blanks=blanks), RECORD, context)


@pytest.mark.parametrize(
    ("text", "updated", "created"),
    [
        ("ISNEW()", False, True),
        ("ISCLONE()", False, False),
        ("NOT ISNEW() AND amount > 1", True, False),
        ("ISCHANGED(amount)", True, False),
        ("ISCHANGED(quantity)", False, False),
        ("ISCHANGED(status)", True, False),
        ("ISCHANGED(total)", True, False),
        ("PRIORVALUE(amount)", Decimal(7), None),
        ("PRIORVALUE(total) + 1", Decimal(22), None),
        ("$old.amount", Decimal(7), None),
        ("$old.name & '>' & name", "Was>Fieldstone", ">Fieldstone"),
        ("$OLD.Total", Decimal(21), None),
        ("amount > 2 * $old.amount", True, None),
        ("ISBLANK($old.status)", True, True),
        ("IF(ISNEW(), 1, $old.amount)", Decimal(7), Decimal(1)),
    ],
)
def test_values(text: str, updated: Value, created: Value) -> None:
    assert value(text, UPDATE) == updated
    assert value(text, CREATION) == created


def test_a_copy() -> None:
    assert value("ISCLONE()", replace(CREATION, is_clone=True)) is True


def test_blank_numbers_of_before_count_as_zero() -> None:
    assert value("amount - $old.amount", CREATION, "zero") == RECORD["amount",]
    assert value("PRIORVALUE(amount)", CREATION, "zero") == 0
    was_blank = replace(CONTEXT, old={**RECORD, ("amount",): None})
    assert (
        evaluate(checked("ISCHANGED(amount)", blanks="zero"), {("amount",): Decimal(0)}, was_blank)
        is False
    )


def test_what_is_read_of_before() -> None:
    found = checked("ISCHANGED(name) AND $old.total > amount AND PRIORVALUE(status) = 'won'")
    assert found.fields == (("name",), ("amount",))
    assert found.old == (("name",), ("amount",), ("quantity",), ("status",))
    assert found.reads_old
    assert not checked("ISNEW() AND amount > 1").reads_old
    assert not found.root.constant
    assert not checked("ISNEW()").root.constant


@pytest.mark.parametrize("usage", [Usage.FIELD, Usage.FILTER, Usage.DEFAULT])
@pytest.mark.parametrize(
    "text", ["ISCHANGED(amount)", "ISBLANK(PRIORVALUE(amount))", "$old.amount > 1", "ISNEW()"]
)
def test_only_where_there_is_a_save(text: str, usage: Usage) -> None:
    if usage is Usage.DEFAULT and text == "ISNEW()":
        assert checked(text, usage).type.kind == "boolean"
        return
    with pytest.raises(FormulaError) as raised:
        checked(text, usage)
    assert [fault.code for fault in raised.value.faults] == ["NOT_ALLOWED_IN_CONTEXT"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ISCHANGED(amount + 1)", "FIELD_NEEDED"),
        ("ISBLANK(PRIORVALUE('x'))", "FIELD_NEEDED"),
        ("$old.nothing = 1", "UNKNOWN_FIELD"),
        ("$old = 1", "UNKNOWN_PARAMETER"),
        ("$setup.x = 1", "UNKNOWN_PARAMETER"),
        ("$label.x = 1", "UNKNOWN_PARAMETER"),
    ],
)
def test_faults(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as raised:
        checked(text)
    assert [fault.code for fault in raised.value.faults] == [code]


def test_what_is_named_of_before_is_a_field_like_any_other() -> None:
    node = parse("$old.parent.amount > amount AND ISCHANGED(name) AND $user.id = owner")
    assert field_paths(node) == (("parent", "amount"), ("amount",), ("name",), ("owner",))
