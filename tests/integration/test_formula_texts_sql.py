"""Functions of texts: Python and PostgreSQL say the same of hundreds of odd texts."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from conftest import Server
from psycopg.rows import tuple_row
from unit.formula.regexes import PATTERNS, random_pattern, random_text
from unit.formula.samples import CONTEXT
from unit.formula.texts import FIELDS, ODD, TextScope

from fieldstone.formula.ast import Value
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.automaton import automaton
from fieldstone.formula.functions.letters import LAST_CODE, LATER_CASES, SURROGATES
from fieldstone.formula.functions.regex import RegexError, parsed, written
from fieldstone.formula.lift import parse_lifted
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import condition, to_sql_with_error
from fieldstone.kernel.sql import statement

ROWS = 600
SEED = 20240515
COLUMNS = {"text": sa.Text, "number": sa.Numeric, "boolean": sa.Boolean, "reference": sa.Uuid}
TEXTS = sa.Table(
    "odd_texts",
    sa.MetaData(),
    sa.Column("row", sa.Integer),
    *(sa.Column(name, COLUMNS[type_.kind]) for name, type_ in FIELDS.items()),
)
SCOPE = TextScope()
Row = dict[str, Any]


def column(path: Path) -> sa.ColumnElement[Any]:
    found: sa.ColumnElement[Any] = TEXTS.c[path[0]]
    return found


def rows() -> list[Row]:
    chance = random.Random(SEED)  # noqa: S311  # the same rows in every run
    return [
        {name: _value(chance, type_.kind) for name, type_ in FIELDS.items()} for _ in range(ROWS)
    ]


def _value(chance: random.Random, kind: str) -> Value:
    if chance.random() < 0.1:
        return None
    if kind == "text":
        return _text(chance) or None
    if kind == "number":
        return chance.choice([
            Decimal(chance.randint(-12, 15)),
            Decimal(chance.randint(-120, 150)) / 10,
            Decimal(chance.choice([0, 1, 2, 3, 65, 955, 30707, 0x1F600, 0xD800, 0xDFFF, 0x10FFFF])),
            Decimal(chance.choice(["1e20", "-1e20", "99999", "100001", "2147483648", "0.999"])),
        ])  # fmt: skip
    if kind == "boolean":
        return chance.random() < 0.5
    return UUID(int=chance.getrandbits(128))


def _text(chance: random.Random) -> str:
    alphabet = chance.choice(["ab", "ab -", "Ab'cD.", ODD, ODD])
    text = "".join(chance.choice(alphabet) for _ in range(chance.randint(0, 12)))
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Texts:
    connection: psycopg.Connection[Any]
    rows: Sequence[Row]

    def computed(self, formula: str) -> list[tuple[Any, str | None]]:
        """The formula's values in PostgreSQL, row by row, with the codes of their errors."""
        lifted, binder, laterals = parse_lifted(formula), Binder(), Laterals()
        value, code = to_sql_with_error(check(lifted.shape, SCOPE), column, binder, laterals)
        clause = sa.select(value, sa.null() if code is None else code)
        made = statement(clause.select_from(laterals.around(TEXTS)).order_by(TEXTS.c.row))
        values = {**made.known, **bind_values(binder.binds, lifted.values, CONTEXT)}
        return [(found[0], found[1]) for found in self.connection.execute(made.text, values)]

    def found(self, formula: str) -> list[int]:
        """The rows that it finds as a filter."""
        lifted, binder = parse_lifted(formula), Binder()
        test = condition(check(lifted.shape, SCOPE), column, binder)
        made = statement(sa.select(TEXTS.c.row).where(test).order_by(TEXTS.c.row))
        values = {**made.known, **bind_values(binder.binds, lifted.values, CONTEXT)}
        return [row for (row,) in self.connection.execute(made.text, values)]


@pytest.fixture(scope="module")
def texts(server: Server) -> Iterator[Texts]:
    with psycopg.connect(server.admin_url, autocommit=True, row_factory=tuple_row) as connection:
        dialect = sa.create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("SET search_path = pg_temp, public")
        connection.execute(str(sa.schema.CreateTable(TEXTS).compile(dialect=dialect)))
        made = rows()
        names = [each.name for each in TEXTS.columns]
        with connection.cursor().copy(f"COPY odd_texts ({', '.join(names)}) FROM STDIN") as copy:
            for number, row in enumerate(made):
                copy.write_row([number, *row.values()])
        yield Texts(connection, made)


def in_python(formula: str, rows: Sequence[Row]) -> list[tuple[Any, str | None]]:
    checked = check(parse(formula), SCOPE)
    found: list[tuple[Any, str | None]] = []
    for row in rows:
        try:
            record = {(name,): value for name, value in row.items()}
            found.append((evaluate(checked, record, CONTEXT), None))
        except EvaluationError as error:
            found.append((None, error.code))
    return found


