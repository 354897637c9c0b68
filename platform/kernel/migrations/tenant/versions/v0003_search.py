"""What records are found by. The tokens of the records there are, are written by a job."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "fs_search",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("tokens", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "field_id", name="pk_fs_search"),
    )
    op.create_index("ix_fs_search_tokens", "fs_search", ["tokens"], postgresql_using="gin")
    op.create_index("ix_fs_search_object_id", "fs_search", ["object_id"])
    _ask_for_tokens()


def _ask_for_tokens() -> None:
    """Of a tenant that has records already; a new one has no state yet."""
    op.execute(
        "INSERT INTO fs_outbox (id, task, payload, at, run_after) "
        "SELECT gen_random_uuid(), 'search.fill', '{}', now(), now() FROM fs_state"
    )
