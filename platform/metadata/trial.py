"""Trying a change of type on many records: each look goes on for a moment from where the one
before stopped, and what was found counts as long as nobody writes to the table.

Small tables are tried anew at every look: they are through at once, and always exact."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic
from typing import Any

import orjson
from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.types import Text

from fieldstone.kernel.db import Connection
from fieldstone.metadata.conversion import Tally, dry_run
from fieldstone.metadata.snapshot import Field, Snapshot

KEPT = 64
REST = 60.0
"""Seconds after which a count that nobody watched any more begins again if there were writes."""


@dataclass(slots=True)
class Trial:
    writes: int
    tally: Tally = field(default_factory=Tally)
    busy: bool = False
    seen_at: float = 0.0

    def holds(self, writes: int) -> bool:
        watched = not self.tally.complete and monotonic() - self.seen_at < REST
        return writes == self.writes or watched or self.busy


_trials: OrderedDict[Any, Trial] = OrderedDict()


async def tried(
    connection: Connection, before: Snapshot, old: Field, new: Field, until: float
) -> tuple[Tally, int]:
    """As far as it has come, and about how many rows there are."""
    key = _key(before, old, new)
    writes, rows = await _figures(connection, before.objects[old.object].table)
    trial = _trials.get(key)
    if trial is None or not trial.holds(writes):
        trial = Trial(writes=writes)
    if not trial.tally.complete and not trial.busy:
        await _go_on(connection, before, (old, new), trial, until)
        if not trial.tally.complete:
            _keep(key, trial)
    return trial.tally, max(rows, trial.tally.rows)


async def _go_on(
    connection: Connection,
    before: Snapshot,
    fields: tuple[Field, Field],
    trial: Trial,
    until: float,
) -> None:
    trial.busy = True
    try:
        await dry_run(connection, before, *fields, tally=trial.tally, until=until)
    finally:
        trial.busy = False
        trial.seen_at = monotonic()


def _keep(key: Any, trial: Trial) -> None:
    _trials[key] = trial
    _trials.move_to_end(key)
    while len(_trials) > KEPT:
        _trials.popitem(last=False)


def _key(before: Snapshot, old: Field, new: Field) -> Any:
    return before.tenant, old.id, _mark(old.config), _mark(new.config)


def _mark(config: Mapping[str, Any]) -> str:
    return sha256(orjson.dumps(dict(config), option=orjson.OPT_SORT_KEYS)).hexdigest()


async def _figures(connection: Connection, name: str) -> tuple[int, int]:
    """Rows ever written to the table, and about how many there are; both a second late."""
    known = ("n_tup_ins", "n_tup_upd", "n_tup_del", "n_live_tup", "schemaname", "relname")
    figures = table("pg_stat_user_tables", *(column(each) for each in known))
    c = figures.c
    rows = await connection.fetch_tuples(
        select(c.n_tup_ins + c.n_tup_upd + c.n_tup_del, c.n_live_tup).where(
            c.schemaname == func.current_schema(), c.relname == bindparam("name", type_=Text())
        ),
        {"name": name},
    )
    return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)
