"""The SQL of roll-ups, set-based: what some records add to the ones they point at, sums computed
anew, sums moved by a difference. Statements are kept with the snapshot they were made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    and_,
    any_,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import BigInteger, Integer, Numeric, TypeEngine, Uuid

from fieldstone.formula.binds import Bind, Binder, bind_values
from fieldstone.formula.context import Context
from fieldstone.formula.scope import Path
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.computed import Rollup
from fieldstone.metadata.field_types.rollup import NEVER_BLANK
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.tables import table_of

Ids = Sequence[UUID]
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_FORMER = bindparam("former", type_=ARRAY(Uuid()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A statement with the values that the roll-ups' own formulas bind."""

    statement: Statement
    binds: tuple[Bind, ...]

    def params(self, context: Context, **given: Any) -> dict[str, Any]:
        return {**bind_values(self.binds, (), context), **given}


def movable(rollup: Rollup) -> bool:
    """Whether the difference that a record makes is all that must be known. Not where other
    records have a say in what it adds: they may change between two looks."""
    return rollup.local and rollup.function in ("count", "sum")


@per_snapshot()
def contributions(snapshot: Snapshot, rollups: tuple[Rollup, ...]) -> Ready:
    """(parent, sum, sum …) of the records in `ids`, for roll-ups of one child and one link."""
    via = rollups[0].via
    joins = Joins(snapshot, via.object, Binder("r"))
    sums = [_aggregate(each, joins).label(f"v{n}") for n, each in enumerate(rollups)]
    parent = joins.root.c[via.column]
    query = (
        select(parent.label("parent"), *sums)
        .select_from(joins.source)
        .where(joins.root.c.id == any_(_IDS), joins.root.c.deleted_at.is_(None))
        .where(parent.is_not(None))
        .group_by(parent)
    )
    return Ready(statement=statement(query), binds=joins.binder.binds)


@per_snapshot()
def moved_sums(snapshot: Snapshot, rollups: tuple[Rollup, ...]) -> Ready:
    """Adds the differences in `rows` [{"id", "v0", "v1" …}] to the sums; answers the ids of the
    records that changed. A sum that is still to be computed stays so."""
    table = table_of(snapshot, rollups[0].field.object)
    names = [f"v{n}" for n in range(len(rollups))]
    given = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB()))
        .table_valued(column("id", Uuid()), *(column(name, Numeric()) for name in names))
        .alias("given")
        .render_derived(with_types=True)
    )
    values = {
        each.field.column: table.c[each.field.column] + given.c[name]
        for each, name in zip(rollups, names, strict=True)
    }
    query = update(table).values(values).where(table.c.id == given.c.id).returning(table.c.id)
    return Ready(statement=statement(query), binds=())


@per_snapshot()
def computed_anew(snapshot: Snapshot, rollups: tuple[Rollup, ...]) -> Ready:
    """Sets the roll-ups of one object for the records in `ids` to what they should be; answers
    the ids of those that were not."""
    table = table_of(snapshot, rollups[0].field.object)
    fresh, binder = _fresh(snapshot, rollups)
    values: dict[str, Any] = {}
    differs: list[ColumnElement[bool]] = []
    for n, each in enumerate(rollups):
        stored = table.c[each.field.column]
        values[stored.name] = fresh.c[f"v{n}"]
        differs.append(stored.is_distinct_from(fresh.c[f"v{n}"]))
    query = (
        update(table)
        .values(values)
        .where(table.c.id == fresh.c.id, or_(*differs))
        .returning(table.c.id)
    )
    return Ready(statement=statement(query), binds=binder.binds)


@per_snapshot()
def drift(snapshot: Snapshot, rollups: tuple[Rollup, ...]) -> Ready:
    """(id, stored, right) of one roll-up's records in `ids` that hold a wrong value."""
    table = table_of(snapshot, rollups[0].field.object)
    fresh, binder = _fresh(snapshot, rollups)
    stored = table.c[rollups[0].field.column]
    query = (
        select(table.c.id, stored.label("stored"), fresh.c.v0.label("right"))
        .join(fresh, fresh.c.id == table.c.id)
        .where(stored.is_distinct_from(fresh.c.v0))
    )
    return Ready(statement=statement(query), binds=binder.binds)


def _fresh(snapshot: Snapshot, rollups: tuple[Rollup, ...]) -> tuple[Any, Binder]:
    """One row for each of `ids` with every roll-up's value; a child and link are read once."""
    binder = Binder("r")
    wanted = func.unnest(_IDS, type_=Uuid()).table_valued(column("id", Uuid()), name="wanted")
    wanted = wanted.render_derived()
    source: Any = wanted
    columns: dict[int, ColumnElement[Any]] = {}
    for g, group in enumerate(by_link(rollups)):
        part = _of_one_parent(snapshot, group, binder, wanted.c.id, f"x{g}")
        lateral = part.lateral(f"s{g}")
        source = source.join(lateral, true())
        for n, each in enumerate(group):
            columns[rollups.index(each)] = lateral.c[f"v{n}"]
    labelled = [columns[n].label(f"v{n}") for n in range(len(rollups))]
    return select(wanted.c.id, *labelled).select_from(source).subquery("fresh"), binder


