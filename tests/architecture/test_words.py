"""The platform knows no business: what belongs to one trade is in packs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from architecture.source_tree import ROOT

BUSINESS = re.compile(
    r"(?i)(?<![a-z-])(?:"  # after a hyphen it is the name of an icon
    r"opportunit(?:y|ies)|sales_orders?|quote_lines?|price_books?|invoices?|campaigns?|"
    r"prospects?|receivables?|refunds?|standard_crm|crm"
    r")(?![a-z])"
)
CODE = {".py", ".html", ".ts", ".tsx", ".css", ".mjs", ".lark", ".json"}
FOLDERS = ("platform", "builder_ui")
BUILT = ("platform/web/static/",)
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix in CODE and not path.relative_to(ROOT).as_posix().startswith(BUILT)
)


def business_words(text: str) -> list[str]:
    return [match.group().lower() for match in BUSINESS.finditer(text)]


def test_the_words_are_recognised() -> None:
    assert business_words('snapshot.object("opportunity")') == ["opportunity"]
    assert business_words("SalesOrder and sales_order") == ["sales_order"]
    assert business_words("prospective, scrm, invoiced, file-invoice") == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_word_of_one_trade_is_in_the_code(path: Path) -> None:
    found = business_words(path.read_text("utf-8"))
    assert not found, f"{path.relative_to(ROOT)} speaks of {sorted(set(found))}"
