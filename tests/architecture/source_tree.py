"""Our own files, and what they import, read without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOTS = {"platform": "fieldstone", "builder_ui": "fieldstone_builder"}


def python_files() -> list[Path]:
    """Every Python file of the platform and the builder."""
    return [path for root in ROOTS for path in sorted((ROOT / root).rglob("*.py"))]


def module_of(path: Path) -> str:
    """platform/kernel/db.py -> fieldstone.kernel.db"""
    root, *rest = path.relative_to(ROOT).with_suffix("").parts
    names = [ROOTS[root], *rest]
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports: `from a.b import c` counts as a.b and as a.b.c."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


def runtime_imports_of(path: Path) -> set[str]:
    """Like `imports_of`, without what only the type checker imports."""
    hidden = {
        id(child)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    return {
        module
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in hidden
        for module in (node.module, *(f"{node.module}.{name.name}" for name in node.names))
    }


def calls_in(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node


def is_inside(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")
