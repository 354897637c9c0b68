"""The effect of one change on live data, in words, numbers and records."""

from __future__ import annotations

from typing import Literal

from fieldstone.metadata.impact import Impact
from fieldstone.metadata.snapshot import Field
from fieldstone.web.contexts import ValueView
from fieldstone.web.problems import message
from fieldstone_builder import links
from fieldstone_builder.contexts import EntryView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.data import rows_url, sample_records
from fieldstone_builder.publish.contexts import ImpactView, TileView
from fieldstone_builder.usage import ICONS

_LOOKS: dict[str, Literal["info", "warn", "bad"]] = {
    "info": "info",
    "warning": "warn",
    "danger": "bad",
}


async def impact_view(desk: Desk, impact: Impact) -> ImpactView:
    readable = may_see(desk, impact)
    records: tuple[ValueView, ...] = ()
    if readable and impact.sample:
        records = await sample_records(desk, impact.records_of[0], impact.sample)
    tells_rows = bool(impact.sample or impact.values)
    return ImpactView(
        text=_text(desk, impact),
        look=_LOOKS[impact.severity],
        tiles=_tiles(desk, impact),
        values=_values(desk, impact) if readable else (),
        heads=_heads(desk, impact),
        records=records,
        all_url=_all_url(desk, impact) if readable and impact.count > len(records) else "",
        users=tuple(
            EntryView(
                label=desk.words.label(each),
                sub=desk.words.kind(each.kind),
                url=links.component_url(each.key),
                icon=ICONS.get(each.kind, "file"),
            )
            for each in impact.users
        ),
        mark="-".join(("impact", *impact.subject)).replace(".", "-") if _is_tried(impact) else "",
        again_url=desk.request.url.path if impact.code == COUNTING else "",
        hidden=(
            ""
            if readable or not tells_rows
            else desk.say("Your own permissions do not let you see these values.")
        ),
    )


COUNTING = "impact.conversion_counting"


def _is_tried(impact: Impact) -> bool:
    return impact.code in (COUNTING, "impact.conversion")


def may_see(desk: Desk, impact: Impact) -> bool:
    """May the reader see records of the object, and values of the field, it is about?"""
    owner, local = impact.records_of
    if local:
        return desk.rights.may_read(owner, local)
    return "read" in desk.rights.of(owner).actions


def _text(desk: Desk, impact: Impact) -> str:
    params = dict(impact.params)
    if "value" in params:
        params["value"] = _value_label(desk, impact, str(params["value"]))
    params.update(count=f"{impact.count:,}", name=desk.words.label_of(impact.subject))
    for key in ("converted", "failed", "blank", "losing", "counted", "total"):
        if key in params:
            params[key] = f"{params[key]:,}"
    return message(impact.code, params, desk.words.code, desk.after)


def _values(desk: Desk, impact: Impact) -> tuple[tuple[str, str], ...]:
    people = impact.subject[0] == "permission_set"
    return tuple((_right(desk, value) if people else value, f"{n:,}") for value, n in impact.values)


def _heads(desk: Desk, impact: Impact) -> tuple[str, str]:
    if impact.subject[0] == "permission_set":
        return desk.say("What they lose"), desk.say("People")
    return desk.say("Value today"), desk.say("Records")


def _right(desk: Desk, name: str) -> str:
    """What somebody loses, in words: an object, a right to one, a field, a permission."""
    target, _, action = name.partition(":")
    if not target:
        return desk.say("Permission %(name)s", {"name": action})
    owner, _, local = target.partition(".")
    noun = desk.words.noun(owner)
    if local:
        return f"{noun} / {desk.words.field(owner, local)}"
    actions = {
        "create": desk.say("%(noun)s: create", {"noun": noun}),
        "edit": desk.say("%(noun)s: edit", {"noun": noun}),
        "delete": desk.say("%(noun)s: delete", {"noun": noun}),
        "view_all": desk.say("%(noun)s: see all", {"noun": noun}),
        "modify_all": desk.say("%(noun)s: change all", {"noun": noun}),
    }
    return actions.get(action, noun)


def _value_label(desk: Desk, impact: Impact, code: str) -> str:
    field = _field(desk, impact)
    item = field.values.get(code) if field else None
    return desk.words.text((item or {}).get("label")) or code


def _field(desk: Desk, impact: Impact) -> Field | None:
    owner, _, local = impact.subject[1].partition(".")
    shape = desk.before.objects.get(owner)
    return shape.fields.get(local) if shape else None


def _tiles(desk: Desk, impact: Impact) -> tuple[TileView, ...]:
    """The three numbers of a conversion; what has one number says it in its sentence."""
    params = impact.params
    if impact.code == "impact.conversion":
        return (
            TileView(number=f"{params['converted']:,}", label=desk.say("convert"), look="ok"),
            TileView(
                number=f"{params['failed']:,}",
                label=desk.say("do not convert, will be blank"),
                look="bad" if params["failed"] else "2",
            ),
            TileView(number=f"{params['blank']:,}", label=desk.say("blank, as before"), look="2"),
        )
    return ()


def _all_url(desk: Desk, impact: Impact) -> str:
    """The list of the records concerned, where a filter of today's fields can name them."""
    owner, _, local = impact.subject[1].partition(".")
    if owner not in desk.before.objects or (local and _field(desk, impact) is None):
        return ""
    if impact.code == "impact.required_missing" and local:
        return rows_url(owner, f"ISBLANK({local})")
    if impact.code == "impact.object_hidden":
        return f"/o/{owner}"
    if impact.code == "impact.field_hidden":
        return rows_url(owner, f"NOT(ISBLANK({local}))")
    return ""
