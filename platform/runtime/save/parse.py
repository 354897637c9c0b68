"""Stage 1: the input's values to stored values; unknown and uneditable fields refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fieldstone.kernel.i18n import Locale
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
    locale = batch.transaction.session.locale
    writable: dict[str, Field | None] = {}  # what the first record finds out holds for all
    for change in batch.changes:
        for name, raw in change.given.items():
            if name in _IGNORED:
                continue
            if name not in writable:
                writable[name] = _writable(batch, name)
            field = writable[name]
            if field is None:
                _refuse(batch, change, name)
            else:
                _parse_field(change, field, raw, locale)


def _refuse(batch: Batch, change: Change, name: str) -> None:
    if name in batch.shape.fields and name in batch.grant.readable:
        change.problem("field.not_editable", name)
        return
    scope = ObjectScope(batch.transaction.snapshot, batch.shape.name, batch.grant.rights.may_read)
    change.problems.append(unknown_field(scope, str(name), str(name)[:80]))


def _parse_field(change: Change, field: Field, raw: Any, locale: Locale) -> None:
    name = field.name
    try:
        value = field.type.parse(raw, locale, field.config)
    except BadValue as error:
        change.problems.append(error.problem(name))
        return
    if field.type.name == MANY:
        change.links[name] = [UUID(str(each)) for each in value or ()]
    else:
        change.values[name] = value


def _writable(batch: Batch, name: str) -> Field | None:
    """The field, if this batch may fill it."""
    field = batch.shape.fields.get(name)
    if field is None or name not in batch.grant.readable:
        return None
    if batch.as_system:
        return field
    if name not in batch.grant.editable or field.read_only:
        return None
    moved = field.type.name == "master_detail" and batch.action is Action.UPDATE
    return None if moved and field.config.get("reparentable") is False else field
