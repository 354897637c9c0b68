"""The metadata as it will be: what is published, and the shared draft's changes on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Literal

import orjson

from fieldstone.kernel.db import Connection
from fieldstone.kernel.errors import Problem
from fieldstone.metadata import draft as store
from fieldstone.metadata.candidate import candidate
from fieldstone.metadata.changesets import Changeset
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.snapshot import Snapshot

State = Literal["", "new", "changed", "deleted", "restored"]
_STATES: dict[str, State] = {
    "create": "new",
    "update": "changed",
    "delete": "deleted",
    "restore": "restored",
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`before` is published, `after` is what it would be. `problems` are of operations that no
    longer fit what is published; `after` is without them."""

    before: Snapshot
    after: Snapshot
    operations: tuple[Operation, ...] = ()
    problems: tuple[Problem, ...] = ()
    changeset: Changeset | None = None

    @cached_property
    def states(self) -> dict[Key, State]:
        """What the draft does to each component it touches."""
        found: dict[Key, State] = {}
        for each in self.operations:
            found.setdefault((each.kind, each.name), _STATES[each.op])
        return found

    def state(self, kind: str, name: str) -> State:
        return self.states.get((kind, name), "")

    @property
    def count(self) -> int:
        return len(self.states)

    @property
    def mark(self) -> str:
        """Changes whenever the draft does."""
        written = orjson.dumps([each.as_json() for each in self.operations])
        return sha256(written).hexdigest()[:16]

    def component(self, kind: str, name: str) -> Component | None:
        """As it will be; one that the draft deletes as it was."""
        return self.after.get(kind, name) or self.before.get(kind, name)


async def read_draft(connection: Connection, before: Snapshot) -> Draft:
    changeset = await store.shared(connection)
    return draft_of(before, changeset.operations if changeset else (), changeset)


def draft_of(
    before: Snapshot, operations: Sequence[Operation], changeset: Changeset | None = None
) -> Draft:
    if not operations:
        return Draft(before=before, after=before, changeset=changeset)
    applied, after = candidate(before, operations)
    return Draft(
        before=before,
        after=after,
        operations=tuple(operations),
        problems=applied.problems,
        changeset=changeset,
    )
