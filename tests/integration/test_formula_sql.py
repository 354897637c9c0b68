"""One formula, two engines, equal results: Python and PostgreSQL on rows with blanks, extremes
and many scripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from formula_world import RECORDS, SAMPLE, Tasks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.formula.literals import WithLiterals, with_fields
from unit.formula.samples import CONTEXT, NOW, SCOPE
from unit.formula.strategies import Typed
from unit.formula.tables import SOURCE, TASK, column

from fieldstone.formula.ast import Node
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.functions.base import Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.lift import Lifted, lift, parse_lifted
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.scope import Path
from fieldstone.formula.to_sql import condition, to_sql
from fieldstone.formula.typed import Checked
from fieldstone.formula.types import BOOLEAN, Kind
from fieldstone.formula.usage import Usage
from fieldstone.kernel.sql import statement

ZONES = ("UTC", "Asia/Shanghai", "America/New_York")


def in_python(checked: Checked, context: Context, lifted: Lifted | None = None) -> list[Any]:
    """The values for all rows; an EvaluationError where there is none."""
    values = lifted.values if lifted else ()
    found: list[Any] = []
    for record in RECORDS:
        try:
            found.append(evaluate(checked, record, context, values))
        except EvaluationError as error:
            found.append(error)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRUE", [0, 1, 2, 3, 4, 5]),
        ("NULL = NULL", [0, 1, 2, 3, 4, 5]),
        ("is_done", [1, 3]),
        ("NOT is_done", [2, 4, 5]),
        ("is_done = FALSE OR is_done = NULL", [0, 2, 4, 5]),
        ("amount > 0", [1, 3, 5]),
        ("amount <> 0", [1, 2, 3, 5]),
        ("NOT (amount > 0)", [2, 4]),
        ("NOT (amount > 0 AND is_done)", [0, 2, 4, 5]),
        ("name = 'Anna'", [1]),
        ("name <> 'Anna'", [0, 2, 3, 4, 5]),
        ("NOT (name = 'Anna')", [0, 2, 3, 4, 5]),
        ("name = ''", [0]),
        ("name <> NULL", [1, 2, 3, 4, 5]),
        ("name = $org.currency", [0]),
        ("name = 'anna'", []),
        ("name < 'F'", [1, 2, 3]),
        ("name >= 'F'", [4, 5]),
        ("name IN ('Anna', 'x')", [1]),
        ("name NOT IN ('Anna', 'x')", [0, 2, 3, 4, 5]),
        ("ISBLANK(name)", [0]),
        ("CONTAINS(name, '%')", [2]),
        ("CONTAINS(name, '_c\\\\')", [2]),
        ("CONTAINS(nickname, '石')", [1]),
        ("CONTAINS(name, '')", [0, 1, 2, 3, 4, 5]),
        ("CONTAINS(name, $org.currency)", [0, 1, 2, 3, 4, 5]),
        ("NOT CONTAINS(name, 'n')", [2, 3, 4]),
        ("BEGINS(name, ' a') OR ENDS(name, 'a')", [1, 2]),
        ("BEGINS(name, nickname)", [0, 5]),
        ("LIKE(name, '_n%')", [1]),
        ("LIKE(name, '% ')", [2]),
        ("UPPER(nickname) = 'STRASSE'", [2]),
        ("LOWER(name) = 'ας ﬁ ǆ'", [4]),
        ("LEN(nickname) = 4", [1]),
        ("LEN(name) = 0", [0]),
        ("MID(nickname, 1, 2) = '石头'", [1]),
        ("status = 'won'", [1]),
        ("status <> 'won'", [2, 3, 4, 5]),
        ("status IN ('won', 'new')", [1, 4]),
        ("status NOT IN ('won', 'new')", [0, 2, 3, 5]),
        ("ISPICKVAL(status, '')", [0]),
        ("NOT ISPICKVAL(status, 'won')", [0, 2, 3, 4, 5]),
        ("CASE(status, 'won', 1, 'lost', 2, 3) = 3", [0, 3, 4, 5]),
        ("INCLUDES(colors, 'red')", [1, 4, 5]),
        ("EXCLUDES(colors, 'red', 'blue')", [0, 2]),
        ("ISBLANK(colors)", [0, 2]),
        ("ratio = 0.4", [1, 5]),
        ("ratio > 0.4", [4]),
        ("ratio IN (0, 1)", [3, 4]),
        ("ratio * 100 > 39.99", [1, 4, 5]),
        ("quantity < 2.5", [2, 3]),
        ("quantity >= 2.5", [1, 4, 5]),
        ("quantity = 2.5", []),
        ("NOT (quantity = 2.5)", [1, 2, 3, 4, 5]),
        ("quantity IN (3, 0, 2.5)", [1, 2, 5]),
        ("quantity > 99999999999999999999", []),
        ("quantity < 99999999999999999999", [1, 2, 3, 4, 5]),
        ("amount / quantity > 100", [1, 5]),
        ("amount / quantity > 100 OR TRUE", [0, 1, 3, 4, 5]),
        ("TRUE OR amount / quantity > 100", [0, 1, 2, 3, 4, 5]),
        ("ISBLANK(amount / quantity)", [0]),
        ("(1 / 9 * 9 = 1) AND quantity / 9 * 9 = 3", [1, 5]),
        ("amount + quantity = 1253.5", [1, 5]),
        ("amount - quantity > 1000 OR -amount > 0", [1, 2, 3, 5]),
        ("TEXT(updated) = '2024-05-14 23:15:00Z'", [1, 5]),
        ("TIMEVALUE(alarm) = TIMEVALUE('07:30')", [1, 5]),
        ("factor * factor * factor < 1", [1, 3, 5]),
        ("due = '2024-05-15'", [1]),
        ("due > TODAY()", [3, 5]),
        ("due >= TODAY() - 90", [1, 2, 3, 5]),
        ("due = NULL", [0]),
        ("due + 1 = '2024-03-01'", [2]),
        ("due - DATE(2024, 5, 1) = 14", [1]),
        ("ADDMONTHS(due, 1) = '2024-03-31'", [2]),
        ("EOMONTH(due, 0) = due", [2, 3, 5]),
        ("STARTOF(due, 'month') = '2024-05-01'", [1, 5]),
        ("INPERIOD(due, 'this_month')", [1, 5]),
        ("INPERIOD(updated, 'yesterday')", [1, 5]),
        ("INPERIOD(due, 'older_than_n_days:0')", [2, 4]),
        ("YEAR(due) = 2024 AND MONTH(due) = 2", [2]),
        ("updated < '2024-04-02'", [2, 4]),
        ("updated > NOW() - 1", [1, 3, 5]),
        ("DATEVALUE(nickname) = '2024-02-29'", [3]),
        ("VALUE(name) = 12.5", [3]),
        ("alarm < '07:30:00.001'", [1, 2, 5]),
        ("owner = $user.id", [1, 4, 5]),
        ("owner <> $user.id", [2]),
        ("owner = '018f0000-0000-7000-8000-00000000000b'", [2]),
        ("parent.name = 'Anna'", [1]),
        ("parent.amount > 0", [1, 2]),
        ("ISBLANK(parent.name)", [0, 4, 5]),
        ("IF(is_done, amount, quantity) > 3", [1, 3, 4]),
        ("BLANKVALUE(amount, 7) = 7", [0]),
        ("XOR(is_done, amount > 1)", [5]),
        ("MAX(amount, quantity) = quantity", [2, 4]),
        ("TEXT(amount) = '1250.5'", [1, 5]),
        ("name & ' ' & nickname = 'Anna 石头 ß'", [1]),
        ("IF(ISBLANK(due), 'none', TEXT(due)) = 'none'", [0]),
        ("ISBLANK(sketch)", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_filters(tasks: Tasks, text: str, expected: list[int]) -> None:
    checked = check(parse(text), SCOPE, expected=BOOLEAN, text=text)
    in_memory = in_python(checked, CONTEXT)
    assert [index for index, value in enumerate(in_memory) if value is True] == expected
    assert tasks.ids(text) == expected


def test_time_zones_of_the_user(tasks: Tasks) -> None:
    shanghai = Context(now=NOW, timezone="Asia/Shanghai", parameters=CONTEXT.parameters)
    assert tasks.ids("INPERIOD(updated, 'today')", shanghai) == [1, 5]
    assert tasks.ids("INPERIOD(updated, 'today')") == []
    assert tasks.ids("DAY(updated) = 15", shanghai) == [1, 5]


EXAMPLES = [
    example
    for function in FUNCTIONS.values()
    if function.to_sql or not function.signature.arguments
    for example in function.examples
]
ONLY_PYTHON = [
    function
    for function in FUNCTIONS.values()
    if function.signature.arguments and function.python_only
]


@pytest.mark.parametrize("function", ONLY_PYTHON, ids=[each.name for each in ONLY_PYTHON])
def test_what_only_python_computes_is_refused_in_sql(function: Function) -> None:
    for text, _ in function.examples:
        checked = check(parse(text), SCOPE)
        if checked.root.constant:
            continue
        with pytest.raises(FormulaError) as raised:
            to_sql(checked, column, Binder())
        assert [fault.code for fault in raised.value.faults] == ["NOT_ALLOWED_IN_CONTEXT"]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_examples_are_true_in_the_database(tasks: Tasks, text: str, expected: str) -> None:
    lifted = parse_lifted(text)
    try:
        checked = check(with_fields(lifted.shape), WithLiterals())
    except FormulaError:  # a function that needs literals keeps them
        checked = check(parse(text), SCOPE, usage=Usage.VALIDATION)

    def place(path: Path) -> sa.ColumnElement[Any]:
        kind, _, index = path[0].partition("_")
        if kind not in ("text", "number"):
            return column(path)
        value = sa.literal(lifted.values[int(index)])
        return sa.cast(value, sa.Text if kind == "text" else sa.Numeric)

    binder = Binder()
    value = to_sql(checked, place, binder)
    clause = sa.select(value).select_from(SOURCE).where(TASK.c.id == UUID(int=SAMPLE))
    found = tasks.run(clause, bind_values(binder.binds, lifted.values, CONTEXT))
    assert found[0][0] == evaluate(check(parse(expected), SCOPE), RECORDS[SAMPLE], CONTEXT)


def readable(value: sa.ColumnElement[Any], kind: Kind) -> sa.ColumnElement[Any]:
    """As text where the driver knows fewer years than PostgreSQL."""
    if kind is Kind.DATE:
        return sa.cast(value, sa.Text)
    if kind is Kind.DATETIME:
        text: sa.ColumnElement[Any] = sa.cast(sa.func.timezone("UTC", value), sa.Text)
        return text
    return value


def as_read(value: Any) -> Any:
    match value:
        case EvaluationError():
            return None
        case datetime():
            text = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
            return text.rstrip("0").rstrip(".") if "." in text else text
        case date():
            return value.isoformat()
        case _:
            return value


def assert_equal(tasks: Tasks, node: Node, zone: str) -> None:
    """Both engines say the same of every row."""
    context = Context(now=NOW, timezone=zone, parameters=CONTEXT.parameters)
    lifted, binder = lift(node), Binder()
    shape = check(lifted.shape, SCOPE)
    value = readable(to_sql(shape, column, binder), shape.type.kind)
    test = condition(shape, column, binder) if shape.type == BOOLEAN else sa.true()
    clause = sa.select(value, sa.func.coalesce(test, sa.false()))
    clause = clause.select_from(SOURCE).order_by(TASK.c.id)
    found = tasks.run(clause, bind_values(binder.binds, lifted.values, context))
    expected = in_python(check(node, SCOPE), context)
    assert [each[0] for each in found] == [as_read(each) for each in expected], to_text(node)
    if shape.type == BOOLEAN:
        assert [each[1] for each in found] == [each is True for each in expected], to_text(node)


ANY = Typed(3)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(ANY.condition, ANY.number, ANY.text, ANY.date, ANY.instant), st.sampled_from(ZONES)
)
def test_random_formulas(tasks: Tasks, node: Node, zone: str) -> None:
    try:
        assert_equal(tasks, node, zone)
    except FormulaError as error:
        assert {fault.code for fault in error.faults} <= {"CONST_ERROR", "ARG_TYPE", "TOO_COSTLY"}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "text",
    [
        "(due - 1400000) - 1400000",
        "(due + 1400000) + 1400000",
        "due + quantity * 1000000",
        "due + factor",
        "((updated - 1400000) - 1400000) - 1400000",
        "((updated + 1400000) + 1400000) + 1400000",
        "updated + factor",
        "updated + factor / 7",
        "ADDMONTHS(ADDMONTHS(due, quantity * 10000), quantity)",
        "ADDMONTHS(due, factor)",
        "EOMONTH(due, 1) + 1",
        "ENDOF(due, 'week') + quantity",
        "STARTOF(updated, 'week')",
        "DATE(quantity, quantity, factor)",
        "DATE(2024, 2, quantity + 26)",
        "DATEVALUE(DATETIMEVALUE(due))",
        "DATETIMEVALUE(due) - 1",
        "DATEVALUE(nickname & '')",
        "DATETIMEVALUE(nickname & ' 24:00')",
        "DATETIMEVALUE(nickname & 'T23:59:59.9999+23:59')",
        "DATETIMEVALUE(nickname & ' 1:02:03.4 -0530')",
        "TIMEVALUE(LEFT(nickname, 2) & ':59:59.9999') = alarm",
        "amount * factor * factor * factor * amount",
        "amount / factor / factor / factor",
        "MOD(amount, factor) + MOD(factor, amount)",
        "ROUND(amount, quantity) + ROUND(factor, -30) + ROUND(factor, 30 + quantity)",
        "CEILING(factor) + FLOOR(factor) + CEILING(ratio) + FLOOR(ratio)",
        "VALUE(name & '0') + VALUE(name & '000000000000000000000000')",
        "VALUE(name & nickname)",
        "LEFT(nickname, factor) & RIGHT(nickname, quantity) & MID(nickname, quantity, factor)",
        "LEN(name & nickname) / LEN(name)",
        "MAX(amount, quantity, factor) - MIN(amount, quantity, ratio)",
        "IF(amount / quantity > 1, 1, amount / quantity)",
        "CASE(amount / quantity, 1, 2, amount / quantity, 3, 4)",
        "5 IN (amount / quantity, 5)",
        "amount / quantity IN (5, 6) OR is_done",
        "BLANKVALUE(amount / quantity, 5)",
        "TEXT(amount / quantity) = ''",
        "NOT (amount / quantity > 1 AND is_done)",
        "XOR(amount / quantity > 1, is_done)",
        "(1 / 3) * amount * 1000",
        "PI() * amount + SQRT(2) * quantity",
        "amount / amount * 3 IN (9 / 7 * 7 / 3, 1 / 9)",
        "IN(quantity / 9 * 9, 1 / 9 * 27, 7)",
        "quantity = 1 / 9 * 27 OR ratio > 1 / 3 * 1.2",
        "LEFT(name, 1 / 9 * 27)",
        "CASE(quantity, 1 / 9 * 27, 1 / 7 * 7, 2)",
        "ISBLANK(NOT is_done)",
        "(NOT is_done) < is_done",
        "(NOT is_done) IN (is_done, NOT is_done)",
        "ISBLANK(NOT(AND(is_done, amount > 1)))",
        "ISBLANK(EXCLUDES(colors, 'red'))",
        "PICKLISTCOUNT(BLANKVALUE(colors, 'blue'))",
        "INCLUDES(IF(is_done, colors, 'red'), 'red')",
        "PICKLISTCOUNT(colors) + 1 / PICKLISTCOUNT(colors)",
        "ISERROR(VALUE(name)) OR is_done",
        "IFERROR(VALUE(name), VALUE(nickname))",
        "ISNUMBER(name & nickname)",
        "ISNUMBER(LEFT(name, 1 / quantity))",
        "IF(ISNUMBER(name), VALUE(name), amount)",
        "IFERROR(DATEVALUE(nickname), due)",
        "IFS(is_done, name, amount / quantity > 1, nickname, TEXT(1 / quantity))",
        "NULLVALUE(nickname, name)",
        "NULLVALUE(due, '2024-01-01')",
        "SWITCH(status, 'won', due, 'lost', parent.due, NULL)",
        "IN(status, 'won', 'lost')",
        "NOT(IN(name, nickname, 'Anna'))",
        "IN(quantity, 3, amount, 1 / ratio)",
        "amount ^ 2 + quantity ^ factor",
        "MAX(due, DATEVALUE(updated))",
        "1 / $user.level > 1 OR is_done",
        "is_done OR 1 / $user.level > 1",
        "IF(is_done, 1 / $user.level, amount)",
        "name IN (nickname, LEFT('x', 1 / $user.level))",
        "CONTAINS(name, LEFT('x', 1 / $user.level))",
        "IF(is_done, NULL, IF(is_done, NULL, amount))",
        "IF(is_done, CONTAINS(NULL, $user.name), CONTAINS(NULL, $user.name))",
    ],
)
def test_extremes_neither_raise_nor_differ(tasks: Tasks, text: str, zone: str) -> None:
    assert_equal(tasks, parse(text), zone)


def test_case_mapping_of_every_letter(tasks: Tasks) -> None:
    """Also to be run when Python, PostgreSQL or Unicode moves on."""
    letters = [
        chr(code)
        for code in range(1, 0x110000)
        if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) != "Cn"
    ]
    cased = [char for char in letters if char.upper() != char or char.lower() != char]
    checked = check(parse("UPPER(name) & '|' & LOWER(name)"), SCOPE)
    given_ = sa.column("given", sa.Text)
    source = sa.func.unnest(sa.bindparam("cased", type_=sa.ARRAY(sa.Text))).alias("given")
    binder = Binder()
    value = to_sql(checked, lambda _path: given_, binder)
    clause = sa.select(given_, value).select_from(source)
    found = tasks.run(clause, {"cased": cased, **bind_values(binder.binds, (), CONTEXT)})
    wrong = [(char, text) for char, text in found if text != f"{char.upper()}|{char.lower()}"]
    assert len(cased) > 2_800
    assert wrong == []


INDEXES = (
    "CREATE INDEX ON task (amount)",
    "CREATE INDEX ON task (quantity)",
    "CREATE INDEX ON task (ratio)",
    "CREATE INDEX ON task (name)",
    "CREATE INDEX ON task USING gin (nickname gin_trgm_ops)",
    "CREATE INDEX ON task (due)",
    "CREATE INDEX ON task (updated)",
    "CREATE INDEX ON task (owner)",
    "CREATE INDEX ON task (status)",
    "CREATE INDEX ON task USING gin (colors)",
)


@pytest.fixture(scope="module")
def indexed(tasks: Tasks) -> Iterator[Tasks]:
    for index in INDEXES:
        tasks.connection.execute(index)
    tasks.connection.execute("SET enable_seqscan = off")
    yield tasks
    tasks.connection.execute("RESET enable_seqscan")


@pytest.mark.parametrize(
    "text",
    [
        "amount > 1000",
        "amount = 5 AND is_done",
        "ratio > 0.4",
        "ratio IN (0.1, 0.2)",
        "quantity >= 2.5",
        "quantity = 3",
        "quantity IN (1, 2)",
        "name = 'Anna'",
        "name IN ('Anna', 'x')",
        "CONTAINS(nickname, '石头 ')",
        "LIKE(nickname, '%abc%')",
        "CONTAINS(nickname, $user.name)",
        "due = '2024-05-15'",
        "due >= TODAY() - 7",
        "INPERIOD(due, 'this_month')",
        "INPERIOD(updated, 'last_n_days:7')",
        "owner = $user.id",
        "status = 'won'",
        "ISPICKVAL(status, 'won')",
        "status IN ('won', 'lost')",
        "INCLUDES(colors, 'red')",
        "AND(amount > 1000, OR(status = 'won', status = 'lost'))",
    ],
)
def test_an_index_on_the_column_serves_the_filter(indexed: Tasks, text: str) -> None:
    lifted, binder = parse_lifted(text), Binder()
    test = condition(check(lifted.shape, SCOPE), column, binder)
    made = statement(sa.select(TASK.c.id).where(test))
    values = {**made.known, **bind_values(binder.binds, lifted.values, CONTEXT)}
    plan = indexed.connection.execute(f"EXPLAIN {made.text}", values).fetchall()
    assert "Index Cond" in "\n".join(line for (line,) in plan), plan
