"""The editor of one field as a page: every part of its form in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fieldstone.metadata.codec import ordered
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.physical import column_shape
from fieldstone.metadata.snapshot import Object
from fieldstone.metadata.validate import PICKLISTS
from fieldstone_builder import links
from fieldstone_builder.checks import Faults
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields import access, placement
from fieldstone_builder.fields.contexts import (
    EditorView,
    SharedValue,
    TypeGroup,
    TypeView,
    ValuesView,
)
from fieldstone_builder.fields.entry import Entry, offered_flags, offered_types
from fieldstone_builder.fields.options import option_inputs
from fieldstone_builder.fields.preview import STILL, default_input, preview_of
from fieldstone_builder.fields.types import FAMILIES, look_of
from fieldstone_builder.fields.values import values_view
from fieldstone_builder.formula.views import input_view
from fieldstone_builder.inputs import text_inputs
from fieldstone_builder.marks import state_tag

NOTHING = Faults()


def where_of(entry: Entry) -> Any:
    """From places of the field's document to the inputs of its form."""
    indexes = {each.code: each.index for each in entry.values}
    options: Mapping[str, Any] = entry.kind.config_schema.get("properties", {})

    def where(place: str) -> str:
        head, _, rest = place.partition(".")
        if head == "values" and rest:
            code = next((each for each in indexes if rest.startswith(each)), "")
            return f"v.{indexes[code]}.label" if code in indexes else "values"
        if head in ("label", "help", "name", "values", "value_set", "default", "default_formula"):
            return head
        return f"o.{head}" if head in options else head

    return where


def type_step(desk: Desk, shape: Object) -> EditorView:
    """The gallery: what kind of field shall it be?"""
    base, new = links.object_url(shape.name, "fields"), links.new_field_url(shape.name)
    return EditorView(
        title=desk.say("New field"),
        api_name="",
        icon="plus",
        action=base,
        form_url=f"{new}/form",
        close_url=base,
        step="type",
        is_new=True,
        families=families(desk, tuple(FIELD_TYPES), "", new),
    )


def families(
    desk: Desk, names: tuple[str, ...], chosen: str, url: str = ""
) -> tuple[TypeGroup, ...]:
    words = {
        "text": desk.say("Text"),
        "number": desk.say("Numbers and amounts"),
        "choice": desk.say("Choice"),
        "time": desk.say("Date and time"),
        "relation": desk.say("Relations"),
        "file": desk.say("Files and pictures"),
        "other": desk.say("Compound and special"),
    }
    groups = []
    for family in FAMILIES:
        types = tuple(
            type_view(desk, name, chosen=name == chosen, url=f"{url}?type={name}" if url else "")
            for name in names
            if look_of(name).family == family
        )
        if types:
            groups.append(TypeGroup(label=words[family], types=types))
    return tuple(groups)


def type_view(desk: Desk, name: str, *, chosen: bool = False, url: str = "") -> TypeView:
    look, kind = look_of(name), FIELD_TYPES[name]
    label = desk.words.text(kind.label)
    return TypeView(
        name=name,
        label=label,
        icon=look.icon,
        example=desk.say(look.example) if look.example else "",
        chosen=chosen,
        url=url,
        words=" ".join((label, name, *kind.label.values())).casefold(),
    )


def editor_view(desk: Desk, entry: Entry, faults: Faults = NOTHING, **more: Any) -> EditorView:
    """`more`: `later`, whether trying the change of type waits for a click."""
    is_new = entry.known is None
    return EditorView(
        title=desk.words.text(entry.body.get("label")) or desk.say("New field"),
        api_name=entry.name,
        icon=look_of(entry.kind.name).icon,
        is_new=is_new,
        families=families(desk, offered_types(entry), entry.kind.name),
        type=type_view(desk, entry.kind.name),
        old_type=_old_type(desk, entry),
        names=_names(desk, entry, faults),
        api=_api(desk, entry, faults),
        help=_help(desk, entry, faults),
        options=tuple(_options(desk, entry, faults)),
        switches=tuple(_switch(desk, flag, entry, faults) for flag in _flags(entry)),
        default=default_input(desk, entry, faults.at("default")),
        default_formula=_default_formula(desk, entry, faults),
        preview=preview_of(desk, entry),
        preview_still=entry.kind.name in STILL,
        access=access.access_rows(desk, entry.object, entry.levels),
        placement=(
            placement.placement_inputs(desk, entry.object, entry.place)
            if is_new or not _placed(desk, entry)
            else ()
        ),
        placed=_placed(desk, entry),
        problems=faults.summary(),
        dry_run_later=bool(more.get("later")),
        **_choices(desk, entry, faults),
        **_addresses(desk, entry),
    )


