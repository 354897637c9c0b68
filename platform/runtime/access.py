"""What a session may do: permission sets folded into rights, and rights into a Grant.

Everything is closed unless a set opens it; sets only add up. Every query and every save needs
a Grant, and only this module makes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from fieldstone.kernel.errors import Forbidden, NotFound
from fieldstone.kernel.session import Session
from fieldstone.metadata.computed import sources
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.metadata.system_fields import GUARDED_FIELDS

ACTIONS = ("create", "read", "edit", "delete", "view_all", "modify_all")
IMPLIED: Mapping[str, tuple[str, ...]] = {
    "create": ("read",),
    "edit": ("read",),
    "delete": ("edit", "read"),
    "view_all": ("read",),
    "modify_all": ("view_all", "edit", "delete", "read"),
}
ALWAYS_READABLE = frozenset({
    "id", "version", "name", "owner", "record_type", "currency_code", "tags", "created_by",
    "created_at", "modified_by", "modified_at", "last_activity_at", "next_activity_at",
})  # fmt: skip
SYSTEM_EDITABLE = frozenset({"owner", "record_type", "currency_code", "tags"})
_STRENGTH = {"none": 0, "read": 1, "edit": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRights:
    actions: frozenset[str] = frozenset()
    readable: frozenset[str] = frozenset()
    editable: frozenset[str] = frozenset()


CLOSED = ObjectRights()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rights:
    """All rights of one combination of permission sets at one version. Compared by identity:
    equal combinations share one object."""

    objects: Mapping[str, ObjectRights] = field(default_factory=dict)
    system: frozenset[str] = frozenset()
    everything: bool = False

    def of(self, object_name: str) -> ObjectRights:
        return self.objects.get(object_name, CLOSED)

    def may_read(self, object_name: str, field_name: str) -> bool:
        rights = self.of(object_name)
        return "read" in rights.actions and field_name in rights.readable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grant:
    """What a session may do with one object. `rights` answers for the objects it points at."""

    object: Object
    actions: frozenset[str]
    readable: frozenset[str]
    editable: frozenset[str]
    rights: Rights
    shown: tuple[Field, ...]

    def require(self, action: str) -> None:
        """Raises NotFound when the object may not even be known, Forbidden otherwise."""
        if action in self.actions:
            return
        if "read" not in self.actions:
            raise NotFound("object_not_found", name=self.object.name)
        raise Forbidden("object_forbidden", action=action, object=self.object.name)

    def fields(self) -> tuple[Field, ...]:
        """The readable fields, in the object's order."""
        return self.shown


def grant(session: Session, snapshot: Snapshot, object_name: str) -> Grant:
    """Raises NotFound for an object that does not exist or that may not be read: one answer."""
    return _grant(snapshot, rights(session, snapshot), object_name)


@per_snapshot()
def _grant(snapshot: Snapshot, held: Rights, object_name: str) -> Grant:
    shape = snapshot.objects.get(object_name)
    own = held.of(object_name)
    if shape is None or "read" not in own.actions:
        raise NotFound("object_not_found", name=object_name[:60])
    return Grant(
        object=shape,
        actions=own.actions,
        readable=own.readable,
        editable=own.editable,
        rights=held,
        shown=tuple(each for each in shape.fields.values() if each.name in own.readable),
    )


def rights(session: Session, snapshot: Snapshot) -> Rights:
    names = _names(session.profile, session.permission_sets)
    return _rights(snapshot, names, session.is_owner or session.is_system)


@lru_cache(maxsize=2048)
def _names(profile: str, permission_sets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({profile, *permission_sets} - {""}))


def require_system(session: Session, snapshot: Snapshot, permission: str) -> None:
    if permission not in rights(session, snapshot).system:
        raise Forbidden("permission_missing", permission=permission)


SYSTEM_PERMISSIONS = (
    "manage_metadata", "manage_users", "manage_permissions", "manage_sharing", "import", "export",
    "run_reports", "manage_reports", "api_access", "manage_webhooks", "manage_templates",
    "install_packs", "view_audit", "login_as", "view_all_data", "modify_all_data", "transfer_any",
    "mass_delete", "manage_public_forms", "purge", "manage_sso",
)  # fmt: skip


