"""The roles and the database that an installation needs on a server, its own or another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fieldstone.kernel.embedded import EmbeddedServer

__all__ = ["EmbeddedServer", "Names", "Urls", "bootstrap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    login: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What an installation is called on its server. Passwords are empty on a private server."""

    owner: str
    login: str
    database: str
    owner_password: str = ""
    login_password: str = ""


def names(installation: str, database: str) -> Names:
    return Names(owner=owner_role(installation), login=login_role(installation), database=database)


def names_in(urls: Urls) -> Names:
    """The names that the operator chose: they stand in the URLs."""
    login, owner = conninfo_to_dict(urls.login), conninfo_to_dict(urls.owner)
    return Names(
        owner=str(owner.get("user") or ""),
        login=str(login.get("user") or ""),
        database=str(login.get("dbname") or ""),
        owner_password=str(owner.get("password") or ""),
        login_password=str(login.get("password") or ""),
    )


def owner_role(installation: str) -> str:
    return f"{installation}_owner"


def login_role(installation: str) -> str:
    return f"{installation}_login"


def bootstrap(admin_url: str, installation: str, database: str) -> Urls:
    """Makes the owner role, the login role and the database, if they are missing."""
    wanted = names(installation, database)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for command in bootstrap_commands(wanted):
            if not _exists(connection, command.probe):
                connection.execute(command.sql)
    with psycopg.connect(_url(admin_url, "", database), autocommit=True) as connection:
        for grant in database_grants(wanted):
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


def bootstrap_commands(wanted: Names) -> tuple[Command, ...]:
    """What a superuser runs once; `fieldstone doctor` prints the missing ones."""
    owner, login = sql.Identifier(wanted.owner), sql.Identifier(wanted.login)
    return (
        Command(
            ("role", wanted.owner),
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER CREATEROLE{}").format(
                owner, _password(wanted.owner_password)
            ),
        ),
        Command(
            ("role", wanted.login),
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOINHERIT{}").format(
                login, _password(wanted.login_password)
            ),
        ),
        Command(
            ("database", wanted.database),
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            ).format(sql.Identifier(wanted.database), owner),
        ),
    )


def database_grants(wanted: Names) -> tuple[sql.Composed, ...]:
    """What a superuser runs inside the new database."""
    database = sql.Identifier(wanted.database)
    return (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC").format(),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            database, sql.Identifier(wanted.login)
        ),
    )


def _password(password: str) -> sql.Composable:
    if not password:
        return sql.SQL("")
    return sql.SQL(" PASSWORD {}").format(sql.Literal(password))


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
