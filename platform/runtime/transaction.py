"""One tenant transaction: the connection, who acts, and the shape they see."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.errors import Unavailable
from fieldstone.kernel.session import Session
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.access import Grant, Rights, grant, rights


class ShapeChangedError(Unavailable):
    """The metadata was published while this transaction waited for a table: what it wrote went
    into the old shape. To be begun again with the new one."""

    code = "metadata_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    database: Database
    connection: Connection
    session: Session
    snapshot: Snapshot

    def grant(self, object_name: str) -> Grant:
        return grant(self.session, self.snapshot, object_name)

    def grant_rights(self) -> Rights:
        return rights(self.session, self.snapshot)

    def system_grant(self, object_name: str) -> Grant:
        """The platform's own grant, for what follows from a change by rule and not by choice."""
        return grant(replace(self.session, is_system=True), self.snapshot, object_name)
