"""The test cases kept with formula fields and validation rules come out as they should."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fieldstone.formula.context import Context
from fieldstone.formula.display import address
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError, failure
from fieldstone.formula.typed import Checked
from fieldstone.kernel import clock
from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.components import Component
from fieldstone.metadata.computed import shown
from fieldstone.metadata.field_types.base import BadValue, FieldType
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.formula_texts import formulas_of
from fieldstone.metadata.scope import ObjectScope, formula_of
from fieldstone.metadata.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """`type` and `config` read what is expected, `shown` makes of a result what a reader sees."""

    checked: Checked
    scope: ObjectScope
    type: FieldType
    config: Mapping[str, Any]
    cases: Sequence[Mapping[str, Any]]
    shown: Callable[[Any], Any]


def cases_hold(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    tested = _tested(snapshot, component)
    for index, case in enumerate(tested.cases if tested else ()):
        problem = _tried(tested, case) if tested else None
        if problem is not None:
            yield Problem(
                code=problem.code,
                path=f"tests.{index}",
                params={"case": case.get("name") or str(index + 1), **problem.params},
            )


def _tested(snapshot: Snapshot, component: Component) -> _Tested | None:
    """None for a formula that is at fault itself, which is told elsewhere."""
    cases = component.body.get("tests")
    if not cases:
        return None
    if component.kind == "validation_rule":
        return _rule(snapshot, component, cases)
    shape = snapshot.objects.get(component.parent)
    field = shape.fields.get(component.local_name) if shape else None
    checked = formula_of(snapshot, field) if field is not None and field.formula else None
    if field is None or checked is None:
        return None
    return _Tested(
        checked=checked,
        scope=ObjectScope(snapshot, field.object),
        type=field.type,
        config=field.config,
        cases=cases,
        shown=partial(shown, field),
    )


def _rule(
    snapshot: Snapshot, component: Component, cases: Sequence[Mapping[str, Any]]
) -> _Tested | None:
    (text,) = formulas_of(snapshot, component)
    try:
        checked = text.checked()
    except FormulaError:
        return None
    return _Tested(
        checked=checked,
        scope=text.scope,
        type=FIELD_TYPES["boolean"],
        config={},
        cases=cases,
        shown=bool,
    )


def _tried(tested: _Tested, case: Mapping[str, Any]) -> Problem | None:
    locale = Locale()
    values: dict[tuple[str, ...], Any] = {}
    for dotted, raw in case["values"].items():
        path = tuple(str(dotted).split("."))
        trail = tested.scope.trail(path)
        if not trail:
            return Problem(code="metadata.test_unknown_field", params={"name": str(dotted)[:80]})
        try:
            values[path] = trail[-1].type.parse(raw, locale, trail[-1].config)
        except BadValue as error:
            return error.problem("")
    try:
        expected = tested.type.parse(case["expected"], locale, tested.config)
    except BadValue as error:
        return error.problem("")
    try:
        context = Context(now=clock.now(), is_new=True)
        found = address(tested.shown(evaluate(tested.checked, values, context)))
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
            "expected": tested.type.format(expected, locale, tested.config),
            "found": tested.type.format(found, locale, tested.config),
        },
    )
