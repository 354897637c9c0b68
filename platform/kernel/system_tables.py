"""The platform's own tables: the control schema, and the system tables of every tenant schema.

Tenant tables keep the rules that let a tenant move to another server: uuid or natural keys, a
primary key everywhere, named constraints, no identity columns, no triggers, no foreign key to
the control schema. Names start with fs_ so that no object's table can meet them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

CONTROL = MetaData(schema="fieldstone", naming_convention=NAMING)
TENANT = MetaData(naming_convention=NAMING)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _json(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, JSONB, nullable=nullable)


def _text(name: str, *, default: str | None = "") -> Column[str]:
    """A text column that is never null; blank unless said otherwise."""
    server_default = None if default is None else text(f"'{default}'")  # our own constants
    return Column(name, Text, nullable=False, server_default=server_default)


def _required(name: str, kind: TypeEngine[object]) -> Column[object]:
    return Column(name, kind, nullable=False)


# --- control schema -------------------------------------------------------------------------

tenant = Table(
    "tenant",
    CONTROL,
    Column("key", Text, primary_key=True),
    _text("schema", default=None),
    _text("role", default=None),
    _text("server", default="main"),
    _text("status", default="active"),
    _instant("created_at"),
)

host = Table(
    "host",
    CONTROL,
    Column("name", Text, primary_key=True),
    Column("tenant", ForeignKey(tenant.c.key, ondelete="CASCADE"), nullable=False),
)

operator = Table(
    "operator",
    CONTROL,
    Column("account", Text, primary_key=True),
    _text("password_hash", default=None),
    _instant("created_at"),
)

# --- a tenant's schema: metadata --------------------------------------------------------------

state = Table(
    "fs_state",
    TENANT,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("metadata_version", Integer, nullable=False, server_default=text("0")),
    Column("access_epoch", Integer, nullable=False, server_default=text("0")),
    _json("settings"),
    Column("graph_version", Integer, nullable=False, server_default=text("-1")),
)
"""One row. `settings`: {name: {en, zh_CN}, locale, timezone, currency, owner_user}.
`graph_version`: of which metadata version fs_dependency tells."""

component = Table(
    "fs_component",
    TENANT,
    Column("id", Uuid, primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    _text("kind", default=None),
    _text("name", default=None),
    _text("pack"),
    _text("pack_version"),
    _json("base", nullable=True),
    _json("delta", nullable=True),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    _json("physical"),
    Index("ix_fs_component_until", "until"),
)
"""A component's document from version `since` up to, not including, `until`. `base` is the
pack's, `delta` what the tenant changed; `physical` the names of its table and columns."""

version = Table(
    "fs_version",
    TENANT,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("title"),
    _instant("published_at"),
    Column("published_by", Uuid),
    Column("changeset_id", Uuid),
    Column("restored_from", Integer),
    _json("summary"),
)

changeset = Table(
    "fs_changeset",
    TENANT,
    Column("id", Uuid, primary_key=True),
    _text("title"),
    _text("status", default="draft"),
    Column("base_version", Integer, nullable=False),
    _json("operations"),
    Column("created_by", Uuid),
    _instant("created_at"),
    _instant("modified_at"),
    Column("published_version", Integer),
)

pack = Table(
    "fs_pack",
    TENANT,
    Column("name", Text, primary_key=True),
    _text("version", default=None),
    _text("content_hash", default=None),
    _instant("installed_at"),
    _json("manifest"),
)

