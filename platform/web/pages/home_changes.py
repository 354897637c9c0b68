"""What others changed lately in the records that somebody owns, keeps or looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request

from fieldstone.formula.ast import Binary, FieldRef, Node
from fieldstone.kernel import clock
from fieldstone.metadata.field_types.hours import show_time
from fieldstone.metadata.values import to_json
from fieldstone.runtime import records
from fieldstone.runtime.history import Entry, changes_of
from fieldstone.runtime.query import Query, Sort
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.conditions import ME, literal
from fieldstone.web.home_contexts import ChangeItem
from fieldstone.web.pages.favourites import favourite_records
from fieldstone.web.pages.record_history import WORDS, day_text, linked_entries, value_text, who
from fieldstone.web.pages.visits import visits_of
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Linked, record_url

DAYS = 14
MOST = 8
OF_EACH = 5
NAMED = 2
"""Changed fields that are told; of the others, how many they are."""
LONGEST = 40


async def changes_for(
    request: Request, transaction: Transaction, reader: Reader, objects: Iterable[str]
) -> tuple[ChangeItem, ...]:
    """One query for each of the objects, in which somebody may own records."""
    since = clock.now() - timedelta(days=DAYS)
    wanted: dict[str, set[UUID]] = {}
    kept = await favourite_records(transaction, reader)
    for name, record_id in (*kept, *visits_of(request, transaction.session.user_id)):
        wanted.setdefault(name, set()).add(record_id)
    for name in objects:
        wanted.setdefault(name, set()).update(await _mine(transaction, name, since))
    names = await records.names(transaction, wanted)  # only of those that may be read
    if not names:
        return ()
    readable: dict[str, set[UUID]] = {}
    for name, record_id in names:
        readable.setdefault(name, set()).add(record_id)
    found = await changes_of(transaction, readable, since, MOST)
    entries = [(name, entry) for name, _, entry in found]
    linked = await linked_entries(transaction, reader, entries)
    return tuple(
        _item(reader, (name, record_id, names[name, record_id]), entry, linked)
        for name, record_id, entry in found
    )


async def _mine(transaction: Transaction, name: str, since: datetime) -> set[UUID]:
    """My records that somebody else changed lately."""
    conditions: Node = Binary("=", FieldRef(("owner",)), ME)
    others = Binary("<>", FieldRef(("modified_by",)), ME)
    lately = Binary(">", FieldRef(("modified_at",)), literal(since))
    conditions = Binary("AND", conditions, Binary("AND", others, lately))
    query = Query(
        object=name,
        fields=("id",),
        filter=conditions,
        sort=(Sort(path="modified_at", descending=True),),
        limit=OF_EACH,
    )
    return {row["id"] for row in (await records.fetch(transaction, query)).records}


def _item(
    reader: Reader, record: tuple[str, UUID, str], entry: Entry, linked: Linked
) -> ChangeItem:
    name, record_id, title = record
    local = entry.at.astimezone(ZoneInfo(reader.locale.timezone))
    today = local.date() == clock.today(reader.locale.timezone)
    hour = show_time(local.time().replace(second=0, microsecond=0), reader.locale.code)
    return ChangeItem(
        who=who(reader, entry, linked),
        text=reader.say(WORDS.get(entry.action, WORDS["update"])[0]),
        record=title or reader.say("(no name)"),
        url=record_url(name, record_id),
        when=hour if today else day_text(reader, local.date()),
        at=str(to_json(entry.at)),
        details=tuple(_details(reader, name, entry, linked)),
    )


def _details(reader: Reader, name: str, entry: Entry, linked: Linked) -> Iterator[str]:
    fields = reader.shape(name).fields
    for change in entry.changes[:NAMED]:
        field = fields[change.field]
        old, new = (
            _short(value_text(reader, field, each, linked)) or reader.say("Empty")
            for each in (change.old, change.new)
        )
        words = {"field": reader.label(field), "old": old, "new": new}
        yield reader.say("%(field)s: %(old)s → %(new)s", words)
    rest = len(entry.changes) - NAMED
    if rest > 0:
        yield reader.say("and %(count)s more", {"count": rest})


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