def _placed(desk: Desk, entry: Entry) -> str:
    if entry.known is None:
        return ""
    return desk.words.joined(placement.placed_in(desk, entry.object, entry.name))


def _addresses(desk: Desk, entry: Entry) -> dict[str, Any]:
    base = links.object_url(entry.object.name, "fields")
    if entry.known is None:
        new = links.new_field_url(entry.object.name)
        return {
            "action": base,
            "form_url": f"{new}/form",
            "close_url": base,
            "derive_url": f"{links.DERIVE}?kind=field&object={entry.object.name}",
        }
    url = links.field_url(entry.object.name, entry.name)
    state = desk.draft.state(*entry.key)
    published = entry.published is not None
    formula = entry.published_body.get("type") == "formula"
    return {
        "action": url,
        "form_url": f"{url}/form",
        "close_url": base,
        "dry_run_url": f"{url}/trial" if published and reshaped(entry) else "",
        "used_url": f"{url}/used",
        "data_url": f"{url}/data" if published and not formula else "",
        "delete_url": f"{url}/delete",
        "tag": state_tag(desk, state),
        "undo_url": f"{links.DRAFT}/undo" if state else "",
        "undo_name": f"field:{entry.object.name}.{entry.name}",
    }


def reshaped(entry: Entry) -> bool:
    """Would values have to move to other columns?"""
    old = entry.published_body
    if entry.published is None or old.get("type") in ("many_to_many",):
        return False
    return column_shape({"target": "", **old}) != column_shape({"target": "", **entry.body})


def _old_type(desk: Desk, entry: Entry) -> str:
    old = entry.published_body.get("type")
    changed = old is not None and old != entry.kind.name
    return desk.words.text(FIELD_TYPES[str(old)].label) if changed else ""


def _names(desk: Desk, entry: Entry, faults: Faults) -> tuple[InputView, ...]:
    words = {"zh_CN": desk.say("Chinese name"), "en": desk.say("English name")}
    return text_inputs(
        desk, "label", words, entry.body.get("label"), faults, required=True, max_length=80
    )


def _help(desk: Desk, entry: Entry, faults: Faults) -> tuple[InputView, ...]:
    words = {"zh_CN": desk.say("Help in Chinese"), "en": desk.say("Help in English")}
    return text_inputs(desk, "help", words, entry.body.get("help"), faults, max_length=500)


def _api(desk: Desk, entry: Entry, faults: Faults) -> InputView:
    is_new = entry.known is None
    return InputView(
        name="name",
        label=desk.say("API name"),
        values=(("", entry.name),),
        read_only=not is_new,
        help=desk.say("For formulas and interfaces; it never changes") if is_new else "",
        placeholder=desk.say("made from the label"),
        problems=faults.at("name"),
        max_length=40,
    )


def _flags(entry: Entry) -> tuple[str, ...]:
    offered = offered_flags(entry.kind, entry.body)
    if not any(entry.body.get(flag) for flag in ("unique", "external_id", "case_insensitive")):
        return tuple(flag for flag in offered if flag != "case_insensitive")
    return offered


