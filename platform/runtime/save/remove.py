"""Deleting and restoring: into the recycle bin and out of it, with what hangs on the record.

Links that cascade take their records along; links that restrict refuse while a live record
holds them; links that clear are left as they are and read as blank while the target is in the
bin, so that a restore heals them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, not_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.kernel import clock
from fieldstone.kernel.errors import Invalid, Problem, TooLarge
from fieldstone.metadata import terms
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.access import CLOSED, Grant
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.save.pipeline import Options, Saved, run_batch
from fieldstone.runtime.transaction import Transaction

MAX_ROWS = 10_000


async def delete(
    transaction: Transaction,
    object_name: str,
    records: Sequence[tuple[UUID, int | None]],
    options: Options = Options(),  # noqa: B008  # frozen
) -> Saved:
    """`records` are (id, the version the deleter saw or None)."""
    grant = transaction.grant(object_name)
    grant.require("delete")
    roots = {identity: identity for identity, _ in records}
    batch = _batch(transaction, grant, Action.DELETE, records, options)
    saved = await run_batch(batch, options.pipeline)
    # after the rows are locked, so that nobody links to them meanwhile
    await _refuse_restricted(transaction, object_name, list(roots))
    await _cascade(transaction, object_name, roots, options)
    return saved


async def restore(
    transaction: Transaction,
    object_name: str,
    records: Sequence[UUID],
    options: Options = Options(),  # noqa: B008  # frozen
) -> Saved:
    """The records, and what their deletion took along."""
    grant = transaction.grant(object_name)
    grant.require("delete")
    pairs = [(identity, None) for identity in records]
    batch = _batch(transaction, grant, Action.RESTORE, pairs, options)
    saved = await run_batch(batch, options.pipeline)
    await _refuse_orphans(transaction, object_name, saved)
    for shape in transaction.snapshot.objects.values():
        if shape.name == object_name or _holds_cascade(transaction, shape.name):
            await _restore_taken(transaction, shape.name, list(records), options)
    return saved


async def _refuse_orphans(transaction: Transaction, object_name: str, saved: Saved) -> None:
    """A detail comes back with its master or not at all."""
    snapshot = transaction.snapshot
    for field in snapshot.objects[object_name].own_fields:
        if not field.is_reference or _rule(field) != "cascade":
            continue
        ids = [each for change in saved.changes if (each := (change.before or {}).get(field.name))]
        table = table_of(snapshot, field.target)
        gone = await transaction.connection.value(
            select(func.count())
            .select_from(table)
            .where(
                table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
                table.c.deleted_at.is_not(None),
            ),
            {"ids": ids},
        )
        if gone:
            noun = terms.noun(snapshot, field.target, transaction.session.locale.code)
            raise Invalid.one("record.parent_deleted", field.name, noun=noun)


def _batch(
    transaction: Transaction,
    grant: Grant,
    action: Action,
    records: Sequence[tuple[UUID, int | None]],
    options: Options,
    roots: dict[UUID, UUID] | None = None,
) -> Batch:
    changes = []
    for index, (identity, version) in enumerate(records):
        change = Change(index=index, given={}, id=identity, expected_version=version)
        if roots is not None:
            change.values["deleted_root"] = roots[identity]
        changes.append(change)
    return Batch(
        transaction=transaction,
        grant=grant,
        action=action,
        changes=changes,
        now=clock.now(),
        single=options.single,
        partial=options.partial,
        cause=options.cause,
        as_system=options.as_system,
    )


def _rule(field: Field) -> str:
    if field.type.name == "master_detail":
        return "cascade"
    return str(field.config.get("on_delete") or "set_null")


def _links_to(transaction: Transaction, object_name: str, rule: str) -> list[Field]:
    return [
        field
        for field in transaction.snapshot.children.get(object_name, ())
        if field.is_reference and _rule(field) == rule
    ]


def _holds_cascade(transaction: Transaction, object_name: str) -> bool:
    shape = transaction.snapshot.objects[object_name]
    return any(f.is_reference and _rule(f) == "cascade" for f in shape.own_fields)


async def _holders(
    transaction: Transaction, field: Field, targets: list[UUID]
) -> list[tuple[UUID, UUID]]:
    """(record, target) of the live records whose field holds one of the targets."""
    table = table_of(transaction.snapshot, field.object)
    rows = await transaction.connection.fetch_tuples(
        select(table.c.id, table.c[field.column])
        .where(
            table.c[field.column] == any_(bindparam("ids", type_=ARRAY(Uuid()))),
            table.c.deleted_at.is_(None),
        )
        .limit(MAX_ROWS + 1),
        {"ids": targets},
    )
    if len(rows) > MAX_ROWS:
        raise TooLarge("too_many_children", limit=MAX_ROWS)
    return rows


async def _refuse_restricted(
    transaction: Transaction, object_name: str, targets: list[UUID]
) -> None:
    problems = []
    for field in _links_to(transaction, object_name, "restrict"):
        table = table_of(transaction.snapshot, field.object)
        count = await transaction.connection.value(
            select(func.count())
            .select_from(table)
            .where(
                table.c[field.column] == any_(bindparam("ids", type_=ARRAY(Uuid()))),
                table.c.deleted_at.is_(None),
                not_(table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))),
            ),
            {"ids": targets},
        )
        if count:
            problems.append(_restricted(transaction, field, int(count)))
    if problems:
        raise Invalid("record_in_use", problems=problems)


def _restricted(transaction: Transaction, field: Field, count: int) -> Problem:
    """Names the object that holds the record only to those who may know it."""
    session = transaction.session
    rights = transaction.grant_rights().objects.get(field.object, CLOSED)
    if "read" not in rights.actions:
        return Problem(code="record.in_use_hidden")
    noun = terms.noun(transaction.snapshot, field.object, session.locale.code, "plural")
    return Problem(code="record.in_use", params={"count": count, "objects": noun})


async def _cascade(
    transaction: Transaction, object_name: str, roots: dict[UUID, UUID], options: Options
) -> None:
    """`roots`: each deleted record and the one whose deletion began it."""
    for field in _links_to(transaction, object_name, "cascade"):
        holders = await _holders(transaction, field, list(roots))
        if not holders:
            continue
        await _refuse_restricted(transaction, field.object, [each for each, _ in holders])
        below = {identity: roots[target] for identity, target in holders}
        grant = transaction.system_grant(field.object)
        pairs: list[tuple[UUID, int | None]] = [(identity, None) for identity in below]
        inner = Options(cause=options.cause or "cascade", pipeline=options.pipeline)
        batch = _batch(transaction, grant, Action.DELETE, pairs, inner, roots=below)
        await run_batch(batch, options.pipeline)
        await _cascade(transaction, field.object, below, options)


async def _restore_taken(
    transaction: Transaction, object_name: str, roots: list[UUID], options: Options
) -> None:
    table = table_of(transaction.snapshot, object_name)
    rows = await transaction.connection.fetch_tuples(
        select(table.c.id)
        .where(table.c.deleted_root == any_(bindparam("ids", type_=ARRAY(Uuid()))))
        .limit(MAX_ROWS),
        {"ids": roots},
    )
    if rows:
        grant = transaction.system_grant(object_name)
        pairs: list[tuple[UUID, Any]] = [(row[0], None) for row in rows]
        inner = Options(cause="restore", pipeline=options.pipeline)
        batch = _batch(transaction, grant, Action.RESTORE, pairs, inner)
        await run_batch(batch, options.pipeline)
