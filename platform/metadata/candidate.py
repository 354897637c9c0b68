"""The metadata as some operations would leave it: for looking at a draft before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import orjson

from fieldstone.metadata.components import Component
from fieldstone.metadata.operations import Applied, Operation, apply_operations
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.store import snapshot_of


def candidate(before: Snapshot, operations: Sequence[Operation]) -> tuple[Applied, Snapshot]:
    """What the operations did and did not do, and the snapshot with them."""
    return _candidate(before, orjson.dumps([each.as_json() for each in operations]))


@per_snapshot(most=2)
def _candidate(before: Snapshot, written: bytes) -> tuple[Applied, Snapshot]:
    """Kept for the next pages: a draft is looked at far more often than changed."""
    operations = [Operation(**each) for each in orjson.loads(written)]
    applied = apply_operations(components_of(before), operations)
    return applied, snapshot_of(before.tenant, before.version, applied.components)


def components_of(snapshot: Snapshot) -> dict[UUID, Component]:
    """All of them by id, deleted ones included."""
    every = (*snapshot.components.values(), *snapshot.hidden.values())
    return {each.id: each for each in every}
