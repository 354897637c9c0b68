"""What is wrong with a pack's recipes: their shape, their names, and the values they give."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from fieldstone.kernel import clock
from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import Locale
from fieldstone.kernel.ids import uuid7_many
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.pack_files import (
    MAX_FILE_BYTES,
    FileProblem,
    PackFiles,
    Place,
    load_yaml,
)
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.runtime.demo.build import Made, Stage, build, masters_of
from fieldstone.runtime.demo.days import Moment
from fieldstone.runtime.demo.generators.base import listed
from fieldstone.runtime.demo.model import Generator, Program, Recipe, Row, Unmakeable
from fieldstone.runtime.demo.recipes import PlacedProblem, read_recipes
from fieldstone.runtime.save.defaults import fields_with_defaults

Lines = Mapping[str, Mapping[tuple[str, ...], int]]
"""For each file the line of each path within it."""

LOCALE = Locale(code="en", timezone="Asia/Shanghai", currency="CNY")
SAMPLE = 60


def check_recipes(
    pack: PackFiles, snapshot: Snapshot, lines: Lines | None = None
) -> list[FileProblem]:
    """All problems of the pack's demo files against the objects that it will meet. The rows are
    made once, as an installation now would make them. `lines` as `lines_of` reads them."""
    read = read_recipes(pack.demo)
    found = list(read.problems)
    for recipe in read.program.recipes.values():
        found.extend(_against(recipe, snapshot, read.program))
    if not found:
        found.extend(_made(read.program, snapshot))
    return [_placed(each, lines or {}) for each in found]


def lines_of(source: Path) -> Lines:
    """The lines of the demo files of a pack's folder or zip; none of a file that cannot be read,
    which is a problem of the pack already."""
    found = {}
    for name, content in _demo_files(source):
        with contextlib.suppress(yaml.YAMLError, UnicodeDecodeError):
            found[name] = load_yaml(content)[1]
    return found


def _demo_files(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted((source / "demo").glob("*.yaml")):
            yield path.relative_to(source).as_posix(), path.read_bytes()
        return
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            name = entry.filename
            ours = name.startswith("demo/") and name.endswith(".yaml")
            if ours and entry.file_size <= MAX_FILE_BYTES:
                yield name, archive.read(entry)


def _placed(found: PlacedProblem, lines: Lines) -> FileProblem:
    place = Place(file=found.file, lines=lines.get(found.file, {}), prefix=())
    return FileProblem(file=found.file, line=place.line(found.path), problem=found.problem)


def _problem(recipe: Recipe, *steps: str, code: str, **params: Any) -> PlacedProblem:
    return PlacedProblem(
        file=recipe.file,
        path=("recipes", recipe.name, *steps),
        problem=Problem(code=code, params=params),
    )


def _against(recipe: Recipe, snapshot: Snapshot, program: Program) -> Iterator[PlacedProblem]:
    shape = snapshot.objects.get(recipe.object)
    if shape is None:
        yield _problem(
            recipe, "object", code="demo.unknown_object", name=recipe.object[:60],
            known=listed(snapshot.objects, recipe.object),
        )  # fmt: skip
        return
    for name, node, steps in _nodes(recipe):
        if name.startswith("_"):
            continue
        field = shape.fields.get(name)
        if field is None or name in ("id", "version"):
            known = listed(shape.fields, name)
            yield _problem(recipe, *steps, code="demo.unknown_field", name=name[:60], known=known)
        else:
            yield from _constants(recipe, field, node, steps)
    if not recipe.existing:
        yield from _forgotten(recipe, shape, snapshot, masters_of(recipe, shape, program))


def _nodes(recipe: Recipe) -> Iterator[tuple[str, Generator, tuple[str, ...]]]:
    """Each field's generator with the path to it."""
    for name, node in recipe.fields.items():
        yield name, node, ("fields", name)
    for n, case in enumerate(recipe.cases):
        for name, node in case.fields.items():
            yield name, node, ("when", str(n), "fields", name)
    for n, row in enumerate(recipe.rows):
        for name, node in row.items():
            yield name, node, ("rows", str(n), name)


