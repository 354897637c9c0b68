"""/setup/objects/{object}/relations and /used-by: what it points at, and what points at it."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from fieldstone.metadata.field_types.polymorphic import ANY
from fieldstone.metadata.snapshot import Field, Object
from fieldstone_builder import links
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.options import enum_words
from fieldstone_builder.fields.types import look_of
from fieldstone_builder.marks import state_tag
from fieldstone_builder.objects.contexts import RelationRow, RelationsPage, UsedByPage
from fieldstone_builder.objects.head import crumbs_of, head_of
from fieldstone_builder.screen import show
from fieldstone_builder.usage import object_uses, used_groups


async def show_relations(desk: Desk) -> Response:
    shape = desk.shape()
    page = RelationsPage(
        head=head_of(desk, shape, "relations"),
        outgoing=tuple(_outgoing(desk, shape)),
        incoming=tuple(_incoming(desk, shape)),
        new_url=links.new_field_url(shape.name, "lookup"),
    )
    return show(desk, "relations.html", page, crumbs=crumbs_of(desk, shape, desk.say("Relations")))


def _outgoing(desk: Desk, shape: Object) -> Iterator[RelationRow]:
    for field in shape.own_fields:
        for target in _targets(field):
            yield _row(desk, field, target)


def _targets(field: Field) -> tuple[str, ...]:
    several = tuple(each for each in field.config.get("targets") or () if each != ANY)
    return several or ((field.target,) if field.target else ())


def _incoming(desk: Desk, shape: Object) -> Iterator[RelationRow]:
    for other in desk.after.objects.values():
        for field in other.own_fields:
            if shape.name in _targets(field):
                yield _row(desk, field, other.name)


def _row(desk: Desk, field: Field, other: str) -> RelationRow:
    shape = desk.after.objects.get(other)
    rule = field.config.get("on_delete") or ""
    if field.type.name == "master_detail":
        rule = "cascade"
    elif not rule and field.columns:
        rule = "set_null"
    return RelationRow(
        label=desk.words.text(field.label),
        api_name=f"{field.object}.{field.name}",
        url=links.field_url(field.object, field.name),
        type=desk.words.text(field.type.label),
        icon=look_of(field.type.name).icon,
        other=desk.words.noun(other) or other,
        other_url=links.object_url(other, "relations"),
        other_icon=shape.icon if shape else "box",
        other_color=shape.color if shape else "gray",
        rule=enum_words(desk)["on_delete"].get(str(rule), ""),
        tag=state_tag(desk, desk.draft.state("field", f"{field.object}.{field.name}")),
    )


async def show_used_by(desk: Desk) -> Response:
    shape = desk.shape()
    page = UsedByPage(
        head=head_of(desk, shape, "used-by"),
        groups=used_groups(desk, object_uses(desk.after, shape.name)),
    )
    return show(desk, "used_by.html", page, crumbs=crumbs_of(desk, shape, desk.say("Used by")))
