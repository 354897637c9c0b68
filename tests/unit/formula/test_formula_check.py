"""Names, types and what a formula needs, as the check tells them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from unit.formula.samples import COLORS, SCOPE, STATUS, SampleScope

from fieldstone.formula.ast import Binary, FieldRef, Literal, Node
from fieldstone.formula.check import check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.types import BOOLEAN, DATE, NUMBER, TEXT, Kind, Type


def codes(text: str, expected: Type | None = None) -> list[str]:
    with pytest.raises(FormulaError) as raised:
        check(parse(text), SCOPE, expected=expected)
    return [fault.code for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("amount * 2", Kind.NUMBER),
        ("name & '!'", Kind.TEXT),
        ("name + nickname", Kind.TEXT),
        ("amount > 1", Kind.BOOLEAN),
        ("due + 7", Kind.DATE),
        ("updated - 0.5", Kind.DATETIME),
        ("due - TODAY()", Kind.NUMBER),
        ("NOW() - updated", Kind.NUMBER),
        ("owner", Kind.REFERENCE),
        ("status", Kind.PICKLIST),
        ("IF(is_done, due, NULL)", Kind.DATE),
        ("IF(is_done, NULL, IF(is_done, NULL, 5))", Kind.NUMBER),
        ("CASE(status, 'won', due, TODAY())", Kind.DATE),
        ("BLANKVALUE(owner, $user.id)", Kind.REFERENCE),
        ("BLANKVALUE(owner, $user.record)", Kind.REFERENCE),
        ("MAX(amount, NULL)", Kind.NUMBER),
        ("MIN(due, TODAY())", Kind.DATE),
        ("NULL", Kind.TEXT),
        ("$now", Kind.DATETIME),
        ("colors", Kind.MULTI_PICKLIST),
        ("alarm > '07:30'", Kind.BOOLEAN),
        ("NULL + 1", Kind.NUMBER),
        ("due + NULL", Kind.DATE),
        ("NULL & name", Kind.TEXT),
        ("BLANKVALUE(due, '2024-01-01')", Kind.DATE),
        ("ISBLANK(sketch)", Kind.BOOLEAN),
    ],
)
def test_result_types(text: str, kind: Kind) -> None:
    assert check(parse(text), SCOPE).type.kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "status = 'won'",
        "status <> NULL",
        "status = ''",
        "status IN ('won', 'lost')",
        "due >= '2024-02-29'",
        "due IN ('2024-01-01', '2024-1-2')",
        "updated < '2024-01-01'",
        "updated < '2024-01-01T10:00:00.5+08:00'",
        "'2024-01-01 10:00' <= updated",
        "owner = '018f0000-0000-7000-8000-00000000000a'",
        "owner = $user.id",
        "owner = parent.owner.boss",
        "parent = NULL",
        "is_done = TRUE",
        "is_done <> NOT is_done",
        "status = parent.status",
        "parent.parent.parent.parent.parent.name = 'x'",
        "OWNER.Boss.{Full Name} = 'x'",
        "CASE(name, 'x', is_done, FALSE)",
        "LIKE(name, '%x')",
        "INCLUDES(colors, 'red', 'blue')",
        "$today > due",
    ],
)
def test_sound_conditions(text: str) -> None:
    assert check(parse(text), SCOPE, expected=BOOLEAN).type == BOOLEAN


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amount = '5'", ["ARG_TYPE"]),
        ("name = 5", ["ARG_TYPE"]),
        ("amount > NULL", ["ARG_TYPE"]),
        ("name < ''", ["ARG_TYPE"]),
        ("due = TODAY() AND due > NOW()", ["ARG_TYPE"]),
        ("status > 'won'", ["ARG_TYPE"]),
        ("status = name", ["ARG_TYPE"]),
        ("colors = 'red'", ["ARG_TYPE"]),
        ("colors IN ('red')", ["ARG_TYPE"]),
        ("sketch = 'x'", ["ARG_TYPE"]),
        ("owner = parent", ["ARG_TYPE"]),
        ("owner = 'Ann'", ["BAD_REFERENCE"]),
        ("due = '2024-02-30'", ["BAD_DATE"]),
        ("due = '1.5.2024'", ["BAD_DATE"]),
        ("updated = 'noon'", ["BAD_DATETIME"]),
        ("alarm = '25:00'", ["BAD_TIME"]),
        ("status = 'Won'", ["BAD_PICKLIST_VALUE"]),
        ("status IN ('won', 'x', 'y')", ["BAD_PICKLIST_VALUE", "BAD_PICKLIST_VALUE"]),
        ("ISPICKVAL(status, 'x')", ["BAD_PICKLIST_VALUE"]),
        ("ISPICKVAL(status, name)", ["LITERAL_NEEDED"]),
        ("ISPICKVAL(name, 'x')", ["ARG_TYPE"]),
        ("INCLUDES(colors, 'red', 'pink')", ["BAD_PICKLIST_VALUE"]),
        ("CASE(status, 'x', 1, 2) = 1", ["BAD_PICKLIST_VALUE"]),
        ("CASE(status, 'won', 1) = 1", ["ARG_COUNT"]),
        ("CASE(colors, NULL, 1, 2) = 1", ["ARG_TYPE"]),
        ("CASE(status, 'won', 1, 'x') = 1", ["ARG_TYPE"]),
        ("IF(is_done, 1, 'x') = 1", ["ARG_TYPE"]),
        ("IF(amount, 1, 2) = 1", ["ARG_TYPE"]),
        ("amount AND is_done", ["ARG_TYPE"]),
        ("-name = 'x'", ["ARG_TYPE"]),
        ("amount + name = 1", ["ARG_TYPE"]),
        ("due + due = due", ["ARG_TYPE"]),
        ("1 < 2 < 3", ["ARG_TYPE"]),
        ("amount & 'x' = 'x'", ["ARG_TYPE"]),
        ("watchers = NULL", ["NOT_A_VALUE"]),
        ("name.length = 1", ["UNKNOWN_FIELD"]),
        ("owner.boss.pay > 1", ["UNKNOWN_FIELD"]),
        ("-nothing = 1", ["UNKNOWN_FIELD"]),
        ("nothing IN (1)", ["UNKNOWN_FIELD"]),
        ("amount IN (1, nothing)", ["UNKNOWN_FIELD"]),
        ("amount IN (1, 'x')", ["ARG_TYPE"]),
        ("nothing AND is_done", ["UNKNOWN_FIELD"]),
        ("a.b.c.d.e.f.g = 1", ["TOO_MANY_HOPS"]),
        ("$user.age = 1", ["UNKNOWN_PARAMETER"]),
        ("$nothing.x = 1", ["UNKNOWN_PARAMETER"]),
        ("SUM(amount) > 1", ["NOT_ALLOWED_IN_CONTEXT"]),
        ("COUNT() > 1", ["NOT_ALLOWED_IN_CONTEXT"]),
        ("MAX(amount) > 1", ["NOT_ALLOWED_IN_CONTEXT"]),
        ("TODAY(1) = due", ["ARG_COUNT"]),
        ("NOT(is_done, is_done)", ["ARG_COUNT"]),
        ("EOMONTH(due, 1, 2) = due", ["ARG_COUNT"]),
        ("FOO(amount) = BAR(nothing)", ["UNKNOWN_FUNCTION", "UNKNOWN_FUNCTION", "UNKNOWN_FIELD"]),
        ("STARTOF(due, 'fortnight') = due", ["BAD_UNIT"]),
        ("STARTOF(due, name) = due", ["LITERAL_NEEDED"]),
        ("INPERIOD(due, 'sometimes')", ["BAD_PERIOD"]),
        ("INPERIOD(due, 'last_n_days:99999')", ["BAD_PERIOD"]),
        ("amount > 1 / 0", ["CONST_ERROR"]),
        ("due > DATE(2023, 2, 29)", ["CONST_ERROR"]),
        ("IF(is_done, VALUE('x'), 1) > 0 AND 10 ^ 99 > 1", ["CONST_ERROR", "CONST_ERROR"]),
        ("amount", ["RESULT_TYPE"]),
    ],
)
def test_faults(text: str, found: list[str]) -> None:
    assert codes(text, BOOLEAN) == found


def test_too_many_values_of_one_function() -> None:
    assert codes(f"CONCATENATE({', '.join(['name'] * 51)}) = 'x'") == ["TOO_MANY_ARGUMENTS"]


def test_names_are_told_as_they_are_declared_each_once() -> None:
    checked = check(parse("NAME = 'x' AND {Owner}.{Full Name} <> Name AND $user.id = owner"), SCOPE)
    assert checked.fields == (("name",), ("owner", "name"), ("owner",))
    assert checked.parameters == (("user", ("id",)),)
    assert to_text(checked.node) == ('name = "x" AND owner.name <> name AND $user.id = owner')


def test_a_reference_to_any_object_stays_one() -> None:
    assert check(parse("BLANKVALUE(owner, $user.record)"), SCOPE).type.target is None
    assert check(parse("BLANKVALUE(owner, $user.id)"), SCOPE).type.target == "person"


def test_a_comparison_with_null_asks_for_blank() -> None:
    assert to_text(check(parse("due = NULL"), SCOPE).node) == "ISBLANK(due)"
    assert to_text(check(parse("'' <> name"), SCOPE).node) == "NOT ISBLANK(name)"


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("due < TODAY()", True),
        ("INPERIOD(due, 'today')", True),
        ("updated < $now", True),
        ("due < '2024-01-01'", False),
        ("owner = $user.id", False),
    ],
)
def test_volatile(text: str, *, volatile: bool) -> None:
    assert check(parse(text), SCOPE).volatile is volatile


def test_a_scope_hides_what_may_not_be_read() -> None:
    class Hiding(SampleScope):
        def _step(self, owner: str | None, step: str) -> object:  # type: ignore[override]
            return None if step == "amount" else super()._step(owner, step)

    check(parse("quantity > 1"), Hiding())
    with pytest.raises(FormulaError) as raised:
        check(parse("amount > 1"), Hiding())
    assert raised.value.faults[0].code == "UNKNOWN_FIELD"


@pytest.mark.parametrize(
    ("text", "scale", "digits"),
    [
        ("amount * 0.13", 4, 17),
        ("ROUND(amount * 0.13, 2)", 2, 18),
        ("amount + quantity", 2, 19),
        ("ratio", 4, 8),
        ("amount / 3", 24, 16),
        ("amount / ratio", 24, 20),
        ("factor / factor", 24, 30),
        ("FLOOR(amount)", 0, 16),
        ("CEILING(amount)", 0, 17),
        ("IF(is_done, amount, ratio)", 4, 16),
        ("-amount", 2, 16),
        ("LEN(name)", 0, 9),
    ],
)
def test_the_size_of_numbers_is_known(text: str, scale: int, digits: int) -> None:
    found = check(parse(text), SCOPE).type
    assert (found.kind, found.scale, found.digits) == (Kind.NUMBER, scale, digits)


def test_values_that_only_programs_write() -> None:
    node: Node = Binary("<", FieldRef(("due",)), Literal(date(2024, 1, 1)))
    assert check(node, SCOPE).type == BOOLEAN
    some = Binary("=", FieldRef(("amount",)), Literal(Decimal("-5")))
    assert check(some, SCOPE).type == BOOLEAN


def test_types_are_values() -> None:
    assert Type(kind=Kind.NUMBER) == NUMBER
    assert (STATUS.values, COLORS.kind) == (("new", "open", "won", "lost"), Kind.MULTI_PICKLIST)
    assert len({TEXT, DATE, TEXT}) == 2
    assert UUID(int=0) is not None
