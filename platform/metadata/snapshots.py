"""The snapshots of one process, keyed (tenant, version). A request compares one integer."""

from __future__ import annotations

from collections import OrderedDict

from fieldstone.kernel.db import Connection
from fieldstone.kernel.session import Tenant
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.store import current_version, read_components, snapshot_of

KEPT = 256


class Snapshots:
    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[str, int], Snapshot] = OrderedDict()

    async def current(
        self, connection: Connection, tenant: Tenant, version: int | None = None
    ) -> Snapshot:
        """The snapshot of the tenant's present version, or of the version given."""
        number = await current_version(connection) if version is None else version
        key = (tenant.schema, number)
        known = self._known.get(key)
        if known is None:
            components = await read_components(connection, number)
            known = snapshot_of(tenant.key, number, components)
            self._known[key] = known
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return known

    def known(self, tenant: Tenant, version: int) -> Snapshot | None:
        """Without asking the database."""
        return self._known.get((tenant.schema, version))
