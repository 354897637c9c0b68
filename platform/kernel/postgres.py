"""The roles and the database that an installation needs on a server, its own or another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fieldstone.kernel.embedded import EmbeddedServer

__all__ = ["EmbeddedServer", "Urls", "bootstrap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    login: str
    owner: str


def bootstrap(admin_url: str, installation: str, database: str) -> Urls:
    """Makes the owner role, the login role and the database, if they are missing."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for command in bootstrap_commands(installation, database):
            if not _exists(connection, command.probe):
                connection.execute(command.sql)
    with psycopg.connect(_url(admin_url, "", database), autocommit=True) as connection:
        for grant in database_grants(installation, database):
            connection.execute(grant)
    return urls_for(admin_url, installation, database)


def urls_for(admin_url: str, installation: str, database: str) -> Urls:
    """How the two roles reach a database of the server that `admin_url` is on."""
    return Urls(
        login=_url(admin_url, login_role(installation), database),
        owner=_url(admin_url, owner_role(installation), database),
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
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            ).format(sql.Identifier(database), sql.Identifier(owner)),
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
