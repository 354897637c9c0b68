"""Files that a stranger can read in five minutes, each with a line that says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from architecture.source_tree import ROOT, module_of, python_files, tree_of

LONGEST = 400
DATA = ("platform/kernel/migrations/",)  # a list of tables is as long as it is
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", python_files(), ids=module_of)
def test_no_module_is_long(path: Path) -> None:
    length = len(path.read_text("utf-8").splitlines())
    assert length <= LONGEST or _relative(path).startswith(DATA), f"{path} has {length} lines"


@pytest.mark.parametrize("path", python_files(), ids=module_of)
def test_a_package_file_is_empty_and_a_module_says_what_it_is_for(path: Path) -> None:
    if path.name == "__init__.py":
        assert path.read_text("utf-8") == ""
    else:
        _check_docstring(path)


@pytest.mark.parametrize("path", TESTS, ids=_relative)
def test_a_test_module_says_what_it_is_for(path: Path) -> None:
    if path.name != "__init__.py":
        _check_docstring(path)


def _check_docstring(path: Path) -> None:
    text = ast.get_docstring(tree_of(path))
    assert text, f"{path} does not say what it is for"
