"""What an organisation says of its time: when it works, and when it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

Spans = tuple[tuple[int, int], ...]
"""From when to when, in minutes of the day and in their order: ((540, 720), (780, 1080)) is nine
to twelve and one to six; 1440 is the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """`week`: the hours of its seven days, Monday first. `timezone`: where they are meant; empty:
    where the user is."""

    week: tuple[Spans, ...]
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The members of a Context that are the organisation's."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    business_hours: BusinessHours | None = None


_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})")
DAY = 24 * 60


def read_spans(text: str | None) -> Spans | None:
    """ "09:00-12:00, 13:00-18:00"; blank is a day without hours. None for what says no hours, or
    says them in another order than that of the day."""
    found: list[tuple[int, int]] = []
    for part in re.split(r"[,，;；、]", (text or "").replace("：", ":")):
        if not part.strip():
            continue
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            return None
        hour, minute, end_hour, end_minute = map(int, match.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        begins = found[-1][1] if found else 0
        if max(minute, end_minute) > 59 or not begins <= start < end <= DAY:
            return None
        found.append((start, end))
    return tuple(found)


def written_spans(spans: Spans) -> str:
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
