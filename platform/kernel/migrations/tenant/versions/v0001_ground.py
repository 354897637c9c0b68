"""The system tables that every tenant has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    _metadata()
    _records()
    _jobs()
    _people()


def _metadata() -> None:
    op.create_table(
        "fs_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("metadata_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("access_epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fs_state"),
    )
    op.create_table(
        "fs_component",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("pack_version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("base", JSONB(), nullable=True),
        sa.Column("delta", JSONB(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("physical", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", "since", name="pk_fs_component"),
    )
    op.create_index("ix_fs_component_until", "fs_component", ["until"], unique=False)
    op.create_table(
        "fs_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("changeset_id", sa.Uuid(), nullable=True),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("summary", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_fs_version"),
    )
    op.create_table(
        "fs_changeset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("operations", JSONB(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_fs_changeset"),
    )
    op.create_table(
        "fs_pack",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_fs_pack"),
    )


def _records() -> None:
    op.create_table(
        "fs_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fs_history"),
    )
    op.create_index("ix_fs_history_record_id_at", "fs_history", ["record_id", "at"], unique=False)
    op.create_table(
        "fs_counter",
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("field_id", "period", name="pk_fs_counter"),
    )
    op.create_table(
        "fs_idempotency",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_fs_idempotency"),
    )
    op.create_index("ix_fs_idempotency_at", "fs_idempotency", ["at"], unique=False)


def _jobs() -> None:
    op.create_table(
        "fs_outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fs_outbox"),
    )
    op.create_index(
        "ix_fs_outbox_waiting",
        "fs_outbox",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NULL AND failed_at IS NULL"),
    )
    op.create_index(
        "ix_fs_outbox_relayed",
        "fs_outbox",
        ["relayed_at"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NOT NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "fs_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("result", JSONB(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_fs_job"),
    )


def _people() -> None:
    op.create_table(
        "fs_credential",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name="pk_fs_credential"),
    )
    op.create_table(
        "fs_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fs_session"),
    )
    op.create_index("ix_fs_session_user_id", "fs_session", ["user_id"], unique=False)
    op.create_index("uq_fs_session_token_hash", "fs_session", ["token_hash"], unique=True)
    op.create_table(
        "fs_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_fs_token"),
    )
    op.create_index("uq_fs_token_secret_hash", "fs_token", ["secret_hash"], unique=True)
    op.create_table(
        "fs_audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("request_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ip", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fs_audit"),
    )
    op.create_index("ix_fs_audit_at", "fs_audit", ["at"], unique=False)