def assert_equal(texts: Texts, formula: str) -> list[tuple[Any, str | None]]:
    expected = in_python(formula, texts.rows)
    found = texts.computed(formula)
    pairs = zip(texts.rows, expected, found, strict=True)
    assert [each for each in pairs if each[1] != each[2]][:3] == []
    return expected


FORMULAS = (
    "LEN(t)", "LEFT(t, n)", "RIGHT(t, n)", "MID(t, n, m)", "MID(t, 2, m)", "SUBSTR(t, n)",
    "SUBSTR(t, n, m)", "SUBSTR(t, -3)", "SUBSTR(t, 2, 3)", "UPPER(t)", "LOWER(t)", "TRIM(t)",
    "REVERSE(t)", "CONCATENATE(t, u, ' ', v)", "CONTAINS(t, u)", "BEGINS(t, u)", "ENDS(t, u)",
    "CONTAINS(t, 'a')", "BEGINS(t, 'a')", "ENDS(t, '%')", "CONTAINS(t, '_')",
    "CONTAINS(t, LEFT(u, 1))", "BEGINS(t, LEFT(u, 1))", "ENDS(t, RIGHT(u, 1))", "LIKE(t, u)",
    "LIKE(t, '%a_b%')", "LIKE(t, 'a%')", "FIND(u, t)", "FIND(LEFT(u, 1), t)",
    "FIND(LEFT(u, 1), t, n)", "FIND('a', t, 3)", "FIND(u, t, n)", "FIND('b', t, n)",
    "FIND(u, t, m)", "SUBSTITUTE(t, LEFT(u, 1), v)", "SUBSTITUTE(t, 'a', v)",
    "SUBSTITUTE(t, u, 'x')", "SUBSTITUTE(t, 'ab', u)", "SUBSTITUTE(t, 'aa', 'a')",
    "SUBSTITUTE(t, LEFT(u, 1), '')", "REPLACE(t, n, m, u)", "REPLACE(t, 2, 2, u)",
    "REPLACE(t, 1, 5, '')", "REPT(t, n)", "REPT(t, 3)", "REPT('ab', n)", "LPAD(t, n)",
    "LPAD(t, n, u)", "LPAD(t, 9, '-+')", "RPAD(t, n)", "RPAD(t, n, u)", "RPAD(t, 9, '-+')",
    "LPAD(t, 200000, u)", "CHR(n)", "CHR(n * 100)", "ASCII(t)", "EXACT(t, u)",
    "EXACT(LEFT(t, 1), LEFT(u, 1))", "EXACT(t, 'a')", "IEQUALS(t, u)",
    "IEQUALS(LEFT(t, 1), LEFT(u, 1))", "IEQUALS(LEFT(t, 1), 'A')", "IEQUALS(t, UPPER(t))",
    "TEXT(n)", "TEXT(t)", "VALUE(t)", "VALUE(TEXT(n))", "ID(r)", "CASESAFEID(r)", "t & BR() & u",
    "INITCAP(t)", "PROPER(t & ' ' & u)", "CLEAN(t)", "SPLIT_PART(t, LEFT(u, 1), n)",
    "SPLIT_PART(t, 'a', n)", "SPLIT_PART(t, ' ', 2)", "SPLIT_PART(t, 'b', -1)",
    "TEXTJOIN(u, b, t, v, t)", "TEXTJOIN(', ', TRUE, t, u, v)", "TEXTJOIN(t, FALSE, u, v)",
    "TEXTJOIN('-', b, t)", "REGEX(t, '[ab]+')", "REGEX(t, '(?i)[a-d].*')", "REGEX(t, '.{3}')",
    "REGEX(t, '\\\\w*')", "REGEX(t, '\\\\D*\\\\s\\\\D*')",
    "UPPER(LEFT(TRIM(t), 2)) & LOWER(MID(t, 3, 99))",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_both_engines_agree(texts: Texts, formula: str) -> None:
    expected = assert_equal(texts, formula)
    assert len({str(each) for each in expected}) > 1


NESTED = (
    "SUBSTITUTE(%s, 'a', 'b')", "REPLACE(%s, 2, 1, 'x')", "REPT(%s, 2)", "LPAD(%s, 9, '-')",
    "SUBSTR(%s, 2)", "INITCAP(%s)", "CONCATENATE(%s, u)", "TEXTJOIN('-', TRUE, %s, u)",
    "SPLIT_PART(%s, 'b', 1)", "UPPER(%s)", "CHR(ASCII(%s))", "MID(%s, FIND('a', t), 9)",
)  # fmt: skip


@pytest.mark.parametrize("formula", NESTED)
def test_functions_within_one_another(texts: Texts, formula: str) -> None:
    nested = "t"
    for _ in range(12):
        nested = formula % nested
    assert_equal(texts, nested)


CONDITIONS = (
    "UPPER(t) = 'AB'", "LOWER(t) <> 'ab'", "EXACT(t, 'a')", "EXACT(t, u)", "EXACT(t, '')",
    "NOT EXACT(t, 'a')", "IEQUALS(t, 'AB')", "IEQUALS(t, u)", "IEQUALS(t, '')",
    "NOT IEQUALS(t, 'AB')", "REGEX(t, 'a+b*')", "REGEX(t, 'a*')", "NOT REGEX(t, 'a+')",
    "FIND('a', t) > 1", "CONTAINS(t, u)", "ISBLANK(REPT(t, n))", "REPT(t, n) <> 'x'",
    "NOT (CHR(n) = 'A')", "LPAD(t, 200000) = 'x' OR b",
)  # fmt: skip


@pytest.mark.parametrize("formula", CONDITIONS)
def test_filters_find_what_is_true(texts: Texts, formula: str) -> None:
    values = enumerate(in_python(formula, texts.rows))
    assert texts.found(formula) == [row for row, (value, _) in values if value is True]


def test_regular_expressions_mean_the_same_everywhere(texts: Texts) -> None:
    """To Python's re, to PostgreSQL and to the machine that the Python engine runs."""
    chance = random.Random(SEED)  # noqa: S311  # the same in every run
    patterns = [*PATTERNS, *(random_pattern(chance) for _ in range(600))]
    allowed = [pattern for pattern in patterns if readable(pattern)]
    given = ["", *(random_text(chance) for _ in range(120)), "\n", "1.22.333.4", "a@b.cd", "ß", "É"]
    for pattern in allowed:
        text = written(parsed(pattern))
        machine = [automaton(pattern).matches(each) for each in given]
        compiled = re.compile(text, re.DOTALL)
        assert machine == [bool(compiled.search(each)) for each in given], pattern
        query = "SELECT u ~ %s FROM unnest(%s::text[]) WITH ORDINALITY AS g(u, n) ORDER BY n"
        found = [match for (match,) in texts.connection.execute(query, (text, given))]
        assert machine == found, pattern
    assert len(allowed) > 400


def readable(pattern: str) -> bool:
    try:
        parsed(pattern)
    except RegexError:
        return False
    return True


LATER = [chr(code) for pair in LATER_CASES for code in pair]
LETTERS = [
    chr(code)
    for code in range(1, LAST_CODE + 1)
    if not SURROGATES[0] <= code <= SURROGATES[1] and unicodedata.category(chr(code)) != "Cn"
]
"""Every character that this Python knows."""


def of_every(texts: Texts, formula: str, given: Sequence[str]) -> list[Any]:
    """The formula's value in PostgreSQL for each text as the field t."""
    binder = Binder()
    source = sa.func.unnest(sa.bindparam("given", type_=sa.ARRAY(sa.Text))).table_valued(
        sa.column("t", sa.Text), with_ordinality="n"
    )
    rows = source.render_derived()
    value, _ = to_sql_with_error(check(parse(formula), SCOPE), lambda _path: rows.c.t, binder)
    made = statement(sa.select(value).select_from(rows).order_by(rows.c.n))
    values = {**made.known, **bind_values(binder.binds, (), CONTEXT), "given": given}
    return [value for (value,) in texts.connection.execute(made.text, values)]


EVERY = " & '|' & ".join([
    "CLEAN(t)", "TRIM(t)", "CHR(ASCII(t))", "REVERSE(t & 'a')", "LPAD(t, 2)", "TEXT(LEN(t))",
    "IF(REGEX(t, '\\\\w|\\\\s'), 'y', 'n')", "IF(REGEX(t, '.'), 'y', 'n')",
])  # fmt: skip


@pytest.mark.parametrize("formula", ["UPPER(t)", "LOWER(t)", "INITCAP(t)", EVERY])
def test_every_character(texts: Texts, formula: str) -> None:
    """Also to be run when Python, PostgreSQL or Unicode moves on."""
    checked = check(parse(formula), SCOPE)
    given = LATER + (LETTERS[:0x3000] + LETTERS[::29] if formula == EVERY else LETTERS)
    found = of_every(texts, formula, given)
    expected = [evaluate(checked, {("t",): letter}, CONTEXT) for letter in given]
    pairs = zip(given, expected, found, strict=True)
    assert [each for each in pairs if each[1] != each[2]][:3] == []
    assert len(LETTERS) > 250_000


def test_every_letter_within_words(texts: Texts) -> None:
    """Where a word begins and what case the rest has, also of a final sigma."""
    cased = [letter for letter in LETTERS if letter.lower() != letter.upper()]
    given = [f"{letter}b{letter} a{letter}.{letter}{letter}" for letter in cased]
    given += [f"ab{letter}cΣ ΑΣ{letter}" for letter in LETTERS[::97]]
    checked = check(parse("INITCAP(t) & LOWER(t)"), SCOPE)
    expected = [evaluate(checked, {("t",): text}, CONTEXT) for text in given]
    found = of_every(texts, "INITCAP(t) & LOWER(t)", given)
    pairs = zip(given, expected, found, strict=True)
    assert [each for each in pairs if each[1] != each[2]][:3] == []


LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("formula", "text", "length"),
    [
        ("REPT(t, 100000)", "x", 100_000),
        ("REPT(t, 100001)", "x", None),
        ("REPT(t, 50001)", "ab", None),
        ("REPT(t, 1000000)", LONG, None),
        ("LPAD(t, 100000)", "x", 100_000),
        ("LPAD(t, 100001)", "x", None),
        ("RPAD(t, 100001, t)", "x", None),
        ("RPAD(t, 99999)", LONG, 99_999),
        ("SUBSTITUTE(t, 'x', 'y')", LONG, 100_000),
        ("SUBSTITUTE(t, 'xx', 'yy')", LONG, 100_000),
        ("SUBSTITUTE(t, 'x', 'yy')", LONG, None),
        ("SUBSTITUTE(t, 'z', 'yy')", LONG, 100_000),
        ("SUBSTITUTE(t, 'x', t)", LONG, None),
        ("SUBSTITUTE(t, 'x', '')", LONG, 0),
        ("REPLACE(t, 1, 1, 'y')", LONG, 100_000),
        ("REPLACE(t, 1, 1, 'yy')", LONG, None),
        ("CONCATENATE(t, 'y')", LONG, None),
        ("CONCATENATE(t, '')", LONG, 100_000),
        ("TEXTJOIN(t, TRUE, 'y', 'z')", LONG, None),
        ("TEXTJOIN('-', TRUE, t, NULL)", LONG, 100_000),
        ("TEXTJOIN('-', FALSE, t, NULL)", LONG, None),
        ("UPPER(t)", LONG, 100_000),
        ("UPPER(t)", "ß" * 50_000, 100_000),
        ("UPPER(t)", "ß" * 50_001, None),
        ("UPPER(t)", "ΐ" * 33_334, None),
        ("LOWER(t)", "İ" * 50_000, 100_000),
        ("LOWER(t)", "İ" * 50_001, None),
        ("INITCAP(t)", "ß " * 33_334, None),
        ("LEFT(t, 99999)", LONG, 99_999),
        ("REVERSE(t)", LONG, 100_000),
    ],
)
def test_no_text_gets_too_long(texts: Texts, formula: str, text: str, length: int | None) -> None:
    checked = check(parse(formula), SCOPE)
    measured = f"LEN({formula})"
    code = of_every(texts, f"ISERROR({formula})", [text])[0]
    if length is None:
        with pytest.raises(EvaluationError, match="TOO_LONG_TEXT"):
            evaluate(checked, {("t",): text}, CONTEXT)
        assert code is True
    else:
        assert evaluate(check(parse(measured), SCOPE), {("t",): text}, CONTEXT) == length
        assert of_every(texts, measured, [text]) == [length]
        assert code is False


