"""Times of day as people write them: 14:30, 14:30:15.250, 2:30 PM, 下午2:30, 14时30分, 2点半."""

from __future__ import annotations

import re
from datetime import time

_CLOCK = re.compile(
    r"(?P<half>上午|下午|凌晨|早上|晚上)?\s*(?P<h>\d{1,2})"
    r"(?::(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.(?P<f>\d{1,9}))?)?)?"
    r"(?:\s*(?P<noon>[ap])\.?m\.?)?",
    re.ASCII | re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"(?P<half>上午|下午|凌晨|早上|晚上)?\s*(?P<h>\d{1,2})\s*[点时]\s*"
    r"(?:(?P<thirty>半)|(?P<sharp>整)|(?P<m>\d{1,2})\s*分?\s*(?:(?P<s>\d{1,2})\s*秒)?)?",
    re.ASCII,
)
_MORNING = frozenset({"上午", "凌晨", "早上", "a", "A"})


def read_time(text: str) -> time | None:
    """The time that the whole text says, cut to the millisecond; None when it says none."""
    match = _CLOCK.fullmatch(text) or _SPOKEN.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    if match.re is _CLOCK and parts["m"] is None and not parts["noon"]:
        return None  # a bare "14" may be anything
    hour = _hour(int(parts["h"]), parts["half"], parts.get("noon"))
    minute = 30 if parts.get("thirty") else int(parts["m"] or 0)
    micros = int((parts.get("f") or "0").ljust(9, "0")[:3]) * 1000
    try:
        return time(hour, minute, int(parts["s"] or 0), micros)
    except ValueError:
        return None


def _hour(hour: int, half: str | None, noon: str | None) -> int:
    """The hour of 24; 24 or more when the halves of the day do not fit it."""
    word = half or noon
    if word is None:
        return hour
    if (noon and not 1 <= hour <= 12) or (half and noon) or (half == "晚上" and hour == 12):
        return 24
    if word in _MORNING:
        return hour % 12 if hour <= 12 else 24
    return hour + 12 if hour < 12 else hour


def show_time(moment: time, locale_code: str) -> str:
    """14:30 in Chinese, 2:30 PM in English; seconds and milliseconds only when there are any."""
    hour = moment.hour
    if locale_code == "zh_CN":
        return f"{hour:02}:{moment.minute:02}{_seconds(moment)}"
    # Babel puts a narrow no-break space here, which nobody can type into a search
    return f"{hour % 12 or 12}:{moment.minute:02}{_seconds(moment)} {'AM' if hour < 12 else 'PM'}"


def _seconds(moment: time) -> str:
    if moment.microsecond:
        return f":{moment.second:02}.{moment.microsecond // 1000:03}"
    return f":{moment.second:02}" if moment.second else ""
