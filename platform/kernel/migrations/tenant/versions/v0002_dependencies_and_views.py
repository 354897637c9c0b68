"""Who reads whom, and the list views that people keep for themselves and for each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "fs_state",
        sa.Column("graph_version", sa.Integer(), server_default=sa.text("-1"), nullable=False),
    )
    op.create_table(
        "fs_dependency",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("links", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("value", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("volatile", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "user_id", "place", "target_id", "links", "value", name="pk_fs_dependency"
        ),
    )
    op.create_index("ix_fs_dependency_target_id", "fs_dependency", ["target_id"], unique=False)
    op.create_table(
        "fs_saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("definition", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fs_saved_view"),
    )
    op.create_index("ix_fs_saved_view_object_id", "fs_saved_view", ["object_id"], unique=False)
    op.create_table(
        "fs_view_setting",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "object_id", "view", name="pk_fs_view_setting"),
    )
