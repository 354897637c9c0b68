"""The rules that formula fields, roll-ups and their test cases must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, failure
from fieldstone.formula.typed import Checked, Needs
from fieldstone.kernel import clock
from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.components import Component
from fieldstone.metadata.computed import Name, ring, rollup_of, shown
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.rollup import COUNTS
from fieldstone.metadata.formula_index import wanted
from fieldstone.metadata.results import ADDABLE, ORDERED
from fieldstone.metadata.scope import ObjectScope, formula_of
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
        fits = summed.single
    else:
        fits = summed.type.name in (ADDABLE if function in ("sum", "avg") else ORDERED)
    if not fits:
        params = {"function": function, "name": summed.name, "type": summed.type.name}
        yield Problem(code="metadata.rollup_field_type", path="field", params=params)


def _changes_by_itself(checked: Checked) -> bool:
    """Another value tomorrow, or for another reader, without anything being saved."""
    return bool(checked.root.needs & (Needs.TIME | Needs.PARAMETERS))


def indexed_formulas_can_be(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    """An index holds what the record's own row decides, and nothing else."""
    field = _computed(snapshot, component)
    if field is None or not field.formula or not field.config.get("indexed"):
        return
    if formula_of(snapshot, field) is not None and wanted(snapshot, field) is None:
        yield Problem(code="metadata.formula_not_indexable", path="indexed")


def formula_tests_hold(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    """The cases kept with a formula come out as they should."""
    field = _computed(snapshot, component)
    checked = formula_of(snapshot, field) if field is not None and field.formula else None
    if field is None or checked is None:
        return
    for index, case in enumerate(field.config.get("tests") or ()):
        problem = _tried(snapshot, field, checked, case)
        if problem is not None:
            yield Problem(
                code=problem.code,
                path=f"tests.{index}",
                params={"case": case.get("name") or str(index + 1), **problem.params},
            )


def _tried(
    snapshot: Snapshot, field: Field, checked: Checked, case: Mapping[str, Any]
) -> Problem | None:
    scope, locale = ObjectScope(snapshot, field.object), Locale()
    values: dict[tuple[str, ...], Any] = {}
    for dotted, raw in case["values"].items():
        path = tuple(str(dotted).split("."))
        trail = scope.trail(path)
        if not trail:
            return Problem(code="metadata.test_unknown_field", params={"name": str(dotted)[:80]})
        try:
            values[path] = trail[-1].type.parse(raw, locale, trail[-1].config)
        except BadValue as error:
            return error.problem("")
    try:
        expected = field.type.parse(case["expected"], locale, field.config)
    except BadValue as error:
        return error.problem("")
    try:
        found = shown(field, evaluate(checked, values, Context(now=clock.now())))
    except EvaluationError as error:
        found = None
        if case["expected"] is not None:
            return Problem(
                code="metadata.test_error",
                params={"expected": str(case["expected"]), "error": failure(error.code)},
            )
    if found == expected:
        return None
    return Problem(
        code="metadata.test_failed",
        params={
            "expected": field.type.format(expected, locale, field.config),
            "found": field.type.format(found, locale, field.config),
        },
    )


def _computed(snapshot: Snapshot, component: Component) -> Field | None:
    if component.kind != "field":
        return None
    shape = snapshot.objects.get(component.parent)
    field = shape.fields.get(component.local_name) if shape else None
    return field if field is not None and field.computed else None


def _dotted(name: Name) -> str:
    return ".".join(name)
