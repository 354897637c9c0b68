"""The time, in one place, so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """This instant in UTC, truncated to the millisecond that the database keeps."""
    instant = _source()
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def today(timezone: str) -> date:
    return now().astimezone(ZoneInfo(timezone)).date()


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The names of all time zones known here. "localtime" is a file of some machines, and
    PostgreSQL does not know it."""
    return frozenset(available_timezones()) - {"localtime"}


def use(source: Callable[[], datetime] | None) -> None:
    """Replaces the clock (tests, demo data); None gives the system's back."""
    global _source
    _source = source or _system
