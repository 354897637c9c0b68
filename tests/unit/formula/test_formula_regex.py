"""REGEX: what is allowed, what is said of the rest, and that nothing takes long."""

from __future__ import annotations

import random
import re
import time

import pytest
from unit.formula.regexes import PATTERNS, random_pattern, random_text
from unit.formula.samples import CONTEXT
from unit.formula.texts import TextScope

from fieldstone.formula import faults
from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.functions.automaton import automaton
from fieldstone.formula.functions.regex import RegexError, parsed, positions, written
from fieldstone.formula.parse import parse
from fieldstone.kernel.i18n import LOCALES, translate

REFUSED = {
    "too_long": ["a" * 201],
    "too_large": ["(a{100}){10}", ".{100}" * 6, "(" * 30 + "a" + ")" * 30],
    "unclosed_class": ["[abc", "[", "[a-"],
    "empty_class": ["[]", "[^]"],
    "bad_class": ["[[:alpha:]]", "[a[b]]"],
    "bad_range": ["[z-a]", "[\\d-z]", "[9-0]"],
    "unclosed_group": ["(a", "((a)", "(?:a"],
    "unopened_group": ["a)", ")"],
    "bad_group": ["(?=a)", "(?!a)", "(?<=a)", "(?<n>a)", "(?P<n>a)", "(?>a)", "(?#a)", "(?s)a"],
    "bad_flag": ["a(?i)b"],
    "bad_escape": ["(a)\\1", "\\b", "\\B", "\\A", "\\Z", "\\p{L}", "\\x41", "\\u0041", "a\\",
                   "[\\1]", "[\\D]"],
    "bad_anchor": ["a^b", "a$b", "(^a)", "(a$)", "^^a"],
    "bad_repeat": ["a{", "a{}", "a{x}", "a{,3}", "a{101}", "a{3,2}", "a{0}", "a{1", "a{1,2,3}"],
    "nothing_to_repeat": ["*", "+a", "?", "{2}", "a|*", "(*a)", "()*", "^*", "(|)+"],
    "repeated_twice": ["a**", "a+?", "a*?", "a??", "a++", "a{2}{3}", "a{2}?"],
    "nested_repeat": ["(a+)+", "(a*)*", "((a+)b)*", "(a|b+)+", "(a?)+", "(a{1,5})+", "(.*)+",
                      "(a+){2,}"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "pattern"), [(reason, each) for reason, some in REFUSED.items() for each in some]
)
def test_patterns_that_are_refused(reason: str, pattern: str) -> None:
    with pytest.raises(RegexError) as raised:
        parsed(pattern)
    assert raised.value.reason == reason


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_has_words(locale: str) -> None:
    for reason in REFUSED:
        assert translate(locale, f"formula.regex.{reason}") != f"formula.regex.{reason}"


def test_a_bad_pattern_is_told_beside_its_place() -> None:
    text = "b AND\n REGEX(t, '(a+)+')"
    with pytest.raises(FormulaError) as raised:
        check(parse(text), TextScope(), text=text)
    fault = raised.value.faults[0]
    assert (fault.code, fault.line, fault.column) == ("BAD_REGEX", 2, 11)
    assert faults.message(fault, "en") == (
        "REGEX cannot use this pattern: a repeated group cannot have a repetition of varying "
        "length inside."
    )
    assert faults.message(fault, "zh_CN").startswith("REGEX 不能使用这个模式：")


def test_a_pattern_must_be_written_in_quotes() -> None:
    with pytest.raises(FormulaError) as raised:
        check(parse("REGEX(t, u)"), TextScope())
    assert raised.value.faults[0].code == "LITERAL_NEEDED"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_what_it_means_to_python(pattern: str) -> None:
    chance = random.Random(7)  # noqa: S311  # the same in every run
    machine, compiled = automaton(pattern), re.compile(written(parsed(pattern)), re.DOTALL)
    blind = pattern.startswith("(?i)")
    flags = re.DOTALL | (re.IGNORECASE if blind else re.ASCII)
    direct = re.compile(pattern.removeprefix("(?i)"), flags)
    texts = ["", *(random_text(chance) for _ in range(200)), "a\n", "É", "ß", "😁", "12345-6789"]
    for text in texts:
        assert machine.matches(text) == bool(compiled.search(text)) == bool(direct.fullmatch(text))


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("\\d", ["5"], ["٣", "", "55"]),
        ("\\w", ["_", "a"], ["é", "石"]),
        ("\\s", [" ", "\n", "\x0b"], ["\u00a0", "\u2003"]),
        (".", ["\n", "😀"], [""]),
        ("a$", ["a"], ["a\n"]),
        ("(?i)éa", ["Éa", "éA"], ["ea"]),
        ("(?i)ß", ["ß"], ["SS", "ss"]),
        ("(?i)[à-ý]", ["À", "ý"], ["a"]),
        ("(?i)straße", ["STRAßE"], ["STRASSE"]),
    ],
)
def test_characters(pattern: str, fits: list[str], fails: list[str]) -> None:
    machine = automaton(pattern)
    assert [text for text in fits if not machine.matches(text)] == []
    assert [text for text in fails if machine.matches(text)] == []


def test_random_patterns_are_as_large_as_they_say() -> None:
    chance = random.Random(11)  # noqa: S311  # the same in every run
    seen = 0
    for _ in range(500):
        pattern = random_pattern(chance)
        try:
            regex = parsed(pattern)
        except RegexError:
            continue
        seen += 1
        assert len(automaton(pattern).follow) == positions(regex)
    assert seen > 300


@pytest.mark.parametrize(
    "pattern",
    [
        "a*a*a*a*a*a*b",
        "(a|a|a)*b",
        "(a|aa)*b",
        ".*a.*b.*c.*d",
        "(.{0,9}a){10}b",
        "(a?){100}a{100}b",
    ],
)
def test_no_pattern_takes_long(pattern: str) -> None:
    """Python's re would need years."""
    machine, text = automaton(pattern), "a" * 4_000
    start = time.process_time()
    assert not machine.matches(text)
    assert time.process_time() - start < 5


def test_a_long_text_is_an_error() -> None:
    checked = check(parse("REGEX(t, 'x*')"), TextScope())
    assert evaluate(checked, {("t",): "x" * 4_000}, CONTEXT) is True
    with pytest.raises(EvaluationError, match="TOO_LONG_TEXT"):
        evaluate(checked, {("t",): "x" * 4_001}, CONTEXT)


def test_what_was_computed_is_not_kept_for_ever() -> None:
    machine = automaton("[^x]*")
    for start in range(0x1000, 0x8000, 0x100):
        assert machine.matches("".join(map(chr, range(start, start + 0x100))))
    assert len(machine.fitting) < 11_000
