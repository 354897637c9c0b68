"""Every formula that a document holds, with what it may name and what it must return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.formula.check import Blanks, check
from fieldstone.formula.parse import parse
from fieldstone.formula.typed import Checked
from fieldstone.formula.types import BOOLEAN, Type
from fieldstone.formula.usage import Usage
from fieldstone.metadata.components import Component
from fieldstone.metadata.field_types.formula import blanks_of, result_config, result_type
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import USER_OBJECT

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaText:
    """`place` is where it stands in the document; `expected` None: any type will do."""

    place: str
    text: str
    scope: ObjectScope
    expected: Type | None = BOOLEAN
    usage: Usage = Usage.FILTER
    blanks: Blanks = "blank"

    def checked(self) -> Checked:
        """Raises FormulaError with every fault and its place in the text."""
        return check(
            parse(self.text),
            self.scope,
            expected=self.expected,
            text=self.text,
            blanks=self.blanks,
            usage=self.usage,
        )


def formulas_of(snapshot: Snapshot, component: Component) -> Iterator[FormulaText]:
    finder = _FINDERS.get(component.kind)
    return finder(component, snapshot) if finder else iter(())


def _of_field(component: Component, snapshot: Snapshot) -> Iterator[FormulaText]:
    body, own = component.body, ObjectScope(snapshot, component.parent)
    target = USER_OBJECT if body.get("type") == "user" else str(body.get("target") or "")
    if body.get("filter") and target:
        scope = ObjectScope(snapshot, target, record_object=component.parent)
        yield FormulaText(place="filter", text=body["filter"], scope=scope)
    if body.get("type") == "rollup" and body.get("filter"):
        children = ObjectScope(snapshot, body["child"])
        yield FormulaText(place="filter", text=body["filter"], scope=children)
    if body.get("type") == "formula":
        yield FormulaText(
            place="formula",
            text=body["formula"],
            scope=own,
            expected=result_type(body).formula_type(result_config(body)),
            usage=Usage.FIELD,
            blanks=blanks_of(body),
        )
    if body.get("default_formula"):
        yield _default("default_formula", body["default_formula"], own)


def _default(place: str, text: str, scope: ObjectScope) -> FormulaText:
    return FormulaText(place=place, text=text, scope=scope, expected=None, usage=Usage.DEFAULT)


def _of_object(component: Component, snapshot: Snapshot) -> Iterator[FormulaText]:
    text = component.body["name_field"].get("default_formula")
    if text:
        yield _default("name_field.default_formula", text, ObjectScope(snapshot, component.name))


def _of_rule(component: Component, snapshot: Snapshot) -> Iterator[FormulaText]:
    yield FormulaText(
        place="when",
        text=component.body["when"],
        scope=ObjectScope(snapshot, component.parent),
        usage=Usage.VALIDATION,
    )


def _of_list_view(component: Component, snapshot: Snapshot) -> Iterator[FormulaText]:
    if component.body.get("filter"):
        scope = ObjectScope(snapshot, component.parent)
        yield FormulaText(place="filter", text=component.body["filter"], scope=scope)


def _of_layout(component: Component, snapshot: Snapshot) -> Iterator[FormulaText]:
    scope = ObjectScope(snapshot, component.parent)
    for name, section in component.body.get("sections", {}).items():
        if section.get("visible_when"):
            place = f"sections.{name}.visible_when"
            yield FormulaText(
                place=place, text=section["visible_when"], scope=scope, usage=Usage.VISIBILITY
            )


_FINDERS: Mapping[str, Callable[[Component, Snapshot], Iterator[FormulaText]]] = {
    "field": _of_field,
    "object": _of_object,
    "validation_rule": _of_rule,
    "list_view": _of_list_view,
    "layout": _of_layout,
}
