"""Functions of texts, one by one: blanks, ends, odd characters, limits."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from unit.formula.samples import CONTEXT
from unit.formula.texts import FIELDS, TextScope

from fieldstone.formula.ast import Value
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.parse import parse

NBSP = "\u00a0"
E_ACUTE = "e\u0301"
FLAG = "🇨🇳"


def value(formula: str, **fields: Value) -> Value:
    record = {(name,): fields.get(name) for name in FIELDS}
    return evaluate(check(parse(formula), TextScope()), record, CONTEXT)


def failure(formula: str, **fields: Value) -> str:
    with pytest.raises(EvaluationError) as raised:
        value(formula, **fields)
    return raised.value.code


@pytest.mark.parametrize(
    ("formula", "text", "expected"),
    [
        ("LEN(t)", None, 0),
        ("LEN(t)", "", 0),
        ("LEN(t)", "😀石é", 3),
        ("LEN(t)", E_ACUTE, 2),
        ("LEFT(t, 2)", "😀石é", "😀石"),
        ("LEFT(t, 0)", "abc", None),
        ("LEFT(t, -2)", "abcdef", None),
        ("LEFT(t, 2.9)", "abc", "ab"),
        ("LEFT(t, 99)", "abc", "abc"),
        ("LEFT(t, NULL)", "abc", None),
        ("LEFT(t, 2)", None, None),
        ("RIGHT(t, 1)", f"a{E_ACUTE}", "\u0301"),
        ("RIGHT(t, -1)", "abc", None),
        ("RIGHT(t, 99)", "שלום", "שלום"),
        ("MID(t, 2, 2)", "abcd", "bc"),
        ("MID(t, 0, 2)", "abcd", "ab"),
        ("MID(t, -5, 2)", "abcd", "ab"),
        ("MID(t, 2, 0)", "abcd", None),
        ("MID(t, 2, -1)", "abcd", None),
        ("MID(t, 5, 1)", "abcd", None),
        ("MID(t, NULL, 1)", "abcd", None),
        ("MID(t, 1, NULL)", "abcd", None),
        ("SUBSTR(t, 1)", "123456", "123456"),
        ("SUBSTR(t, 2)", "123456", "23456"),
        ("SUBSTR(t, 0)", "123456", "123456"),
        ("SUBSTR(t, 6)", "123456", "6"),
        ("SUBSTR(t, 7)", "123456", None),
        ("SUBSTR(t, -1)", "123456", "6"),
        ("SUBSTR(t, -6)", "123456", "123456"),
        ("SUBSTR(t, -7)", "123456", None),
        ("SUBSTR(t, -10, 4)", "123456", None),
        ("SUBSTR(t, -3, 2)", "123456", "45"),
        ("SUBSTR(t, 2, 99)", "123456", "23456"),
        ("SUBSTR(t, 2, 0)", "123456", None),
        ("SUBSTR(t, 2, -1)", "123456", None),
        ("SUBSTR(t, NULL)", "123456", None),
        ("SUBSTR(t, 1, NULL)", "123456", None),
        ("SUBSTR(t, 1)", None, None),
        ("UPPER(t)", "straße ﬁ ŉ", "STRASSE FI ʼN"),
        ("LOWER(t)", "ΑΣ ΣΑ İ", "ας σα i\u0307"),
        ("UPPER(t)", None, None),
        ("LOWER(t)", None, None),
        ("TRIM(t)", f" \t\r\n{NBSP}a {NBSP}b\n", f"a {NBSP}b"),
        ("TRIM(t)", f" {NBSP}\t", None),
        ("TRIM(t)", "\u2003a\u2003", "\u2003a\u2003"),
        ("REVERSE(t)", "a😀石", "石😀a"),
        ("REVERSE(t)", None, None),
        ("CONCATENATE(t, NULL, 'x')", None, "x"),
        ("CONCATENATE(t, NULL)", None, None),
        ("t & BR() & t", "a", "a\na"),
        ("CONTAINS(t, '')", "abc", True),
        ("CONTAINS(t, '')", None, True),
        ("CONTAINS(t, 'a')", None, None),
        ("BEGINS(t, NULL)", None, True),
        ("ENDS(t, 'c')", "abc", True),
        ("ENDS(t, 'C')", "abc", False),
        ("FIND('c', t)", "abcabc", 3),
        ("FIND('c', t, 4)", "abcabc", 6),
        ("FIND('c', t, 7)", "abcabc", 0),
        ("FIND('c', t, 99)", "abcabc", 0),
        ("FIND('a', t, -3)", "abcabc", 1),
        ("FIND('a', t, NULL)", "abcabc", 1),
        ("FIND('石', t)", "😀石", 2),
        ("FIND('x', t)", "abc", 0),
        ("FIND('A', t)", "abc", 0),
        ("FIND('', t)", "abc", 1),
        ("FIND('', t, 3)", "abc", 3),
        ("FIND('', t, 4)", "abc", 4),
        ("FIND('', t, 5)", "abc", 0),
        ("FIND('a', t)", None, 0),
        ("FIND('', t)", None, 0),
        ("SUBSTITUTE(t, 'a', 'x')", "banana", "bxnxnx"),
        ("SUBSTITUTE(t, 'aa', 'x')", "aaaaa", "xxa"),
        ("SUBSTITUTE(t, 'a', NULL)", "banana", "bnn"),
        ("SUBSTITUTE(t, 'a', '')", "aaa", None),
        ("SUBSTITUTE(t, '', 'x')", "aaa", None),
        ("SUBSTITUTE(t, NULL, 'x')", "aaa", None),
        ("SUBSTITUTE(t, 'A', 'x')", "aaa", "aaa"),
        ("SUBSTITUTE(t, 'a', 'x')", None, None),
        ("REPLACE(t, 2, 2, 'XYZ')", "abcd", "aXYZd"),
        ("REPLACE(t, 0, 1, 'X')", "abcd", "Xbcd"),
        ("REPLACE(t, 9, 1, 'X')", "abcd", "abcdX"),
        ("REPLACE(t, 2, 0, 'X')", "abcd", "aXbcd"),
        ("REPLACE(t, 2, -1, 'X')", "abcd", "aXbcd"),
        ("REPLACE(t, 1, 9, NULL)", "abcd", None),
        ("REPLACE(t, NULL, 1, 'X')", "abcd", None),
        ("REPLACE(t, 1, NULL, 'X')", "abcd", None),
        ("REPLACE(t, 1, 1, 'X')", None, None),
        ("REPT(t, 3)", "😀", "😀😀😀"),
        ("REPT(t, 1.9)", "ab", "ab"),
        ("REPT(t, 0)", "ab", None),
        ("REPT(t, -3)", "ab", None),
        ("REPT(t, NULL)", "ab", None),
        ("REPT(t, 1000000)", None, None),
        ("LPAD(t, 5)", "石头", "   石头"),
        ("LPAD(t, 6, 'xy')", "abc", "xyxabc"),
        ("LPAD(t, 2, 'xy')", "abc", "ab"),
        ("LPAD(t, 3, 'xy')", "abc", "abc"),
        ("LPAD(t, 0)", "abc", None),
        ("LPAD(t, -1)", "abc", None),
        ("LPAD(t, NULL)", "abc", None),
        ("LPAD(t, 5, '')", "abc", None),
        ("LPAD(t, 5)", None, None),
        ("RPAD(t, 6, 'xy')", "abc", "abcxyx"),
        ("RPAD(t, 2, 'xy')", "abc", "ab"),
        ("RPAD(t, 5, NULL)", "abc", None),
        ("ASCII(t)", "A", 65),
        ("ASCII(t)", "😀x", 0x1F600),
        ("ASCII(t)", None, None),
        ("EXACT(t, 'a')", "a", True),
        ("EXACT(t, 'a')", "A", False),
        ("EXACT(t, 'a ')", "a", False),
        ("EXACT(t, NULL)", None, True),
        ("EXACT(t, 'a')", None, False),
        ("IEQUALS(t, 'É')", "é", True),
        ("IEQUALS(t, 'straße')", "STRASSE", False),
        ("IEQUALS(t, '')", None, True),
        ("IEQUALS(t, 'a')", None, False),
        ("INITCAP(t)", "o'neil mc-donald 123abc _x", "O'Neil Mc-Donald 123abc _X"),
        ("INITCAP(t)", "ÉCOLE ΟΔΟΣ ßa ǆa 石头a", "École Οδος Ssa ǅa 石头a"),
        ("INITCAP(t)", f"CAF{E_ACUTE.upper()}S\tA", f"Caf{E_ACUTE}s\tA"),
        ("PROPER(t)", None, None),
        ("CLEAN(t)", f"a\tb\r\nc\x7f\x85{NBSP}d", f"abc{NBSP}d"),
        ("CLEAN(t)", "\n\t", None),
        ("SPLIT_PART(t, ',', 1)", "a,b,,d", "a"),
        ("SPLIT_PART(t, ',', 3)", "a,b,,d", None),
        ("SPLIT_PART(t, ',', -1)", "a,b,,d", "d"),
        ("SPLIT_PART(t, ',', -4)", "a,b,,d", "a"),
        ("SPLIT_PART(t, ',', -5)", "a,b,,d", None),
        ("SPLIT_PART(t, ',', 0)", "a,b,,d", None),
        ("SPLIT_PART(t, ',,', 2)", "a,b,,d", "d"),
        ("SPLIT_PART(t, ';', 1)", "a,b,,d", "a,b,,d"),
        ("SPLIT_PART(t, '', 1)", "a,b", None),
        ("TEXTJOIN(', ', TRUE, 'a', t, 'b')", None, "a, b"),
        ("TEXTJOIN(', ', FALSE, 'a', t, 'b')", None, "a, , b"),
        ("TEXTJOIN(', ', b, 'a', t, 'b')", None, "a, , b"),
        ("TEXTJOIN(NULL, TRUE, 'a', t, 'b')", "x", "axb"),
        ("TEXTJOIN('-', TRUE, t)", None, None),
        ("LIKE(t, 'a%c')", "a\nc", True),
        ("LIKE(t, 'a_c')", "a😀c", True),
        ("LIKE(t, '')", "a", False),
        ("LIKE(t, '%')", None, None),
    ],
)  # fmt: skip
def test_texts(formula: str, text: str | None, expected: object) -> None:
    assert value(formula, t=text) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("65", "A"),
        ("65.9", "A"),
        ("955", "λ"),
        ("128512", "😀"),
        ("1114111", "\U0010ffff"),
        ("0", None),
        ("0.9", None),
        ("-1", None),
        ("55296", None),
        ("57343", None),
        ("1114112", None),
        ("100000000000000000000", None),
    ],
)
def test_characters(code: str, expected: str | None) -> None:
    if expected is None:
        assert failure("CHR(n)", n=Decimal(code)) == "BAD_ARG"
    else:
        assert value("CHR(n)", n=Decimal(code)) == expected


@pytest.mark.parametrize(
    ("formula", "given", "expected"),
    [
        ("TEXT(n)", Decimal("2.4200"), "2.42"),
        ("TEXT(n)", Decimal("1E+2"), "100"),
        ("TEXT(n)", Decimal("-0.0"), "0"),
        ("TEXT(n, '0')", Decimal("2.5"), "3"),
        ("TEXT(n, '0')", Decimal("-2.5"), "-3"),
        ("TEXT(n, '0')", Decimal("-0.4"), "0"),
        ("TEXT(n, '#')", Decimal(0), None),
        ("TEXT(n, '000')", Decimal(5), "005"),
        ("TEXT(n, '0.00')", Decimal("1.005"), "1.01"),
        ("TEXT(n, '0.0#')", Decimal("1.5"), "1.5"),
        ("TEXT(n, '0.##')", Decimal(5), "5"),
        ("TEXT(n, '#.##')", Decimal("0.5"), ".5"),
        ("TEXT(n, '#,##0.00')", Decimal("-1234567.891"), "-1,234,567.89"),
        ("TEXT(n, '#,##0')", Decimal(999), "999"),
        ("TEXT(n, '0,000')", Decimal(5), "0,005"),
        ("TEXT(n, '0%')", Decimal("0.456"), "46%"),
        ("TEXT(n, '0.0 %')", Decimal("0.4567"), "45.7 %"),
        ("TEXT(n, '¥#,##0')", Decimal(-1200), "-¥1,200"),
        ("TEXT(n, '0 \"kg net\"')", Decimal(3), "3 kg net"),
        ("TEXT(n, '\\\\#0')", Decimal(3), "#3"),
        ("TEXT(n, '0.000000000000000000')", Decimal(1) / 3, "0.333333333333333333"),
        ("TEXT(n, '#,##0')", Decimal("9" * 24), ",".join(["999"] * 8)),
        ("TEXT(n, '0.00')", None, None),
        ("TEXT(n, NULL)", Decimal(1), None),
        ("TEXT(DATE(2024, 3, 5), 'yyyy-MM-dd')", None, "2024-03-05"),
        ("TEXT(DATE(2024, 3, 5), 'd.M.yy')", None, "5.3.24"),
        ("TEXT(DATE(2024, 3, 5), 'ddd, dd MMM yyyy')", None, "Tue, 05 Mar 2024"),
        ("TEXT(DATE(2024, 3, 5), 'dddd \"the\" d MMMM')", None, "Tuesday the 5 March"),
        ("TEXT(DATE(2024, 3, 5), 'yyyy年M月d日')", None, "2024年3月5日"),
        ("TEXT(DATE(987, 3, 5), 'yyyy')", None, "0987"),
        ("TEXT(TIMEVALUE('07:30:05.120'), 'H:mm:ss.SSS')", None, "7:30:05.120"),
    ],
)  # fmt: skip
def test_numbers_and_dates_as_texts(formula: str, given: Decimal | None, expected: object) -> None:
    assert value(formula, n=given) == expected


def test_an_instant_is_formatted_in_the_zone_of_the_user() -> None:
    checked = check(parse("TEXT(NOW(), 'yyyy-MM-dd HH:mm:ss')"), TextScope())
    there = type(CONTEXT)(now=datetime(2024, 5, 14, 23, 15, tzinfo=UTC), timezone="Asia/Shanghai")
    assert evaluate(checked, {}, there) == "2024-05-15 07:15:00"
    assert evaluate(check(parse("TEXT(NOW())"), TextScope()), {}, there) == "2024-05-14 23:15:00Z"


@pytest.mark.parametrize(
    "pattern",
    ["abc", "0.0.0", "0#", "#,", ",0", "0,,0", "0%%", "0\"x", "yyyy", "0E+0", "[red]0", "0" * 101,
     "0." + "0" * 19, "#" * 41 + "0"],
)  # fmt: skip
def test_patterns_that_no_number_has(pattern: str) -> None:
    assert failure("TEXT(n, t)", n=Decimal(1), t=pattern) == "BAD_ARG"


@pytest.mark.parametrize("pattern", ["HH:mm", "y", "yyyyy", "mm", "Q", "d'x", '"x', "\\", "hh AM"])
def test_patterns_that_no_date_has(pattern: str) -> None:
    assert failure("TEXT(DATE(2024, 3, 5), t)", t=pattern) == "BAD_ARG"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("FORMAT('{0} and {1}', 'a', 2)", "a and 2"),
        ("FORMAT('{1}{0}{1}', 1, 2)", "212"),
        ("FORMAT(\"it''s {0}\", 1)", "it's 1"),
        ("FORMAT(\"'{0}' {0}\", 1)", "{0} 1"),
        ("FORMAT('{0}', NULL)", None),
        ("FORMAT('[{0}]', t)", "[]"),
        ("FORMAT('none')", "none"),
        ("FORMAT('{0,number,#,##0.0}', 1234.56)", "1,234.6"),
        ("FORMAT('{0,date,yyyy/MM}', DATE(2024, 3, 5))", "2024/03"),
        ("FORMAT('{0,time,HH}', TIMEVALUE('07:30'))", "07"),
        ("FORMAT(t, 1)", None),
        ("FORMATCURRENCY('USD', 1234.5)", "USD 1,234.50"),
        ("FORMATCURRENCY('JPY', 1234.5)", "JPY 1,235"),
        ("FORMATCURRENCY('KWD', -0.0005)", "KWD -0.001"),
        ("FORMATCURRENCY(t, 1)", "1.00"),
        ("FORMATCURRENCY('USD', n)", None),
        ("HTMLENCODE('<a b=\"x\">\\'&</a>')", "&lt;a b=&quot;x&quot;&gt;&#39;&amp;&lt;/a&gt;"),
        ("URLENCODE('a b/?&=+~石')", "a%20b%2F%3F%26%3D%2B~%E7%9F%B3"),
        ("JSENCODE('a\"b\\'c\\\\d\\n</script>\\u2028')",
         "a\\\"b\\'c\\\\d\\n\\u003C/script\\u003E\\u2028"),
        ("JSONVALUE('{\"a\": 12.50}', 'a')", "12.5"),
        ("JSONVALUE('{\"a\": 1e2}', 'a')", "100"),
        ("JSONVALUE('{\"a\": 1e999}', 'a')", "1e999"),
        ("JSONVALUE('{\"a\": 1234567890123456789012345}', 'a')", "1234567890123456789012345"),
        ("JSONVALUE('{\"a\": true, \"b\": null}', 'a')", "true"),
        ("JSONVALUE('{\"a\": true, \"b\": null}', 'b')", None),
        ("JSONVALUE('{\"a\": \"\"}', 'a')", None),
        ("JSONVALUE('{\"a\": {}}', 'a')", None),
        ("JSONVALUE('[1]', 'a')", None),
        ("JSONVALUE('1', 'a')", None),
        ("JSONVALUE('{\"石\": \"头\"}', '石')", "头"),
        ("JSONPATHVALUE('{\"a\": {\"b c\": [1, [2, 3]]}}', \"$.a['b c'][1][-1]\")", "3"),
        ("JSONPATHVALUE('{\"a\": 1}', '$')", None),
        ("JSONPATHVALUE('\"x\"', '$')", "x"),
        ("JSONPATHVALUE('{\"a\": 1}', 'a')", "1"),
        ("JSONPATHVALUE('{\"a\": 1}', 'a.b.c')", None),
        ("JSONPATHVALUE('{\"a\": [1]}', 'a[5]')", None),
        ("JSONPATHVALUE('{\"a\": [1]}', 'a[-2]')", None),
        ("ID(r)", "00000000-0000-0000-0000-000000000007"),
        ("CASESAFEID(NULL)", None),
    ],
)  # fmt: skip
def test_formats_codes_and_documents(formula: str, expected: object) -> None:
    assert value(formula, r=UUID(int=7)) == expected


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("FORMAT(t, 1)", "{0"),
        ("FORMAT(t, 1)", "{1}"),
        ("FORMAT(t, 1)", "}"),
        ("FORMAT(t, 1)", "{0,choice,x}"),
        ("FORMAT(t, 1)", "{0,number,yyyy}"),
        ("FORMATCURRENCY(t, 1)", "usd"),
        ("FORMATCURRENCY(t, 1)", "<script>"),
        ("JSONVALUE(t, 'a')", "{"),
        ("JSONVALUE(t, 'a')", "{'a': 1}"),
        ("JSONVALUE(t, 'a')", '{"a": NaN}'),
        ("JSONVALUE(t, 'a')", '{"a": "\\u0000"}'),
        ("JSONVALUE(t, 'a')", '{"a": "\\ud800"}'),
        ("JSONVALUE(t, 'a')", "[" * 50_000),
        ("JSONPATHVALUE(t, 'a')", "x"),
    ],
)
def test_what_cannot_be_read_is_an_error(formula: str, text: str) -> None:
    assert failure(formula, t=text) == "BAD_ARG"


def test_codes_of_a_text_may_be_too_long() -> None:
    for name in ("HTMLENCODE", "URLENCODE", "JSENCODE"):
        assert failure(f"{name}(t)", t="<" * 60_000) == "TOO_LONG_TEXT"
    assert failure("FORMAT('{0}{0}', t)", t="x" * 60_000) == "TOO_LONG_TEXT"
