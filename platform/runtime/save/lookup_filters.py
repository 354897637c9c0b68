"""Stage 5: links keep to the filters of their fields. Asked where a save changes the link, or what
the filter reads of the record; a link that was allowed once stops no other edit. One query finds
what a filter reads of all the records that a batch points at, whoever may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.formula.batch import run
from fieldstone.formula.typed import Checked
from fieldstone.kernel.errors import Problem
from fieldstone.kernel.sql import Statement, id_array, statement
from fieldstone.metadata import terms
from fieldstone.metadata.lookup_filters import required_filters
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import junction_of
from fieldstone.runtime.evaluation import with_links
from fieldstone.runtime.filter_words import filter_words
from fieldstone.runtime.records import context_for
from fieldstone.runtime.save.batch import Action, Batch, Change

Use = tuple[Change, UUID]


async def lookup_filters(batch: Batch) -> None:
    if batch.action not in (Action.CREATE, Action.UPDATE):
        return
    filters = required_filters(batch.transaction.snapshot, batch.shape.name)
    for name, checked in filters.items():
        field = batch.shape.fields[name]
        asked = [each for each in batch.changes if _is_asked(batch, each, field, checked)]
        uses = await _uses(batch, asked, field, checked)
        if uses:
            await _refuse_outside(batch, uses, field, checked)


def refusal(batch: Batch, name: str) -> Problem:
    """Of a record that the field does not take. Where it has a filter, one that does not fit, one
    that is not there and one that may not be seen get one answer, whatever they hold."""
    field, snapshot = batch.shape.fields[name], batch.transaction.snapshot
    if name not in required_filters(snapshot, batch.shape.name):
        return Problem(code="field.link_not_found", path=name)
    locale = batch.transaction.session.locale.code
    return Problem(
        code="field.outside_filter",
        path=name,
        params={
            "label": dict(field.label),
            "object": field.target,
            "conditions": filter_words(
                snapshot, batch.shape.name, name, batch.grant.rights, locale
            ),
        },
        message=terms.render(field.config.get("filter_message"), snapshot, locale),
    )


def _is_asked(batch: Batch, change: Change, field: Field, checked: Checked) -> bool:
    """Not of a record that is not there, nor of a link that is refused already."""
    missing = change.before is None and batch.action is Action.UPDATE
    if missing or any(each.path == field.name for each in change.problems):
        return False
    return any(_is_changed(batch, change, name) for name in {field.name, *_own_names(checked)})


def _own_names(checked: Checked) -> set[str]:
    """The fields of the record that the filter reads, the link among them."""
    return {path[0] for path in checked.fields}


def _is_changed(batch: Batch, change: Change, name: str) -> bool:
    if name in change.links or batch.action is Action.CREATE:
        return True
    return name in change.values and change.values[name] != (change.before or {}).get(name)


async def _uses(
    batch: Batch, changes: Sequence[Change], field: Field, checked: Checked
) -> list[Use]:
    """The links that must fit."""
    if not field.junction:
        linked = [(each, _resulting(each, field.name)) for each in changes]
        return [(change, value) for change, value in linked if value is not None]
    held = await _held(batch, changes, field)
    others = _own_names(checked) - {field.name}
    uses: list[Use] = []
    for change in changes:
        before = held.get(change.id, [])
        anew = any(_is_changed(batch, change, each) for each in others)
        kept = () if anew else before
        chosen = change.links.get(field.name, before)
        uses.extend((change, each) for each in chosen if each not in kept)
    return uses


async def _held(batch: Batch, changes: Sequence[Change], field: Field) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    if changes and batch.action is Action.UPDATE:
        query = _links_statement(batch.transaction.snapshot, field.object, field.name)
        ids = id_array(each.id for each in changes)
        for record, target in await batch.transaction.connection.fetch_tuples(query, {"ids": ids}):
            found.setdefault(record, []).append(target)
    return found


@per_snapshot()
def _links_statement(snapshot: Snapshot, object_name: str, name: str) -> Statement:
    junction = junction_of(snapshot, object_name, name)
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    return statement(
        select(junction.c.record, junction.c.target).where(junction.c.record == any_(ids))
    )


def _resulting(change: Change, name: str) -> Any:
    return change.values[name] if name in change.values else (change.before or {}).get(name)


async def _refuse_outside(
    batch: Batch, uses: Sequence[Use], field: Field, checked: Checked
) -> None:
    records = [
        {**(change.before or {}), **change.values, "id": change.id, field.name: target}
        for change, target in uses
    ]
    transaction = batch.transaction
    values = await with_links(transaction, batch.shape.name, records, checked.fields, checked.lists)
    context = await context_for(transaction, checked.root.needs)
    outside = {
        change.index: change
        for (change, _), fits in zip(uses, run(checked, values, context), strict=True)
        if fits is not True
    }
    for change in outside.values():
        change.problems.append(refusal(batch, field.name))
