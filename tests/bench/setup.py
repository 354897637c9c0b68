"""Makes the databases that are measured: the floor's tables, and a tenant with the same rows."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import rows

from fieldstone.kernel.installation import opened
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.tenants import create_tenant
from fieldstone.metadata.changesets import proposal_of
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.packs import install, locate
from fieldstone.metadata.publish import Publication, publish
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.tables import table_of
from fieldstone.runtime import accounts

ROWS_AT_ONCE = 5_000  # a statement has ten seconds, on a busy machine too
PASSWORD = "bench-bench-bench"  # of a database that lives for a minute


def _field(name: str, **body: Any) -> Operation:
    local = name.partition(".")[2]
    return Operation(op="create", kind="field", name=name, body={"label": {"en": local}, **body})


def _object(name: str) -> Operation:
    body = {"label": {"en": name.title()}, "name_field": {"type": "text"}}
    return Operation(op="create", kind="object", name=name, body=body)


def _values(codes: Iterable[str]) -> dict[str, Any]:
    return {code: {"label": {"en": code.title()}} for code in codes}


MODEL = (
    _object("company"),
    _field("company.industry", type="picklist", values=_values(rows.INDUSTRIES)),
    _object("person"),
    _field("person.first_name", type="text"),
    _field("person.last_name", type="text"),
    _field("person.email", type="email"),
    _field("person.company", type="lookup", target="company"),
    _object("deal"),
    _field("deal.company", type="lookup", target="company"),
    _field("deal.stage", type="picklist", values=_values(rows.STAGES), indexed=True),
    _field("deal.amount", type="currency"),
    _field("deal.close_date", type="date", indexed=True),
    Operation(
        op="create",
        kind="permission_set",
        name="bench",
        body={
            "label": {"en": "Bench"},
            "profile": True,
            "system": ["api_access"],
            "objects": {
                name: {"rights": ["create", "read", "edit", "delete"], "fields": {"*": "edit"}}
                for name in ("company", "person", "deal")
            },
        },
    ),
)


def identity(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{number}")


def floor_tables(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table company(id uuid primary key, name text, industry text)")
        connection.execute(
            "create table deal(id uuid primary key, name text, company uuid references company(id),"
            " stage text, amount numeric(18,2), close_date date)"
        )
        _copy(
            connection,
            "company",
            ("id", "name", "industry"),
            (
                (identity("company", each["number"]), each["name"], each["industry"])
                for each in rows.companies()
            ),
        )
        _copy(
            connection,
            "deal",
            ("id", "name", "company", "stage", "amount", "close_date"),
            (
                (
                    identity("deal", each["number"]),
                    each["name"],
                    identity("company", each["company"]),
                    each["stage"],
                    each["amount"],
                    each["close_date"],
                )
                for each in rows.deals()
            ),
        )
        for column in ("company", "stage", "close_date"):
            connection.execute(f"create index on deal({column})")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _copy(connection: Any, table: str, columns: tuple[str, ...], source: Iterable[Any]) -> None:
    text = f"copy {table}({','.join(columns)}) from stdin"
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        for row in source:
            copy.write_row(row)


async def product(folder: Path) -> dict[str, Any]:
    """A tenant with the same rows, and tokens of an ordinary user and an admin."""
    async with opened(Settings(data=folder)) as installation:
        database = installation.database
        tenant = await create_tenant(database, "bench")
        await install(database, tenant, locate("base"))
        await publish(
            database,
            tenant,
            Publication(title="bench", propose=lambda before: proposal_of(MODEL, before)),
        )
        for account, profile in (("user", "bench"), ("admin", "administrator")):
            values = {"name": account, "profile": profile}
            await accounts.create_user(
                database, tenant, account=account, password=PASSWORD, values=values
            )
        await _load(database, tenant)
        return {
            account: await accounts.create_token(database, tenant, account, "bench")
            for account in ("user", "admin")
        }


async def _load(database: Any, tenant: Any) -> None:
    """Straight into the tables: what is measured is the server, not the loading."""
    async with database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
    common = {"version": 1, "currency_code": "CNY"}
    stamp = "2026-01-01T00:00:00Z"
    sources = {
        "company": (
            {"name": e["name"], "industry": e["industry"], "id": identity("company", e["number"])}
            for e in rows.companies()
        ),
        "person": (
            {
                "name": f"{e['first_name']} {e['last_name']}",
                "first_name": e["first_name"],
                "last_name": e["last_name"],
                "email": e["email"],
                "company": identity("company", e["company"]),
                "id": identity("person", e["number"]),
            }
            for e in rows.people()
        ),
        "deal": (
            {
                "name": e["name"],
                "company": identity("company", e["company"]),
                "stage": e["stage"],
                "amount": e["amount"],
                "close_date": e["close_date"],
                "id": identity("deal", e["number"]),
            }
            for e in rows.deals()
        ),
    }
    for name, source in sources.items():
        table = table_of(snapshot, name)
        stamped = {**common, "created_at": stamp, "modified_at": stamp}
        while part := list(islice(source, ROWS_AT_ONCE)):
            lines = ((*each.values(), *stamped.values()) for each in part)
            async with database.bulk(tenant) as connection:
                await connection.copy_in(table.name, [*part[0], *stamped], lines)
    url = database.owner_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def main() -> None:
    """Prints {"tokens", "floor_dsn"}; the server of the folder stays stopped."""
    folder = Path(sys.argv[1])
    tokens = asyncio.run(product(folder))
    print(json.dumps(tokens))


if __name__ == "__main__":
    main()