def _of_one_parent(
    snapshot: Snapshot,
    group: tuple[Rollup, ...],
    binder: Binder,
    parent: ColumnElement[Any],
    alias: str,
) -> Select[Any]:
    via = group[0].via
    joins = Joins(snapshot, via.object, binder, alias)
    sums = [_aggregate(each, joins).label(f"v{n}") for n, each in enumerate(group)]
    return (
        select(*sums)
        .select_from(joins.source)
        .where(joins.root.c[via.column] == parent, joins.root.c.deleted_at.is_(None))
    )


def by_link(rollups: Sequence[Rollup]) -> list[tuple[Rollup, ...]]:
    """Roll-ups over the same children by the same link."""
    groups: dict[tuple[str, str], list[Rollup]] = {}
    for each in rollups:
        groups.setdefault((each.child, each.via.name), []).append(each)
    return [tuple(group) for group in groups.values()]


def _aggregate(rollup: Rollup, joins: Joins) -> ColumnElement[Any]:
    kind = rollup.field.type.columns(rollup.field.config)[""]
    made = _functions(rollup, joins)[rollup.function]
    if rollup.filter is not None:
        made = made.filter(joins.where(rollup.filter))
    return _as_kept(made, kind, rollup)


def _functions(rollup: Rollup, joins: Joins) -> Mapping[str, Any]:
    if rollup.value is None:
        return {"count": func.count()}
    scope = ObjectScope(joins.snapshot, joins.object)
    value = joins.column(scope.trail((str(rollup.field.config["field"]),)))
    return {
        "count": func.count(value),
        "count_distinct": func.count(value.distinct()),
        "sum": func.sum(value, type_=Numeric()),
        "avg": func.avg(value, type_=Numeric()),
        "min": func.min(value),
        "max": func.max(value),
    }


def _as_kept(made: Any, kind: TypeEngine[Any], rollup: Rollup) -> ColumnElement[Any]:
    if rollup.function in NEVER_BLANK:
        made = func.coalesce(made, 0)
    if isinstance(kind, BigInteger):
        return cast(func.round(cast(made, Numeric())), BigInteger())
    if isinstance(kind, Numeric):
        scale = rollup.field.config.get("scale", 2)
        return type_coerce(func.round(made, cast(scale, Integer())), kind)
    return type_coerce(made, kind)


@per_snapshot()
def reached(snapshot: Snapshot, rollup: Rollup, path: Path) -> Ready:
    """The parents whose roll-up reads, over `path` from their children, one of the records in
    `ids`. Links to records in the recycle bin count, as these come and go."""
    scope = ObjectScope(snapshot, rollup.child)
    child = table_of(snapshot, rollup.child).alias("x")
    source: Any = child
    previous: Any = child
    for step in range(len(path)):
        link = scope.trail(path[: step + 1])[-1]
        following = table_of(snapshot, link.target).alias(f"l{step}")
        source = source.join(following, following.c.id == previous.c[link.column])
        previous = following
    parent = child.c[rollup.via.column]
    query = (
        select(parent)
        .distinct()
        .select_from(source)
        .where(and_(previous.c.id == any_(_IDS), parent.is_not(None)))
    )
    return Ready(statement=statement(query), binds=())


@per_snapshot()
def held(snapshot: Snapshot, child: str, path: Path) -> Statement:
    """Keeps the records at the end of `path` from the children in `ids` as they are until the
    transaction ends. Whoever changes one of them would not see these children yet, and these
    would not see the change. Records that are summed into are locked as `locked` does: they may
    be changed in the same transaction, and two that share them would wait for each other. So are
    those in `former`, that the children have left: two that swap theirs would wait otherwise."""
    scope = ObjectScope(snapshot, child)
    table = table_of(snapshot, child).alias("x")
    source: Any = table
    previous: Any = table
    for step in range(len(path) - 1):
        link = scope.trail(path[: step + 1])[-1]
        following = table_of(snapshot, link.target).alias(f"l{step}")
        source = source.join(following, following.c.id == previous.c[link.column])
        previous = following
    last = scope.trail(path)[-1]
    wanted = (
        select(previous.c[last.column]).select_from(source).where(table.c.id == any_(_IDS))
    ).scalar_subquery()
    target = table_of(snapshot, last.target)
    summed = any(each.computed == "rollup" for each in snapshot.objects[last.target].own_fields)
    chosen: ColumnElement[bool] = target.c.id.in_(wanted)
    if summed:
        chosen = or_(chosen, target.c.id == any_(_FORMER))
    query = select(target.c.id).where(chosen).order_by(target.c.id)
    return statement(query.with_for_update(read=not summed, key_share=summed))


@per_snapshot()
def locked(snapshot: Snapshot, object_name: str) -> Statement:
    """Locks the records in `ids`, in the order of their ids, against other changes; links to
    them may still be made meanwhile."""
    table = table_of(snapshot, object_name)
    query = select(table.c.id).where(table.c.id == any_(_IDS)).order_by(table.c.id)
    return statement(query.with_for_update(key_share=True))
