"""Pairs of input and expected output in text files: a comment, the input, `---`, the output.

With UPDATE_FIXTURES=1 in the environment the outputs are written anew, to be read in the diff."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

UPDATE = bool(os.environ.get("UPDATE_FIXTURES"))


def pairs(folder: Path) -> list[Any]:
    """Parameters for a test: the input and the expected output."""
    return [
        pytest.param(given, expected, id=f"{path.stem}: {comment}")
        for path in sorted(folder.glob("*.txt"))
        for comment, given, expected in _read(path)
    ]


def _read(path: Path) -> list[tuple[str, str, str]]:
    found = []
    for block in path.read_text("utf-8").strip().split("\n\n"):
        comment, _, rest = block.partition("\n")
        given, _, expected = rest.partition("\n---")
        found.append((comment.lstrip("# "), given, expected.lstrip("\n")))
    return found


def update(folder: Path, compute: Callable[[str], str]) -> None:
    for path in sorted(folder.glob("*.txt")):
        blocks = [f"# {note}\n{given}\n---\n{compute(given)}" for note, given, _ in _read(path)]
        path.write_text("\n\n".join(blocks) + "\n", "utf-8")
