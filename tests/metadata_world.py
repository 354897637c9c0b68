"""A tenant with the base pack, and short ways to change its metadata and look at its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, select, table

from fieldstone.kernel.installation import Installation
from fieldstone.kernel.session import Tenant
from fieldstone.metadata.changesets import proposal_of
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.packs import install, locate
from fieldstone.metadata.publish import Publication, Published, publish
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime.query import Query
from fieldstone.runtime.records import fetch
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.sign_in import system_session
from fieldstone.runtime.transaction import Transaction

ACME = Tenant(key="acme", schema="t_acme", role="test_t_acme")


def an_object(name: str, **body: Any) -> Operation:
    given = {"label": {"en": name.title()}, "name_field": {"type": "text"}, **body}
    return Operation(op="create", kind="object", name=name, body=given)


def a_field(name: str, type_: str, **body: Any) -> Operation:
    label = {"en": name.partition(".")[2].replace("_", " ")}
    return Operation(
        op="create", kind="field", name=name, body={"type": type_, "label": label, **body}
    )


def change(kind: str, name: str, **body: Any) -> Operation:
    return Operation(op="update", kind=kind, name=name, body=body)


def delete(kind: str, name: str) -> Operation:
    return Operation(op="delete", kind=kind, name=name)


def bring_back(kind: str, name: str) -> Operation:
    return Operation(op="restore", kind=kind, name=name)


@dataclass(frozen=True)
class World:
    installation: Installation

    async def install_base(self) -> None:
        await install(self.installation.database, ACME, locate("base"))

    async def publish(self, *operations: Operation, base_version: int | None = None) -> Published:
        return await publish(
            self.installation.database,
            ACME,
            Publication(
                title="test",
                propose=lambda before: proposal_of(operations, before),
                base_version=base_version,
            ),
        )

    async def snapshot(self) -> Snapshot:
        async with self.installation.database.tenant(ACME) as connection:
            return await Snapshots().current(connection, ACME)

    async def create(self, object_name: str, *records: Mapping[str, Any]) -> list[Any]:
        async with self.installation.database.tenant(ACME) as connection:
            transaction = await self._transaction(connection)
            return (await save.create(transaction, object_name, records)).ids

    async def rows(self, object_name: str, *fields: str) -> list[dict[str, Any]]:
        async with self.installation.database.tenant(ACME) as connection:
            transaction = await self._transaction(connection)
            query = Query(object=object_name, fields=fields or ("*",), limit=200)
            return (await fetch(transaction, query)).records

    async def _transaction(self, connection: Any) -> Transaction:
        return Transaction(
            database=self.installation.database,
            connection=connection,
            session=system_session(ACME),
            snapshot=await Snapshots().current(connection, ACME),
        )

    async def catalogue(self) -> dict[str, set[str]]:
        """Table → columns, as the database itself says."""
        columns = table(
            "columns",
            column("table_name"),
            column("column_name"),
            column("table_schema"),
            schema="information_schema",
        )
        found: dict[str, set[str]] = {}
        async with self.installation.database.owner(ACME) as connection:
            rows = await connection.fetch(
                select(columns.c.table_name, columns.c.column_name).where(
                    columns.c.table_schema == ACME.schema
                )
            )
        for row in rows:
            found.setdefault(row["table_name"], set()).add(row["column_name"])
        return {name: names for name, names in found.items() if not name.startswith("fs_")}
