"""/setup/objects/{object}/layouts: its layouts, lists and paths, read aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starlette.responses import Response

from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Object
from fieldstone.web.condition_words import words_of
from fieldstone.web.conditions import split
from fieldstone_builder import links
from fieldstone_builder.desk import Desk
from fieldstone_builder.marks import origin, state_tag
from fieldstone_builder.objects.contexts import DocumentView, FactView, LayoutsPage, PartView
from fieldstone_builder.objects.head import crumbs_of, head_of
from fieldstone_builder.screen import show

Body = Mapping[str, Any]


async def show_layouts(desk: Desk) -> Response:
    shape = desk.shape()
    headings = {
        "layout": desk.say("Forms and record pages"),
        "list_view": desk.say("Lists"),
        "compact_layout": desk.say("Cards and heads"),
        "path": desk.say("Paths"),
    }
    groups = tuple(
        (
            kind,
            heading,
            tuple(_document(desk, shape, each) for each in desk.after.of_object(kind, shape.name)),
        )
        for kind, heading in headings.items()
    )
    page = LayoutsPage(
        head=head_of(desk, shape, "layouts"),
        new_url=f"{links.layouts_url(shape.name)}/{links.NEW_LAYOUT}",
        groups=tuple(group for group in groups if group[2]),
    )
    crumbs = crumbs_of(desk, shape, desk.say("Layouts and lists"))
    return show(desk, "layouts.html", page, crumbs=crumbs)


def _document(desk: Desk, shape: Object, component: Component) -> DocumentView:
    parts, facts = _READERS[component.kind]
    return DocumentView(
        id=f"{component.kind}-{component.local_name}",
        label=desk.words.label(component),
        api_name=component.local_name,
        origin=origin(desk, component.pack),
        parts=tuple(parts(desk, shape, component)),
        facts=tuple(facts(desk, shape, component)),
        tag=state_tag(desk, desk.draft.state(*component.key)),
        edit_url=links.component_url(component.key) if component.kind == "layout" else "",
    )


def _fields(desk: Desk, object_name: str, names: Any) -> tuple[tuple[str, bool], ...]:
    """Labels of the fields; one that is gone says so by not being there."""
    found = []
    for name in names:
        label = desk.words.field(object_name, name)
        first = name.partition(".")[0]
        shape = desk.after.objects.get(object_name)
        found.append((label, shape is not None and first in shape.fields))
    return tuple(found)


def _layout_parts(desk: Desk, shape: Object, component: Component) -> Iterator[PartView]:
    body = component.body
    for name, section in ordered(body.get("sections")):
        names = [field for field, _ in ordered(section.get("fields"))]
        yield PartView(
            label=desk.words.text(section.get("label")),
            text=desk.words.joined(_section_words(desk, shape, section)),
            items=_fields(desk, shape.name, names),
            url=links.formula_url(component.key, f"sections.{name}.visible_when"),
        )
    for key, heading in (
        ("sub_tables", desk.say("Lines")),
        ("related_lists", desk.say("Related list")),
    ):
        for _, child in ordered(body.get(key)):
            label = desk.words.text(child.get("label")) or desk.words.noun(
                child["object"], "plural"
            )
            names = [name for name, _ in ordered(child.get("columns"))]
            yield PartView(label=label, text=heading, items=_fields(desk, child["object"], names))


def _section_words(desk: Desk, shape: Object, section: Body) -> Iterator[str]:
    yield desk.words.count("%(count)s column", "%(count)s columns", int(section.get("columns", 2)))
    if section.get("collapsed"):
        yield desk.say("folded at first")
    if section.get("visible_when"):
        condition = condition_text(desk, shape.name, section["visible_when"])
        yield desk.say("only when: %(condition)s", {"condition": condition})


def condition_text(desk: Desk, object_name: str, text: str) -> str:
    """A filter as its lists show it; what is more than a list of conditions, as it is written."""
    try:
        nodes = split(parse(text))
    except FormulaError:
        return text
    words = [words_of(desk.reader, object_name, node, {}) for node in nodes]
    return desk.words.joined(f"{each.label} {each.text}" for each in words)


def _layout_facts(desk: Desk, shape: Object, component: Component) -> Iterator[FactView]:
    body = component.body
    names = body.get("record_types") or ()
    labels = [
        desk.words.text(shape.record_types[each].get("label"))
        for each in names
        if each in shape.record_types
    ]
    text = desk.words.joined(labels) if labels else desk.say("all")
    yield FactView(label=desk.say("Record types"), text=text)


def _view_parts(desk: Desk, shape: Object, component: Component) -> Iterator[PartView]:
    body = component.body
    names = [name for name, _ in ordered(body.get("columns"))]
    yield PartView(label=desk.say("Columns"), text="", items=_fields(desk, shape.name, names))


def _view_facts(desk: Desk, shape: Object, component: Component) -> Iterator[FactView]:
    body = component.body
    text = condition_text(desk, shape.name, body["filter"]) if body.get("filter") else ""
    yield FactView(
        label=desk.say("Filter"),
        text=text or desk.say("all"),
        sub=body.get("filter", ""),
        url=links.formula_url(component.key, "filter"),
    )
    sorts = []
    for each in body.get("sort") or ():
        label = desk.words.field(shape.name, each.lstrip("-"))
        down = each.startswith("-")
        sorts.append(f"{label} {desk.say('descending') if down else desk.say('ascending')}")
    if sorts:
        yield FactView(label=desk.say("Sort order"), text=desk.words.joined(sorts))


def _compact_parts(desk: Desk, shape: Object, component: Component) -> Iterator[PartView]:
    body = component.body
    names = [name for name, _ in ordered(body.get("fields"))]
    yield PartView(label=desk.say("Fields"), text="", items=_fields(desk, shape.name, names))


def _path_parts(desk: Desk, shape: Object, component: Component) -> Iterator[PartView]:
    body = component.body
    field = shape.fields.get(str(body.get("field")))
    values = field.values if field else {}
    for code, stage in ordered(body.get("stages")):
        yield PartView(
            label=desk.words.text((values.get(code) or {}).get("label")) or code,
            text=desk.words.text(stage.get("guidance")),
            items=_fields(desk, shape.name, stage.get("requires") or ()),
        )


def _path_facts(desk: Desk, shape: Object, component: Component) -> Iterator[FactView]:
    body = component.body
    label = desk.words.field(shape.name, str(body.get("field")))
    yield FactView(label=desk.words.kind("field"), text=label)


def _nothing(_desk: Desk, _shape: Object, _component: Component) -> Iterator[FactView]:
    return iter(())


Parts = Callable[[Desk, Object, Component], Iterator[PartView]]
Facts = Callable[[Desk, Object, Component], Iterator[FactView]]
_READERS: Mapping[str, tuple[Parts, Facts]] = {
    "layout": (_layout_parts, _layout_facts),
    "list_view": (_view_parts, _view_facts),
    "compact_layout": (_compact_parts, _nothing),
    "path": (_path_parts, _path_facts),
}
