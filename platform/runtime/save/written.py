"""Stages 6 and 7: the rows, the roll-ups that follow them, and the rules that ask what these have
become. What such a rule refuses is undone: the whole batch, or with `partial` the records at
fault, after which the others are written again without what those had added."""

from __future__ import annotations

from fieldstone.kernel.errors import Invalid
from fieldstone.runtime.save.batch import Action, Batch
from fieldstone.runtime.save.rollups import keep_rollups, look_before
from fieldstone.runtime.save.validation import rules_of, validation_after_rollups
from fieldstone.runtime.save.write import write


async def written(batch: Batch) -> None:
    if not _is_asked_after(batch):
        await _write(batch)
        return
    prepared = {change.id: dict(change.values) for change in batch.good}
    while not await _stands(batch):
        if not batch.partial:
            raise Invalid("record_invalid", problems=batch.problems())
        for change in batch.good:
            change.values, change.after = dict(prepared[change.id]), None


def _is_asked_after(batch: Batch) -> bool:
    if batch.action not in (Action.CREATE, Action.UPDATE):
        return False
    return bool(rules_of(batch.transaction.snapshot, batch.shape.name, after_rollups=True))


async def _write(batch: Batch) -> None:
    for stage in (look_before, write, keep_rollups):
        await stage(batch)


async def _stands(batch: Batch) -> bool:
    """Whether what was written may stay; if not, it is undone."""
    faulty = len(batch.problems())
    try:
        async with batch.transaction.connection.savepoint():
            await _write(batch)
            await validation_after_rollups(batch)
            if len(batch.problems()) > faulty:
                raise _UndoneError
    except _UndoneError:
        return False
    return True


class _UndoneError(Exception):
    """Leaves the savepoint."""
