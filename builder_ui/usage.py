"""Where something is used, in words: the components that name it, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fieldstone.metadata.components import Component
from fieldstone.metadata.dependencies import Use, uses_of
from fieldstone.metadata.snapshot import Snapshot
from fieldstone_builder import links
from fieldstone_builder.contexts import EntryView, GroupView
from fieldstone_builder.desk import Desk


def used_groups(desk: Desk, uses: Iterable[Use]) -> tuple[GroupView, ...]:
    places: dict[str, dict[str, tuple[Component, list[str]]]] = {}
    for use in uses:
        component = use.component
        of_kind = places.setdefault(component.kind, {})
        found = of_kind.setdefault(component.name, (component, []))
        word = _place(desk, component, use.place)
        if word and word not in found[1]:
            found[1].append(word)
    return tuple(
        GroupView(
            label=desk.words.kind(kind),
            entries=tuple(_entry(desk, *each) for each in of_kind.values()),
        )
        for kind, of_kind in places.items()
    )


def _entry(desk: Desk, component: Component, places: list[str]) -> EntryView:
    owner = desk.words.noun(component.parent) if component.parent else ""
    return EntryView(
        label=desk.words.label(component),
        sub=owner,
        url=links.component_url(component.key),
        icon=ICONS.get(component.kind, "file"),
        text=desk.words.joined(places),
        api_name=component.name,
    )


# sprite icons: layout list columns-3 shield-lock apps route forms box id list-details language
# sprite icons: shield-check
ICONS: Mapping[str, str] = {
    "object": "box",
    "field": "forms",
    "value_set": "list-details",
    "record_type": "id",
    "path": "route",
    "layout": "layout",
    "list_view": "list",
    "compact_layout": "columns-3",
    "app": "apps",
    "term": "language",
    "permission_set": "shield-lock",
    "validation_rule": "shield-check",
}


def _place(desk: Desk, component: Component, path: str) -> str:
    """The part of the document, in words."""
    head, *rest = path.split(".")
    words = {
        "filter": desk.say("filter"),
        "formula": desk.say("formula"),
        "when": desk.say("refused when"),
        "sort": desk.say("sort order"),
        "columns": desk.say("column"),
        "search": desk.say("search"),
        "depends_on": desk.say("decides the values"),
        "default_formula": desk.say("default value"),
        "name_field": desk.say("default value"),
        "features": desk.say("board"),
        "record_types": desk.say("record types"),
        "target": desk.say("links to it"),
        "targets": desk.say("links to it"),
        "related_lists": desk.say("related list"),
        "sub_tables": desk.say("lines"),
        "stages": desk.say("needed to leave a stage"),
        "field": desk.say("its field"),
        "value_set": desk.say("its values"),
        "fields": "",
        "items": desk.say("menu"),
        "display": desk.say("how it opens"),
        "agenda": desk.say("date on the home page"),
        "terms": desk.say("words of a trade"),
        "objects": "",
    }
    if head == "sections" and rest:
        section = component.body.get("sections", {}).get(rest[0], {})
        name = desk.words.text(section.get("label")) or rest[0]
        if rest[-1] == "visible_when":
            return desk.say("when %(section)s is shown", {"section": name})
        return name
    return words.get(head, head)


def object_uses(snapshot: Snapshot, name: str) -> list[Use]:
    """By other objects, or by none: of the object or one of its fields, one for each component."""
    shape = snapshot.objects[name]
    targets = [("object", name), *(("field", f"{name}.{each.name}") for each in shape.own_fields)]
    found: dict[tuple[str, str], Use] = {}
    for target in targets:
        for each in uses_of(snapshot, target):
            if each.component.parent != name and each.component.key != targets[0]:
                found.setdefault(each.component.key, each)
    return list(found.values())
