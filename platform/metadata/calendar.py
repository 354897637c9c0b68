"""The organisation's calendar as its records tell it: holidays, days worked instead of them, and
the hours that count where nothing else is said. It is read where a formula asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from fieldstone.formula.calendars import DAY, BusinessHours, Calendar, read_spans
from fieldstone.formula.context import Context
from fieldstone.formula.typed import Needs
from fieldstone.kernel.clock import time_zones
from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import (
    BUSINESS_HOURS_OBJECT,
    HOLIDAY_DATE_OBJECT,
    HOLIDAY_OBJECT,
    WEEK,
)
from fieldstone.metadata.tables import table_of

Row = tuple[str, date, date | None]
OFF, WORKED = "off", "working"
"""Kinds of the dates of a holiday; others change nothing."""
LONGEST = timedelta(days=366)


async def with_calendar(
    context: Context, needs: Needs, connection: Connection, snapshot: Snapshot
) -> Context:
    """The context with the organisation's calendar, if what is computed needs it."""
    if not needs & Needs.CALENDAR:
        return context
    return context.within(await calendar_of(connection, snapshot))


async def calendar_of(connection: Connection, snapshot: Snapshot) -> Calendar:
    days = _days(snapshot)
    hours = _hours(snapshot)
    rows = await connection.fetch_tuples(days) if days is not None else ()
    chosen = await connection.fetch_tuples(hours) if hours is not None else ()
    return Calendar(
        holidays=_days_of(rows, OFF),
        workdays=_days_of(rows, WORKED),
        business_hours=_business_hours(chosen[0]) if chosen else None,
    )


def _days_of(rows: Iterable[Row], kind: str) -> frozenset[date]:
    """Each day from the first through the last; a slip of the pen makes no year of ten years."""
    found: set[date] = set()
    for of_kind, first, last in rows:
        if of_kind == kind:
            length = min(max(last or first, first) - first, LONGEST, date.max - first)
            found.update(first + timedelta(days=day) for day in range(length.days + 1))
    return frozenset(found)


def _business_hours(row: Sequence[Any]) -> BusinessHours:
    """What cannot be read counts as a day without hours."""
    zone, always, *week = row
    spans = tuple(((0, DAY),) if always else read_spans(each) or () for each in week)
    return BusinessHours(week=spans, timezone=zone if zone and zone in time_zones() else "")


@per_snapshot()
def _days(snapshot: Snapshot) -> Statement | None:
    """The dates of active holidays."""
    own = _columns(snapshot, HOLIDAY_DATE_OBJECT, ("kind", "date", "last_day", "holiday"))
    above = _columns(snapshot, HOLIDAY_OBJECT, ("id", "is_active"))
    if own is None or above is None:
        return None
    *told, link = own
    identity, active = above
    dates, holidays = (table_of(snapshot, name) for name in (HOLIDAY_DATE_OBJECT, HOLIDAY_OBJECT))
    chosen = select(*told).join_from(dates, holidays, link == identity)
    live = (dates.c.deleted_at.is_(None), holidays.c.deleted_at.is_(None))
    return statement(
        chosen.where(*live, active, or_(told[0] == OFF, told[0] == WORKED), told[1].is_not(None))
    )


@per_snapshot()
def _hours(snapshot: Snapshot) -> Statement | None:
    """Of the active ones the default; where several are, the one that was changed last."""
    names = ("is_active", "is_default", "timezone", "always_open", *WEEK)
    columns = _columns(snapshot, BUSINESS_HOURS_OBJECT, names)
    if columns is None:
        return None
    active, default, *told = columns
    table = table_of(snapshot, BUSINESS_HOURS_OBJECT)
    chosen = select(*told).where(table.c.deleted_at.is_(None), active, default)
    return statement(chosen.order_by(table.c.modified_at.desc(), table.c.id.desc()).limit(1))


def _columns(snapshot: Snapshot, object_name: str, names: tuple[str, ...]) -> list[Any] | None:
    """None where an older pack, or an admin who hid it, left the organisation without."""
    shape = snapshot.objects.get(object_name)
    if shape is None or any(name not in shape.fields for name in names):
        return None
    table = table_of(snapshot, object_name)
    return [table.c[shape.fields[name].column] for name in names]
