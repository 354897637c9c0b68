"""The directory of tenants, and the job queue's own schema."""

import sqlalchemy as sa
from alembic import op

from fieldstone.kernel.migrations.queue import queue_steps

revision = "0001"
down_revision = None


def upgrade() -> None:
    _directory()
    for text in queue_steps(after="", up_to="03.04.00_50"):
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(text)


def _directory() -> None:
    op.create_table(
        "tenant",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), server_default=sa.text("'main'"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tenant"),
        schema="fieldstone",
    )
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_host"),
        sa.ForeignKeyConstraint(
            ["tenant"], ["fieldstone.tenant.key"], name="fk_host_tenant", ondelete="CASCADE"
        ),
        schema="fieldstone",
    )
    op.create_table(
        "operator",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_operator"),
        schema="fieldstone",
    )
