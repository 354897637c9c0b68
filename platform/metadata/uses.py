"""Where a thing is used: every document that names it, and the place in the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fieldstone.formula.ast import FieldRef, Literal
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.typed import Typed, walk
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.formula_texts import FormulaText, formulas_of
from fieldstone.metadata.references import users_of
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Use:
    component: Component
    place: str


def uses_of(snapshot: Snapshot, target: Key) -> list[Use]:
    """Of an object, a field, a value set …, each component and place once."""
    found = {(user.key, each.path): user for user, each in users_of(snapshot, target)}
    return [Use(component, place) for (_, place), component in sorted(found.items(), key=_order)]


def _order(item: tuple[tuple[Key, str], Component]) -> tuple[Key, str]:
    return item[0]


@per_snapshot()
def uses_of_value(snapshot: Snapshot, name: str, code: str) -> list[Use]:
    """Of one choice of the picklist `object.field`: formulas that name it beside the field, stages
    of paths, and values that are offered with it."""
    object_name, _, field_name = name.partition(".")
    found: list[Use] = []
    for component in snapshot.components.values():
        found.extend(_in_documents(component, object_name, field_name, code))
        for formula in formulas_of(snapshot, component):
            if _names_value(formula, name, code):
                found.append(Use(component, formula.place))
    return sorted(found, key=lambda each: (each.component.key, each.place))


def _in_documents(
    component: Component, object_name: str, field_name: str, code: str
) -> Iterator[Use]:
    body = component.body
    if component.parent != object_name:
        return
    if component.kind == "path" and body["field"] == field_name and code in body["stages"]:
        yield Use(component, f"stages.{code}")
    if component.kind == "field" and body.get("depends_on") == field_name:
        for other, value in (body.get("values") or {}).items():
            if code in (value.get("when") or ()):
                yield Use(component, f"values.{other}.when")


def _names_value(formula: FormulaText, field: str, code: str) -> bool:
    if code not in formula.text:
        return False
    try:
        checked = formula.checked()
    except FormulaError:
        return False
    return any(
        _is_field(formula.scope, operand, field)
        for each in walk(checked.root)
        if _has_literal(each, code)
        for operand in each.operands
    )


def _has_literal(typed: Typed, code: str) -> bool:
    return any(
        isinstance(operand.node, Literal) and operand.node.value == code
        for operand in typed.operands
    )


def _is_field(scope: ObjectScope, typed: Typed, field: str) -> bool:
    if not isinstance(typed.node, FieldRef):
        return False
    trail = scope.trail(typed.node.path)
    return bool(trail) and f"{trail[-1].object}.{trail[-1].name}" == field
