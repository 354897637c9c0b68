"""The periods that filters on days offer, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fieldstone.web.reader import Reader

OFFERED: Mapping[str, str] = {
    "today": "today",
    "yesterday": "yesterday",
    "tomorrow": "tomorrow",
    "this_week": "this week",
    "last_week": "last week",
    "next_week": "next week",
    "this_month": "this month",
    "last_month": "last month",
    "next_month": "next month",
    "this_quarter": "this quarter",
    "last_quarter": "last quarter",
    "next_quarter": "next quarter",
    "this_year": "this year",
    "last_year": "last year",
    "next_year": "next year",
    "last_n_days:7": "last 7 days",
    "last_n_days:30": "last 30 days",
    "last_n_days:90": "last 90 days",
    "next_n_days:7": "next 7 days",
    "next_n_days:30": "next 30 days",
    "older_than_n_days:30": "over 30 days ago",
}

_COUNTED = re.compile(
    r"(last|next|older_than)_n_(day|week|month|quarter|year)s:(\d+)|n_(\w+)s_ago:(\d+)"
)
_WORDS: Mapping[str, str] = {
    "last_day": "last %(count)s days",
    "last_week": "last %(count)s weeks",
    "last_month": "last %(count)s months",
    "last_quarter": "last %(count)s quarters",
    "last_year": "last %(count)s years",
    "next_day": "next %(count)s days",
    "next_week": "next %(count)s weeks",
    "next_month": "next %(count)s months",
    "next_quarter": "next %(count)s quarters",
    "next_year": "next %(count)s years",
    "older_than_day": "over %(count)s days ago",
    "older_than_week": "over %(count)s weeks ago",
    "older_than_month": "over %(count)s months ago",
    "older_than_quarter": "over %(count)s quarters ago",
    "older_than_year": "over %(count)s years ago",
    "ago_day": "%(count)s days ago",
    "ago_week": "%(count)s weeks ago",
    "ago_month": "%(count)s months ago",
    "ago_quarter": "%(count)s quarters ago",
    "ago_year": "%(count)s years ago",
}


def period_text(reader: Reader, name: str) -> str:
    """In words; the name itself for one that has none."""
    name = name.strip().lower()
    if name in OFFERED:
        return reader.say(OFFERED[name])
    match = _COUNTED.fullmatch(name)
    if match is None:
        return name
    which, unit, count, ago, ago_count = match.groups()
    key = f"{which}_{unit}" if which else f"ago_{ago}"
    words = _WORDS.get(key)
    return reader.say(words, {"count": count or ago_count}) if words else name
