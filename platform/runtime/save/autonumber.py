"""Automatic numbers: a format such as `QT-{YYYYMM}{0000}` and a counter row for each period.

A gapless number holds its counter until the record commits, so writers queue; an ordinary one
takes its number in a transaction of its own and may leave a gap when the save fails."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import BigInteger, Text, Uuid

from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import Statement, statement
from fieldstone.kernel.system_tables import counter
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.save.batch import Batch, Change

_PART = re.compile(r"\{(YYYYMMDD|YYYYMM|YYYY|YY|MM|DD|0+)\}")
_DATES = {"YYYYMMDD": "%Y%m%d", "YYYYMM": "%Y%m", "YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d"}


async def give_numbers(batch: Batch) -> None:
    for field in batch.shape.own_fields:
        if field.type.name != "autonumber":
            continue
        waiting = [each for each in batch.good if each.values.get(field.name) is None]
        if waiting:
            await _number(batch, field, waiting)


async def _number(batch: Batch, field: Field, waiting: list[Change]) -> None:
    transaction = batch.transaction
    pattern = str(field.config.get("format") or "{0000}")
    zone = ZoneInfo(transaction.session.locale.timezone)
    periods: dict[str, list[Change]] = {}
    for change in waiting:
        made = change.values.get("created_at") or batch.now
        day = made.astimezone(zone).date()
        periods.setdefault(period_of(pattern, day), []).append(change)
    for period, changes in periods.items():
        start = int(field.config.get("start") or 1)
        key = field.id
        if field.config.get("gapless"):
            last = await _take(transaction.connection, key, period, len(changes), start)
        else:
            async with transaction.database.tenant(transaction.session.tenant) as connection:
                last = await _take(connection, key, period, len(changes), start)
        first = last - len(changes) + 1
        for offset, change in enumerate(changes):
            made = change.values.get("created_at") or batch.now
            day = made.astimezone(zone).date()
            change.values[field.name] = numbered(pattern, day, first + offset)


def period_of(pattern: str, day: date) -> str:
    """What a counter counts within: the dates of the pattern; empty for a number that never
    starts again."""
    parts = [part for part in _PART.findall(pattern) if part in _DATES]
    return "-".join(day.strftime(_DATES[part]) for part in parts)


def numbered(pattern: str, day: date, number: int) -> str:
    def fill(match: re.Match[str]) -> str:
        part = match.group(1)
        return day.strftime(_DATES[part]) if part in _DATES else str(number).zfill(len(part))

    return _PART.sub(fill, pattern)


@lru_cache(maxsize=1)
def _taking() -> Statement:
    """Adds `count` to the counter, which begins at `start`, and answers the last number."""
    fresh = insert(counter).values(
        field_id=bindparam("field", type_=Uuid()),
        period=bindparam("in_period", type_=Text()),
        value=bindparam("first_last", type_=BigInteger()),
    )
    return statement(
        fresh.on_conflict_do_update(
            index_elements=[counter.c.field_id, counter.c.period],
            set_={"value": counter.c.value + bindparam("how_many", type_=BigInteger())},
        ).returning(counter.c.value)
    )


async def _take(connection: Connection, field_id: UUID, period: str, count: int, start: int) -> int:
    params = {
        "field": field_id,
        "in_period": period,
        "first_last": start + count - 1,
        "how_many": count,
    }
    return int(await connection.value(_taking(), params))
