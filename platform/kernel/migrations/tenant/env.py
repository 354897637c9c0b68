"""Alembic runs this file for one tenant's schema; run.py hands it a connection whose search path
is that schema alone."""

from alembic import context

from fieldstone.kernel.system_tables import TENANT

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TENANT,
    version_table="fs_alembic_version",
)
context.run_migrations()
