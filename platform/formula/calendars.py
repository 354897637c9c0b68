"""What an organisation says of its time: when it works."""

from __future__ import annotations

from dataclasses import dataclass

Spans = tuple[tuple[int, int], ...]
"""From when to when, in minutes of the day and in their order: ((540, 720), (780, 1080)) is nine
to twelve and one to six; 1440 is the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """`week`: the hours of its seven days, Monday first. `timezone`: where they are meant; empty:
    where the user is."""

    week: tuple[Spans, ...]
    timezone: str = ""
