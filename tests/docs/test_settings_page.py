"""The page of settings is what the program reads."""

from __future__ import annotations

from pathlib import Path

from fieldstone.kernel.settings_reference import page

ROOT = Path(__file__).parents[2]


def test_the_page_is_fresh() -> None:
    written = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert written == page(), "python -m fieldstone.kernel.settings_reference > docs/…/settings.md"
