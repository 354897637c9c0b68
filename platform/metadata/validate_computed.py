"""The rules that formula fields and roll-ups must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldstone.formula.typed import Checked, Needs
from fieldstone.kernel.errors import Problem
from fieldstone.metadata.components import Component
from fieldstone.metadata.computed import Name, ring, rollup_of
from fieldstone.metadata.field_types import displayed
from fieldstone.metadata.field_types.rollup import COUNTS
from fieldstone.metadata.formula_index import wanted
from fieldstone.metadata.results import ADDABLE, ORDERED
from fieldstone.metadata.scope import formula_of
from fieldstone.metadata.snapshot import Field, Snapshot


def computed_fields_form_no_ring(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    field = _computed(snapshot, component)
    way = ring(snapshot, field) if field is not None else ()
    if way:
        place = "formula" if field is not None and field.formula else "child"
        yield Problem(
            code="metadata.computed_ring",
            path=place,
            params={"ring": " → ".join(map(_dotted, way))},
        )


def rollups_fit(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    """Its link leads here, and what it sums up can be summed up and kept."""
    field = _computed(snapshot, component)
    if field is None or field.computed != "rollup":
        return
    config = field.config
    child = snapshot.objects.get(config["child"])
    via = child.fields.get(config["via"]) if child else None
    if child is None or via is None:
        return  # mentions_exist tells of it
    if not via.is_reference or via.target != field.object:
        yield Problem(
            code="metadata.rollup_link",
            path="via",
            params={"name": _dotted((child.name, via.name)), "object": field.object},
        )
        return
    yield from _summable(config, child.fields.get(str(config.get("field") or "")))
    rollup = rollup_of(snapshot, field)
    for part, place in ((rollup.value, "field"), (rollup.filter, "filter")) if rollup else ():
        if part is not None and _changes_by_itself(part):
            yield Problem(code="metadata.rollup_volatile", path=place)
        if part is not None and part.lists:
            yield Problem(code="metadata.rollup_of_list", path=place)


def _summable(config: Mapping[str, Any], summed: Field | None) -> Iterator[Problem]:
    function = config["function"]
    if summed is None:
        if function != "count" and not config.get("field"):
            yield Problem(
                code="metadata.rollup_field_missing", path="field", params={"function": function}
            )
        return
    if function in COUNTS:
        fits = summed.single and summed.type.name not in displayed.NAMES
    else:
        fits = summed.type.name in (ADDABLE if function in ("sum", "avg") else ORDERED)
    if not fits:
        params = {"function": function, "name": summed.name, "type": summed.type.name}
        yield Problem(code="metadata.rollup_field_type", path="field", params=params)


def _changes_by_itself(checked: Checked) -> bool:
    """Another value tomorrow, or for another reader, without anything being saved."""
    return bool(checked.root.needs & (Needs.TIME | Needs.PARAMETERS | Needs.CALENDAR))


def indexed_formulas_can_be(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    """An index holds what the record's own row decides, and nothing else."""
    field = _computed(snapshot, component)
    if field is None or not field.formula or not field.config.get("indexed"):
        return
    if formula_of(snapshot, field) is not None and wanted(snapshot, field) is None:
        yield Problem(code="metadata.formula_not_indexable", path="indexed")


def _computed(snapshot: Snapshot, component: Component) -> Field | None:
    if component.kind != "field":
        return None
    shape = snapshot.objects.get(component.parent)
    field = shape.fields.get(component.local_name) if shape else None
    return field if field is not None and field.computed else None


def _dotted(name: Name) -> str:
    return ".".join(name)