dependency = Table(
    "fs_dependency",
    TENANT,
    Column("user_id", Uuid, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("target_id", Uuid, primary_key=True),
    Column("links", Text, primary_key=True, server_default=text("''")),
    Column("value", Text, primary_key=True, server_default=text("''")),
    _text("relation", default=None),
    Column("hard", Boolean, nullable=False),
    Column("volatile", Boolean, nullable=False),
    Index("ix_fs_dependency_target_id", "target_id"),
)
"""Which component reads which, by component ids: the `place` in the document of `user_id` names
`target_id`, reached over `links` (field ids, joined by dots), or one `value` of that picklist.
`relation`: value, prior, rollup or mention; `volatile`: the formula there changes by itself."""

saved_view = Table(
    "fs_saved_view",
    TENANT,
    Column("id", Uuid, primary_key=True),
    Column("object_id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    _text("name", default=None),
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    _json("definition"),
    _instant("created_at"),
    _instant("modified_at"),
    Index("ix_fs_saved_view_object_id", "object_id"),
)
"""A list view that a user keeps. `definition`: {columns: [path], filter, sort}."""

view_setting = Table(
    "fs_view_setting",
    TENANT,
    Column("user_id", Uuid, primary_key=True),
    Column("object_id", Uuid, primary_key=True),
    Column("view", Text, primary_key=True),
    _json("settings"),
)
"""How one user looks at one view, published or saved: {columns, widths, pinned}."""

# --- a tenant's schema: records ---------------------------------------------------------------

history = Table(
    "fs_history",
    TENANT,
    Column("id", Uuid, primary_key=True),
    Column("object_id", Uuid, nullable=False),
    Column("record_id", Uuid, nullable=False),
    _text("action", default=None),
    Column("user_id", Uuid),
    _instant("at"),
    _text("cause"),
    _json("changes"),
    Index("ix_fs_history_record_id_at", "record_id", "at"),
)
"""`changes` by field component id: {field id: [old, new]}, so that a rename loses nothing."""

search = Table(
    "fs_search",
    TENANT,
    Column("record_id", Uuid, primary_key=True),
    Column("field_id", Uuid, primary_key=True),
    Column("object_id", Uuid, nullable=False),
    Column("tokens", TSVECTOR, nullable=False),
    Index("ix_fs_search_tokens", "tokens", postgresql_using="gin"),
    Index("ix_fs_search_object_id", "object_id"),
)
"""What a record is found by, a row for each of its search fields: beginnings to look for (see
runtime/search_tokens.py). A search joins only the fields that the reader may read."""

counter = Table(
    "fs_counter",
    TENANT,
    Column("field_id", Uuid, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

outbox = Table(
    "fs_outbox",
    TENANT,
    Column("id", Uuid, primary_key=True),
    _text("task", default=None),
    _json("payload"),
    _instant("at"),
    _instant("run_after"),
    _instant("relayed_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lease", Uuid),
    _instant("failed_at", nullable=True),
    _text("error"),
    Index(
        "ix_fs_outbox_waiting",
        "run_after",
        postgresql_where=text("relayed_at IS NULL AND failed_at IS NULL"),
    ),
    Index(
        "ix_fs_outbox_relayed",
        "relayed_at",
        postgresql_where=text("relayed_at IS NOT NULL AND failed_at IS NULL"),
    ),
)
"""A job that is still to be done; the transaction that completes it deletes the row. `lease` is
the run that may write on the job's behalf; `failed_at` marks what was given up, with the kind of
`error` and no values."""

job = Table(
    "fs_job",
    TENANT,
    Column("id", Uuid, primary_key=True),
    _text("task", default=None),
    _json("title"),
    _text("status", default="waiting"),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("total", BigInteger),
    _json("result", nullable=True),
    Column("created_by", Uuid),
    _instant("created_at"),
    _instant("started_at", nullable=True),
    _instant("finished_at", nullable=True),
)
"""Progress of one background job, for the page that shows it. status: waiting, running, done,
failed, cancelled."""

idempotency = Table(
    "fs_idempotency",
    TENANT,
    Column("user_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    _text("request_hash", default=None),
    Column("status", Integer, nullable=False),
    _text("response", default=None),
    _instant("at"),
    Index("ix_fs_idempotency_at", "at"),
)

# --- a tenant's schema: people ----------------------------------------------------------------

credential = Table(
    "fs_credential",
    TENANT,
    Column("user_id", Uuid, primary_key=True),
    _text("password_hash", default=None),
    _instant("changed_at"),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    _instant("failed_at", nullable=True),
)

session = Table(
    "fs_session",
    TENANT,
    Column("id", Uuid, primary_key=True),
    _text("token_hash", default=None),
    Column("user_id", Uuid, nullable=False),
    _text("csrf_token", default=None),
    _instant("created_at"),
    _instant("seen_at"),
    _text("ip"),
    _text("agent"),
    Index("uq_fs_session_token_hash", "token_hash", unique=True),
    Index("ix_fs_session_user_id", "user_id"),
)

token = Table(
    "fs_token",
    TENANT,
    Column("id", Uuid, primary_key=True),
    _text("secret_hash", default=None),
    Column("user_id", Uuid, nullable=False),
    _text("title"),
    _instant("created_at"),
    _instant("expires_at"),
    _instant("used_at", nullable=True),
    Index("uq_fs_token_secret_hash", "secret_hash", unique=True),
)

audit = Table(
    "fs_audit",
    TENANT,
    Column("id", Uuid, primary_key=True),
    _instant("at"),
    Column("actor_id", Uuid),
    _text("verb", default=None),
    _text("subject"),
    _json("details"),
    _text("request_id"),
    _text("ip"),
    Index("ix_fs_audit_at", "at"),
)
"""Append-only: the tenant role may insert and read, nothing else."""
