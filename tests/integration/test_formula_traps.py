"""Where Python and PostgreSQL differ by nature, and what a blank operand makes of each construct:
each case computed by both engines, its literals handed over as fields."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from formula_fuzz import in_python, in_sql
from formula_world import BLANK, RECORDS, SAMPLE, Tasks
from unit.formula.literals import WithLiterals, with_fields
from unit.formula.samples import CONTEXT, SCOPE
from unit.formula.tables import SOURCE, TASK, column

from fieldstone.formula.ast import Value
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.lift import parse_lifted
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import to_sql_with_error
from fieldstone.formula.typed import Checked
from fieldstone.formula.types import Kind


def compiled(text: str) -> tuple[Checked, tuple[Any, ...]]:
    lifted = parse_lifted(text)
    try:
        return check(with_fields(lifted.shape), WithLiterals()), lifted.values
    except FormulaError:  # what has to be a literal stays one
        return check(parse(text), SCOPE), ()


def in_memory(text: str, row: int) -> Value | str:
    checked, values = compiled(text)
    record = dict(RECORDS[row])
    for index, value in enumerate(values):
        kind = "text" if isinstance(value, str) else "number"
        record[f"{kind}_{index}",] = value
    try:
        return evaluate(checked, record, CONTEXT)
    except EvaluationError as error:
        return f"#{error.code}!"


def in_database(tasks: Tasks, text: str, row: int) -> Any:
    checked, values = compiled(text)

    def place(path: Path) -> sa.ColumnElement[Any]:
        kind, _, index = path[0].partition("_")
        if kind not in ("text", "number"):
            return column(path)
        return sa.cast(sa.literal(values[int(index)]), sa.Text if kind == "text" else sa.Numeric)

    binder, laterals = Binder(), Laterals()
    value, code = to_sql_with_error(checked, place, binder, laterals)
    clause = sa.select(value, sa.null() if code is None else code)
    clause = clause.select_from(laterals.around(SOURCE)).where(TASK.c.id == UUID(int=row))
    found, error = tasks.run(clause, bind_values(binder.binds, (), CONTEXT))[0]
    return found if error is None else f"#{error}!"


N = Decimal
TRAPS: dict[str, tuple[tuple[str, Any], ...]] = {
    "1 whole numbers divide exactly": (("7 / 2", N("3.5")),),
    "2 division keeps 18 decimals": (("10 / 3", N("3.333333333333333333")),),
    "3 halves go away from zero": (("ROUND(2.5, 0)", N(3)), ("ROUND(-2.5, 0)", N(-3))),
    "4 compared by value": (("1.10 * 2.2 = 2.42", True), ("TEXT(1.10 * 2.2)", "2.42")),
    "5 the sign of a remainder": (("MOD(-7, 3)", N(-1)), ("-7 % 3", N(-1)), ("7 % -3", N(1))),
    "6 logarithms": (("LN(10)", N("2.302585092994045684")), ("SQRT(2)", N("1.414213562373095049"))),
    "7 powers from the left": (("2 ^ 3 ^ 2", N(64)), ("-2 ^ 2", N(4)), ("2 * 3 ^ 2", N(18))),
    "9 too large": (("(10 ^ 23) * 10", "#OVERFLOW!"), ("(10 ^ 23) * 9", N("9e23"))),
    "10 no NaN": (('VALUE("NaN")', "#BAD_NUMBER!"), ('VALUE("Infinity")', "#BAD_NUMBER!")),
    "11 blank is not less": (("parent.amount < 1", None), ("parent.amount >= 1", None)),
    "12 blank texts are equal": (("nickname = parent.name", True), ('nickname = "a"', False)),
    "13 what is not reached does not fail": (
        ("IF(2 = 2, 5, 1 / (2 - 2))", N(5)), ("2 = 2 OR 1 / (2 - 2) > 0", True),
        ("2 = 3 AND 1 / (2 - 2) > 0", False), ("1 / (2 - 2) > 0 OR 2 = 2", "#DIV0!"),
    ),
    "14 MAX does not skip blanks": (("MAX(parent.amount, 1)", None), ("MIN(2, 1)", N(1))),
    "15 an empty text is blank": (('ISBLANK(LEFT("abc", 0))', True), ('TRIM("  ")', None)),
    "16 joining blanks": (('"a" & nickname', "a"), ('nickname + "b"', "b")),
    "17 the order of code points": (('"a" < "B"', False), ('"Z" < "a"', True), ('"ä" > "z"', True)),
    "18 full case mapping": (('UPPER("straße")', "STRASSE"), ('LOWER("ΑΣ")', "ας")),
    "19 length in code points": (('LEN("石头😀")', N(3)),),
    "20 white space": (('TRIM("\\u00a0 a\\t\\r\\n")', "a"), ('LEN(TRIM("\\u3000a"))', N(2))),
    "21 cuts are clamped": (
        ('RIGHT("abcdef", -2)', None), ('MID("abc", 0, 3)', "abc"), ('LEFT("abc", 99)', "abc"),
    ),
    "22 nothing to replace": (('SUBSTITUTE("aaa", nickname, "x")', None),),
    "23 signs of patterns": (
        ('CONTAINS("50%", "%")', True), ('BEGINS("abc", "a_")', False),
        ('LIKE("a%c", "a_c")', True),
        ('ENDS("a\\\\", "\\\\")', True),
    ),
    "24 ASCII digits": (('REGEX("٣", "\\\\d")', False), ('REGEX("3", "\\\\d")', True)),
    "25 months": (
        ('ADDMONTHS(DATEVALUE("2024-02-29"), 1) = DATEVALUE("2024-03-31")', True),
        ('EDATE(DATEVALUE("2024-02-29"), 1) = DATEVALUE("2024-03-29")', True),
    ),
    "26 Sunday is 1": (('WEEKDAY(DATEVALUE("2024-05-12"))', N(1)),),
    "27 weeks of the year": (('WEEKNUM(DATEVALUE("2024-12-31"))', N(53)),),
    "28 a day has 86,400 seconds": (
        ('TEXT(DATETIMEVALUE("2024-03-10 06:30") + 1)', "2024-03-11 06:30:00Z"),
    ),
    "29 how dates are read": (
        ('DATEVALUE("2024-2-3") = DATEVALUE("2024-02-03")', True),
        ('DATEVALUE("3/2/2024")', "#BAD_DATE!"),
    ),
    "30 years": (("DATE(10000, 1, 1)", "#BAD_DATE!"), ("DATE(0, 1, 1)", "#BAD_DATE!")),
    "32 how numbers are read": (
        ('VALUE("1_000")', "#BAD_NUMBER!"), ('VALUE(" 12 ")', N(12)),
        ('VALUE("1e3")', "#BAD_NUMBER!"),
    ),
    "35 no NUL": (("LEN(CHR(0))", "#BAD_ARG!"), ("LEN(CHR(65))", N(1))),
    "36 no exponents": (("TEXT(100 * 1000000)", "100000000"), ("TEXT(0.0 * 5)", "0")),
    "37 sums in any order": (
        ("(999999999999999999.5 + 0.000000000000000001) - 999999999999999999.5", N("1e-18")),
        ("(0.1 + 0.2) + 0.3 = 0.1 + (0.2 + 0.3)", True),
    ),
    "38 decimals are exact": (("0.1 * 3 = 0.3", True), ("0.1 + 0.7 = 0.8", True)),
}  # fmt: skip
CASES = [
    pytest.param(*case, id=f"{name}: {case[0]}") for name, cases in TRAPS.items() for case in cases
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_traps(tasks: Tasks, text: str, expected: Any) -> None:
    assert in_memory(text, SAMPLE) == expected
    assert in_database(tasks, text, SAMPLE) == expected


def test_8_angles_are_for_python_alone() -> None:
    with pytest.raises(FormulaError) as raised:
        to_sql_with_error(check(parse("SIN(amount)"), SCOPE), column, Binder())
    assert [fault.code for fault in raised.value.faults] == ["NOT_ALLOWED_IN_CONTEXT"]


@pytest.mark.parametrize("text", ["TEXT(is_done)", "is_done + 1", "name + 1", "IF(1, 2, 3)"])
def test_31_nothing_is_converted_by_itself(text: str) -> None:
    with pytest.raises(FormulaError) as raised:
        check(parse(text), SCOPE)
    assert {fault.code for fault in raised.value.faults} == {"ARG_TYPE"}


@pytest.mark.parametrize("down", [False, True])
def test_33_blanks_come_last(tasks: Tasks, down: bool) -> None:
    checked, binder, laterals = check(parse("amount / quantity"), SCOPE), Binder(), Laterals()
    value, _ = to_sql_with_error(checked, column, binder, laterals)
    order = value.desc().nulls_last() if down else value.asc().nulls_last()
    clause = sa.select(TASK.c.id).select_from(laterals.around(SOURCE)).order_by(order, TASK.c.id)
    found = [row[0].int for row in tasks.run(clause, bind_values(binder.binds, (), CONTEXT))]
    values = [value for value, _ in in_python(checked, CONTEXT)[0]]
    present = [index for index, value in enumerate(values) if value is not None]
    blank = [index for index, value in enumerate(values) if value is None]
    assert blank
    assert found == [*sorted(present, key=lambda i: -values[i] if down else values[i]), *blank]


def test_34_one_moment_for_all(tasks: Tasks) -> None:
    """The moment of the request, not the database's."""
    then = Context(now=datetime(2001, 2, 3, 23, 30, tzinfo=UTC), timezone="Asia/Shanghai")
    checked = check(parse("IF(is_done, TODAY(), TODAY())"), SCOPE)
    days = {value for value, _, _ in in_sql(tasks, [checked], then)[0]}
    assert days == {date(2001, 2, 4).isoformat()}
    assert {value for value, _ in in_python(checked, then)[0]} == days


