"""Indexes on what a formula gives, for lists that are sorted or filtered by it often. Possible
where nothing but the record's own row decides: no clock, no asker, no other record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlalchemy.types import TypeEngine

from fieldstone.formula.binds import Binder, Read
from fieldstone.formula.context import Context
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.typed import Needs
from fieldstone.kernel import clock
from fieldstone.kernel.sql import ddl
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import formula_of
from fieldstone.metadata.snapshot import Field, Snapshot

LARGEST = 4_000
"""Characters of an index's expression; what is longer costs more at every save than it saves."""


class NotIndexableError(ValueError):
    """The formula asks for something that its own row does not hold."""


@dataclass(slots=True)
class Literals(Binder):
    """Writes constants into the expression: an index has no parameters."""

    def named(self, label: str, kind: TypeEngine[Any], read: Read, needs: Needs) -> Any:  # noqa: ARG002
        raise NotIndexableError(label)

    def fresh(self, kind: TypeEngine[Any], read: Read, needs: Needs) -> Any:  # noqa: ARG002
        return literal(read(Context(now=clock.now()), ()), kind)


@per_snapshot()
def index_expression(
    snapshot: Snapshot, object_name: str, field_name: str
) -> ColumnElement[Any] | None:
    """The expression that queries sort and filter by; None when no index can hold it."""
    field = snapshot.objects[object_name].fields[field_name]
    checked = formula_of(snapshot, field)
    if checked is None or checked.root.needs & ~(Needs.FIELDS | Needs.VALUES):
        return None
    if any(len(path) > 1 for path in checked.fields):
        return None
    joins = Joins(snapshot, object_name, Literals())
    try:
        value = joins.computed((field,)).value
    except (FormulaError, NotIndexableError):
        return None
    if joins.source is not joins.root or len(ddl(value)) > LARGEST:
        return None
    return value


def wanted(snapshot: Snapshot, field: Field) -> ColumnElement[Any] | None:
    if not field.formula or not field.config.get("indexed"):
        return None
    return index_expression(snapshot, field.object, field.name)


def changed(before: Snapshot, after: Snapshot, field: Field) -> bool:
    """Whether the index that the field has is no longer the one it should have, as when a formula
    that it reads is another one now."""
    former = before.fields_by_id.get(field.id)
    old = wanted(before, former) if former is not None else None
    new = wanted(after, field)
    return (ddl(old) if old is not None else "") != (ddl(new) if new is not None else "")
