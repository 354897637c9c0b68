"""What a new object is given so that it can be used as soon as it is published: a layout, a
list, the few fields of cards, rights, and a place in an app's menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldstone.metadata.codec import decoded, next_order
from fieldstone.metadata.components import Component
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.merge import Body
from fieldstone.metadata.operations import Operation
from fieldstone_builder.desk import Desk
from fieldstone_builder.edits import Operations, put

LEVELS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "read": (("read",), "read"),
    "edit": (("create", "read", "edit"), "edit"),
    "all": (("create", "read", "edit", "delete"), "edit"),
}
"""Level → rights on the object, and what its fields are."""

ALL_VIEW = "all"
LAYOUT = "standard"
LAST_COLUMNS = ("owner", "modified_at")
"""Of the list that a new object is given: the object's own fields come before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """`access` is the level of each permission set that shall have one."""

    name: str
    body: Body
    access: Mapping[str, str] = field(default_factory=dict)
    app: str = ""


def started(desk: Desk, start: Start) -> Operations:
    """The draft's operations with the new object and what belongs to it."""
    work = _Work(desk)
    work.put("object", start.name, start.body)
    for kind, local, body in _documents(start.name):
        work.put(kind, f"{start.name}.{local}", decoded(KINDS[kind], body))
    for name, level in start.access.items():
        work.change("permission_set", name, _with_rights, start.name, level)
    if start.app:
        work.change("app", start.app, _with_item, start.name, "")
    return work.operations


class _Work:
    """Operations as they grow."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.operations: tuple[Operation, ...] = desk.draft.operations

    def put(self, kind: str, name: str, body: Body) -> None:
        self.operations = put(self._desk.before, self.operations, (kind, name), body)

    def change(self, kind: str, name: str, edit: Any, object_name: str, level: str) -> None:
        component = self._desk.after.get(kind, name)
        if component is not None:
            self.put(kind, name, edit(component.body, object_name, level))


def _documents(name: str) -> tuple[tuple[str, str, Body], ...]:
    layout = {
        "label": {"en": "Standard", "zh_CN": "标准"},
        "sections": {
            "basic": {
                "label": {"en": "Basics", "zh_CN": "基本信息"},
                "columns": 2,
                "fields": ["name", "owner"],
            },
            "system": {
                "label": {"en": "System", "zh_CN": "系统信息"},
                "columns": 2,
                "collapsed": True,
                "fields": ["created_by", "created_at", "modified_by", "modified_at"],
            },
        },
    }
    view = {
        "label": {"en": f"All {{{name}.plural}}", "zh_CN": f"全部{{{name}}}"},
        "columns": ["name", *LAST_COLUMNS],
        "sort": ["-modified_at"],
        "order": 10,
    }
    compact = {"fields": ["owner", "modified_at"]}
    return (
        ("layout", LAYOUT, layout),
        ("list_view", ALL_VIEW, view),
        ("compact_layout", "default", compact),
    )


def _with_rights(body: dict[str, Any], object_name: str, level: str) -> dict[str, Any]:
    rights, fields = LEVELS[level]
    entry = {"rights": list(rights), "fields": {"*": fields}}
    return {**body, "objects": {**body.get("objects", {}), object_name: entry}}


def _with_item(body: dict[str, Any], object_name: str, _level: str) -> dict[str, Any]:
    items = body.get("items", {})
    return {**body, "items": {**items, object_name: {"order": next_order(items)}}}


def has_everything(component: Component) -> bool:
    """Does the set give all rights on every object, those to come included?"""
    every = component.body.get("objects", {}).get("*", {})
    return "modify_all" in every.get("rights", ())
