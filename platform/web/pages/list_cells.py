"""Which cells of a list may be edited where they stand, and what keeps the others as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.metadata.snapshot import Field
from fieldstone.web.pages.draft import editable
from fieldstone.web.pages.record_page import Opened, shown_sections
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column


def fixed_column(reader: Reader, object_name: str, column: Column, *, in_bin: bool = False) -> str:
    """Why no cell of the column can be edited; blank for one whose cells can."""
    field = column.field
    if len(column.trail) > 1:
        return reader.say(
            "Belongs to the %(object)s; change it there.", {"object": reader.noun(field.object)}
        )
    if in_bin:
        return reader.say("In the recycle bin; restore it first.")
    if not reader.may("edit", object_name):
        return reader.say(
            "You may not change %(objects)s.", {"objects": reader.noun(object_name, "plural")}
        )
    if editable(reader, field, {}, new=False):
        return ""
    return _why_field(reader, field)


def _why_field(reader: Reader, field: Field) -> str:
    if field.computed:
        return reader.say("Computed from other fields.")
    if field.type.name == "autonumber":
        return reader.say("Numbered by the system.")
    if field.read_only or field.type.name == "master_detail":
        return reader.say("Cannot be changed.")
    if field.system and field.name not in reader.rights.of(field.object).editable:
        return reader.say("Kept by the system.")
    return reader.say("You may not change this field.")


def fixed_here(reader: Reader, opened: Opened, field: Field) -> str:
    """Why the form of this very record does not let the field be changed."""
    shown, places = shown_sections(reader, opened), _places(opened, field.name)
    if places and not any(section in shown for section, _ in places):
        return reader.say("Hidden in the form of this record.")
    if any(section in shown and placed.get("read_only") for section, placed in places):
        return reader.say("The form of this record keeps this field as it is.")
    return ""


def _places(opened: Opened, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (section.name, placed)
        for section in opened.layout.sections
        for each, placed in section.fields
        if each == name
    ]


def may_assign(reader: Reader, object_name: str) -> bool:
    """Whether this reader may give records of the object to somebody else."""
    owner = reader.shape(object_name).fields.get("owner")
    return owner is not None and editable(reader, owner, {}, new=False)
