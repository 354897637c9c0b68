"""What stands around every page about one object: the list of objects, its name and its tabs."""

from __future__ import annotations

from fieldstone.metadata.snapshot import Object
from fieldstone.web.contexts import NoteView
from fieldstone_builder import links
from fieldstone_builder.contexts import CrumbView, EntryView, TabView
from fieldstone_builder.desk import Desk
from fieldstone_builder.marks import state_tag
from fieldstone_builder.objects.contexts import HeadView
from fieldstone_builder.objects.index import shown_objects


def head_of(desk: Desk, shape: Object, tab: str, note: NoteView | None = None) -> HeadView:
    component = desk.after.components[("object", shape.name)]
    return HeadView(
        name=shape.name,
        label=desk.words.label(component),
        other=desk.words.other(component.body.get("label")),
        icon=shape.icon,
        color=shape.color,
        objects=_objects(desk, shape.name, tab),
        tabs=_tabs(desk, shape, tab),
        search_url=links.OBJECTS,
        tag=state_tag(desk, desk.draft.state("object", shape.name)),
        note=note,
    )


def crumbs_of(desk: Desk, shape: Object, *more: str) -> tuple[CrumbView, ...]:
    labels = (desk.words.label_of(("object", shape.name)), *more)
    urls = (links.object_url(shape.name), "")
    return (
        CrumbView(label=desk.say("Objects and fields"), url=links.OBJECTS),
        *(
            CrumbView(label=label, url=url if more else "")
            for label, url in zip(labels, urls, strict=False)
        ),
    )


def _objects(desk: Desk, current: str, tab: str) -> tuple[EntryView, ...]:
    return tuple(
        EntryView(
            label=desk.words.label(each),
            sub=desk.words.other(each.body.get("label")),
            url=links.object_url(each.name, tab),
            icon=str(each.body.get("icon") or "box"),
            color=str(each.body.get("color") or "gray"),
            current=each.name == current,
            tag=state_tag(desk, desk.draft.state("object", each.name)),
        )
        for each in shown_objects(desk)
        if each.key in desk.after.components
    )


def _tabs(desk: Desk, shape: Object, current: str) -> tuple[TabView, ...]:
    after = desk.after
    layouts = sum(
        len(after.of_object(kind, shape.name)) for kind in ("layout", "list_view", "compact_layout")
    )
    tabs = (
        ("", desk.say("Overview"), 0),
        ("fields", desk.say("Fields"), len(shape.own_fields)),
        ("relations", desk.say("Relations"), 0),
        ("record-types", desk.say("Record types"), len(shape.record_types)),
        ("layouts", desk.say("Layouts"), layouts),
        ("rules", desk.say("Rules"), len(after.of_object("validation_rule", shape.name))),
        ("used-by", desk.say("Used by"), 0),
    )
    return tuple(
        TabView(
            label=label,
            url=links.object_url(shape.name, tab),
            current=tab == current,
            count=str(count) if count else "",
        )
        for tab, label, count in tabs
    )
