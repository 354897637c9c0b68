"""The Python engine: blanks, errors and the values of operators."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from unit.formula.samples import ANN, CONTEXT, NOW, RECORD, SCOPE

from fieldstone.formula.ast import Call, FieldRef, Value
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import FAILURES, EvaluationError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path

BLANK: dict[Path, Value] = {}
SHANGHAI = Context(now=NOW, timezone="Asia/Shanghai", parameters=CONTEXT.parameters)


def value(text: str, record: Any = RECORD, context: Context = CONTEXT) -> Value:
    return evaluate(check(parse(text), SCOPE), record, context)


def error(text: str, record: Any = RECORD) -> tuple[str, str]:
    with pytest.raises(EvaluationError) as raised:
        value(text, record)
    assert raised.value.code in FAILURES
    return raised.value.code, text[slice(*raised.value.span)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount + 1", None),
        ("-amount", None),
        ("MAX(1, amount)", None),
        ("ROUND(amount, 2)", None),
        ("due + 1", None),
        ("YEAR(due)", None),
        ("name & 'x'", "x"),
        ("name & nickname", None),
        ("CONCATENATE(name, 'a', nickname)", "a"),
        ("name = ''", True),
        ("name = nickname", True),
        ("name <> 'x'", True),
        ("name = 'x'", False),
        ("name < 'x'", None),
        ("amount = 1", None),
        ("amount <> 1", None),
        ("amount < 1", None),
        ("amount = NULL", True),
        ("amount <> NULL", False),
        ("due = ''", True),
        ("status = 'won'", None),
        ("owner = $user.id", None),
        ("is_done = FALSE", None),
        ("is_done AND TRUE", False),
        ("is_done OR FALSE", False),
        ("AND(TRUE, is_done)", False),
        ("NOT is_done", None),
        ("XOR(is_done, TRUE)", True),
        ("IF(is_done, 1, 2)", Decimal(2)),
        ("IF(NOT is_done, 1, 2)", Decimal(2)),
        ("CASE(name, '', 'none', 'some')", "none"),
        ("CASE(status, 'won', 1, 2)", Decimal(2)),
        ("CASE(amount, NULL, 1, 2)", Decimal(2)),
        ("status IN ('won', 'lost')", False),
        ("name IN ('', 'x')", False),
        ("NOT (amount IN (1, 2))", True),
        ("ISBLANK(name)", True),
        ("ISNULL(name)", False),
        ("ISNULL(amount)", True),
        ("BLANKVALUE(amount, 7)", Decimal(7)),
        ("COALESCE(amount, quantity, 3)", Decimal(3)),
        ("COALESCE(amount, quantity)", None),
        ("LEN(name)", Decimal(0)),
        ("CONTAINS(name, '')", True),
        ("CONTAINS(name, nickname)", True),
        ("CONTAINS(name, 'x')", None),
        ("LIKE(name, '%')", None),
        ("LEFT(name, 2)", None),
        ("ISPICKVAL(status, '')", True),
        ("ISPICKVAL(status, 'won')", False),
        ("INCLUDES(colors, 'red')", False),
        ("EXCLUDES(colors, 'red')", True),
        ("ISBLANK(colors)", True),
        ("INPERIOD(due, 'today')", None),
        ("parent.owner.name = NULL", True),
        ("$org.currency = ''", True),
    ],
)
def test_blanks(text: str, expected: Value) -> None:
    assert value(text, BLANK) == expected
    assert type(value(text, BLANK)) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 / 2", Decimal("3.5")),
        ("10 / 3", Decimal("3.333333333333333333")),
        ("(1 / 9) * 9 = 1", True),
        ("0.1 + 0.2 = 0.3", True),
        ("2 ^ 3 ^ 2", Decimal(64)),
        ("-2 ^ 2", Decimal(4)),
        ("2 ^ -1", Decimal("0.5")),
        ("0 ^ 0", Decimal(1)),
        ("0 ^ 3", Decimal(0)),
        ("4 ^ 0.5", Decimal(2)),
        ("-7 % 3", Decimal(-1)),
        ("amount * ratio", Decimal("500.2")),
        ("ratio", Decimal("0.40")),
        ("ratio > 0.399 AND ratio < 0.401", True),
        ("quantity + 0", Decimal(3)),
        ("ROUND(1250.5 * 0.13, 2)", Decimal("162.57")),
        ("ROUND(-2.5, 0)", Decimal(-3)),
        ("ROUND(1234.5, -2)", Decimal(1200)),
        ("ROUND(1.5, quantity)", Decimal("1.5")),
        ("TEXT(1.10 * 2)", "2.2"),
        ("TEXT(-0.0)", "0"),
        ("TEXT(0 - 0.5)", "-0.5"),
        ("TEXT(100 * 10)", "1000"),
        ("'Z' < 'a' AND 'a' < '石' AND 'a' <> 'A'", True),
        ("name = 'Fieldstone' AND name <> 'fieldstone'", True),
        ("is_done < TRUE", True),
        ("due - DATE(2024, 5, 1)", Decimal(30)),
        ("due + 1.9", date(2024, 6, 1)),
        ("due - 1.9", date(2024, 5, 30)),
        ("updated + 0.5", datetime(2024, 5, 15, 11, 15, tzinfo=UTC)),
        ("NOW() - updated", Decimal("0.46875")),
        ("alarm = '7:30' AND alarm < '07:30:00.001'", True),
        ("TEXT(updated)", "2024-05-14 23:15:00Z"),
        ("TEXT(alarm)", "07:30:00.000"),
        ("owner = '018F0000-0000-7000-8000-00000000000A'", True),
        ("owner = $user.id", True),
        ("$user.name & '!'", "Ann!"),
        ("$now - NOW() = 0 AND $today = TODAY()", True),
        ("$user.since = '2024-05-01'", True),
        ("LIKE('abc', '%x%')", False),
        ("TIMEVALUE(alarm) = alarm", True),
        ("TEXT(status) & TEXT(name)", "openFieldstone"),
        ("updated = '2024-05-14T23:15Z'", True),
        ("updated = '2024-05-15 07:15+0800'", True),
        ("colors", frozenset({"red", "green"})),
        ("INCLUDES(colors, 'blue', 'red')", True),
        ("MID('a😀石头', 2, 2)", "😀石"),
        ("LEN('a😀石头')", Decimal(4)),
        ("RIGHT('石头', 9)", "石头"),
        ("TRIM(' \u00a0\tx\\r\\n')", "x"),
        ("UPPER('straße ﬁ')", "STRASSE FI"),
        ("LOWER('ΑΣ')", "ας"),
        ("LIKE('a%b', 'a\\\\%b')", False),
        ("LIKE('a\\\\xb', 'a\\\\%b')", True),
        ("LIKE('', '')", None),
        ("LIKE('abc', 'abc')", True),
        ("LIKE('abc', 'ab')", False),
        ("LIKE('abc', '%b%')", True),
        ("LIKE('aXb\\nc', 'a_b%')", True),
        ("LIKE('ab', 'ab%b')", False),
        ("LIKE('abab', '%ab')", True),
        ("VALUE(' .5 ')", Decimal("0.5")),
        ("VALUE('5.')", Decimal(5)),
    ],
)
def test_values(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("amount / (quantity - 3)", "DIV0", "amount / (quantity - 3)"),
        ("1 + amount % (quantity - 3)", "DIV0", "amount % (quantity - 3)"),
        ("MOD(amount, $user.level)", "DIV0", "MOD(amount, $user.level)"),
        ("(0 - quantity) ^ 0.5", "DOMAIN", "(0 - quantity) ^ 0.5"),
        ("$user.level ^ (0 - 1)", "DIV0", "$user.level ^ (0 - 1)"),
        ("(amount * 1000000000000) * 1000000000000", "OVERFLOW", None),
        ("quantity ^ 1000", "OVERFLOW", None),
        ("amount ^ 1001", "OVERFLOW", None),
        ("VALUE(name)", "BAD_NUMBER", None),
        ("VALUE(name & '1e5')", "BAD_NUMBER", None),
        ("DATE(amount * 10, quantity, 1)", "BAD_DATE", None),
        ("DATE(2023, 2, quantity + 26)", "BAD_DATE", None),
        ("DATEVALUE(name)", "BAD_DATE", None),
        ("DATETIMEVALUE(name)", "BAD_DATE", None),
        ("TIMEVALUE(name)", "BAD_TIME", None),
        ("due + 10000000 * quantity", "BAD_DATE", None),
        ("due - 800000 * quantity", "BAD_DATE", None),
        ("updated + 3000000 * quantity", "BAD_DATE", None),
        ("updated - 400000 * quantity", "BAD_DATE", None),
        ("ADDMONTHS(due, 100000 * quantity)", "BAD_DATE", None),
        ("EOMONTH(due, 40000 * quantity)", "BAD_DATE", None),
    ],
)
def test_errors_name_their_place(text: str, code: str, place: str | None) -> None:
    found = error(text)
    assert found[0] == code
    assert place is None or found[1] == place


def test_date_of_1250_and_a_half_is_the_year_1250() -> None:
    assert value("DATE(amount, quantity, 1)") == date(1250, 3, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IF(TRUE, 1, amount / $user.level)", Decimal(1)),
        ("BLANKVALUE(amount, amount / $user.level)", Decimal("1250.5")),
        ("AND(FALSE, 1 / $user.level > 1)", False),
        ("is_done AND 1 / $user.level > 1", False),
        ("OR(TRUE, 1 / $user.level > 1)", True),
        ("NOT is_done OR 1 / $user.level > 1", True),
        ("CASE(status, 'open', 1, 'won', 1 / $user.level, 2)", Decimal(1)),
    ],
)
def test_what_is_not_needed_is_not_computed(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ISBLANK(1 / $user.level)",
        "BLANKVALUE(1 / $user.level, 5)",
        "OR(1 / $user.level > 1, TRUE)",
        "IF(1 / $user.level > 1, 1, 2)",
        "TEXT(1 / $user.level) = ''",
        "5 IN (5, 1 / $user.level)",
    ],
)
def test_an_error_is_not_a_blank(text: str) -> None:
    assert error(text)[0] == "DIV0"


def test_a_blank_operand_comes_before_the_error_of_the_operator() -> None:
    assert value("amount / quantity", {("quantity",): Decimal(0)}) is None


@pytest.mark.parametrize(
    ("text", "utc", "shanghai"),
    [
        ("DATEVALUE(updated)", date(2024, 5, 14), date(2024, 5, 15)),
        ("TODAY()", date(2024, 5, 15), date(2024, 5, 15)),
        ("DAY(updated)", Decimal(14), Decimal(15)),
        ("INPERIOD(updated, 'yesterday')", True, False),
        ("INPERIOD(updated, 'today')", False, True),
        ("updated >= '2024-05-15'", False, True),
        ("updated = '2024-05-14 23:15'", True, False),
        ("TEXT(DATETIMEVALUE(due))", "2024-05-31 00:00:00Z", "2024-05-30 16:00:00Z"),
        ("TEXT(DATETIMEVALUE('2024-05-31'))", "2024-05-31 00:00:00Z", "2024-05-31 00:00:00Z"),
        ("STARTOF(updated, 'day')", date(2024, 5, 14), date(2024, 5, 15)),
    ],
)  # fmt: skip
def test_time_zones(text: str, utc: Value, shanghai: Value) -> None:
    assert (value(text), value(text, context=SHANGHAI)) == (utc, shanghai)


def test_parameters_may_be_integers() -> None:
    context = Context(now=NOW, parameters={("user", ("level",)): 7})  # type: ignore[dict-item]  # as rows have them
    assert value("$user.level / 2", context=context) == Decimal("3.5")


def test_the_function_not_is_the_operator() -> None:
    node = Call("NOT", (FieldRef(("is_done",)),))
    assert evaluate(check(node, SCOPE), RECORD, CONTEXT) is True
    assert evaluate(check(node, SCOPE), BLANK, CONTEXT) is None


def test_stored_values_as_formulas_see_them() -> None:
    record: dict[Path, Any] = {
        ("quantity",): 7,
        ("colors",): ["red"],
        ("name",): "",
        ("ratio",): Decimal(50),
        ("alarm",): time(12),
    }
    assert value("quantity / 2", record) == Decimal("3.5")
    assert value("INCLUDES(colors, 'red')", record) is True
    assert value("ISBLANK(name)", record) is True
    assert value("ratio + 1", record) == Decimal("1.5")
    assert value("owner = $user.id", {("owner",): ANN}) is True
