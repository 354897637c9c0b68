"""Which objects a publication makes be searched by other fields than before."""

from __future__ import annotations

from fieldstone.kernel.db import Connection
from fieldstone.kernel.outbox import enqueue
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.snapshot import Object

FILL = "search.fill"
"""The task that writes what their records are found by."""


async def ask_for_tokens(connection: Connection, plan: Plan) -> None:
    """As part of the publication, so that the job exists exactly when it happened."""
    names = searched_otherwise(plan)
    if names:
        await enqueue(connection, FILL, {"objects": names})


def searched_otherwise(plan: Plan) -> list[str]:
    """An object that is new has no records yet; one that comes back may have changed meanwhile."""
    made = {
        change.name for change in plan.changes if change.kind == "object" and change.before is None
    }
    before = {shape.id: _by(shape) for shape in plan.before.objects.values()}
    return sorted(
        name
        for name, shape in plan.after.objects.items()
        if name not in made and before.get(shape.id) != _by(shape)
    )


def _by(shape: Object) -> frozenset[tuple[object, ...]]:
    fields = (shape.fields[name] for name in shape.search_fields)
    return frozenset((each.id, each.type.name, each.column) for each in fields)