def _constants(
    recipe: Recipe, field: Field, node: Generator, steps: tuple[str, ...]
) -> Iterator[PlacedProblem]:
    """Constants that the field refuses, such as a code that is not in its list."""
    if field.is_reference or field.junction or field.config.get("open"):
        return
    for constant in node.outcomes():
        problem = _refusal(field, constant)
        if problem is not None:
            yield PlacedProblem(
                file=recipe.file, path=("recipes", recipe.name, *steps), problem=problem
            )


def _refusal(field: Field, value: Any) -> Problem | None:
    try:
        field.type.parse(value, LOCALE, field.config)
    except BadValue as error:
        return error.problem(field.name)
    return None


def _forgotten(
    recipe: Recipe, shape: Object, snapshot: Snapshot, masters: Sequence[str]
) -> Iterator[PlacedProblem]:
    """Required fields that nothing fills."""
    defaults = {field.name for field in fields_with_defaults(snapshot, shape.name)}
    every_row = {*recipe.fields, *masters}
    if recipe.rows:
        every_row |= set.intersection(*(set(row) for row in recipe.rows))
    every_row |= {name for case in recipe.cases for name in case.fields}
    for field in shape.own_fields:
        filled = field.name in every_row or field.name in defaults
        if field.required and not filled and field.type.name != "autonumber":
            yield _problem(recipe, code="demo.required", name=field.name)


def _made(program: Program, snapshot: Snapshot) -> Iterator[PlacedProblem]:
    """Problems that show only when the rows are made."""
    moment = Moment(now=clock.now(), zone=ZoneInfo(LOCALE.timezone))
    try:
        stages = build(program, moment, snapshot, _stand_ins(program))
    except Unmakeable as error:
        inner = ("fields", error.field) if error.field in error.recipe.fields else (error.field,)
        yield PlacedProblem(
            file=error.recipe.file,
            path=("recipes", error.recipe.name, *inner),
            problem=Problem(code=error.code, params=error.params),
        )
        return
    for stage in stages:
        yield from _bad_values(stage, snapshot)


def _stand_ins(program: Program) -> dict[str, list[dict[str, Any]]]:
    """Three records for each recipe of records that a tenant would have."""
    return {
        recipe.name: [{"id": identity, "name": recipe.name} for identity in uuid7_many(3)]
        for recipe in program.recipes.values()
        if recipe.existing
    }


def _bad_values(stage: Stage, snapshot: Snapshot) -> Iterator[PlacedProblem]:
    """The first bad value of each field among the first rows."""
    shape = snapshot.objects[stage.recipe.object]
    if not stage.rows:
        yield _problem(stage.recipe, code="demo.no_rows")
    bad: set[str] = set()
    for made in stage.rows[:SAMPLE]:
        for name, problem in _faults(made, shape):
            if name not in bad:
                bad.add(name)
                yield PlacedProblem(
                    file=stage.recipe.file,
                    path=("recipes", stage.recipe.name, "fields", name),
                    problem=problem,
                )


def _faults(made: Made, shape: Object) -> Iterator[tuple[str, Problem]]:
    for name, value in made.values.items():
        field = shape.fields[name]
        problem = _link_fault(field, value) if _is_link(value) else _value_fault(field, value)
        if problem is not None:
            yield name, problem


def _is_link(value: Any) -> bool:
    return isinstance(value, Row) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Row)
    )


def _link_fault(field: Field, value: Any) -> Problem | None:
    targets: Sequence[str] = field.config.get("targets") or (field.target,)
    for row in value if isinstance(value, list) else [value]:
        if row.recipe.object not in targets and "*" not in targets:
            return Problem(
                code="demo.wrong_target",
                params={"object": row.recipe.object, "wanted": listed(targets)},
            )
    return None


def _value_fault(field: Field, value: Any) -> Problem | None:
    if value is None:
        return Problem(code="field.required", path=field.name) if field.required else None
    if field.config.get("open"):
        return None
    return _refusal(field, value)
