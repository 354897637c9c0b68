"""HYPERLINK and IMAGE: values to be shown, with addresses that can do no harm."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from unit.formula.samples import CONTEXT
from unit.formula.texts import FIELDS, TextScope

from fieldstone.formula.ast import Value
from fieldstone.formula.binds import Binder
from fieldstone.formula.check import check
from fieldstone.formula.display import Link, Picture
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.to_sql import to_sql
from fieldstone.formula.types import Kind


def value(formula: str, **fields: Value) -> Value:
    record = {(name,): fields.get(name) for name in FIELDS}
    return evaluate(check(parse(formula), TextScope()), record, CONTEXT)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com", "HTTPS://example.com/a?b=c#d", "mailto:a@example.com?subject=x%20y",
        "tel:+86-10-1234", "/o/thing/1", "o/thing", "?q=1", "#top", "./a:b", "/a:b",
        "?a=javascript:x", "//example.com/a", "石头", "https://例.com/路",
    ],
)  # fmt: skip
def test_addresses(url: str) -> None:
    assert value("HYPERLINK(t, 'x')", t=url) == Link(url, "x", "_self")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)",
        "java\tscript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
        "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "blob:x", "ftp://example.com",
        "x:y", ":x", "javascript\u00a0:x",
        "\\\\example.com", "/\\example.com", "https://a b", "x" * 2_001,
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    for formula in ("HYPERLINK(t, 'x')", "IMAGE(t, 'x')"):
        with pytest.raises(EvaluationError, match="BAD_ARG"):
            value(formula, t=url)


def test_links() -> None:
    assert value("HYPERLINK(' /a ', NULL)") == Link("/a", "/a", "_self")
    assert value("HYPERLINK('/a', '<b>', '_blank')") == Link("/a", "<b>", "_blank")
    assert value("HYPERLINK('/a', 'x', NULL)") == Link("/a", "x", "_self")
    assert value("HYPERLINK(t, 'x')") is None
    with pytest.raises(EvaluationError, match="BAD_ARG"):
        value("HYPERLINK('/a', 'x', t)", t='"><script>')


def test_pictures() -> None:
    assert value("IMAGE('/a.png', t)") == Picture("/a.png", "")
    assert value("IMAGE('https://example.com/a.png', 'x', 16.9, NULL)") == Picture(
        "https://example.com/a.png", "x", 16, None
    )
    assert value("IMAGE(t, 'x', 16, 16)") is None
    for url, side in (("mailto:a@b", 1), ("tel:1", 1), ("/a", 0), ("/a", -1), ("/a", 4_001)):
        with pytest.raises(EvaluationError, match="BAD_ARG"):
            value("IMAGE(t, 'x', 16, n)", t=url, n=Decimal(side))


def test_they_are_chosen_between_but_not_computed_with() -> None:
    chosen = check(parse("IF(b, HYPERLINK('/a', 'x'), NULL)"), TextScope())
    assert chosen.type.kind is Kind.LINK
    for text in (
        "HYPERLINK('/a', 'x') & 'y'",
        "HYPERLINK('/a', 'x') = HYPERLINK('/a', 'x')",
        "HYPERLINK('/a', 'x') < HYPERLINK('/b', 'x')",
        "IMAGE('/a', 'x') IN (IMAGE('/a', 'x'))",
        "UPPER(IMAGE('/a', 'x'))",
        "IF(b, HYPERLINK('/a', 'x'), IMAGE('/a', 'x'))",
        "IF(b, HYPERLINK('/a', 'x'), 'x')",
        "HYPERLINK(IMAGE('/a', 'x'), 'x')",
        "TEXT(HYPERLINK('/a', 'x'))",
    ):
        with pytest.raises(FormulaError):
            check(parse(text), TextScope())


@pytest.mark.parametrize(
    "text",
    ["HYPERLINK(t, u)", "HYPERLINK('/a', 'x')", "IF(b, IMAGE('/a', 'x'), NULL)", "IMAGE('/a', t)"],
)
def test_they_are_not_for_sql(text: str) -> None:
    columns = sa.table("thing", *(sa.column(name) for name in FIELDS)).c
    with pytest.raises(FormulaError) as raised:
        to_sql(check(parse(text), TextScope()), lambda path: columns[path[0]], Binder())
    assert raised.value.faults[0].code == "NOT_ALLOWED_IN_CONTEXT"
