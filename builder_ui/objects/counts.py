"""How many records an object has: counted while they are few, estimated when they are many."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.metadata.locks import row_estimates
from fieldstone.runtime import records
from fieldstone.runtime.query import COUNT_CAP, Query
from fieldstone_builder.desk import Desk


async def record_counts(desk: Desk, names: Sequence[str]) -> dict[str, str]:
    """In words, by object. Blank for what is not published yet or may not be read."""
    shapes = desk.before.objects
    known = [name for name in names if name in shapes and _readable(desk, name)]
    tables = [shapes[name].table for name in known]
    estimates = await row_estimates(desk.transaction.connection, tables)
    found = {}
    for name in known:
        about = estimates.get(shapes[name].table, 0)
        found[name] = f"≈ {about:,}" if about > COUNT_CAP else await _counted(desk, name)
    return found


def _readable(desk: Desk, name: str) -> bool:
    return "read" in desk.rights.of(name).actions


async def _counted(desk: Desk, name: str) -> str:
    count = await records.count(desk.transaction, Query(object=name))
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else f"{count:,}"
