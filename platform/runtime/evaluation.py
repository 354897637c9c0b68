"""Formulas over records that are in memory, saved or not: what they read of other records is
fetched for a whole batch, one query for each link, and without regard to who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.formula.batch import Outcome, run
from fieldstone.formula.binds import Bind, bind_values
from fieldstone.formula.computed import as_stored
from fieldstone.formula.context import Context
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import ID, Checked, Listed
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope, decimals_of
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.transaction import Transaction

Record = Mapping[str, Any]
"""Stored values by field name."""
Values = dict[Path, Any]
"""What a formula is computed with."""


async def with_links(
    transaction: Transaction,
    object_name: str,
    records: Sequence[Record],
    paths: Iterable[Path],
    lists: Iterable[Listed] = (),
) -> list[Values]:
    """Each record as formulas see it: its own fields, those of `paths` that lie beyond a link,
    and the records of related lists. What the links lead to in the recycle bin counts as absent."""
    found: list[Values] = [{(name,): value for name, value in each.items()} for each in records]
    beyond: dict[str, set[Path]] = {}
    for path in paths:
        if len(path) > 1:
            beyond.setdefault(path[0], set()).add(path[1:])
    for link, rest in beyond.items():
        await _fetch(transaction, object_name, link, sorted(rest), found)
    await add_lists(transaction, found, lists)
    return found


async def add_lists(
    transaction: Transaction,
    found: Sequence[Values],
    lists: Iterable[Listed],
    context: Context | None = None,
) -> None:
    """Puts in the records of the lists, one query for each; the ids of the records whose lists
    they are have been fetched, and one without an id has none. `context` is needed where the
    lists' own formula fields are read as they are; FormulaError for one only Python computes."""
    wanted: dict[Path, set[Path]] = {}
    for listed in lists:
        wanted.setdefault(listed.rows, set()).update(listed.fields)
    for (*owner, relation), fields in wanted.items():
        anchor = (*owner, ID)
        ids = {each for values in found if (each := _id(values.get(anchor))) is not None}
        rows = await _listed(transaction, relation, ids, tuple(sorted(fields)), context)
        for values in found:
            identity = _id(values.get(anchor))
            values[*owner, relation] = rows.get(identity, ()) if identity is not None else ()


async def _listed(
    transaction: Transaction,
    relation: str,
    ids: set[UUID],
    fields: tuple[Path, ...],
    context: Context | None,
) -> dict[UUID, list[Values]]:
    """The records of a list by whose they are, in the order of their ids."""
    found: dict[UUID, list[Values]] = {}
    if ids:
        query, binds = _list_statement(transaction.snapshot, relation, fields)
        params = bind_values(binds, (), context) if context is not None else {}
        rows = await transaction.connection.fetch_tuples(query, {**params, "ids": list(ids)})
        for owner, *row in rows:
            found.setdefault(owner, []).append(dict(zip(fields, row, strict=True)))
    return found


@per_snapshot()
def _list_statement(
    snapshot: Snapshot, relation: str, fields: tuple[Path, ...]
) -> tuple[Statement, tuple[Bind, ...]]:
    child, via = relation.split(".")
    joins, scope = Joins(snapshot, child), ObjectScope(snapshot, child)
    columns = [joins.column(scope.trail(path)) for path in fields]
    link = joins.root.c[snapshot.objects[child].fields[via].column]
    query = statement(
        select(link, *columns)
        .select_from(joins.source)
        .where(
            link == any_(bindparam("ids", type_=ARRAY(Uuid()))),
            joins.root.c.deleted_at.is_(None),
        )
        .order_by(joins.root.c.id)
    )
    return query, joins.binder.binds


async def _fetch(
    transaction: Transaction, object_name: str, link: str, rest: list[Path], found: list[Values]
) -> None:
    field = transaction.snapshot.objects[object_name].fields[link]
    ids = {each for values in found if (each := _id(values.get((link,)))) is not None}
    if not ids:
        return
    by_id = await stored(transaction, field.target, ids, rest)
    for values in found:
        identity = _id(values.get((link,)))
        row = by_id.get(identity) if identity is not None else None
        if row is not None:
            values.update({(link, *path): value for path, value in row.items()})


async def stored(
    transaction: Transaction, object_name: str, ids: Iterable[UUID], paths: Iterable[Path]
) -> dict[UUID, Values]:
    """What the paths lead to from stored records, by id."""
    wanted, chosen = tuple(sorted(set(paths))), list(ids)
    if not wanted or not chosen:
        return {}
    query = _statement(transaction.snapshot, object_name, wanted)
    rows = await transaction.connection.fetch_tuples(query, {"ids": chosen})
    return {row[0]: dict(zip(wanted, row[1:], strict=True)) for row in rows}


def _id(value: Any) -> UUID | None:
    return UUID(value) if isinstance(value, str) else value


@per_snapshot()
def _statement(snapshot: Snapshot, object_name: str, paths: tuple[Path, ...]) -> Statement:
    joins, scope = Joins(snapshot, object_name), ObjectScope(snapshot, object_name)
    columns = [joins.column(scope.trail(path)) for path in paths]
    return statement(
        select(joins.root.c.id, *columns)
        .select_from(joins.source)
        .where(
            joins.root.c.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
            joins.root.c.deleted_at.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class Computed:
    """`value` as the field would hold it; `error` is the code of what went wrong."""

    value: Any = None
    error: str = ""


def computed(field: Field, checked: Checked, values: Values, context: Context) -> Computed:
    """The formula field's value; `checked` is a reference to it."""
    return shown(field, checked, run(checked, [values], context)[0])


def shown(field: Field, checked: Checked, outcome: Outcome) -> Computed:
    """With all the decimals of the field, as a column would give it back."""
    if isinstance(outcome, EvaluationError):
        return Computed(error=outcome.code)
    value = as_stored(outcome, checked.type)
    if isinstance(value, Decimal):
        value = Decimal(format(value, f".{decimals_of(field)}f"))
    return Computed(value)
