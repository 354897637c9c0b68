"""The functions about numbers: PostgreSQL says what Python says, to the last digit, of what is an
error and of what is blank. At the edges of number_cases.py, and for numbers at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context as DecimalContext
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from conftest import Server
from psycopg.rows import tuple_row
from unit.formula.number_cases import CASES, FINE, FULL, MAX, SCOPE, TABLES
from unit.formula.samples import CONTEXT

from fieldstone.formula.ast import Value
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.lift import parse_lifted
from fieldstone.formula.scope import Path
from fieldstone.formula.to_sql import to_sql_with_error
from fieldstone.kernel.sql import statement

Row = tuple[Decimal | None, Decimal | None, Decimal | None]
Result = tuple[Value, str | None]
"""A value, or the code of an error."""
NUMBERS = sa.Table(
    "numbers",
    sa.MetaData(),
    sa.Column("place", sa.Integer),
    *(sa.Column(name, sa.Numeric) for name in "abc"),
)


def column(path: Path) -> sa.ColumnElement[Any]:
    found: sa.ColumnElement[Any] = NUMBERS.c[path[0]]
    return found


@dataclass(frozen=True)
class Numbers:
    """A table of numbers, on a connection of its own."""

    connection: psycopg.Connection[Any]

    def fill(self, rows: Sequence[Row]) -> None:
        self.connection.execute("TRUNCATE numbers")
        with self.connection.cursor() as cursor, cursor.copy("COPY numbers FROM STDIN") as copy:
            for place, row in enumerate(rows):
                copy.write_row((place, *row))

    def results(self, text: str) -> list[Result]:
        lifted, binder = parse_lifted(text), Binder()
        value, code = to_sql_with_error(check(lifted.shape, SCOPE), column, binder)
        clause = sa.select(value, sa.null() if code is None else code).select_from(NUMBERS)
        made = statement(clause.order_by(NUMBERS.c.place))
        binds = bind_values(binder.binds, lifted.values, CONTEXT)
        return self.connection.execute(made.text, {**made.known, **binds}).fetchall()


@pytest.fixture(scope="module")
def numbers(server: Server) -> Iterator[Numbers]:
    with psycopg.connect(server.admin_url, autocommit=True, row_factory=tuple_row) as connection:
        connection.execute("SET search_path = pg_temp, public")
        connection.execute("CREATE TEMP TABLE numbers (place int, a numeric, b numeric, c numeric)")
        yield Numbers(connection)


def in_python(text: str, rows: Sequence[Row]) -> list[Result]:
    lifted = parse_lifted(text)
    checked, found = check(lifted.shape, SCOPE), list[Result]()
    for row in rows:
        record: dict[Path, Value] = {(name,): each for name, each in zip("abc", row, strict=True)}
        try:
            found.append((evaluate(checked, record, CONTEXT, lifted.values), None))
        except EvaluationError as error:
            found.append((None, error.code))
    return found


@pytest.mark.parametrize("text", TABLES)
def test_edges(numbers: Numbers, text: str) -> None:
    cases = [case for case in CASES if case.text == text]
    numbers.fill([tuple(case.record.values()) for case in cases])  # type: ignore[misc]  # of three
    assert numbers.results(text) == [(case.value, case.failure or None) for case in cases]
    errors = numbers.results(f"ISERROR({text})")
    assert errors == [(bool(case.failure), None) for case in cases]


SPECIAL = [
    Decimal(text)
    for text in ("0", "1", "-1", "2", "-2", "0.5", "-0.5", "1.5", "2.5", "10", "0.1", "7", "12",
                 "55", "1000", "1001", FINE, f"-{FINE}", MAX, f"-{MAX}", FULL, f"-{FULL}")
]  # fmt: skip
WIDE = DecimalContext(prec=60)


def a_number(source: random.Random) -> Decimal | None:
    """Any size and scale, ties and multiples often."""
    kind = source.random()
    if kind < 0.08:
        return None
    if kind < 0.25:
        return source.choice(SPECIAL)
    if kind < 0.45:
        return Decimal(source.randint(-200, 200)) / source.choice((1, 2, 4, 8, 10, 100))
    digits, scale = source.randint(0, 24), source.randint(0, 18)
    whole = source.randint(0, 10 ** (digits + scale) - 1) if digits + scale else 0
    return WIDE.scaleb(Decimal(source.choice((-1, 1)) * whole), -scale)


def rows(seed: str, count: int) -> list[Row]:
    source = random.Random(seed)  # noqa: S311  # numbers to try, not secrets
    return [(a_number(source), a_number(source), a_number(source)) for _ in range(count)]


ONE_NUMBER = (
    "ABS",
    "SIGN",
    "TRUNC",
    "INT",
    "FLOOR",
    "CEILING",
    "MFLOOR",
    "MCEILING",
    "EVEN",
    "ODD",
)
CHEAP = (
    *(f"{name}({operand})" for name in ONE_NUMBER for operand in ("a", "a / b", "a / b * b")),
    *(
        f"{name}(a, {digits})"
        for name in ("ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC")
        for digits in ("0", "2", "-2", "17", "18", "-24", "b", "c / b", "-b")
    ),
    "ROUNDUP(a / b, 3)",
    "ROUND(a / b, 18)",
    *(f"{name}({pair})" for name in ("MOD", "QUOTIENT", "MROUND") for pair in (
        "a, b", "a / c, b", "a, b / c", "a, 0.05", "7, b")),
    "MAX(a, b, c / a)",
    "MIN(a, b / c, c)",
    "IFERROR(a / b, c)",
    "IFERROR(a / b, a / c)",
    "IFERROR(QUOTIENT(a, b), MOD(b, c))",
    "IFERROR(IF(a / b > 1, 1 / c, b), 2 / b)",
    "IFS(a / b > 1, b, c > 0, a / c, MOD(a, b))",
    "IFS(a > b, 1, b > c, 2, 3)",
    "SWITCH(MOD(a, 3), 0, a / b, 1, b, c)",
    "IN(a / b * b, b, a, c)",
    "IN(SIGN(a), 1, 1 / b)",
    "NULLVALUE(a / b, c)",
    "COALESCE(a, b / c, c)",
    "XOR(a > b, b > c, c > a)",
    "POWER(a, 2)",
    "POWER(a, 3)",
    "POWER(a, 0)",
    "a ^ 2 + POWER(b, 2)",
)  # fmt: skip
DEAR = (
    "SQRT(a)",
    "SQRT(ABS(a / b))",
    "EXP(a)",
    "EXP(MOD(a, 60))",
    "EXP(a / b)",
    "LN(a)",
    "LN(ABS(a / b))",
    "LOG(a)",
    "LOG10(ABS(a))",
    "LOG(a, b)",
    "LOG(ABS(a), ABS(b / c))",
    "LOG(ABS(a), 1 + ABS(b) / 10 ^ 20)",
    "POWER(a, b)",
    "POWER(a, MOD(b, 12))",
    "POWER(a, TRUNC(MOD(b, 30)))",
    "POWER(MOD(a, 3), TRUNC(MOD(b, 1000)))",
    "POWER(ABS(a / b), c / 7)",
    "POWER(a, -1)",
    "POWER(a / b, -3)",
    "POWER(1 + MOD(a, 1) / 12, 360)",
)  # fmt: skip
TRIES = {**dict.fromkeys(CHEAP, 600), **dict.fromkeys(DEAR, 300)}


@pytest.mark.parametrize("text", TRIES)
def test_numbers_at_random(numbers: Numbers, text: str) -> None:
    given = rows(text, TRIES[text])
    numbers.fill(given)
    expected, found = in_python(text, given), numbers.results(text)
    wrong = [each for each in zip(given, found, expected, strict=True) if each[1] != each[2]]
    assert wrong == []
    assert len({value for value, _ in found}) > 1
