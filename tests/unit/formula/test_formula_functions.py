"""Every function keeps the contract of the registry, and its examples are true."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from unit.formula.samples import CONTEXT, RECORD, SCOPE

from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.functions.base import Argument, Function, Signature
from fieldstone.formula.functions.catalogue import (
    FUNCTIONS,
    GROUPS,
    is_structural,
)
from fieldstone.formula.parse import parse
from fieldstone.formula.usage import Usage
from fieldstone.kernel.i18n import LOCALES

SAVED = replace(CONTEXT, old=RECORD)
"""Saved again unchanged, which is what SQL takes every record to be."""
EACH = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
EXAMPLES = [example for function in FUNCTIONS.values() for example in function.examples]
PYTHON_ONLY = frozenset({
    "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "DEGREES", "RADIANS", "DISTANCE",
    "GEOLOCATION", "PMT", "PV", "FV", "NPER", "HTMLENCODE", "URLENCODE", "JSENCODE", "FORMAT",
    "FORMATCURRENCY", "JSONVALUE", "JSONPATHVALUE", "NEXTLUNARANNIVERSARY", "LUNAR",
    "BUSINESSHOURS_BETWEEN", "BUSINESSHOURS_ADD", "HYPERLINK", "IMAGE",
})  # fmt: skip
"""What filters, sorts and lists cannot use."""


@EACH
def test_it_is_described_in_both_languages(function: Function) -> None:
    assert set(function.documentation) == set(LOCALES)
    assert all(text.endswith((".", "。", "…", "等。")) for text in function.documentation.values())
    assert re.search("[\u4e00-\u9fff]", function.documentation["zh_CN"])
    assert function.examples
    assert function.group in GROUPS


@EACH
def test_its_examples_use_it(function: Function) -> None:
    assert all(f"{function.name}(" in "".join(example) for example in function.examples)


@EACH
def test_it_has_sql_unless_only_python_computes_it(function: Function) -> None:
    """What reads nothing needs no SQL: its value is bound."""
    if function.name in PYTHON_ONLY:
        assert function.to_sql is None
    elif function.signature.arguments and function.aggregate is None:
        assert function.to_sql is not None


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_its_examples_are_true(text: str, expected: str) -> None:
    found, wanted = (
        evaluate(check(parse(each), SCOPE, usage=Usage.VALIDATION), RECORD, SAVED)
        for each in (text, expected)
    )
    assert found == wanted
    assert type(found) is type(wanted)


def test_signatures() -> None:
    a, b, c = (Argument(name) for name in "abc")
    fixed, optional = Signature((a, b)), Signature((a, b), optional=1)
    pairs = Signature((a, b, c), repeated=2)
    assert [count for count in range(5) if fixed.accepts(count)] == [2]
    assert [count for count in range(5) if optional.accepts(count)] == [1, 2]
    assert [count for count in range(9) if pairs.accepts(count)] == [3, 5, 7]
    assert [str(each) for each in (fixed, optional, pairs)] == ["a, b", "a, [b]", "a, b, c, …"]
    assert [pairs.at(index).name for index in range(7)] == ["a", "b", "c", "b", "c", "b", "c"]


def test_structural_operands() -> None:
    assert is_structural("INPERIOD", 1)
    assert is_structural("ROUND", 1)
    assert not is_structural("ROUND", 0)
    assert not is_structural("ROUND", 5)
    assert not is_structural("NOTHING", 0)
    assert not is_structural("", 0)