@pytest.mark.parametrize(("size", "fits"), [(4_000, True), (4_001, None)])
def test_a_long_text_is_not_searched(texts: Texts, size: int, fits: bool | None) -> None:
    text = "石" * size
    assert of_every(texts, "IF(ISERROR(REGEX(t, '.*')), NULL, REGEX(t, '.*'))", [text]) == [fits]


INDEXES = (
    'CREATE INDEX ON odd_texts (lower(t COLLATE "pg_unicode_fast") COLLATE "C")',
    "CREATE INDEX ON odd_texts (u)",
    "CREATE INDEX ON odd_texts USING gin (v gin_trgm_ops)",
)


@pytest.mark.parametrize(
    "formula",
    ["LOWER(t) = 'ab'", "IEQUALS(t, 'AB')", "EXACT(u, 'ab')", "REGEX(v, 'abc[0-9]+')"],
)
def test_an_index_serves_the_filter(texts: Texts, formula: str) -> None:
    lifted, binder = parse_lifted(formula), Binder()
    test = condition(check(lifted.shape, SCOPE), column, binder)
    made = statement(sa.select(TEXTS.c.row).where(test))
    values = {**made.known, **bind_values(binder.binds, lifted.values, CONTEXT)}
    with texts.connection.transaction(force_rollback=True):
        for index in INDEXES:
            texts.connection.execute(index)
        texts.connection.execute("SET LOCAL enable_seqscan = off")
        plan = texts.connection.execute(f"EXPLAIN {made.text}", values).fetchall()
    assert "Index Cond" in "\n".join(line for (line,) in plan), plan
