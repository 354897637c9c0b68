"""What people are told about a formula that cannot be used: place, words, a suggestion."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from unit.formula.samples import SCOPE

from fieldstone.formula import faults
from fieldstone.formula.check import check
from fieldstone.formula.faults import CODES, FAILURES, Fault, FormulaError, Phrase, caret
from fieldstone.formula.parse import parse
from fieldstone.formula.types import BOOLEAN, Kind
from fieldstone.kernel.catalogues import compile_stale, merged
from fieldstone.kernel.i18n import CATALOGUES, LOCALES, translations

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module", autouse=True)
def _catalogues() -> None:
    if compile_stale(CATALOGUES):
        translations.cache_clear()


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FormulaError) as raised:
        check(parse(text), SCOPE, expected=BOOLEAN, text=text)
    found = raised.value.faults
    assert {fault.code for fault in found} <= CODES
    return found


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "SYNTAX", 1, 1),
        ("amount >", "SYNTAX", 1, 9),
        ("amount > 1\nAND\n  name b", "SYNTAX", 3, 8),
        ("(amount > 1", "SYNTAX", 1, 12),
        ("status IN 'won'", "SYNTAX", 1, 11),
        ("IF(is_done,, 1)", "SYNTAX", 1, 12),
        ("owner..name", "SYNTAX", 1, 7),
        ("1e5", "SYNTAX", 1, 2),
        ("name = 'x", "UNCLOSED_TEXT", 1, 8),
        ("name = 'a\nb'", "UNCLOSED_TEXT", 1, 8),
        ("name = '\\q'", "BAD_ESCAPE", 1, 9),
        ("name = '\\u0000'", "BAD_ESCAPE", 1, 9),
        ("name = '\\ud800'", "BAD_ESCAPE", 1, 8),
        ("{name = 'x'", "UNCLOSED_NAME", 1, 1),
        ("{} = 1", "EMPTY_NAME", 1, 1),
        ("is_done /* and", "UNCLOSED_COMMENT", 1, 9),
        ("name = 'x' ; is_done", "BAD_CHARACTER", 1, 12),
        ("²x = 1", "BAD_CHARACTER", 1, 1),
        ("amount > 1234567890123456789012345", "NUMBER_TOO_LONG", 1, 10),
        ("amount > 0.1234567890123456789", "NUMBER_TOO_LONG", 1, 10),
    ],
)
def test_malformed_text(text: str, code: str, line: int, column: int) -> None:
    fault = faults_of(text)[0]
    assert (fault.code, fault.line, fault.column) == (code, line, column)


@pytest.mark.parametrize("text", ["name = 'a\x00'", "name = '\ud800'", "\x00"])
def test_what_cannot_be_stored_is_refused(text: str) -> None:
    assert faults_of(text)[0].code == "BAD_CHARACTER"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("ammount > 1", "amount"),
        ("amuont > 1", "amount"),
        ("owner.nmae = 'x'", "owner.name"),
        ("{Due date} = '2024-01-01'", "due"),
        ("{数额} > 1", ""),
        ("completely_else > 1", ""),
        ("CONTIANS(name, 'x')", "CONTAINS"),
        ("status = 'wom'", "won"),
        ("INPERIOD(due, 'this_mont')", "this_month"),
        ("STARTOF(due, 'mnth') = due", "month"),
        ("name ＝ 'x'", "="),
        ("CONTAINS（name, 'x')", "("),
        ("NOT status = 'won'", "NOT (…)"),
    ],
)
def test_suggestions(text: str, suggestion: str) -> None:
    assert faults_of(text)[0].suggestion == suggestion


def test_every_fault_is_found_in_the_order_of_the_text() -> None:
    text = "ammount > 1 AND\nstatus = 'wom' AND LEN(due) > $user.age AND FOO(1)"
    found = faults_of(text)
    assert [(fault.code, fault.line) for fault in found] == [
        ("UNKNOWN_FIELD", 1),
        ("BAD_PICKLIST_VALUE", 2),
        ("ARG_TYPE", 2),
        ("UNKNOWN_PARAMETER", 2),
        ("UNKNOWN_FUNCTION", 2),
    ]
    assert [text[slice(*fault.span)] for fault in found] == [
        "ammount",
        "'wom'",
        "due",
        "$user.age",
        "FOO(1)",
    ]


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            "amount > 1 name",
            'Expected an operator or the end of the formula here, not "name".',
            "此处应为运算符或公式结尾，而不是「name」。",
        ),
        (
            "AND(is_done",
            'Expected an operator, "," or ")" here, not the end of the formula.',
            '此处应为运算符、","或")"，而不是公式结尾。',
        ),
        ("ammount > 1", "There is no field ammount.", "没有字段 ammount。"),
        (
            "LEN(due) > 1",
            "LEN needs a text here, not a date.",
            "LEN 在此处需要文本，而不是日期。",
        ),
        (
            "amount",
            "The formula must give a condition, but gives a number.",
            "公式的结果应为条件，而实际是数字。",
        ),
        (
            "ROUND(amount) > 1",
            "ROUND cannot take 1 values. Write ROUND(number, digits).",
            "ROUND 不能接受 1 个值，写法是 ROUND(number, digits)。",
        ),
        (
            "amount > 1 / 0",
            "This cannot be computed: a division by zero.",
            "无法计算：除数为零。",
        ),
    ],
)
def test_messages(text: str, english: str, chinese: str) -> None:
    fault = faults_of(text)[0]
    assert faults.message(fault, "en") == english
    assert faults.message(fault, "zh_CN") == chinese


def test_a_hint_tells_the_suggestion() -> None:
    fault = faults_of("ammount > 1")[0]
    assert faults.hint(fault, "en") == "Did you mean amount?"
    assert faults.hint(fault, "zh_CN") == "您是想写 amount 吗？"
    assert faults.hint(faults_of("amount >")[0], "en") == ""


def test_a_fault_as_a_problem() -> None:
    fault = faults_of("ammount > 1")[0]
    problem = fault.problem("filter", "en")
    assert (problem.code, problem.path) == ("formula.unknown_field", "filter")
    assert problem.message == "There is no field ammount."
    assert problem.hint == "Did you mean amount?"
    unmade = fault.problem("filter")
    assert (unmade.message, unmade.params["fault"]) == ("", fault)


def test_the_error_is_a_422_that_carries_its_problems() -> None:
    with pytest.raises(FormulaError) as raised:
        parse("1 +")
    assert raised.value.status == 422
    assert [problem.code for problem in raised.value.problems] == ["formula.syntax"]


def test_a_caret_points_at_the_place() -> None:
    text = "is_done AND\n名称 = 'x' AND  true"
    fault = faults_of(text)[0]
    assert caret(text, fault) == "名称 = 'x' AND  true\n^^^^"
    assert caret("a +", faults_of("a +")[0]) == "a +\n   ^"


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_said_is_in_the_catalogue(locale: str) -> None:
    catalogue: Catalog = merged(CATALOGUES, locale)
    said = [f"error.formula.{code.lower()}" for code in CODES]
    said += [f"formula.kind.{kind}" for kind in Kind]
    said += [f"formula.failure.{code.lower()}" for code in FAILURES]
    assert [each for each in said if not catalogue.get(each)] == []


def test_a_phrase_lists_its_words() -> None:
    phrase = Phrase(("formula.kind.date", "formula.kind.text", ")"))
    assert str(phrase) == "a date, a text or )"
    assert phrase.render("zh_CN") == "日期、文本或)"
