"""Going back to an earlier version: as a change like any other."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from fieldstone.metadata.components import Component
from fieldstone.metadata.operations import Components
from fieldstone.metadata.physical import with_physical
from fieldstone.metadata.rollup_columns import with_fitting_rollups


def restored(before: Components, wanted: Components) -> Components:
    """The components as they were at another version. What is newer is hidden, not lost; a
    field whose type has changed since gets columns of the old type, filled from today's."""
    result: dict[UUID, Component] = {}
    for identity, current in before.items():
        earlier = wanted.get(identity)
        if earlier is None:
            result[identity] = replace(current, deleted=True)
        else:
            result[identity] = with_physical(
                replace(earlier, physical=current.physical, since=current.since), before.values()
            )
    return with_fitting_rollups(before, result)
