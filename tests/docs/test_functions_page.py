"""The page of functions is what the language knows, and its sample record the one of the tests."""

from __future__ import annotations

import re
from pathlib import Path

from unit.formula.samples import LINES, RECORD

from fieldstone.formula.functions.catalogue import FUNCTIONS, GROUPS
from fieldstone.formula.reference import PLACES, TITLES, page
from fieldstone.formula.usage import Usage

PAGE = Path(__file__).parents[2] / "docs/reference/functions.md"


def written() -> str:
    return PAGE.read_text("utf-8")


def test_the_page_is_fresh() -> None:
    command = "python -m fieldstone.formula.reference > docs/reference/functions.md"
    assert written() == page(), command


def test_every_function_has_a_heading_in_its_group() -> None:
    headings = re.findall(r"^### (\S+)$", written(), re.MULTILINE)
    assert sorted(headings) == sorted(FUNCTIONS)
    assert set(TITLES) == set(GROUPS)
    assert set(PLACES) == set(Usage)


def test_the_fields_of_the_examples_are_explained() -> None:
    head = written().partition("\n## ")[0]
    for (name,) in RECORD:
        assert f"`{'lines' if name == LINES else name}`" in head
