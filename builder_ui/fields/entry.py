"""A field as the editor's form has it: read from its document or from what was posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from fieldstone.metadata.components import Component
from fieldstone.metadata.convert import targets
from fieldstone.metadata.field_types.base import BadValue, FieldType
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.snapshot import Object
from fieldstone.metadata.validate import NOT_UNIQUE, PICKLISTS
from fieldstone.metadata.values import to_json
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields import access, placement
from fieldstone_builder.fields.computed import COMPUTED, PRESETS
from fieldstone_builder.fields.options import read_options
from fieldstone_builder.fields.values import (
    Value,
    blank_rows,
    document,
    read_values,
    values_of,
)
from fieldstone_builder.inputs import merged_text, ticked, typed, typed_text, without_blanks
from fieldstone_builder.names import new_name

Body = Mapping[str, Any]
COMMON = ("label", "help", "description", "translatable", "order")
FLAGS = (
    "required", "unique", "case_insensitive", "external_id", "indexed", "audited", "read_only",
)  # fmt: skip
WITH_DEFAULT = frozenset({
    "text", "long_text", "email", "phone", "url", "integer", "decimal", "percent", "currency",
    "boolean", "date", "time", "duration", "rating", "color", "region",
})  # fmt: skip
NOT_INDEXED = (*NOT_UNIQUE, "polymorphic", "many_to_many", "autonumber", "master_detail", "lookup")
ORDER_STEP = 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`known` is the component as it will be without this edit, `published` as it is; None for
    a new field. `values` are the rows of a picklist, blank ones included."""

    object: Object
    name: str
    body: Body
    known: Component | None = None
    published: Component | None = None
    values: tuple[Value, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return ("field", f"{self.object.name}.{self.name}")

    @property
    def kind(self) -> FieldType:
        return FIELD_TYPES[self.body["type"]]

    @property
    def has_choices(self) -> bool:
        return self.kind.name in PICKLISTS

    @property
    def shares_values(self) -> bool:
        return self.body.get("value_set") is not None

    @property
    def published_body(self) -> Body:
        return self.published.body if self.published else {}


def offered_types(entry: Entry) -> tuple[str, ...]:
    """The types that the field can have: a published one only those its values can become."""
    if entry.published is None:
        return tuple(FIELD_TYPES)
    own = str(entry.published.body["type"])
    return (own, *targets(own))


def new_entry(desk: Desk, shape: Object, type_name: str) -> Entry:
    body: dict[str, Any] = {"type": type_name, "label": {}, **PRESETS.get(type_name, {})}
    if type_name == "autonumber":
        body["format"] = f"{shape.name[:3].upper()}-{{YYYY}}{{0000}}"
    return Entry(
        object=shape,
        name="",
        body=body,
        values=blank_rows(2) if type_name in PICKLISTS else (),
        levels=access.chosen_levels(desk, shape, ""),
        place=placement.preset(desk, shape, type_name),
    )


def stored_entry(desk: Desk, shape: Object, component: Component) -> Entry:
    return Entry(
        object=shape,
        name=component.local_name,
        body=component.body,
        known=component,
        published=desk.before.get("field", component.name),
        values=values_of(component.body),
        levels=access.chosen_levels(desk, shape, component.local_name),
        place={"section": "", "column": ""},
    )


def posted_entry(desk: Desk, form: FormData, start: Entry) -> Entry:
    """`start` as the form changes it."""
    known = start.known.body if start.known else start.body
    kind = _kind(form, start)
    label = merged_text(start.body.get("label") if start.known else {}, typed_text(form, "label"))
    name = start.name or new_name(desk, "field", start.object.name, typed(form, "name"), label)
    body: dict[str, Any] = {key: known[key] for key in COMMON if key in known}
    body.update(type=kind.name, label=label)
    if start.known is None:
        body["order"] = next_order(start.object)
    body["help"] = merged_text(known.get("help"), typed_text(form, "help"))
    body.update(_flags(form, kind, known))
    body.update(read_options(form, kind, known))
    values = _choices(form, start, kind, body)
    body.update(_default(desk, form, start, kind, body))
    return Entry(
        object=start.object,
        name=name,
        body=without_blanks(body, ("help",)),
        known=start.known,
        published=start.published,
        values=values,
        levels=access.read_levels(desk, form, start.object, start.name),
        place=placement.read_placement(form),
    )


def next_order(shape: Object) -> int:
    orders = [int(each.config.get("order") or 0) for each in shape.own_fields]
    return max(orders, default=0) + ORDER_STEP


def _kind(form: FormData, start: Entry) -> FieldType:
    wanted = typed(form, "type")
    return FIELD_TYPES[wanted] if wanted in offered_types(start) else start.kind


def offered_flags(kind: FieldType, body: Body) -> tuple[str, ...]:
    """The switches that mean something for the type."""
    if kind.name in COMPUTED:
        return ("audited",)
    one_column = len(kind.columns({"target": "", "targets": (), **body})) == 1
    comparable = one_column and kind.name not in NOT_UNIQUE
    fits = {
        "required": kind.name not in ("autonumber", "master_detail"),
        "unique": comparable,
        "case_insensitive": kind.name in ("text", "email"),
        "external_id": kind.name in ("text", "integer", "email", "autonumber"),
        "indexed": one_column and kind.name not in NOT_INDEXED,
        "audited": True,
        "read_only": kind.name != "autonumber",
    }
    return tuple(flag for flag in FLAGS if fits[flag])


def _flags(form: FormData, kind: FieldType, known: Body) -> dict[str, bool]:
    offered = offered_flags(kind, known)
    same = known.get("type") == kind.name
    found = {flag: ticked(form, flag) for flag in offered}
    found.update({flag: bool(known.get(flag)) for flag in FLAGS if flag not in offered and same})
    return {flag: True for flag, on in found.items() if on}


def _choices(
    form: FormData, start: Entry, kind: FieldType, body: dict[str, Any]
) -> tuple[Value, ...]:
    """Puts the values or the value set into the body; answers the rows."""
    if kind.name not in PICKLISTS:
        return ()
    known = start.known.body if start.known else {}
    deciding = controlling_codes(start.object, str(body.get("depends_on") or ""))
    rows = read_values(form, known, deciding if body.get("depends_on") else None)
    if typed(form, "source") == "set":
        body["value_set"] = typed(form, "value_set")
    else:
        body["values"] = document(rows, known, start.published_body)
    return rows


def controlling_codes(shape: Object, name: str) -> tuple[str, ...]:
    field = shape.fields.get(name)
    if field is None:
        return ()
    return tuple(code for code, value in field.values.items() if not value.get("deleted"))


def _default(
    desk: Desk, form: FormData, start: Entry, kind: FieldType, body: Body
) -> dict[str, Any]:
    """The default, as JSON. One that the type refuses stays as it was typed, to be told of."""
    formula = typed(form, "default_formula")
    if formula:
        return {"default_formula": formula}
    former = _former(start, kind)
    if kind.name not in WITH_DEFAULT:
        return former
    if kind.name == "boolean":
        on = form.getlist("default")[-1:] == ["true"]
        return {"default": on} if on or former or start.known is None else {}
    raw, locale = typed(form, "default"), desk.words.locale
    try:
        value = kind.parse(raw, locale, body)
        if former and value == kind.parse(former["default"], locale, start.body):
            return former
    except BadValue:
        return {"default": raw}
    return {} if value is None else {"default": to_json(value)}


def _former(start: Entry, kind: FieldType) -> dict[str, Any]:
    """The default that the field has, while its type stays."""
    default = start.body.get("default")
    if start.known is None or default is None or start.kind.name != kind.name:
        return {}
    return {"default": default}
