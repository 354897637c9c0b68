"""Makes and removes the schema and the role of one tenant. Synchronous, owner role only.

Every step may be run again: what is there is left alone, what a crash left out is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.dialects.postgresql import insert

from fieldstone.kernel.migrations.run import (
    CONTROL_SCHEMA,
    Raw,
    head,
    one_at_a_time,
    owner_connection,
    raw_of,
    upgrade,
)
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import state

TABLES_AT_ONCE = 100  # a transaction holds a lock for each table, index and TOAST table it drops

NARROWER: Mapping[str, LiteralString] = {
    "fs_audit": "SELECT, INSERT",
    "fs_component": "SELECT",
    "fs_version": "SELECT",
    "fs_dependency": "SELECT",
    "fs_pack": "SELECT",
    "fs_state": "SELECT, UPDATE (access_epoch, settings)",
    "fs_alembic_version": "SELECT",
}
"""What the tenant's role may do with tables that publishing and migrations write; it may select,
insert, update and delete in all others."""


def make_tenant(owner_url: str, login: str, tenant: Tenant, settings: Mapping[str, Any]) -> None:
    """Role, schema, system tables and the one row of `fs_state`, in one transaction."""
    with owner_connection(owner_url, tenant.schema) as connection:
        raw = raw_of(connection)
        one_at_a_time(raw, tenant.schema)
        _make_role(raw, tenant.role, login)
        _run(raw, "CREATE SCHEMA IF NOT EXISTS {schema}", tenant)
        _run(raw, "GRANT USAGE ON SCHEMA {schema} TO {role}", tenant)
        _run(
            raw,
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} "
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
            tenant,
        )
        upgrade(connection, "tenant")
        _narrow(raw, tenant)
        row = insert(state).values(id=1, settings=dict(settings))
        connection.execute(row.on_conflict_do_nothing())


def migrate_tenant(owner_url: str, tenant: Tenant) -> None:
    """Brings the system tables of a tenant up to date."""
    with owner_connection(owner_url, tenant.schema) as connection:
        raw = raw_of(connection)
        one_at_a_time(raw, tenant.schema)
        upgrade(connection, "tenant")
        _narrow(raw, tenant)


def outdated(owner_url: str, tenants: Iterable[Tenant]) -> list[Tenant]:
    """Those whose system tables are not at the newest revision."""
    newest = head("tenant")
    with owner_connection(owner_url, CONTROL_SCHEMA) as connection:
        raw = raw_of(connection)
        return [tenant for tenant in tenants if _revision(raw, tenant) != newest]


def _revision(raw: Raw, tenant: Tenant) -> str:
    table = sql.Identifier(tenant.schema, "fs_alembic_version")
    row = raw.execute(sql.SQL("SELECT version_num FROM {}").format(table)).fetchone()
    return str(row[0]) if row else ""


def remove_tenant(owner_url: str, tenant: Tenant) -> None:
    """Drops everything of a tenant; a transaction that uses it makes this fail."""
    while True:
        with owner_connection(owner_url, tenant.schema) as connection:
            raw = raw_of(connection)
            names = _some_tables(raw, tenant.schema)
            if not names:
                _run(raw, "DROP SCHEMA IF EXISTS {schema} CASCADE", tenant)
                _run(raw, "DROP ROLE IF EXISTS {role}", tenant)
                return
            tables = sql.SQL(", ").join(sql.Identifier(tenant.schema, name) for name in names)
            raw.execute(sql.SQL("DROP TABLE {} CASCADE").format(tables))


def role_of(url: str) -> str:
    """The role that a connection URL signs in as."""
    return str(conninfo_to_dict(url).get("user") or "")


def _make_role(raw: Raw, role: str, login: str) -> None:
    found = raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    names = {"role": sql.Identifier(role), "login": sql.Identifier(login)}
    if found is None:
        raw.execute(sql.SQL("CREATE ROLE {role} NOLOGIN").format(**names))
    raw.execute(sql.SQL("GRANT {role} TO {login} WITH INHERIT FALSE, SET TRUE").format(**names))


def _narrow(raw: Raw, tenant: Tenant) -> None:
    for table, privileges in NARROWER.items():
        names = {"table": sql.Identifier(table), "role": sql.Identifier(tenant.role)}
        raw.execute(sql.SQL("REVOKE ALL ON {table} FROM {role}").format(**names))
        grant = sql.SQL("GRANT {privileges} ON {table} TO {role}")
        raw.execute(grant.format(privileges=sql.SQL(privileges), **names))


def _run(raw: Raw, command: LiteralString, tenant: Tenant) -> None:
    names = {"schema": sql.Identifier(tenant.schema), "role": sql.Identifier(tenant.role)}
    raw.execute(sql.SQL(command).format(**names))


def _some_tables(raw: Raw, schema: str) -> list[str]:
    rows = raw.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s LIMIT %s", [schema, TABLES_AT_ONCE]
    )
    return [row[0] for row in rows]