def rights_of(snapshot: Snapshot, names: tuple[str, ...]) -> Rights:
    """The rights that these permission sets give together."""
    return _rights(snapshot, tuple(sorted(set(names) - {""})), False)  # noqa: FBT003


@per_snapshot()
def _rights(snapshot: Snapshot, names: tuple[str, ...], all_rights: bool) -> Rights:  # noqa: FBT001
    if all_rights:
        return Rights(
            objects={name: _all(shape) for name, shape in snapshot.objects.items()},
            system=frozenset(SYSTEM_PERMISSIONS),
            everything=True,
        )
    bodies = [
        component.body
        for name in names
        if (component := snapshot.get("permission_set", name)) is not None
    ]
    system = frozenset(each for body in bodies for each in body.get("system", ()))
    objects = {
        name: _guarded(name, _folded(shape, [body.get("objects", {}) for body in bodies]), system)
        for name, shape in snapshot.objects.items()
    }
    return Rights(objects=_without_secrets(snapshot, objects), system=system)


def _without_secrets(
    snapshot: Snapshot, objects: Mapping[str, ObjectRights]
) -> Mapping[str, ObjectRights]:
    """A computed field tells of what it is computed from: whoever may not read all of that may
    not read it either, unless an admin decided to publish the result."""
    held = dict(objects)
    while closed := _telling(snapshot, held):
        for name, names in closed.items():
            held[name] = replace(held[name], readable=held[name].readable - names)
    return held


def _telling(
    snapshot: Snapshot, objects: Mapping[str, ObjectRights]
) -> Mapping[str, frozenset[str]]:
    """The computed fields that are still open and tell of closed ones. A roll-up is a stored
    field for what reads it: once it is closed, so is that."""
    found = {
        name: frozenset(
            each.name
            for each in shape.own_fields
            if each.computed
            and each.name in objects[name].readable
            and not each.config.get("publish_result")
            and not _all_readable(objects, sources(snapshot, each))
        )
        for name, shape in snapshot.objects.items()
    }
    return {name: names for name, names in found.items() if names}


def _all_readable(objects: Mapping[str, ObjectRights], names: frozenset[tuple[str, str]]) -> bool:
    return all(
        "read" in (held := objects.get(owner, CLOSED)).actions and field_name in held.readable
        for owner, field_name in names
    )


def _guarded(name: str, rights: ObjectRights, system: frozenset[str]) -> ObjectRights:
    """Without the fields that need a system permission the holder lacks."""
    closed = {
        field_name
        for (object_name, field_name), permission in GUARDED_FIELDS.items()
        if object_name == name and permission not in system
    }
    return replace(rights, editable=rights.editable - closed) if closed else rights


def _all(shape: Object) -> ObjectRights:
    names = frozenset(shape.fields)
    editable = frozenset(
        name for name, f in shape.fields.items() if not f.system or name in SYSTEM_EDITABLE
    )
    return ObjectRights(actions=frozenset(ACTIONS), readable=names, editable=editable)


def _folded(shape: Object, grants: list[Mapping[str, Any]]) -> ObjectRights:
    """The union of what each set gives on one object."""
    actions: set[str] = set()
    levels = dict.fromkeys(shape.fields, 0)
    for objects in grants:
        for entry in (objects.get("*"), objects.get(shape.name)):
            if entry is None:
                continue
            for action in entry.get("rights", ()):
                actions.update((action, *IMPLIED.get(action, ())))
            _raise_levels(levels, entry.get("fields", {}))
    readable = {name for name, level in levels.items() if level >= 1} | ALWAYS_READABLE
    editable = {
        name
        for name, level in levels.items()
        if level >= 2 and (not shape.fields[name].system or name in SYSTEM_EDITABLE)
    }
    if {"create", "edit"} & actions:
        editable |= {"name", *SYSTEM_EDITABLE}
    else:
        editable = set()
    return ObjectRights(
        actions=frozenset(actions),
        readable=frozenset(readable & shape.fields.keys()),
        editable=frozenset(editable & shape.fields.keys()),
    )


def _raise_levels(levels: dict[str, int], fields: Mapping[str, str]) -> None:
    rest = _STRENGTH[fields.get("*", "none")]
    for name in levels:
        given = _STRENGTH[fields[name]] if name in fields else rest
        levels[name] = max(levels[name], given)
