"""Reading the demo files of a pack: lists, groups and recipes, every problem with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fieldstone.kernel.errors import Problem
from fieldstone.runtime.demo.generators.base import Names, Noted, Reader, listed
from fieldstone.runtime.demo.generators.conditions import read_condition
from fieldstone.runtime.demo.generators.registry import entry
from fieldstone.runtime.demo.model import MAX_ROWS, Case, Generator, Per, Program, Recipe

FILE_KEYS = ("seed", "lists", "groups", "defaults", "recipes")
RECIPE_KEYS = (
    "like", "object", "rows", "count", "per", "where", "each", "total", "fields", "when", "match",
    "existing",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedProblem:
    """A problem, the file, and the path within the file of what is wrong."""

    file: str
    path: tuple[str, ...]
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    program: Program
    problems: tuple[PlacedProblem, ...]


@dataclass(slots=True, kw_only=True)
class _Pack:
    """What is gathered over all files before the first recipe is read."""

    seed: int = 0
    lists: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    recipes: dict[str, tuple[Reader, Any]] = field(default_factory=dict)


def read_recipes(files: Mapping[str, Any]) -> Read:
    """`files`: the content of each demo file by its name within the pack. Never raises."""
    noted = [Noted(file) for file in files]
    pack = _Pack()
    for each, content in zip(noted, files.values(), strict=True):
        _gather(pack, content, Reader(noted=each, names=Names()))
    names = Names(lists=pack.lists, recipes=frozenset(pack.recipes), groups=_groups(pack))
    recipes = {
        name: _read_recipe(name, _alike(pack, name), replace(reader, names=names), pack.defaults)
        for name, (reader, _raw) in pack.recipes.items()
    }
    return Read(
        program=Program(seed=pack.seed, recipes=recipes, groups=names.groups),
        problems=tuple(
            PlacedProblem(file=each.file, path=path, problem=problem)
            for each in noted
            for path, problem in each.problems
        ),
    )


def _gather(pack: _Pack, content: Any, reader: Reader) -> None:
    content = content if isinstance(content, dict) else {}
    reader.options(content, FILE_KEYS)
    for part in ("lists", "groups", "defaults", "recipes"):
        found = content.get(part, {})
        if not isinstance(found, dict):
            reader.at(part).problem("demo.not_mapping")
            continue
        known: dict[str, Any] = getattr(pack, part)
        for name, raw in found.items():
            place = reader.at(part, name)
            if name in known:
                place.problem("demo.name_twice", name=str(name)[:60])
            elif part == "recipes" and not isinstance(raw, dict):
                place.problem("demo.not_mapping")
            else:
                known[name] = (place, raw) if part == "recipes" else raw
    if isinstance(content.get("seed"), int):
        pack.seed = content["seed"]


def _groups(pack: _Pack) -> dict[str, tuple[str, ...]]:
    """Each group with the recipes in it that exist; groups may hold groups."""

    def flat(names: Any, depth: int = 0) -> Iterable[str]:
        for name in names if isinstance(names, list) else [names]:
            if not isinstance(name, str):
                continue
            if name in pack.groups and depth < len(pack.groups):
                yield from flat(pack.groups[name], depth + 1)
            elif name in pack.recipes:
                yield name

    return {name: tuple(flat(names)) for name, names in pack.groups.items()}


def _alike(pack: _Pack, name: str, depth: int = 0) -> dict[str, Any]:
    """The recipe with the fields of the one it is `like`, where it does not say otherwise."""
    reader, raw = pack.recipes[name]
    other = raw.get("like")
    if other is None:
        return dict(raw)
    if not isinstance(other, str) or other not in pack.recipes or depth > len(pack.recipes):
        if not depth:
            known = listed(pack.recipes, other)
            reader.at("like").problem("demo.unknown_recipe", name=str(other)[:60], known=known)
        return dict(raw)
    model = _alike(pack, other, depth + 1)
    merged = {"object": model.get("object"), **raw}
    fields, when = (_both(raw.get(key), model.get(key)) for key in ("fields", "when"))
    return {**merged, "fields": fields, "when": when}


def _both(own: Any, model: Any) -> Any:
    """Of two mappings or two lists one, in which the own goes first; else what is not blank."""
    if isinstance(own, dict) and isinstance(model, dict):
        return {**model, **own}
    if isinstance(own, list) and isinstance(model, list):
        return [*own, *model]
    return model if own is None else own


def _read_recipe(
    name: str, raw: dict[str, Any], reader: Reader, defaults: Mapping[str, Any]
) -> Recipe:
    options = reader.options(raw, RECIPE_KEYS, needed=("object",))
    existing = bool(options.get("existing"))
    given = [] if existing else _field_maps(options, reader)
    reader = replace(reader, fields=frozenset(defaults).union(*given))
    fields = _read_fields(options.get("fields"), reader.at("fields"))
    if not existing:
        own = replace(reader, path=("defaults",), fields=_Anything())
        fields = {**_read_fields(defaults, own), **fields}
    cases = _read_cases(options.get("when") or [], reader.at("when"))
    rows = options.get("rows")
    nodes: dict[str, tuple[Case, ...]] = {}
    for case in cases:
        for field_name in case.fields:
            nodes[field_name] = (*nodes.get(field_name, ()), case)
    match = options.get("match") or []
    return Recipe(
        name=name,
        object=str(options.get("object", "")),
        file=reader.noted.file,
        fields=fields,
        cases=cases,
        rows=tuple(
            _read_fields(row, reader.at("rows", n))
            for n, row in enumerate(rows if isinstance(rows, list) else ())
        ),
        count=_count(options, reader),
        per=_read_per(options, reader),
        match=tuple(match if isinstance(match, list) else [match]),
        existing=existing,
        nodes=nodes,
    )


def _field_maps(options: Mapping[str, Any], reader: Reader) -> list[dict[str, Any]]:
    """All parts of a recipe that give fields; what is no mapping is a problem."""
    parts: list[tuple[Reader, Any]] = [(reader.at("fields"), options.get("fields") or {})]
    for key in ("rows", "when"):
        found = options.get(key) or []
        if not isinstance(found, list):
            reader.at(key).problem("demo.not_list")
            continue
        for n, each in enumerate(found):
            inner = each.get("fields") if key == "when" and isinstance(each, dict) else each
            parts.append((reader.at(key, n), inner))
    for place, part in parts:
        if not isinstance(part, dict):
            place.problem("demo.not_mapping")
    return [part for _, part in parts if isinstance(part, dict)]


def _read_fields(raw: Any, reader: Reader) -> dict[str, Generator]:
    found = raw if isinstance(raw, dict) else {}
    return {str(name): reader.at(name).node(each) for name, each in found.items()}


def _read_cases(raw: Any, reader: Reader) -> tuple[Case, ...]:
    cases = []
    for n, each in enumerate(raw if isinstance(raw, list) else []):
        place = reader.at(n)
        options = place.options(each, ("if", "fields"), needed=("if", "fields"))
        cases.append(
            Case(
                condition=read_condition(options.get("if", {}), place.at("if")),
                fields=_read_fields(options.get("fields"), place.at("fields")),
            )
        )
    return tuple(cases)


def _count(options: Mapping[str, Any], reader: Reader) -> int:
    """How many rows; 0 where other keys say it. One of rows, count, per and existing is said."""
    said = [key for key in ("rows", "per", "existing") if options.get(key)]
    count = options.get("count")
    if "per" in said:
        return 0
    if isinstance(count, int) and not said and 0 < count <= MAX_ROWS:
        return count
    if len(said) != 1 or count is not None:
        reader.problem("demo.how_many", known=listed(("rows", "count", "per", "existing")))
    return 0


def _read_per(options: Mapping[str, Any], reader: Reader) -> Per | None:
    if not options.get("per"):
        return None
    condition = None
    if options.get("where") is not None:
        condition = read_condition(options["where"], reader.at("where"), tested=reader)
    each = tuple(str(options["each"]).split(".")) if options.get("each") else ()
    count = options.get("count")
    if each and count is not None:
        reader.at("count").problem("demo.how_many", known="each, count")
    total = options.get("total")
    return Per(
        parents=reader.at("per").recipes(options["per"]),
        condition=condition,
        each=each,
        count=None if count is None else _read_count(count, reader.at("count")),
        total=total if isinstance(total, int) else None,
    )


def _read_count(raw: Any, reader: Reader) -> Generator:
    """A number, a span such as `1..4`, or a generator that the parent row answers."""
    if isinstance(raw, int | str):
        return entry("integer").read(raw, reader)
    return replace(reader, fields=_Anything()).node(raw)


class _Anything(frozenset[str]):
    """The names of another recipe's rows are not known where this one is read."""

    def __contains__(self, name: object) -> bool:
        return True
