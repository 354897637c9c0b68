"""What `doctor` looks at in the database, as the two roles see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from fieldstone.kernel.findings import Finding, Sql
from fieldstone.kernel.migrations.run import CONTROL_SCHEMA, head
from fieldstone.kernel.postgres import (
    Names,
    Urls,
    bootstrap_commands,
    database_grants,
    names_in,
)
from fieldstone.kernel.provision import outdated
from fieldstone.kernel.session import Tenant

OLDEST_VERSION = 18
LOGIN_ATTRIBUTES = "LOGIN NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOBYPASSRLS"
OWNER_ATTRIBUTES = "LOGIN NOSUPERUSER CREATEROLE NOBYPASSRLS"

Raw = psycopg.Connection[Any]


def findings(urls: Urls) -> Iterator[Finding]:
    """All checks of one database; ends early when it cannot be reached."""
    wanted = names_in(urls)
    trouble = [_trouble(urls.owner), _trouble(urls.login)]
    yield Finding(
        name="reachable",
        ok=not any(trouble),
        what="Both roles reach the database",
        remedy="\n".join(dict.fromkeys(each for each in trouble if each)),
        sql=_making(wanted) if any(trouble) else (),
    )
    if any(trouble):
        return
    with psycopg.connect(urls.owner, autocommit=True) as raw:
        yield _version(raw)
        yield from _roles(raw, wanted)
        yield from _rights(raw, wanted)
        yield from _letters(raw)
        yield from _tables(raw, urls)


def _trouble(url: str) -> str:
    """Why a connection fails, in the server's words; empty when it works."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1].strip()
    return ""


def _making(wanted: Names) -> tuple[Sql, ...]:
    made = [Sql(database="postgres", text=_text(each.sql)) for each in bootstrap_commands(wanted)]
    grants = [Sql(database=wanted.database, text=_text(each)) for each in database_grants(wanted)]
    return (*made, *grants)


def _text(command: sql.Composable) -> str:
    return command.as_string() + ";"


def _version(raw: Raw) -> Finding:
    found = raw.info.server_version // 10000
    return Finding(
        name="version",
        ok=found >= OLDEST_VERSION,
        what="The server is PostgreSQL %(found)s; %(needed)s or newer is needed",
        params={"found": found, "needed": OLDEST_VERSION},
        remedy=f"Move to PostgreSQL {OLDEST_VERSION} or newer.",
    )


def _roles(raw: Raw, wanted: Names) -> Iterator[Finding]:
    login, owner = _attributes(raw, wanted.login), _attributes(raw, wanted.owner)
    clean = {"super": False, "inherit": False, "makes_roles": False, "bypasses": False}
    yield Finding(
        name="login",
        ok=login == clean,
        what="The role %(role)s has no rights of its own",
        params={"role": wanted.login},
        sql=(_alter(wanted, wanted.login, LOGIN_ATTRIBUTES),),
    )
    yield Finding(
        name="owner",
        ok=not owner["super"] and owner["makes_roles"] and not owner["bypasses"],
        what="The role %(role)s may make roles and is no superuser",
        params={"role": wanted.owner},
        sql=(_alter(wanted, wanted.owner, OWNER_ATTRIBUTES),),
    )


def _attributes(raw: Raw, role: str) -> dict[str, bool]:
    row = raw.execute(
        "SELECT rolsuper, rolinherit, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    keys = ("super", "inherit", "makes_roles", "bypasses")
    return dict(zip(keys, row or (True,) * 4, strict=True))


def _alter(wanted: Names, role: str, attributes: str) -> Sql:
    command = sql.SQL("ALTER ROLE {} WITH ").format(sql.Identifier(role))
    return Sql(database=wanted.database, text=f"{command.as_string()}{attributes};")


def _rights(raw: Raw, wanted: Names) -> Iterator[Finding]:
    names = {
        "login": sql.Identifier(wanted.login),
        "owner": sql.Identifier(wanted.owner),
        "database": sql.Identifier(wanted.database),
    }
    hand_over = sql.SQL("REASSIGN OWNED BY {login} TO {owner}").format(**names)
    yield Finding(
        name="owns_nothing",
        ok=not _value(raw, _OWNED, wanted.login),
        what="The role %(role)s owns nothing",
        params={"role": wanted.login},
        sql=(Sql(database=wanted.database, text=_text(hand_over)),),
    )
    make_owner = sql.SQL("ALTER DATABASE {database} OWNER TO {owner}").format(**names)
    yield Finding(
        name="database_owner",
        ok=bool(_value(raw, _MAY_CREATE, wanted.owner)),
        what="The role %(role)s may make schemas in the database",
        params={"role": wanted.owner},
        sql=(Sql(database=wanted.database, text=_text(make_owner)),),
    )
    yield Finding(
        name="public",
        ok=not _value(raw, _PUBLIC, None),
        what="Nobody else may use the database",
        sql=tuple(
            Sql(database=wanted.database, text=_text(each)) for each in database_grants(wanted)
        ),
    )


_OWNED = (
    "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass "
    "AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = %s)"
)
_MAY_CREATE = "SELECT has_database_privilege(%s, current_database(), 'CREATE')"
_PUBLIC = (
    "SELECT count(*) FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) "
    "WHERE datname = current_database() AND grantee = 0 AND %s::text IS NULL"
)


def _value(raw: Raw, query: str, role: str | None) -> Any:
    row = raw.execute(query, [role]).fetchone()
    return row[0] if row else None


def _letters(raw: Raw) -> Iterator[Finding]:
    offered = raw.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    yield Finding(
        name="pg_trgm",
        ok=offered.fetchone() is not None,
        what="The extension pg_trgm, which makes search fast, is there",
        remedy="Install the package postgresql-contrib on the server.",
        optional=True,
    )
    row = raw.execute(
        "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database "
        "WHERE datname = current_database()"
    ).fetchone()
    encoding, letters = row or ("", "")
    yield Finding(
        name="letters",
        ok=encoding == "UTF8" and letters not in ("C", "POSIX"),
        what="The database knows Chinese letters: %(encoding)s, %(letters)s",
        params={"encoding": encoding, "letters": letters},
        remedy="Make the database anew with ENCODING 'UTF8' LOCALE 'C.UTF-8'; "
        "until then search does not find Chinese.",
    )


def _tables(raw: Raw, urls: Urls) -> Iterator[Finding]:
    migrated = _control_revision(raw) == head("control")
    yield Finding(
        name="control",
        ok=migrated,
        what="The control schema is up to date",
        remedy="fieldstone migrate",
    )
    if migrated:
        rows = raw.execute(
            "SELECT key, schema, role FROM fieldstone.tenant WHERE status = 'active'"
        ).fetchall()
        late = outdated(urls.owner, [Tenant(key=k, schema=s, role=r) for k, s, r in rows])
        yield Finding(
            name="tenants",
            ok=not late,
            what="The tables of all %(count)s organisations are up to date",
            params={"count": len(rows)},
            remedy="fieldstone migrate   # " + ", ".join(tenant.key for tenant in late),
        )


def _control_revision(raw: Raw) -> str | None:
    table = f"{CONTROL_SCHEMA}.alembic_version"
    if raw.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,):
        return None
    row = raw.execute("SELECT version_num FROM fieldstone.alembic_version").fetchone()
    return str(row[0]) if row else None
