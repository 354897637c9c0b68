"""What changed between two states of a tenant's components, by identity. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fieldstone.metadata.components import Component
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.operations import Components
from fieldstone.metadata.results import COMPUTED


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One component's way from `before` (None: it is new) to `after`."""

    action: Action
    before: Component | None
    after: Component

    @property
    def kind(self) -> str:
        return self.after.kind

    @property
    def name(self) -> str:
        return self.after.name

    @property
    def was(self) -> str:
        """What it was called, without its object."""
        return (self.before or self.after).local_name

    @property
    def converts(self) -> bool:
        """Values that people entered must move to other columns."""
        return self.reshaped and self.after.body.get("type") not in COMPUTED

    @property
    def reshaped(self) -> bool:
        """The field gets other columns."""
        return (
            self.action is Action.UPDATE
            and self.kind == "field"
            and self.before is not None
            and self.before.physical.get("shape") != self.after.physical.get("shape")
        )


def diff(before: Components, after: Components) -> tuple[Change, ...]:
    changes = []
    for component in after.values():
        change = _change(before.get(component.id), component)
        if change is not None:
            changes.append(change)
    order = {name: index for index, name in enumerate(KINDS)}
    return tuple(sorted(changes, key=lambda change: (order[change.kind], change.name)))


def _change(before: Component | None, after: Component) -> Change | None:
    if before is None:
        if after.deleted:
            return None
        return Change(action=Action.CREATE, before=None, after=after)
    if before.deleted != after.deleted:
        action = Action.DELETE if after.deleted else Action.RESTORE
        return Change(action=action, before=before, after=after)
    if _told(before) != _told(after):
        return Change(action=Action.UPDATE, before=before, after=after)
    return None


def _told(component: Component) -> tuple[object, ...]:
    """A roll-up may get other columns though its document stays."""
    shape = component.physical.get("shape")
    return (component.name, component.body, component.pack_version, shape)
