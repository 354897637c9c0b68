"""/setup/objects: every object, and what a search finds in them."""

from __future__ import annotations

from starlette.responses import Response

from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Field, Object
from fieldstone_builder import links
from fieldstone_builder.contexts import CrumbView, EntryView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.types import look_of
from fieldstone_builder.marks import origin, state_tag
from fieldstone_builder.objects.contexts import ObjectRow, ObjectsPage
from fieldstone_builder.objects.counts import record_counts
from fieldstone_builder.screen import show

LONGEST_SEARCH = 100


async def list_objects(desk: Desk) -> Response:
    search = desk.asked("q").strip()[:LONGEST_SEARCH]
    found = _found(desk, search.casefold())
    counts = await record_counts(desk, [component.name for component, _ in found])
    rows = tuple(
        _row(desk, component, fields, counts.get(component.name, "")) for component, fields in found
    )
    summary = desk.words.count("%(count)s object", "%(count)s objects", len(rows))
    page = ObjectsPage(
        rows=rows,
        search=search,
        url=links.OBJECTS,
        new_url=links.NEW_OBJECT,
        summary=summary,
    )
    crumbs = (CrumbView(label=desk.say("Objects and fields")),)
    return show(desk, "objects.html", page, crumbs=crumbs, block="rows")


def shown_objects(desk: Desk) -> list[Component]:
    """As they will be, by name in the reader's language; those to be deleted stay in sight."""
    going = [
        component
        for component in desk.before.of_kind("object")
        if desk.draft.state("object", component.name) == "deleted"
    ]
    every = [*desk.after.of_kind("object"), *going]
    return sorted(every, key=lambda each: (bool(each.pack), _sort_key(desk, each)))


def _sort_key(desk: Desk, component: Component) -> bytes:
    return desk.words.sort_key(desk.words.label(component))


def _found(desk: Desk, search: str) -> list[tuple[Component, list[Field]]]:
    found = []
    for component in shown_objects(desk):
        shape = desk.after.objects.get(component.name)
        fields = _fields_found(shape, search) if shape and search else []
        if not search or fields or _matches(component.name, component.body, search):
            found.append((component, fields))
    return found


def _fields_found(shape: Object, search: str) -> list[Field]:
    return [each for each in shape.own_fields if _matches(each.name, each.config, search)]


def _matches(name: str, body: object, search: str) -> bool:
    texts = [name]
    if isinstance(body, dict):
        for key in ("label", "plural"):
            texts.extend(str(text) for text in (body.get(key) or {}).values())
    return any(search in text.casefold() for text in texts)


def _row(desk: Desk, component: Component, fields: list[Field], records: str) -> ObjectRow:
    shape = desk.after.objects.get(component.name)
    body = component.body
    return ObjectRow(
        label=desk.words.label(component),
        other=desk.words.other(body.get("label")),
        api_name=component.name,
        url=links.object_url(component.name, "fields") if shape else links.BIN,
        icon=str(body.get("icon") or "box"),
        color=str(body.get("color") or "gray"),
        records=records,
        fields=str(len(shape.own_fields)) if shape else "",
        origin=origin(desk, component.pack),
        tag=state_tag(desk, desk.draft.state("object", component.name)),
        found=tuple(_field_entry(desk, each) for each in fields),
    )


def _field_entry(desk: Desk, field: Field) -> EntryView:
    return EntryView(
        label=desk.words.text(field.label),
        url=links.field_url(field.object, field.name),
        icon=look_of(field.type.name).icon,
        api_name=field.name,
    )
