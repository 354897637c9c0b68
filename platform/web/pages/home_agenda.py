"""What is to be done: the records of list views that have an `agenda` date, by that date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.formula.ast import Binary, FieldRef
from fieldstone.kernel import clock
from fieldstone.kernel.i18n import translate_plural
from fieldstone.metadata.field_types.hours import show_time
from fieldstone.runtime import records
from fieldstone.runtime.query import Query, Sort
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.conditions import literal, parsed
from fieldstone.web.contexts import NavItem
from fieldstone.web.home_contexts import AgendaItem, AgendaView, SpanView
from fieldstone.web.pages.list_views import View, usable, views_of
from fieldstone.web.pages.record_history import day_text
from fieldstone.web.reader import Reader
from fieldstone.web.selection import columns_of, fields_of, linked_of, shown
from fieldstone.web.value_views import record_url

TODAY, WEEK, LATE = "today", "week", "late"
MOST = 12
LOOKED_AT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A record and when it is due: a day, or an instant of it."""

    object: str
    row: Mapping[str, Any]
    day: date
    at: datetime | None
    about: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A view that has dates."""

    object: str
    view: View


async def agenda_of(transaction: Transaction, reader: Reader, span: str) -> AgendaView | None:
    """None when no view of this person's has dates. One query for each of these views."""
    places = list(_places(reader))
    if not places:
        return None
    now = clock.now().astimezone(ZoneInfo(reader.locale.timezone))
    found = [due for place in places for due in await _due(transaction, reader, place, now)]
    found.sort(key=lambda due: (due.day, due.at or now))
    spans = {
        TODAY: [due for due in found if due.day <= now.date()],
        WEEK: found,
        LATE: [due for due in found if _late(due, now)],
    }
    span = span if span in spans else TODAY
    return AgendaView(
        items=tuple(_item(reader, due, now) for due in spans[span][:MOST]),
        spans=tuple(_spans(reader, spans, span)),
        lists=tuple(_lists(reader, places)),
        more=len(spans[span]) > MOST,
        due_today=len(spans[TODAY]),
    )


def _places(reader: Reader) -> Iterator[_Place]:
    for name in reader.snapshot.objects:
        if not reader.may("read", name):
            continue
        for view in views_of(reader.snapshot, name):
            dated = view.agenda and reader.rights.may_read(name, view.agenda)
            if dated and usable(reader, name, view):
                yield _Place(object=name, view=view)


async def _due(
    transaction: Transaction, reader: Reader, place: _Place, now: datetime
) -> list[_Due]:
    by = place.view.agenda
    columns = columns_of(reader, place.object, (*_about(reader, place), by))
    until = Binary("<", FieldRef((by,)), literal(_end_of_week(reader, place, now)))
    query = Query(
        object=place.object,
        fields=fields_of(reader, columns),
        filter=records.both(parsed(place.view.filter), until),
        sort=(Sort(path=by),),
        limit=LOOKED_AT,
    )
    rows = (await records.fetch(transaction, query)).records
    linked = await linked_of(transaction, columns, rows)
    found = []
    for row in rows:
        views = [shown(reader, column, row, linked) for column in columns if column.key != by]
        about = next(((str(each.text), each.href) for each in views if each.text), ("", ""))
        at = row[by].astimezone(now.tzinfo) if isinstance(row[by], datetime) else None
        day = at.date() if at else row[by]
        found.append(_Due(object=place.object, row=row, day=day, at=at, about=about))
    return found


def _end_of_week(reader: Reader, place: _Place, now: datetime) -> date | datetime:
    monday = now.date() + timedelta(days=7 - now.weekday())
    field = reader.shape(place.object).fields[place.view.agenda]
    return datetime.combine(monday, time(), now.tzinfo) if field.type.name == "datetime" else monday


def _about(reader: Reader, place: _Place) -> Iterator[str]:
    """The links that the view shows, people left out."""
    fields = reader.shape(place.object).fields
    for name in place.view.columns:
        field = fields.get(name)
        if field is None or field.type.name == "user" or name == "owner":
            continue
        if field.is_reference or "_object" in field.columns:
            yield name


def _late(due: _Due, now: datetime) -> bool:
    return due.at < now if due.at is not None else due.day < now.date()


def _item(reader: Reader, due: _Due, now: datetime) -> AgendaItem:
    shape = reader.shape(due.object)
    return AgendaItem(
        label=due.row["name"] or reader.say("(no name)"),
        url=record_url(due.object, due.row["id"]),
        icon=shape.icon,
        color=shape.color,
        kind=reader.noun(due.object),
        due=_words(reader, due, now),
        late=_late(due, now),
        about=due.about[0],
        about_url=due.about[1],
    )


def _words(reader: Reader, due: _Due, now: datetime) -> str:
    locale = reader.locale.code
    days = (now.date() - due.day).days
    if days > 0:
        return translate_plural(locale, "%(count)s day late", "%(count)s days late", days)
    hour = show_time(due.at.time().replace(second=0, microsecond=0), locale) if due.at else ""
    if days == 0:
        return hour or reader.say("Today")
    return f"{day_text(reader, due.day)} {hour}".strip()


def _spans(reader: Reader, found: Mapping[str, Sequence[_Due]], current: str) -> Iterator[SpanView]:
    for name, words in ((TODAY, "Today"), (WEEK, "This week"), (LATE, "Late")):
        count = len(found[name])
        yield SpanView(
            label=reader.say(words),
            url=f"/?due={name}" if name != TODAY else "/",
            current=name == current,
            count=str(count) if count else "",
        )


def _lists(reader: Reader, places: Sequence[_Place]) -> Iterator[NavItem]:
    for place in places:
        shape = reader.shape(place.object)
        url = f"/o/{place.object}?view={place.view.name}"
        label = reader.text(place.view.label)
        yield NavItem(label=label, url=url, icon=shape.icon, color=shape.color)
