"""From recipes to rows: all values of all rows, and the order in which they can be saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.runtime.demo.days import Moment
from fieldstone.runtime.demo.model import Program, Recipe, Row, Unmakeable, World

TAG = "demo"
STAMPS = ("created_by", "modified_by", "modified_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A row with the values of the fields to store; a link is a Row, or a list of them."""

    row: Row
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The rows of one recipe: oldest first, or in the order they are written out."""

    recipe: Recipe
    rows: Sequence[Made]


def build(
    program: Program,
    moment: Moment,
    snapshot: Snapshot,
    existing: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> list[Stage]:
    """The stages in an order in which each refers to rows of stages before it, or to later ones
    by fields that may be filled afterwards. Raises Unmakeable."""
    world = World(program, moment, existing)
    stages = [
        _stage(recipe, world, snapshot)
        for recipe in program.recipes.values()
        if not recipe.existing
    ]
    return ordered(stages, snapshot)


def _stage(recipe: Recipe, world: World, snapshot: Snapshot) -> Stage:
    names = recipe.written
    shape = snapshot.objects[recipe.object]
    if shape.master is not None:
        names = [name for name in names if name != "owner"]  # a detail belongs to its master
    masters = masters_of(recipe, shape, world.program)
    made = []
    for row in world.rows(recipe.name):
        values = values_of(row, names)
        values.update(dict.fromkeys(masters, row.parent))
        made.append(Made(row=row, values=values))
    if not recipe.rows:
        made.sort(key=lambda each: each.values.get("created_at") or world.moment.now)
    return Stage(recipe=recipe, rows=made)


def masters_of(recipe: Recipe, shape: Object, program: Program) -> tuple[str, ...]:
    """The links to a master that a row's parent is, where the recipe does not say it."""
    parents = recipe.per.parents if recipe.per is not None else ()
    objects = {program.recipes[name].object for name in parents}
    said = set(recipe.written)
    return tuple(
        field.name
        for field in shape.own_fields
        if field.type.name == "master_detail" and {field.target} == objects - {""}
        if field.name not in said
    )


def values_of(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """What the recipe says of the row, tagged; who made it and when it was last changed follow
    from its owner and its date unless the recipe says otherwise."""
    values = {}
    for name in names:
        value = row.get(name)
        if value is not None or name in row.recipe.fields or name in row.given:
            values[name] = value
    for name in ("owner", "created_at", *STAMPS):
        if name in values and values[name] is None:
            del values[name]
    values["tags"] = [*(values.get("tags") or ()), TAG]
    made_by = values.get("created_by") or values.get("owner")
    if made_by is not None:
        values["created_by"] = made_by
        values.setdefault("modified_by", made_by)
    if values.get("created_at") is not None:
        values.setdefault("modified_at", values["created_at"])
    return values


def ordered(stages: Sequence[Stage], snapshot: Snapshot) -> list[Stage]:
    """Masters and required links come first. Where other links go in a circle, as few of them as
    can be are left to be filled afterwards."""
    waiting = {stage.recipe.name: stage for stage in stages}
    links = {name: _links(stage, snapshot) for name, stage in waiting.items()}
    found: list[Stage] = []
    while waiting:
        ready = [name for name in waiting if not links[name].firm & waiting.keys()]
        if not ready:
            recipe = next(iter(waiting.values())).recipe
            raise Unmakeable("demo.order", recipe, others=", ".join(waiting)[:200])
        free = [name for name in ready if not links[name].left_open(waiting.keys())]
        circle = _circle(links, waiting.keys())
        known = [name for name in ready if name in circle] or ready
        chosen = free or [min(known, key=lambda name: _price(name, links, circle))]
        found.extend(waiting.pop(name) for name in chosen)
    return found


def _circle(links: Mapping[str, _Links], waiting: AbstractSet[str]) -> set[str]:
    """What is left when recipes that nobody waits for are put aside, again and again."""
    left = set(waiting)
    while True:
        wanted = {other for name in left for other in links[name].loose.keys() | links[name].firm}
        if left <= wanted:
            return left
        left &= wanted


def _price(name: str, links: Mapping[str, _Links], circle: AbstractSet[str]) -> int:
    """How many links stay open when this recipe goes next, less those that it closes."""
    wanted = sum(links[other].loose[name] for other in circle)
    return links[name].left_open(circle) - wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """The other recipes that a stage refers to: by links that cannot wait, and how many times
    by others."""

    firm: set[str]
    loose: Counter[str]

    def left_open(self, waiting: AbstractSet[str]) -> int:
        return sum(count for name, count in self.loose.items() if name in waiting)


def _links(stage: Stage, snapshot: Snapshot) -> _Links:
    shape = snapshot.objects[stage.recipe.object]
    firm: set[str] = set()
    loose: Counter[str] = Counter()
    for made in stage.rows:
        for name, value in made.values.items():
            if name in STAMPS:
                continue
            for target in links_in(value):
                if cannot_wait(shape.fields[name]):
                    firm.add(target.recipe.name)
                elif not target.recipe.existing:
                    loose[target.recipe.name] += 1
    own = stage.recipe.name
    del loose[own]
    return _Links(firm=firm - {own}, loose=loose)


def cannot_wait(field: Field) -> bool:
    return field.required


def links_in(value: Any) -> Sequence[Row]:
    if type(value) is Row:
        return (value,)
    if type(value) is list:
        return [each for each in value if type(each) is Row]
    return ()
