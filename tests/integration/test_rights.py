"""What the database's own catalogues say about who may do what: the second wall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from conftest import Server

from fieldstone.kernel.db import Database
from fieldstone.kernel.tenants import create_tenant, drop_tenant

pytestmark = pytest.mark.anyio

Raw = psycopg.Connection[Any]


@pytest.fixture
def raw(server: Server) -> Iterator[Raw]:
    with server.copied() as urls, psycopg.connect(urls.owner, autocommit=True) as connection:
        yield connection


def column(raw: Raw, query: Any, *values: Any) -> list[Any]:
    return [row[0] for row in raw.execute(query, values)]


def test_no_role_of_ours_is_a_superuser(raw: Raw) -> None:
    mighty = (
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'test%%' AND (rolsuper OR rolbypassrls)"
    )
    assert column(raw, mighty) == []
    assert column(raw, "SELECT rolinherit FROM pg_roles WHERE rolname = 'test_login'") == [False]


def test_the_login_role_owns_nothing(raw: Raw) -> None:
    owned = """
        SELECT classid::regclass FROM pg_shdepend
        WHERE deptype = 'o' AND refobjid = 'test_login'::regrole
    """
    assert column(raw, owned) == []


def test_the_login_role_has_no_right_on_tenant_tables(raw: Raw) -> None:
    granted = """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace,
               aclexplode(relacl)
        WHERE nspname LIKE 't\\_%%' AND grantee IN ('test_login'::regrole, 0)
    """
    assert column(raw, granted) == []
    assert column(raw, "SELECT has_schema_privilege('test_login', 't_acme', 'USAGE')") == [False]


def test_the_login_role_can_make_nothing(raw: Raw) -> None:
    for right in ("CREATE", "TEMPORARY"):
        may = "SELECT has_database_privilege('test_login', current_database(), %s)"
        assert column(raw, may, right) == [False]
    may = """
        SELECT nspname FROM pg_namespace
        WHERE has_schema_privilege('test_login', oid, 'CREATE')
           OR has_schema_privilege('test_t_acme', oid, 'CREATE')
    """
    assert column(raw, may) == []


async def test_a_tenant_role_sees_its_schema_only(database: Database, server: Server) -> None:
    key = f"neighbour-{server.worker}"
    await create_tenant(database, key)
    used = """
        SELECT nspname FROM pg_namespace
        WHERE has_schema_privilege(%s, oid, 'USAGE') AND nspname NOT LIKE 'pg\\_%%'
          AND nspname <> 'information_schema'
    """
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        for tenant in ("acme", key):
            assert column(owner, used, f"test_t_{tenant}") == [f"t_{tenant}"]
    await drop_tenant(database, key)


def test_tenant_roles_cannot_sign_in_and_own_nothing(raw: Raw) -> None:
    roles = column(raw, "SELECT rolcanlogin FROM pg_roles WHERE rolname LIKE 'test\\_t\\_%%'")
    assert roles
    assert not any(roles)
    owned = """
        SELECT 1 FROM pg_shdepend JOIN pg_roles r ON r.oid = refobjid
        WHERE deptype = 'o' AND rolname LIKE 'test\\_t\\_%%'
    """
    assert column(raw, owned) == []


def test_the_login_role_does_not_inherit_a_tenants_rights(raw: Raw) -> None:
    membership = """
        SELECT inherit_option, set_option, admin_option FROM pg_auth_members
        WHERE member = 'test_login'::regrole
    """
    assert set(raw.execute(membership)) == {(False, True, False)}


def test_no_function_runs_with_its_owners_rights(raw: Raw) -> None:
    definers = """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
        WHERE prosecdef AND nspname NOT IN ('pg_catalog', 'information_schema')
    """
    assert column(raw, definers) == []


def test_tests_do_not_connect_as_somebody_mighty(server: Server) -> None:
    with server.copied() as urls, psycopg.connect(urls.login) as login:
        row = login.execute("SELECT current_user, session_user").fetchone()
    assert row == ("test_login", "test_login")
