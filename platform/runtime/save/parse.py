"""Stage 1: the input's values to stored values; unknown and uneditable fields refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.suggest import unknown_field

_IGNORED = frozenset({"id", "version"})
MANY = "many_to_many"


async def parse(batch: Batch) -> None:
    if batch.action not in (Action.CREATE, Action.UPDATE):
        return
    for change in batch.changes:
        for name, raw in change.given.items():
            if name not in _IGNORED:
                _parse_field(batch, change, name, raw)


def _parse_field(batch: Batch, change: Change, name: str, raw: Any) -> None:
    field = batch.shape.fields.get(name)
    if field is None or name not in batch.grant.readable:
        scope = ObjectScope(
            batch.transaction.snapshot, batch.shape.name, batch.grant.rights.may_read
        )
        change.problems.append(unknown_field(scope, str(name), str(name)[:80]))
        return
    if not _writable(batch, field):
        change.problem("field.not_editable", name)
        return
    try:
        value = field.type.parse(raw, batch.transaction.session.locale, field.config)
    except BadValue as error:
        change.problems.append(error.problem(name))
        return
    if field.type.name == MANY:
        change.links[name] = [UUID(str(each)) for each in value or ()]
    else:
        change.values[name] = value


def _writable(batch: Batch, field: Field) -> bool:
    if batch.as_system:
        return field.name not in _IGNORED
    if field.name not in batch.grant.editable or field.read_only:
        return False
    moved = field.type.name == "master_detail" and batch.action is Action.UPDATE
    return not (moved and field.config.get("reparentable") is False)
