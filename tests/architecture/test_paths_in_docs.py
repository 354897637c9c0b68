"""Paths that documents name exist, and so do the files they link to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from architecture.source_tree import ROOT

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "packs").rglob("*.md")]
)
PATH = re.compile(
    r"`((?:platform|builder_ui|packs|tests|docs|src|\.ci)/[A-Za-z0-9_./-]*[A-Za-z0-9_/])`"
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def broken_references(text: str, base: Path) -> list[str]:
    """Paths in backticks are from the root, links from the document's own folder."""
    missing = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    return missing + [link for link in LINK.findall(text) if not (base / link).exists()]


def test_a_broken_reference_is_found() -> None:
    text = "`platform/kernel/db.py` `platform/kernel/nothing.py` [a](test_words.py) [b](gone.md)"
    assert broken_references(text, Path(__file__).parent) == [
        "platform/kernel/nothing.py",
        "gone.md",
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_references_lead_somewhere(path: Path) -> None:
    assert broken_references(path.read_text("utf-8"), path.parent) == []
