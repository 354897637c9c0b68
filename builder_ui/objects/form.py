"""The form of an object: names, looks, numbering and features, for a new one and an old one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

from fieldstone.kernel import clock
from fieldstone.metadata.kinds.base import COLOR
from fieldstone.metadata.system_fields import NAME_FIELD_LABEL
from fieldstone.runtime.save.autonumber import numbered
from fieldstone_builder.checks import Faults
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import (
    chosen,
    merged_text,
    text_inputs,
    ticked,
    typed,
    typed_text,
    without_blanks,
)
from fieldstone_builder.objects.contexts import FormView, ObjectForm
from fieldstone_builder.objects.icons import themes

Body = Mapping[str, Any]
FRESH: Body = {
    "icon": "box",
    "color": "blue",
    "name_field": {"type": "text", "label": NAME_FIELD_LABEL},
    "features": {"activities": True, "history": True, "in_menu": True},
}
FLAGS = ("activities", "history", "in_menu")
PLACES = {
    "plural": "plural.en",
    "measure": "measure.zh_CN",
    "name_field.format": "format",
    "name_field.label": "name_label.zh_CN",
    "name_field.start": "format",
}


def where(place: str) -> str:
    """The input that shows a place of the object's document."""
    for start, name in PLACES.items():
        if place == start or place.startswith(f"{start}."):
            return name
    head = place.partition(".")[0]
    return {"label": "label", "name": "name", "description": "description"}.get(head, "")


def read_body(form: FormData, current: Body) -> dict[str, Any]:
    """The object's document as the form says it; what the form does not ask stays."""
    body = {
        **current,
        "name_field": _name_field(form, current.get("name_field") or {}),
        "features": _read_features(form, current.get("features") or {}),
    }
    for key, plain in (("icon", "box"), ("color", "gray")):
        chosen_one = typed(form, key) or current.get(key)
        if key in current or chosen_one != plain:
            body[key] = chosen_one
    for key in ("label", "plural", "measure", "description"):
        body[key] = merged_text(current.get(key), typed_text(form, key))
    body["plural"] = _plural(body["label"], body["plural"], current.get("label") or {})
    if "searchable" in form:
        body["search"] = _read_search(form, current.get("search") or ())
    return without_blanks(
        body, ("plural", "measure", "description", "search", "features", "icon", "color")
    )


def _read_features(form: FormData, current: Body) -> dict[str, Any]:
    features = {**current}
    for flag in FLAGS:
        on = ticked(form, f"features.{flag}")
        if on or flag in current:
            features[flag] = on
    return features


def _read_search(form: FormData, current: Sequence[str]) -> list[str]:
    """In the order there is; fields that the form does not offer stay. The name alone is what
    an object is found by anyway."""
    offered, wanted = chosen(form, "searchable"), chosen(form, "search")
    kept = [name for name in current if name in wanted or name not in offered]
    found = [*kept, *(name for name in wanted if name not in kept)]
    return [] if not current and found == ["name"] else found


def _plural(label: Body, plural: Body, former: Body) -> dict[str, Any]:
    """Chinese has no plural: where English has one, the Chinese label stands for it."""
    same = plural.get("zh_CN") in (None, former.get("zh_CN"))
    if plural.get("en") and label.get("zh_CN") and same:
        return {**plural, "zh_CN": label["zh_CN"]}
    return dict(plural)


def _name_field(form: FormData, current: Body) -> dict[str, Any]:
    label = merged_text(current.get("label"), typed_text(form, "name_label"))
    kind = typed(form, "name_type") or current.get("type") or "text"
    body = {**current, "type": kind, "label": label}
    if kind == "autonumber":
        body["format"] = typed(form, "format") or "{0000}"
        body.pop("length", None)
    else:
        body.pop("format", None)
    return without_blanks(body, ("label",))


def object_form(desk: Desk, body: Body, faults: Faults, form: FormView, **parts: Any) -> ObjectForm:
    """`parts` are those that only one of the two pages has."""
    numbering = body.get("name_field") or {}
    return ObjectForm(
        form=form,
        names=_names(desk, body, faults),
        icons=themes(desk),
        icon=str(body.get("icon") or "box"),
        colors=_colors(desk),
        color=str(body.get("color") or "gray"),
        numbering=_numbering(desk, numbering, faults),
        numbered=numbering.get("type") == "autonumber",
        number_sample=sample_number(str(numbering.get("format") or "")),
        features=_features(desk, body.get("features") or {}),
        **parts,
    )


def _names(desk: Desk, body: Body, faults: Faults) -> tuple[InputView, ...]:
    labels = text_inputs(
        desk,
        "label",
        {"zh_CN": desk.say("Chinese name"), "en": desk.say("English name")},
        body.get("label"),
        faults,
        required=True,
        max_length=80,
    )
    plural = text_inputs(
        desk,
        "plural",
        {"en": desk.say("English plural")},
        body.get("plural"),
        faults,
        max_length=80,
    )
    measure = text_inputs(
        desk,
        "measure",
        {"zh_CN": desk.say("Chinese measure word")},
        body.get("measure"),
        faults,
        max_length=4,
        placeholder="个",
        help=desk.say("As in 3 个, 5 张"),
    )
    return (*labels, *plural, *measure)


def _numbering(desk: Desk, body: Body, faults: Faults) -> tuple[InputView, ...]:
    labels = text_inputs(
        desk,
        "name_label",
        {"zh_CN": desk.say("Its Chinese label"), "en": desk.say("Its English label")},
        body.get("label"),
        faults,
        max_length=80,
    )
    pattern = InputView(
        name="format",
        label=desk.say("Pattern of the number"),
        values=(("", str(body.get("format") or "")),),
        placeholder="V-{YYYY}{0000}",
        help=desk.say("One counter such as {0000}; {YYYY} {MM} {DD} are the day of creation"),
        problems=faults.at("format"),
        max_length=60,
    )
    return (*labels, pattern)


def sample_number(pattern: str) -> str:
    """What the first number would read today."""
    return numbered(pattern, clock.now().date(), 1)


def _features(desk: Desk, features: Body) -> tuple[InputView, ...]:
    words = {
        "activities": (
            desk.say("Activities"),
            desk.say("Tasks, calls, events and files can be attached"),
        ),
        "history": (desk.say("History"), desk.say("Who changed what is kept for each record")),
        "in_menu": (desk.say("In the menu"), desk.say("Has a place of its own in apps")),
    }
    return tuple(
        InputView(
            name=f"features.{flag}",
            label=label,
            kind="switch",
            help=text,
            checked=bool(features.get(flag)),
        )
        for flag, (label, text) in words.items()
    )


def _colors(desk: Desk) -> tuple[ChoiceView, ...]:
    return tuple(ChoiceView(value=name, label=color_words(desk)[name]) for name in COLOR["enum"])


def color_words(desk: Desk) -> Mapping[str, str]:
    return {
        "gray": desk.say("Gray"),
        "blue": desk.say("Blue"),
        "cyan": desk.say("Cyan"),
        "teal": desk.say("Teal"),
        "green": desk.say("Green"),
        "amber": desk.say("Amber"),
        "orange": desk.say("Orange"),
        "red": desk.say("Red"),
        "purple": desk.say("Purple"),
        "pink": desk.say("Pink"),
    }
