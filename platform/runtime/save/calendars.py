"""What saved business hours must keep: hours that can be read, in the order of the day, and a time
zone that exists."""

from __future__ import annotations

from fieldstone.formula.calendars import read_spans, written_spans
from fieldstone.kernel import clock
from fieldstone.metadata.system_fields import BUSINESS_HOURS_OBJECT, WEEK
from fieldstone.runtime.save.batch import Action, Batch, Change


async def calendars(batch: Batch) -> None:
    saved = batch.action in (Action.CREATE, Action.UPDATE)
    if batch.shape.name != BUSINESS_HOURS_OBJECT or not saved:
        return
    for change in batch.changes:
        for name in WEEK:
            _hours(change, name)
        zone = change.values.get("timezone")
        if zone is not None and zone not in clock.time_zones():
            change.problem("user.unknown_timezone", "timezone", value=str(zone)[:60])


def _hours(change: Change, name: str) -> None:
    """Kept as everybody writes them."""
    text = change.values.get(name)
    if text is None:
        return
    spans = read_spans(str(text))
    if spans is None:
        change.problem("calendar.bad_hours", name, value=str(text)[:60])
    else:
        change.values[name] = written_spans(spans) or None
