"""Who may see and edit a field: shown for every permission set, and written into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Object
from fieldstone_builder.contexts import ChoiceView
from fieldstone_builder.desk import Desk
from fieldstone_builder.edits import Operations, put
from fieldstone_builder.fields.contexts import AccessRow
from fieldstone_builder.inputs import typed

LEVELS = ("none", "read", "edit")
_STRENGTH = {level: strength for strength, level in enumerate(LEVELS)}
PERMISSION = "manage_permissions"

Chosen = Mapping[str, str]
"""Permission set → level of the field."""


def level_of(component: Component, object_name: str, field: str) -> str:
    """What the set gives, from both its entries for the object and for every object."""
    return max(
        (_of_entry(entry, field) for entry in _entries(component, object_name)),
        key=_STRENGTH.__getitem__,
        default="none",
    )


def _entries(component: Component, object_name: str) -> list[Mapping[str, Any]]:
    objects = component.body.get("objects", {})
    return [objects[name] for name in ("*", object_name) if name in objects]


def _of_entry(entry: Mapping[str, Any], field: str) -> str:
    fields = entry.get("fields", {})
    return str(fields.get(field, fields.get("*", "none")))


def _floor(component: Component, object_name: str) -> str:
    """What the entry for every object gives anyway; it cannot be taken away here."""
    every = component.body.get("objects", {}).get("*")
    return _of_entry(every, "") if every and object_name else "none"


def _knows(component: Component, object_name: str) -> bool:
    return any(entry.get("rights") for entry in _entries(component, object_name))


def preset(component: Component, shape: Object) -> str:
    """For a new field: what the set gives to fields it does not name; one that names them all
    and shows them all shows the new one as well."""
    rest = level_of(component, shape.name, "")
    names = [each.name for each in shape.own_fields if each.name != "name"]
    if rest != "none" or not names:
        return rest
    levels = [level_of(component, shape.name, each) for each in names]
    return min(levels, key=_STRENGTH.__getitem__)


def chosen_levels(desk: Desk, shape: Object, field: str) -> dict[str, str]:
    """As the metadata has it; for a new field (blank) as it is proposed."""
    return {
        each.name: level_of(each, shape.name, field) if field else preset(each, shape)
        for each in desk.after.of_kind("permission_set")
    }


def read_levels(desk: Desk, form: FormData, shape: Object, field: str) -> dict[str, str]:
    found = chosen_levels(desk, shape, field)
    for name in found:
        given = typed(form, f"a.{name}")
        if given in LEVELS:
            found[name] = given
    return found


def access_rows(desk: Desk, shape: Object, levels: Chosen) -> tuple[AccessRow, ...]:
    if not desk.may(PERMISSION):
        return ()
    sets = desk.after.of_kind("permission_set")
    return tuple(_row(desk, each, shape.name, levels[each.name]) for each in sets)


def _row(desk: Desk, component: Component, object_name: str, level: str) -> AccessRow:
    words = level_words(desk)
    floor = _floor(component, object_name)
    fixed = ""
    if not _knows(component, object_name):
        fixed = desk.say("No access to the object")
    elif floor == "edit":
        fixed = desk.say("Edit, as every field")
    return AccessRow(
        name=f"a.{component.name}",
        label=desk.words.label(component),
        choices=tuple(
            ChoiceView(
                value=each,
                label=words[each],
                chosen=each == level,
                disabled=_STRENGTH[each] < _STRENGTH[floor],
            )
            for each in LEVELS
        ),
        note="" if component.body.get("profile") else desk.say("Permission set"),
        fixed=fixed,
        outside=not _knows(component, object_name),
    )


def level_words(desk: Desk) -> dict[str, str]:
    return {"none": desk.say("Hidden"), "read": desk.say("See"), "edit": desk.say("Edit")}


def with_access(
    desk: Desk, operations: Operations, object_name: str, field: str, levels: Chosen
) -> Operations:
    """The operations with the levels written into those sets that say otherwise now."""
    if not desk.may(PERMISSION):
        return operations
    for component in desk.after.of_kind("permission_set"):
        level = levels.get(component.name, "")
        now = level_of(component, object_name, field)
        if level and level != now and _knows(component, object_name):
            body = _with_level(component.body, object_name, field, level)
            operations = put(desk.before, operations, component.key, body)
    return operations


def _with_level(
    body: Mapping[str, Any], object_name: str, field: str, level: str
) -> dict[str, Any]:
    objects = dict(body.get("objects", {}))
    entry = dict(objects.get(object_name, {}))
    fields = {name: held for name, held in entry.get("fields", {}).items() if name != field}
    if level != fields.get("*", "none"):
        fields[field] = level
    return {**body, "objects": {**objects, object_name: {**entry, "fields": fields}}}
