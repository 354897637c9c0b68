"""What happened to a record, day by day, in names and labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldstone.kernel import clock
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.days import show_day
from fieldstone.metadata.field_types.hours import show_time
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.values import to_json
from fieldstone.runtime import records
from fieldstone.runtime.history import Entry, history_of
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.page_contexts import ChangeView, HistoryEntry
from fieldstone.web.pages.record_page import Opened
from fieldstone.web.reader import Reader
from fieldstone.web.selection import file_infos
from fieldstone.web.value_views import Cell, Linked, value_view
from fieldstone.web.views import FILES

FIRST = 50
MOST = 500
WORDS: Mapping[str, tuple[str, str, str]] = {
    "create": ("created this record", "plus", "green"),
    "update": ("changed", "pencil", "blue"),
    "delete": ("moved this record to the recycle bin", "trash", "red"),
    "restore": ("restored this record", "arrow-back-up", "teal"),
}


async def history_entries(
    transaction: Transaction, reader: Reader, opened: Opened, limit: int = FIRST
) -> tuple[HistoryEntry, ...]:
    """Newest first."""
    entries = await history_of(transaction, opened.object.name, opened.id, limit)
    named = [(opened.object.name, entry) for entry in entries]
    linked = await linked_entries(transaction, reader, named)
    return tuple(_entry(reader, opened, entry, linked) for entry in entries)


async def linked_entries(
    transaction: Transaction, reader: Reader, entries: Sequence[tuple[str, Entry]]
) -> Linked:
    """Who did it, and what the changed values point at; each entry with its object."""
    changed = [
        (reader.shape(name).fields[change.field], value)
        for name, entry in entries
        for change in entry.changes
        for value in (change.old, change.new)
    ]
    return await _linked(transaction, reader, [entry for _, entry in entries], changed)


async def _linked(
    transaction: Transaction,
    reader: Reader,
    entries: Iterable[Entry],
    changed: Iterable[tuple[Field, Any]],
) -> Linked:
    wanted: dict[str, set[UUID]] = {
        USER_OBJECT: {entry.user_id for entry in entries if entry.user_id is not None}
    }
    files: set[UUID] = set()
    for field, raw in changed:
        value = _stored(reader, field, raw)
        if value is None:
            continue
        if field.type.name in FILES:
            files.update(value if isinstance(value, list) else [value])
        elif "_object" in field.columns:
            wanted.setdefault(value["object"], set()).add(value["id"])
        elif field.target:
            wanted.setdefault(field.target, set()).update(
                value if isinstance(value, list) else [value]
            )
    names = await records.names(transaction, wanted)
    return Linked(names=names, files=await file_infos(transaction, files))


def _stored(reader: Reader, field: Field, raw: Any) -> Any:
    """The value that the history keeps as JSON; None for one that the field no longer takes."""
    try:
        return field.type.parse(raw, reader.locale, field.config)
    except BadValue:
        return None


def _entry(reader: Reader, opened: Opened, entry: Entry, linked: Linked) -> HistoryEntry:
    words, icon, color = WORDS.get(entry.action, ("changed", "pencil", "gray"))
    local = entry.at.astimezone(ZoneInfo(reader.locale.timezone))
    return HistoryEntry(
        who=who(reader, entry, linked),
        text=reader.say(words),
        day=day_text(reader, local.date()),
        time=show_time(local.time().replace(second=0, microsecond=0), reader.locale.code),
        at=str(to_json(entry.at)),
        icon=icon,
        color=color,
        changes=tuple(
            ChangeView(
                label=reader.label(opened.object.fields[change.field]),
                old=value_text(reader, opened.object.fields[change.field], change.old, linked),
                new=value_text(reader, opened.object.fields[change.field], change.new, linked),
            )
            for change in entry.changes
        ),
    )


def who(reader: Reader, entry: Entry, linked: Linked) -> str:
    if entry.user_id is None or entry.user_id.int == 0:
        return reader.say("The system")
    return linked.names.get((USER_OBJECT, entry.user_id)) or reader.say("Somebody")


def value_text(reader: Reader, field: Field, raw: Any, linked: Linked) -> str:
    if field.type.name == "secret":
        return reader.say("(not shown)")
    value = _stored(reader, field, raw)
    if value is None:
        return "" if raw is None else str(raw)
    if field.type.widget == "rich_text":
        return field.type.format(value, reader.locale, field.config)
    return str(value_view(reader, Cell(field=field, value=value, linked=linked)).text)


def day_text(reader: Reader, day: date) -> str:
    today = clock.today(reader.locale.timezone)
    if day == today:
        return reader.say("Today")
    if day == today - timedelta(days=1):
        return reader.say("Yesterday")
    return show_day(day, reader.locale.code)
