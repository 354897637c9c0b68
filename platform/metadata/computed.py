"""What computed fields are made of: the definition of a roll-up, and which fields a formula or a
roll-up reads, directly and through others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fieldstone.formula.arithmetic import rounded
from fieldstone.formula.ast import FieldRef
from fieldstone.formula.check import check
from fieldstone.formula.computed import as_stored
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.paths import field_paths
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked
from fieldstone.formula.types import BOOLEAN
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope, formula_of, type_of
from fieldstone.metadata.snapshot import Field, Snapshot

Name = tuple[str, str]
"""(object, field)"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rollup:
    """One and the same for a snapshot. `value` is what is summed up, over the child object (None:
    its records are counted); `filter` says which of them. `paths` are the stored fields that
    both read, from the child."""

    field: Field
    child: str
    via: Field
    function: str
    value: Checked | None
    filter: Checked | None
    paths: tuple[Path, ...]

    @property
    def local(self) -> bool:
        """Nothing but the child's own row decides what it adds."""
        return not self.gathers and all(len(path) == 1 for path in self.paths)

    @property
    def gathers(self) -> bool:
        """What it sums up reads related lists of the child."""
        return any(each is not None and each.lists for each in (self.value, self.filter))


def rollup_of(snapshot: Snapshot, field: Field) -> Rollup | None:
    """None for one that cannot be kept: what it sums up is gone or of no use to it."""
    return _rollup(snapshot, field.object, field.name)


@per_snapshot()
def _rollup(snapshot: Snapshot, object_name: str, field_name: str) -> Rollup | None:
    field = snapshot.objects[object_name].fields[field_name]
    config = field.config
    child = snapshot.objects.get(config["child"])
    via = child.fields.get(config["via"]) if child else None
    if child is None or via is None or not via.is_reference or via.target != field.object:
        return None
    scope = ObjectScope(snapshot, child.name)
    try:
        value = check(FieldRef((config["field"],)), scope) if config.get("field") else None
        kept = config.get("filter")
        chosen = check(parse(kept), scope, expected=BOOLEAN) if kept else None
    except FormulaError:
        return None
    paths = [path for each in (value, chosen) if each is not None for path in each.fields]
    return Rollup(
        field=field,
        child=child.name,
        via=via,
        function=config["function"],
        value=value,
        filter=chosen,
        paths=tuple(dict.fromkeys(paths)),
    )


@per_snapshot()
def rollups(snapshot: Snapshot) -> tuple[Rollup, ...]:
    """Every roll-up of the tenant, in the order of objects and fields."""
    return tuple(
        found
        for shape in snapshot.objects.values()
        for field in shape.own_fields
        if field.computed == "rollup" and (found := rollup_of(snapshot, field)) is not None
    )


def sources(snapshot: Snapshot, field: Field) -> frozenset[Name]:
    """The stored fields that decide a computed field's value, links on the way included."""
    return _all_sources(snapshot, field.object, field.name)


@per_snapshot()
def _all_sources(snapshot: Snapshot, object_name: str, field_name: str) -> frozenset[Name]:
    return frozenset(_sources(snapshot, snapshot.objects[object_name].fields[field_name]))


def _sources(snapshot: Snapshot, field: Field) -> Iterator[Name]:
    if field.formula:
        checked = formula_of(snapshot, field)
        yield from _along(snapshot, field.object, checked.fields if checked else ())
        for each in checked.lists if checked else ():
            child, via = each.relation.split(".")
            yield child, via
            yield from _along(snapshot, child, each.fields)
        return
    rollup = rollup_of(snapshot, field)
    if rollup is not None:
        yield rollup.child, rollup.via.name
        yield from _along(snapshot, rollup.child, rollup.paths)


def _along(snapshot: Snapshot, object_name: str, paths: tuple[Path, ...]) -> Iterator[Name]:
    scope = ObjectScope(snapshot, object_name)
    for path in paths:
        for step in scope.trail(path):
            yield step.object, step.name


def shown(field: Field, value: Any) -> Any:
    """What the field shows for its formula's value: numbers in its own decimals, a percentage
    as 40 for 0.4."""
    wanted = type_of(field)
    if not isinstance(value, Decimal) or wanted.scale is None:
        return value
    return as_stored(rounded(value, wanted.scale), wanted)


def reads(snapshot: Snapshot, field: Field) -> frozenset[Name]:
    """The fields that the document of a computed field names itself."""
    scope, texts = ObjectScope(snapshot, field.object), [field.formula] if field.formula else []
    found: set[Name] = set()
    if field.computed == "rollup":
        child, config = str(field.config["child"]), field.config
        scope = ObjectScope(snapshot, child)
        texts = [config["filter"]] if config.get("filter") else []
        found = {(child, str(config[key])) for key in ("via", "field") if config.get(key)}
    for text in texts:
        try:
            paths = field_paths(parse(text))
        except FormulaError:
            continue
        found.update((step.object, step.name) for path in paths for step in scope.named(path))
    return frozenset(found)


def ring(snapshot: Snapshot, field: Field) -> tuple[Name, ...]:
    """The way on which a computed field comes to read itself, from itself to itself; empty when
    there is none."""
    start: Name = (field.object, field.name)
    waiting: list[tuple[Name, ...]] = [(start,)]
    seen: set[Name] = set()
    while waiting:
        way = waiting.pop()
        shape = snapshot.objects.get(way[-1][0])
        current = shape.fields.get(way[-1][1]) if shape else None
        if current is None or not current.computed:
            continue
        for name in sorted(reads(snapshot, current)):
            if name == start:
                return (*way, name)
            if name not in seen:
                seen.add(name)
                waiting.append((*way, name))
    return ()
