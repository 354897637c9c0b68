"""Stage 7: roll-ups of the records that the changed ones point at, exact in the same transaction.

What a record adds is looked at before and after it is written; sums and counts move by the
difference, everything else is computed anew from the children. The records summed into are locked
in the order of their ids before they change, so that of two savers the second sees what the first
did. A roll-up that others read moves those as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from fieldstone.formula.scope import Path
from fieldstone.kernel.errors import TooLarge
from fieldstone.metadata import rollup_sql as sql
from fieldstone.metadata.backfill import organisation_context
from fieldstone.metadata.computed import Rollup, rollups
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.transaction import Transaction

MAX_LEVELS = 10
Sums = Mapping[UUID, tuple[Any, ...]]
Link = tuple[Rollup, ...]
"""Roll-ups over the same children by the same link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a change of an object's records means for roll-ups. `fields` None: whole records come
    or go. `before` is what the records added, by group of roll-ups."""

    object: str
    ids: tuple[UUID, ...]
    fields: frozenset[str] | None
    before: Mapping[Link, Sums] = field(default_factory=dict)
    former: Mapping[Link, frozenset[UUID]] = field(default_factory=dict)


async def look_before(batch: Batch) -> None:
    """What the records add as they are, while they are locked and not yet written."""
    if not _has_any(batch.transaction.snapshot, batch.shape.name):
        return
    touched = _touched(batch)
    if batch.action in (Action.UPDATE, Action.DELETE) and touched.ids:
        batch.rollups = await _look(batch.transaction, touched, _former(batch))
    else:
        batch.rollups = touched


async def keep_rollups(batch: Batch) -> None:
    if batch.rollups is None or not batch.rollups.ids:
        return
    await _keep(batch.transaction, batch.rollups, 0)


def _touched(batch: Batch) -> Touched:
    changes = batch.good
    fields = None
    if batch.action is Action.UPDATE:
        changes = [each for each in changes if _moved(each)]
        fields = frozenset(name for each in changes for name in _moved(each))
    return Touched(object=batch.shape.name, ids=tuple(each.id for each in changes), fields=fields)


def _moved(change: Change) -> list[str]:
    before = change.before or {}
    return [name for name, value in change.values.items() if value != before.get(name)]


def _former(batch: Batch) -> dict[str, frozenset[UUID]]:
    """By link, what the records pointed at before."""
    links: dict[str, set[UUID]] = {}
    for each in rollups(batch.transaction.snapshot):
        if each.child == batch.shape.name:
            links.setdefault(each.via.name, set())
    for name, held in links.items():
        held.update(
            value for each in batch.good if (value := (each.before or {}).get(name)) is not None
        )
    return {name: frozenset(held) for name, held in links.items()}


async def _look(
    transaction: Transaction, touched: Touched, former: Mapping[str, frozenset[UUID]]
) -> Touched:
    before: dict[Link, Sums] = {}
    links: dict[Link, frozenset[UUID]] = {}
    for group in _direct(transaction.snapshot, touched):
        moving = tuple(each for each in group if sql.movable(each))
        if moving:
            before[moving] = await _contributions(transaction, moving, touched.ids)
        links[group] = former.get(group[0].via.name, frozenset())
    return Touched(
        object=touched.object,
        ids=touched.ids,
        fields=touched.fields,
        before=before,
        former=links,
    )


async def _keep(transaction: Transaction, touched: Touched, level: int) -> None:
    """Moves every roll-up that the change moves, and then those that read these."""
    if level > MAX_LEVELS:
        raise TooLarge("rollups_too_deep", limit=MAX_LEVELS)
    work = _Work()
    direct = _direct(transaction.snapshot, touched)
    await _hold(transaction, touched, direct)
    for group in direct:
        await _add_direct(transaction, touched, group, work)
    for rollup, path in _crossing(transaction.snapshot, touched):
        ready = sql.reached(transaction.snapshot, rollup, path)
        rows = await transaction.connection.fetch_tuples(
            ready.statement, {"ids": list(touched.ids)}
        )
        work.anew(rollup, (row[0] for row in rows))
    for object_name in work.objects():
        await _apply(transaction, object_name, work, level)


async def _hold(transaction: Transaction, touched: Touched, direct: list[Link]) -> None:
    """What the roll-ups read beyond links of the children stays as it is until the end; those
    nearest first, since they decide who is beyond them."""
    snapshot = transaction.snapshot
    paths = {path for group in direct for each in group for _, path in _hops(snapshot, each)}
    former: dict[Path, frozenset[UUID]] = {
        (group[0].via.name,): ids for group, ids in touched.former.items()
    }
    for path in sorted(paths, key=lambda each: (len(each), each)):
        query = sql.held(snapshot, touched.object, path)
        params = {"ids": list(touched.ids), "former": list(former.get(path, ()))}
        await transaction.connection.fetch_tuples(query, params)


async def _add_direct(transaction: Transaction, touched: Touched, group: Link, work: _Work) -> None:
    """The children themselves changed."""
    moving = tuple(each for each in group if sql.movable(each))
    others = [each for each in group if not sql.movable(each)]
    everything = moving or group[:1]
    after = await _contributions(transaction, everything, touched.ids)
    if moving:
        work.move(moving, touched.before.get(moving, {}), after)
    for each in others:
        work.anew(each, (*after, *touched.former.get(group, ())))


async def _contributions(transaction: Transaction, group: Link, ids: tuple[UUID, ...]) -> Sums:
    ready = sql.contributions(transaction.snapshot, group)
    params = await _params(transaction, ready, ids=list(ids))
    rows = await transaction.connection.fetch_tuples(ready.statement, params)
    return {row[0]: tuple(row[1:]) for row in rows}


async def _apply(transaction: Transaction, object_name: str, work: _Work, level: int) -> None:
    snapshot = transaction.snapshot
    ids = work.ids(object_name)
    if not ids:
        return
    await transaction.connection.fetch_tuples(sql.locked(snapshot, object_name), {"ids": ids})
    names = frozenset(each.field.name for each in work.rollups(object_name))
    touched = Touched(object=object_name, ids=tuple(ids), fields=names)
    reading = _has_any(snapshot, object_name)
    if reading:
        touched = await _look(transaction, touched, {})
    changed: set[UUID] = set()
    for group, rows in work.moves(object_name):
        ready = sql.moved_sums(snapshot, group)
        found = await transaction.connection.fetch_tuples(ready.statement, {"rows": rows})
        changed.update(row[0] for row in found)
    for group, parents in work.renewals(object_name):
        ready = sql.computed_anew(snapshot, group)
        params = await _params(transaction, ready, ids=parents)
        found = await transaction.connection.fetch_tuples(ready.statement, params)
        changed.update(row[0] for row in found)
    if changed and reading:
        await _keep(transaction, touched, level + 1)


async def _params(transaction: Transaction, ready: sql.Ready, **given: Any) -> dict[str, Any]:
    if not ready.binds:
        return given
    return ready.params(await organisation_context(transaction.connection), **given)


@dataclass(slots=True)
class _Work:
    """What is to be done: sums to move by group and parent, and parents to compute anew."""

    _moves: dict[Link, dict[UUID, list[Any]]] = field(default_factory=dict)
    _anew: dict[Rollup, set[UUID]] = field(default_factory=dict)

    def move(self, group: Link, before: Sums, after: Sums) -> None:
        for parent in {*before, *after}:
            none = (0,) * len(group)
            difference = [
                Decimal(new) - Decimal(old)
                for new, old in zip(after.get(parent, none), before.get(parent, none), strict=True)
            ]
            if any(difference):
                self._moves.setdefault(group, {})[parent] = difference

    def anew(self, rollup: Rollup, parents: Iterable[UUID]) -> None:
        found = set(parents)
        if found:
            self._anew.setdefault(rollup, set()).update(found)

    def objects(self) -> list[str]:
        return sorted({each.field.object for each in self._all()})

    def rollups(self, object_name: str) -> list[Rollup]:
        return [each for each in self._all() if each.field.object == object_name]

    def ids(self, object_name: str) -> list[UUID]:
        """Every record to be changed, in the order in which they are locked."""
        found: set[UUID] = set()
        for group, moved in self._moves.items():
            if group[0].field.object == object_name:
                found.update(moved)
        for rollup, renewed in self._anew.items():
            if rollup.field.object == object_name:
                found |= renewed
        return sorted(found)

    def moves(self, object_name: str) -> Iterable[tuple[Link, list[dict[str, Any]]]]:
        for group, parents in self._moves.items():
            if group[0].field.object == object_name:
                yield group, [_row(parent, each) for parent, each in sorted(parents.items())]

    def renewals(self, object_name: str) -> Iterable[tuple[Link, list[UUID]]]:
        """Roll-ups to be computed for the same records are computed together."""
        groups: dict[frozenset[UUID], list[Rollup]] = {}
        for rollup, parents in self._anew.items():
            if rollup.field.object == object_name:
                groups.setdefault(frozenset(parents), []).append(rollup)
        for same, group in groups.items():
            yield tuple(group), sorted(same)

    def _all(self) -> list[Rollup]:
        return [*(each for group in self._moves for each in group), *self._anew]


def _row(parent: UUID, sums: list[Any]) -> dict[str, Any]:
    return {"id": str(parent), **{f"v{n}": str(each) for n, each in enumerate(sums)}}


@per_snapshot()
def _has_any(snapshot: Snapshot, object_name: str) -> bool:
    """Whether any roll-up reads records of this object."""
    return any(
        each.child == object_name
        or any(owner == object_name for (owner, _), _ in _hops(snapshot, each))
        for each in rollups(snapshot)
    )


def _direct(snapshot: Snapshot, touched: Touched) -> list[Link]:
    """Roll-ups over the changed records themselves that these changes can move."""
    concerned = [
        each
        for each in rollups(snapshot)
        if each.child == touched.object and _reads(each, touched.fields)
    ]
    return sql.by_link(concerned)


def _reads(rollup: Rollup, fields: frozenset[str] | None) -> bool:
    if fields is None or rollup.via.name in fields:
        return True
    return any(path[0] in fields for path in rollup.paths)


def _crossing(snapshot: Snapshot, touched: Touched) -> list[tuple[Rollup, Path]]:
    """Roll-ups whose children read the changed records over links: (roll-up, the links)."""
    found: dict[tuple[Rollup, Path], None] = {}
    for rollup in rollups(snapshot):
        for (owner, name), path in _hops(snapshot, rollup):
            if owner == touched.object and (touched.fields is None or name in touched.fields):
                found[rollup, path] = None
    return list(found)


@per_snapshot()
def _hops(snapshot: Snapshot, rollup: Rollup) -> list[tuple[tuple[str, str], Path]]:
    """Each field of another record that the roll-up reads, with the links that lead there."""
    scope = ObjectScope(snapshot, rollup.child)
    return [
        ((step.object, step.name), path[:index])
        for path in rollup.paths
        for index, step in enumerate(scope.trail(path))
        if index
    ]
