"""docs/errors.md has every code that the program says, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from architecture.messages import codes_in_python

from fieldstone.kernel.i18n import LOCALES
from fieldstone.web.error_catalogue import groups, page

PAGE = Path(__file__).parents[2] / "docs/errors.md"
HEADING = re.compile(r"^### (\S+)$", re.MULTILINE)


def headings() -> list[str]:
    return HEADING.findall(PAGE.read_text("utf-8"))


def test_the_page_is_fresh() -> None:
    command = "python -m fieldstone.web.error_catalogue > docs/errors.md"
    assert PAGE.read_text("utf-8") == page(), command


def test_every_code_has_a_heading() -> None:
    said = codes_in_python()
    missing = {code: place for code, place in said.items() if code not in set(headings())}
    assert not missing, missing


def test_every_heading_is_a_code_with_a_text_in_both_languages() -> None:
    assert len(headings()) == len(set(headings())) > 100
    for locale in LOCALES:
        entries = [entry for group in groups(locale) for entry in group.entries]
        assert {entry.code for entry in entries} == set(headings())
        assert all(entry.text for entry in entries)
