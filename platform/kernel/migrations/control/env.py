"""Alembic runs this file for the control schema; run.py hands it the connection."""

from alembic import context

from fieldstone.kernel.system_tables import CONTROL

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=CONTROL,
    version_table="alembic_version",
    version_table_schema="fieldstone",
)
context.run_migrations()
