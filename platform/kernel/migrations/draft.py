"""Prints the Alembic operations that a change of kernel/system_tables.py needs:

    python -m fieldstone.kernel.migrations.draft tenant      (or: control)

Paste them into a new revision beside the others."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import MetaData

from fieldstone.kernel.embedded import EmbeddedServer
from fieldstone.kernel.migrations.run import migrate_control, owner_connection, raw_of, upgrade
from fieldstone.kernel.postgres import bootstrap, login_role
from fieldstone.kernel.system_tables import CONTROL, TENANT

SCHEMAS: dict[str, tuple[str, MetaData]] = {
    "control": ("public", CONTROL),
    "tenant": ("t_draft", TENANT),
}


def draft(environment: str, owner_url: str) -> str:
    """The operations from what the revisions make to what the tables say."""
    schema, metadata = SCHEMAS[environment]
    with owner_connection(owner_url, schema) as connection:
        raw_of(connection).execute("CREATE SCHEMA IF NOT EXISTS t_draft")
        upgrade(connection, environment)
        context = MigrationContext.configure(connection, opts=compare_options(environment))
        changes = produce_migrations(context, metadata).upgrade_ops
        return "" if changes is None else render_python_code(changes)


def compare_options(environment: str) -> dict[str, Any]:
    """What a comparison looks at: our tables, not those of the job queue."""
    return {
        "compare_type": True,
        "compare_server_default": True,
        "include_schemas": environment == "control",
        "include_name": lambda name, kind, _parents: _ours(environment, name, kind),
    }


def _ours(environment: str, name: str | None, kind: str) -> bool:
    if kind == "schema":
        return name == ("fieldstone" if environment == "control" else None)
    foreign = ("procrastinate_", "alembic_version", "fs_alembic_version")
    return kind != "table" or not (name or "").startswith(foreign)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder))
        urls = bootstrap(server.admin_url, "fieldstone", "fieldstone")
        migrate_control(urls.owner, login_role("fieldstone"))
        print(draft(sys.argv[1], urls.owner))
        server.stop()


if __name__ == "__main__":
    main()
