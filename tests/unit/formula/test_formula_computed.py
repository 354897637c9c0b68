"""Fields that are formulas, and numbers that count as 0 where they are blank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from unit.formula.samples import (
    COMPUTED_SCOPE,
    CONTEXT,
    MONEY,
    RECORD,
    SCOPE,
    SampleScope,
    WithComputed,
)

from fieldstone.formula.ast import FieldRef, Value
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.computed import as_stored
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.scope import Named, Path
from fieldstone.formula.typed import depth_of_computed, moved, size
from fieldstone.formula.types import NUMBER

WITH_PARENT: Mapping[Path, Value] = {
    **RECORD,
    **{("parent", *path): value for path, value in RECORD.items()},
    ("parent", "amount"): Decimal(10),
}


def value(text: str, record: Any = RECORD, blanks: Blanks = "blank") -> Value:
    return evaluate(check(parse(text), COMPUTED_SCOPE, blanks=blanks), record, CONTEXT)


def codes(text: str, scope: SampleScope) -> list[str]:
    with pytest.raises(FormulaError) as raised:
        check(parse(text), scope)
    return [fault.code for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("total", Decimal("3751.50")),
        ("total + 1", Decimal("3752.50")),
        ("share", Decimal("59.5476")),
        ("share * 1000000", Decimal(59547600)),
        ("double", Decimal(7503)),
        ("above", None),
        ("greeting", "Fieldstone "),
        ("deadline", date(2024, 6, 3)),
        ("is_late", False),
        ("counted", Decimal("1253.50")),
        ("IF(total > 3000, share, 0)", Decimal("59.5476")),
        ("total IN (3751.5, 7)", True),
    ],
)
def test_values(text: str, expected: Value) -> None:
    assert value(text) == expected


def test_paths_of_another_record() -> None:
    assert value("parent.double - parent.total", WITH_PARENT) == Decimal(30)
    assert value("above", WITH_PARENT) == Decimal(30) - Decimal("3751.5")
    assert value("parent.greeting & '!'", WITH_PARENT) == "Fieldstone !"


def test_what_goes_wrong_inside_goes_wrong_where_the_field_is_named() -> None:
    with pytest.raises(EvaluationError) as raised:
        value("1 + share", {**RECORD, ("quantity",): Decimal(0)})
    assert (raised.value.code, raised.value.span) == ("DIV0", (4, 9))
    assert value("total = 0 OR TRUE", {**RECORD, ("quantity",): Decimal(0)}) is True


def test_a_value_that_rounding_makes_too_large() -> None:
    large = {("amount",): Decimal("9999999999999999.99")}
    with pytest.raises(EvaluationError, match="OVERFLOW"):
        value("huge", large)


def test_what_is_read() -> None:
    checked = check(parse("double + parent.total + amount"), COMPUTED_SCOPE)
    assert checked.fields == (
        ("amount",), ("quantity",), ("parent", "amount"), ("parent", "quantity"),
    )  # fmt: skip
    assert checked.computed == (("double",), ("total",), ("parent", "total"))
    assert to_text(checked.node) == "double + parent.total + amount"
    assert check(parse("is_late"), COMPUTED_SCOPE).volatile
    assert check(parse("share"), COMPUTED_SCOPE).root.fails
    assert not check(parse("counted"), COMPUTED_SCOPE).root.fails


def test_moved() -> None:
    root = check(
        parse('IF(total > 1, name, TEXT(TODAY())) IN ("a", nickname)'), WithComputed()
    ).root
    there = moved(root, ("parent", "parent"))
    assert to_text(there.node) == (
        'IF(parent.parent.total > 1, parent.parent.name, TEXT(TODAY())) IN ("a", '
        "parent.parent.nickname)"
    )
    assert (there.size, there.type, there.needs) == (root.size, root.type, root.needs)
    assert moved(root, ()) is root
    assert there.operands[0].operands[0].operands[0].operands[0].operands[0].node == FieldRef(
        ("parent", "parent", "amount")
    )


def test_percentages_as_they_are_stored() -> None:
    share = check(FieldRef(("share",)), COMPUTED_SCOPE)
    assert as_stored(evaluate(share, RECORD, CONTEXT), share.type) == Decimal("5954.76")
    assert as_stored("x", share.type) == "x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount + 1", Decimal(1)),
        ("amount", Decimal(0)),
        ("total", Decimal(0)),
        ("parent.amount + parent.total", Decimal(0)),
        ("ISBLANK(amount)", False),
        ("amount = NULL", False),
        ("amount = 0", True),
        ("ratio > -1", True),
        ("quantity IN (0, 1)", True),
        ("BLANKVALUE(amount, 7)", Decimal(0)),
        ("IF(is_done, NULL, amount)", Decimal(0)),
        ("IF(amount = 0, NULL, amount)", None),
        ("NULL + 1", None),
        ("$user.level + 1", Decimal(1)),
        ("due + amount", None),
        ("name & 'x'", "x"),
        ("ISBLANK(due)", True),
    ],
)
def test_blank_numbers_count_as_zero_where_a_field_is_named(text: str, expected: Value) -> None:
    assert value(text, {}, "zero") == expected


def test_blanks_inside_a_computed_field_are_its_own_business() -> None:
    some = {("amount",): Decimal(5)}
    assert value("total", some, "zero") == Decimal(0)
    assert value("BLANKVALUE(total, 7)", some) == Decimal(7)
    assert value("counted", some) == Decimal(5)


@dataclass(frozen=True)
class Chain(SampleScope):
    """c1 = text; c2 = text with c1 for amount, and so on."""

    text: str = "amount + 1"

    def resolve(self, path: Path) -> Named | None:
        if not path[0].startswith("c"):
            return super().resolve(path)
        level, root = int(path[0][1:]), check(parse(self.text), SCOPE).root
        for below in range(1, level):
            named = Named(name=f"c{below}", label="", type=MONEY, formula=root)
            root = check(parse(self.text), _One(named=named)).root
        return Named(name=path[0], label="", type=MONEY, formula=root)


@dataclass(frozen=True)
class _One(SampleScope):
    named: Named | None = None

    def resolve(self, path: Path) -> Named | None:
        return self.named if path == ("amount",) else super().resolve(path)


def test_computed_in_computed() -> None:
    checked = check(parse("c9 + c10"), Chain())
    assert depth_of_computed(checked.root) == 10
    assert size(checked.root) == 1 + (9 * 3 + 1) + (10 * 3 + 1)
    assert evaluate(checked, {("amount",): Decimal(1)}, CONTEXT) == Decimal(21)
    assert codes("c10", _Deeper()) == ["COMPUTED_TOO_DEEP"]
    assert codes("c7", Chain(text="IF(amount > 0, amount + amount, amount - amount)")) == [
        "COMPUTED_TOO_LARGE"
    ]
    assert codes("c6", Chain(text="-" * 16 + "amount")) == ["COMPUTED_TOO_LARGE"]


@dataclass(frozen=True)
class _Deeper(SampleScope):
    def resolve(self, path: Path) -> Named | None:
        inner = Chain().resolve(("c10",))
        formula = check(parse("amount + 1"), _One(named=inner)).root
        return Named(name="c11", label="", type=NUMBER, formula=formula)


def test_paths_through_computed_fields_count_their_hops() -> None:
    assert codes("parent.parent.parent.parent.parent.above", COMPUTED_SCOPE) == ["TOO_MANY_HOPS"]


def test_too_many_relationships() -> None:
    one = "parent.parent.parent.parent.parent.name"
    two = "parent.parent.parent.owner.boss.name & parent.parent.owner.boss.boss.name"
    three = "owner.boss.boss.boss.boss.name & parent.owner.name"
    fits = check(parse(f"{one} & {two}"), SCOPE)
    assert len(fits.fields) == 3
    assert codes(f"{one} & {two} & {three}", SCOPE) == ["TOO_MANY_RELATIONSHIPS"]
