"""The revisions make exactly the tables of kernel/system_tables.py, and the queue's newest ones."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import TENANT as ACME
from conftest import Server
from psycopg import sql
from sqlalchemy import MetaData

from fieldstone.kernel.migrations.draft import SCHEMAS, compare_options, draft
from fieldstone.kernel.migrations.queue import queue_step_names
from fieldstone.kernel.migrations.run import (
    head,
    migrate_control,
    owner_connection,
    raw_of,
    revision,
)
from fieldstone.kernel.postgres import Urls, login_role
from fieldstone.kernel.provision import migrate_tenant
from fieldstone.kernel.system_tables import CONTROL, TENANT

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND a.attnum > 0
      AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = %s::regnamespace AND contype <> 'n'
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s"
NOT_OURS = ("procrastinate_", "alembic_version", "fs_alembic_version")


@pytest.fixture
def urls(server: Server) -> Any:
    with server.copied() as urls:
        yield urls


@pytest.mark.parametrize("environment", ["control", "tenant"])
def test_a_comparison_finds_nothing(urls: Urls, environment: str) -> None:
    schema, metadata = SCHEMAS[environment]
    with owner_connection(urls.owner, ACME.schema if schema == "t_draft" else schema) as connection:
        context = MigrationContext.configure(connection, opts=compare_options(environment))
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("environment", ["control", "tenant"])
def test_the_draft_of_a_change_is_empty_when_there_is_none(urls: Urls, environment: str) -> None:
    assert "op." not in draft(environment, urls.owner)


@pytest.mark.parametrize(("metadata", "migrated"), [(CONTROL, "fieldstone"), (TENANT, ACME.schema)])
def test_columns_constraints_and_indexes_are_the_same(
    urls: Urls, metadata: MetaData, migrated: str
) -> None:
    """Sharper than a comparison by Alembic, which looks at no name of a key and no default."""
    with owner_connection(urls.owner, "made") as connection:
        raw_of(connection).execute("CREATE SCHEMA made")
        elsewhere = {"fieldstone": "made"}
        metadata.create_all(connection.execution_options(schema_translate_map=elsewhere))
    with psycopg.connect(urls.owner) as raw:
        for query in (COLUMNS, CONSTRAINTS, INDEXES):
            assert _described(raw, query, "made") == _described(raw, query, migrated)


def _described(raw: psycopg.Connection[Any], query: Any, schema: str) -> set[tuple[Any, ...]]:
    raw.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
    rows = raw.execute(query, [schema]).fetchall()
    plain = [tuple(_plain(each, schema) for each in row) for row in rows]
    return {row for row in plain if not row[0].startswith(NOT_OURS)}


def _plain(value: Any, schema: str) -> Any:
    if not isinstance(value, str):
        return value
    return value.removeprefix(f"{schema}.").replace(f"{schema}.", "")


def test_tenant_tables_can_move_to_another_server(urls: Urls) -> None:
    """A primary key everywhere, no identity, no sequence, no trigger, no unlogged table, no
    foreign key out of the schema."""
    with psycopg.connect(urls.owner) as raw:
        for name, query in FAULTS.items():
            assert raw.execute(query, {"schema": ACME.schema}).fetchall() == [], name


FAULTS = {
    "no primary key": """
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND NOT EXISTS
            (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')
    """,
    "not logged": """
        SELECT relname FROM pg_class
        WHERE relnamespace = %(schema)s::regnamespace AND relpersistence <> 'p'
    """,
    "identity": """
        SELECT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE c.relnamespace = %(schema)s::regnamespace AND attidentity <> ''
    """,
    "sequence": """
        SELECT relname FROM pg_class
        WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'S'
    """,
    "trigger": """
        SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
        WHERE c.relnamespace = %(schema)s::regnamespace AND NOT tgisinternal
    """,
    "foreign key to another schema": """
        SELECT conname FROM pg_constraint JOIN pg_class c ON c.oid = confrelid
        WHERE connamespace = %(schema)s::regnamespace AND contype = 'f'
          AND c.relnamespace <> %(schema)s::regnamespace
    """,
}


def test_migrating_again_changes_nothing(urls: Urls) -> None:
    for _ in range(2):
        migrate_control(urls.owner, login_role("test"))
    with owner_connection(urls.owner, "fieldstone") as connection:
        assert revision(connection, "control") == head("control")


def test_a_crash_half_way_leaves_nothing(server: Server) -> None:
    with server.copied("template0") as urls:
        with (
            pytest.raises(ZeroDivisionError),
            owner_connection(urls.owner, "fieldstone") as connection,
        ):
            raw_of(connection).execute("CREATE SCHEMA fieldstone")
            raise ZeroDivisionError
        migrate_control(urls.owner, login_role("test"))
        with owner_connection(urls.owner, "fieldstone") as connection:
            assert revision(connection, "control") == head("control")


def test_the_queue_has_its_newest_schema(urls: Urls) -> None:
    """When this fails after an update of procrastinate, add a control revision that applies the
    steps after the last one, and move the last one here."""
    assert queue_step_names()[-1] == "03.04.00_50"


def test_trigrams_know_chinese(urls: Urls) -> None:
    with psycopg.connect(urls.owner) as raw:
        row = raw.execute("SELECT fieldstone.show_trgm('客户级别')").fetchone()
    assert row is not None
    assert len(row[0]) == 5


def test_an_older_tenant_gets_a_job_that_makes_its_records_found(urls: Urls) -> None:
    """Once; one that is new has no records yet."""
    asked = "SELECT count(*) FROM t_acme.fs_outbox WHERE task = 'search.fill'"
    with psycopg.connect(urls.owner, autocommit=True) as raw:
        assert raw.execute(asked).fetchone() == (0,)
        raw.execute("DROP TABLE t_acme.fs_search")
        raw.execute("UPDATE t_acme.fs_alembic_version SET version_num = '0002'")
        for _ in range(2):
            migrate_tenant(urls.owner, ACME)
            assert raw.execute(asked).fetchone() == (1,)
