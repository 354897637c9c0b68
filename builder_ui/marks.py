"""The small coloured words: what the draft does to something, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.web.contexts import TagView
from fieldstone_builder.desk import Desk
from fieldstone_builder.draft import State

_COLORS: Mapping[str, str] = {
    "new": "green",
    "changed": "amber",
    "deleted": "red",
    "restored": "teal",
}


def state_tag(desk: Desk, state: State) -> TagView | None:
    words = {
        "new": desk.say("Added"),
        "changed": desk.say("Changed"),
        "deleted": desk.say("To be deleted"),
        "restored": desk.say("To be restored"),
    }
    return TagView(label=words[state], color=_COLORS[state]) if state else None


def action_tag(desk: Desk, action: str) -> TagView:
    """For reviews: what a change does, as a noun."""
    words = {
        "create": (desk.say("Add"), "green"),
        "update": (desk.say("Change"), "amber"),
        "delete": (desk.say("Delete"), "red"),
        "restore": (desk.say("Restore"), "teal"),
    }
    label, color = words[action]
    return TagView(label=label, color=color)


def origin(desk: Desk, pack: str, *, system: bool = False) -> str:
    if system:
        return desk.say("System field")
    return pack or desk.say("Own")