def _switch(desk: Desk, flag: str, entry: Entry, faults: Faults) -> InputView:
    words = {
        "required": (desk.say("Required"), ""),
        "unique": (desk.say("Unique"), desk.say("No two records with the same value")),
        "case_insensitive": (desk.say("A and a are the same"), ""),
        "external_id": (desk.say("External ID"), desk.say("Imports find records by it")),
        "indexed": (desk.say("Fast to filter"), desk.say("Keeps an index")),
        "audited": (desk.say("Keep its history"), ""),
        "read_only": (desk.say("Read-only"), desk.say("Only rules and interfaces fill it")),
    }
    label, text = words[flag]
    return InputView(
        name=flag,
        label=label,
        kind="switch",
        help=text,
        checked=bool(entry.body.get(flag)),
        problems=faults.at(flag),
        renews=flag in ("unique", "external_id"),
    )


def _default_formula(desk: Desk, entry: Entry, faults: Faults) -> InputView | None:
    if entry.kind.name in ("autonumber", "master_detail", *PICKLISTS, "formula", "rollup"):
        return None
    return InputView(
        name="default_formula",
        label=desk.say("Or a formula"),
        kind="formula",
        values=(("", str(entry.body.get("default_formula") or "")),),
        placeholder="TODAY() + 30",
        problems=faults.at("default_formula"),
        formula=input_view(entry.key, entry.body, "default_formula", kept=entry.known is not None),
    )


def _choices(desk: Desk, entry: Entry, faults: Faults) -> dict[str, Any]:
    """What only picklists have."""
    if not entry.has_choices:
        return {}
    shares = entry.shares_values
    own = ChoiceView(value="own", label=desk.say("Values of its own"), chosen=not shares)
    shared = ChoiceView(value="set", label=desk.say("A value set"), chosen=shares)
    name = str(entry.body.get("value_set") or "")
    found: dict[str, Any] = {"source": (own, shared), "values": _values(desk, entry, faults)}
    if shares:
        found["shared"] = _shared(desk, name)
        found["shared_url"] = links.value_set_url(name) if name else ""
    return found


def _options(desk: Desk, entry: Entry, faults: Faults) -> Iterator[InputView]:
    if entry.has_choices and entry.shares_values:
        yield _value_set(desk, str(entry.body.get("value_set") or ""), faults)
    for item in option_inputs(desk, entry.object, entry.kind, entry.body, faults):
        yield _with_spot(entry, item) if item.kind == "formula" else item


def _with_spot(entry: Entry, item: InputView) -> InputView:
    """A formula with where it stands."""
    place = item.name.removeprefix("o.")
    kept = entry.known is not None
    return replace(item, formula=input_view(entry.key, entry.body, place, kept=kept))


def _value_set(desk: Desk, name: str, faults: Faults) -> InputView:
    choices = tuple(
        ChoiceView(value=each.name, label=desk.words.label(each), chosen=each.name == name)
        for each in desk.after.of_kind("value_set")
    )
    return InputView(
        name="value_set",
        label=desk.say("Value set"),
        kind="select",
        choices=(
            ChoiceView(value="", label=desk.say("Choose…"), chosen=not name),
            *sorted(choices, key=lambda each: desk.words.sort_key(each.label)),
        ),
        required=True,
        problems=faults.at("value_set"),
        renews=True,
    )


def _shared(desk: Desk, name: str) -> tuple[SharedValue, ...]:
    component = desk.after.get("value_set", name)
    values = component.body.get("values", {}) if component else {}
    return tuple(
        SharedValue(
            label=desk.words.text(item.get("label")) or code, color=str(item.get("color") or "gray")
        )
        for code, item in ordered(values)
        if not item.get("deleted")
    )


def _values(desk: Desk, entry: Entry, faults: Faults) -> ValuesView:
    field = entry.object.fields.get(str(entry.body.get("depends_on") or ""))
    controlling = None
    if field is not None:
        options = [
            (code, desk.words.text(item.get("label")) or code)
            for code, item in field.values.items()
            if not item.get("deleted")
        ]
        controlling = (desk.words.text(field.label), options)
    url = links.field_url(entry.object.name, entry.name)
    counted = entry.published is not None and entry.published.body.get("type") in PICKLISTS
    return values_view(
        desk,
        entry.values,
        entry.published_body,
        faults,
        controlling=controlling,
        uses_url=f"{url}/uses" if counted else "",
        one_default=entry.kind.name != "multi_picklist",
    )
