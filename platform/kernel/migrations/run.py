"""Brings the control schema, or one tenant's, to the newest revision.

Everything for one schema happens in one transaction of the owner role, so a crash half-way leaves
it as it was and the next run finishes. Synchronous: callers in the event loop use a thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

CONTROL_SCHEMA = "fieldstone"
OWNER_OPTIONS = "-c lock_timeout=300ms -c timezone=UTC"

Raw = psycopg.Connection[Any]


@contextmanager
def owner_connection(owner_url: str, schema: str) -> Iterator[sqlalchemy.Connection]:
    """One transaction of the owner whose search path is `schema` alone."""

    def connect() -> Raw:
        raw = psycopg.connect(owner_url, options=OWNER_OPTIONS, application_name="fieldstone")
        raw.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
        raw.commit()
        return raw

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=connect, poolclass=sqlalchemy.NullPool
    )
    with engine.begin() as connection:
        yield connection


def raw_of(connection: sqlalchemy.Connection) -> Raw:
    """The driver's connection, for statements that SQLAlchemy has no words for."""
    raw: Raw = connection.connection.driver_connection  # type: ignore[assignment]  # untyped there
    return raw


def migrate_control(owner_url: str, login: str) -> None:
    """Makes the control schema or brings it up to date, and grants `login` its part."""
    with owner_connection(owner_url, CONTROL_SCHEMA) as connection:
        raw = raw_of(connection)
        one_at_a_time(raw, "fieldstone.migrate")
        raw.execute("CREATE SCHEMA IF NOT EXISTS fieldstone")
        if _offered(raw, "pg_trgm"):
            raw.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA fieldstone")
        upgrade(connection, "control")
        for grant in _CONTROL_GRANTS:
            raw.execute(sql.SQL(grant).format(login=sql.Identifier(login)))


_CONTROL_GRANTS = (
    "GRANT USAGE ON SCHEMA fieldstone TO {login}",
    "GRANT SELECT ON fieldstone.tenant, fieldstone.host, fieldstone.operator, "
    "fieldstone.alembic_version TO {login}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON fieldstone.procrastinate_jobs, "
    "fieldstone.procrastinate_events, fieldstone.procrastinate_workers, "
    "fieldstone.procrastinate_periodic_defers TO {login}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA fieldstone TO {login}",
)


def one_at_a_time(raw: Raw, what: str) -> None:
    """Waits until no other transaction does the same thing, for as long as that takes."""
    raw.execute("SET LOCAL lock_timeout TO 0")
    raw.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])
    raw.execute("SET LOCAL lock_timeout TO DEFAULT")


def _offered(raw: Raw, extension: str) -> bool:
    found = raw.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [extension])
    return found.fetchone() is not None


def upgrade(connection: sqlalchemy.Connection, environment: str) -> None:
    """`environment` is control or tenant. A schema that is up to date costs one query."""
    if revision(connection, environment) == head(environment):
        return
    config = _config(environment)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision(connection: sqlalchemy.Connection, environment: str) -> str | None:
    """The revision that this schema is at; None when it is still empty."""
    table = _VERSION_TABLES[environment]
    if connection.scalar(sqlalchemy.select(sqlalchemy.func.to_regclass(str(table)))) is None:
        return None
    return connection.scalar(sqlalchemy.select(table.c.version_num))


def _version_table(name: str, schema: str | None = None) -> sqlalchemy.TableClause:
    return sqlalchemy.table(name, sqlalchemy.column("version_num", sqlalchemy.Text), schema=schema)


_VERSION_TABLES = {
    "control": _version_table("alembic_version", CONTROL_SCHEMA),
    "tenant": _version_table("fs_alembic_version"),
}


@lru_cache(maxsize=2)
def head(environment: str) -> str:
    """The newest revision that this release knows."""
    newest = ScriptDirectory.from_config(_config(environment)).get_current_head()
    return newest or ""


def _config(environment: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / environment))
    return config
