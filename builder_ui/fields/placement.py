"""Where a new field is put, so that people meet it: a section of a layout, a column of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from fieldstone.metadata.codec import ORDER_STEP, next_order, ordered
from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Object
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.edits import Operations, put
from fieldstone_builder.inputs import typed
from fieldstone_builder.objects.starter import LAST_COLUMNS

SHORT_LIST = 10
"""With fewer columns than these, a list gets the new field as a column."""

WIDE = frozenset({"long_text", "rich_text", "json", "address", "signature"})
EVERY = "*"
"""Stands for the layout of a section that every layout has."""

NOT_IN_LISTS = WIDE | {"secret", "file", "image", "many_to_many", "person_name"}


def preset(desk: Desk, shape: Object, type_name: str) -> dict[str, str]:
    """The first section of all layouts or of the first one, and the list of all records while it
    is short."""
    sections = _sections(desk, shape)
    views = desk.after.of_object("list_view", shape.name)
    view = next((each for each in views if not each.body.get("filter")), None)
    fits = view is not None and len(view.body.get("columns", {})) < SHORT_LIST
    return {
        "section": sections[0][0] if sections else "",
        "column": view.local_name if view and fits and type_name not in NOT_IN_LISTS else "",
    }


def read_placement(form: FormData) -> dict[str, str]:
    return {"section": typed(form, "section"), "column": typed(form, "column")}


def placed_in(desk: Desk, shape: Object, field: str) -> list[str]:
    """Labels of the layouts' sections that show the field."""
    return [
        f"{desk.words.label(layout)} / {desk.words.text(section.get('label'))}"
        for layout in desk.after.of_object("layout", shape.name)
        for _, section in ordered(layout.body.get("sections"))
        if field in section.get("fields", {})
    ]


def placement_inputs(desk: Desk, shape: Object, given: dict[str, str]) -> tuple[InputView, ...]:
    sections = _sections(desk, shape)
    views = [
        (each.local_name, desk.words.label(each))
        for each in desk.after.of_object("list_view", shape.name)
    ]
    found = []
    if sections:
        choices = tuple(
            ChoiceView(value=value, label=label, chosen=value == given["section"])
            for value, label in sections
        )
        found.append(_select(desk, "section", desk.say("Form section"), choices, given))
    if views:
        choices = tuple(
            ChoiceView(value=value, label=label, chosen=value == given["column"])
            for value, label in views
        )
        found.append(_select(desk, "column", desk.say("Column of the list"), choices, given))
    return tuple(found)


def _sections(desk: Desk, shape: Object) -> list[tuple[str, str]]:
    """(value, label): those that all of several layouts have, then those of each."""
    layouts = desk.after.of_object("layout", shape.name)
    found = [
        (layout, name, desk.words.text(section.get("label")))
        for layout in layouts
        for name, section in ordered(layout.body.get("sections"))
    ]
    shared = [
        (f"{EVERY}/{name}", f"{desk.say('All layouts')} / {label}")
        for layout, name, label in found
        if len(layouts) > 1
        and layout is layouts[0]
        and all(name in each.body.get("sections", {}) for each in layouts)
    ]
    own = [
        (f"{layout.local_name}/{name}", f"{desk.words.label(layout)} / {label}")
        for layout, name, label in found
    ]
    return shared + own


def _select(
    desk: Desk, name: str, label: str, choices: tuple[ChoiceView, ...], given: dict[str, str]
) -> InputView:
    nowhere = ChoiceView(value="", label=desk.say("Nowhere"), chosen=not given[name])
    return InputView(name=name, label=label, kind="select", choices=(*choices, nowhere))


def with_placement(
    desk: Desk, operations: Operations, shape: Object, field: Any, given: dict[str, str]
) -> Operations:
    """`field` is (name, type name)."""
    name, type_name = field
    layout_name, _, section = given["section"].partition("/")
    for layout in desk.after.of_object("layout", shape.name):
        wanted = layout_name in (EVERY, layout.local_name)
        if wanted and section in layout.body.get("sections", {}):
            body = _in_section(layout.body, section, name, type_name)
            operations = put(desk.before, operations, layout.key, body)
    view = desk.after.get("list_view", f"{shape.name}.{given['column']}")
    if view is not None and name not in view.body.get("columns", {}):
        body = {**view.body, "columns": _with_column(view, name)}
        operations = put(desk.before, operations, view.key, body)
    return operations


def _with_column(view: Component, name: str) -> dict[str, Any]:
    """At the end; in a list of the tenant's own before the columns of every object."""
    columns = view.body.get("columns", {})
    names = [each for each, _ in ordered(columns)]
    if view.pack or names[-len(LAST_COLUMNS) :] != list(LAST_COLUMNS):
        return {**columns, name: {"order": next_order(columns)}}
    names[-len(LAST_COLUMNS) : 0] = [name]
    return {
        each: {**columns.get(each, {}), "order": ORDER_STEP * (at + 1)}
        for at, each in enumerate(names)
    }


def _in_section(body: Mapping[str, Any], section: str, name: str, type_name: str) -> dict[str, Any]:
    sections = body["sections"]
    fields = sections[section].get("fields", {})
    place: dict[str, Any] = {"order": next_order(fields)}
    if type_name in WIDE and sections[section].get("columns", 2) == 2:
        place["span"] = 2
    placed = {**sections[section], "fields": {**fields, name: place}}
    return {**body, "sections": {**sections, section: placed}}
