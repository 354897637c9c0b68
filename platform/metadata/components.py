"""A component: one metadata document with its pack's base and its tenant's delta."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from fieldstone.metadata.merge import Body, patch_between, patched

Key = tuple[str, str]
"""(kind, name)"""


@dataclass(frozen=True, kw_only=True)
class Component:
    """`base` is None for what the tenant made itself; `physical` names the table of an object
    {"table"} or the columns of a field {"columns": {ending: name}, "junction", "kept": […]}."""

    id: UUID
    kind: str
    name: str
    pack: str = ""
    pack_version: str = ""
    base: Body | None = None
    delta: Body | None = None
    deleted: bool = False
    physical: Mapping[str, Any] = field(default_factory=dict)
    since: int = 0

    @cached_property
    def key(self) -> Key:
        return (self.kind, self.name)

    @cached_property
    def body(self) -> Mapping[str, Any]:
        """The document as it reads. Shared: whoever changes it makes a copy first."""
        return patched(self.base or {}, self.delta) if self.delta else self.base or {}

    @cached_property
    def parent(self) -> str:
        """The object of `object.field`; empty for kinds that stand alone."""
        owner, dot, _ = self.name.partition(".")
        return owner if dot else ""

    @property
    def local_name(self) -> str:
        return self.name.partition(".")[2] or self.name


def delta_for(component: Component, wanted: Body) -> dict[str, Any] | None:
    """What the tenant's delta must be for the document to read as wanted; None for nothing."""
    return patch_between(component.base or {}, wanted) or None
