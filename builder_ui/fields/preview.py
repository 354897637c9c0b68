"""The field as its form will show it, made from what the editor says before anything is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.web.contexts import BLANK, FieldValue, ValueView
from fieldstone.web.value_views import Cell, value_view
from fieldstone.web.views import field_view
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.computed import PRESETS
from fieldstone_builder.fields.entry import WITH_DEFAULT, Entry

STILL = frozenset({
    "user", "lookup", "master_detail", "polymorphic", "many_to_many", "file", "image", "signature",
    "rich_text", "formula", "rollup",
})  # fmt: skip
"""Types whose widgets need records or files: the preview shows them, but nothing can be chosen."""

PREFIX = "preview."


def field_of(desk: Desk, entry: Entry) -> Field:
    """What a snapshot would hold for the entry, as far as widgets need it."""
    config: dict[str, Any] = {**PRESETS.get(entry.kind.name, {}), **entry.body}
    shared = desk.after.get("value_set", str(config.get("value_set") or ""))
    if shared is not None:
        config["values"] = shared.body.get("values", {})
    if entry.kind.name == "user":
        config["target"] = USER_OBJECT
    if not config.get("label"):
        config["label"] = entry.kind.label
    return Field(
        id=UUID(int=0),
        object=entry.object.name,
        name=entry.name or "new",
        type=entry.kind,
        config=config,
        columns={},
    )


def preview_of(desk: Desk, entry: Entry) -> FieldValue:
    field = field_of(desk, entry)
    shown = field_view(desk.reader, field, prefix=PREFIX)
    return FieldValue(
        field=replace(shown, lookup_url="", depends_on=""),
        value=_default_value(desk, entry, field),
    )


def default_input(desk: Desk, entry: Entry, problems: tuple[str, ...]) -> FieldValue | None:
    """The widget of the field itself, for typing the default into."""
    if entry.kind.name not in WITH_DEFAULT:
        return None
    field = field_of(desk, entry)
    shown = field_view(desk.reader, field, problems=problems)
    return FieldValue(
        field=replace(
            shown,
            name="default",
            input_name="default",
            id="i-default",
            label=desk.say("Default"),
            help="",
            required=False,
            read_only=False,
        ),
        value=_default_value(desk, entry, field),
    )


def _default_value(desk: Desk, entry: Entry, field: Field) -> ValueView:
    raw = _default_of(entry)
    if raw is None:
        return BLANK
    try:
        value = field.type.parse(raw, desk.words.locale, field.config)
    except BadValue:
        return ValueView(raw=str(raw), text=str(raw))
    return value_view(desk.reader, Cell(field=field, value=value))


def _default_of(entry: Entry) -> Any:
    if not entry.has_choices:
        return entry.body.get("default")
    codes = [each.code for each in entry.values if each.default and not each.removed]
    if entry.kind.name == "multi_picklist":
        return codes or None
    return codes[0] if codes else None