BLANKS: tuple[tuple[str, Any], ...] = (
    ("amount + 1", None), ("1 - amount", None), ("amount * 0", None), ("amount / 2", None),
    ("2 / amount", None), ("amount ^ 2", None), ("amount % 2", None), ("-amount", None),
    ("MAX(1, amount)", None), ("MIN(amount, 1)", None), ("ABS(amount)", None), ("LN(amount)", None),
    ('name + "x"', "x"), ('name & "x"', "x"), ("name & nickname", None),
    ('CONCATENATE(name, "x")', "x"),
    ('name = ""', True), ("name = nickname", True), ('name = "x"', False), ('name <> "x"', True),
    ("amount = 1", None), ("amount <> 1", None), ('status = "won"', None), ("is_done = TRUE", None),
    ("owner = $user.id", None), ("due = TODAY()", None),
    ("amount < 1", None), ("amount >= 1", None), ('name < "x"', None), ('name >= "x"', None),
    ("is_done AND TRUE", False), ("TRUE AND is_done", False), ("is_done OR FALSE", False),
    ("is_done OR TRUE", True), ("AND(is_done, TRUE)", False), ("OR(is_done, FALSE)", False),
    ("NOT is_done", None), ("NOT(is_done)", None),
    ("IF(is_done, 1, 2)", N(2)), ("IFS(is_done, 1, 2)", N(2)), ("IF(NOT is_done, 1, 2)", N(2)),
    ('CASE(name, "", 1, 2)', N(1)), ("CASE(name, nickname, 1, 2)", N(1)),
    ("CASE(amount, quantity, 1, 2)", N(2)), ("CASE(5, amount, 1, 2)", N(2)),
    ("amount IN (1, quantity)", False), ('name IN ("x", nickname)', False),
    ("ISBLANK(name)", True), ("ISBLANK(amount)", True), ("ISBLANK(colors)", True),
    ('BLANKVALUE(name, "x")', "x"), ("BLANKVALUE(amount, 7)", N(7)),
    ("LEN(name)", N(0)), ('FIND("a", name)', N(0)), ("CONTAINS(name, nickname)", True),
    ('CONTAINS(name, "x")', None), ('BEGINS(name, "x")', None), ('ENDS(name, "x")', None),
    ('BEGINS("x", name)', True), ('ENDS("x", name)', True),
    ("LEFT(name, 2)", None), ("RIGHT(name, 2)", None), ("MID(name, 1, 2)", None),
    ("UPPER(name)", None), ('SUBSTITUTE(name, "a", "b")', None),
    ('SUBSTITUTE("abc", name, "b")', None), ('SUBSTITUTE("abc", "b", name)', "ac"),
    ("due + 1", None), ("YEAR(due)", None), ("ADDMONTHS(due, 1)", None), ("updated + 1", None),
    ("due - due", None), ('DATEVALUE(name)', None), ('STARTOF(due, "month")', None),
    ('INCLUDES(colors, "red")', False), ('EXCLUDES(colors, "red")', True),
    ("ROUND(amount, 2)", None), ("VALUE(name)", None), ("TEXT(amount)", None),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BLANKS)
def test_blanks(tasks: Tasks, text: str, expected: Any) -> None:
    checked = check(parse(text), SCOPE)
    assert checked.type.kind is not Kind.BLANK
    found = in_memory(text, BLANK)
    assert found == expected
    assert type(found) is type(expected)
    assert in_database(tasks, text, BLANK) == expected
