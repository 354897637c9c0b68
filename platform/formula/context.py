"""What a formula is computed with besides a record: the moment, the place, the parameters, and
what the save that asks does to the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fieldstone.formula.ast import Path, Value
from fieldstone.formula.calendars import BusinessHours, Calendar

PERMISSION = "permission"
"""`$permission.name`: does whoever asks hold the profile or permission set of that name?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Fixed once per request, so that every record sees the same moment. `parameters` maps
    ("user", ("id",)) to the value of `$user.id`; `permissions` are the names for which
    `$permission.name` is TRUE (None: all of them).

    `holidays` are the days on which the organisation does not work, `workdays` those that it
    works instead of them, though they are a Saturday or a Sunday.

    `is_new`, `is_clone` and `old`, the record's values before the save (None: there were none),
    are of one record: take `replace(context, old=…)` for the next one."""

    now: datetime
    timezone: str = "UTC"
    parameters: Mapping[tuple[str, Path], Value] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    business_hours: BusinessHours | None = None
    permissions: frozenset[str] | None = frozenset()
    is_new: bool = False
    is_clone: bool = False
    old: Mapping[Path, Value] | None = None

    def within(self, calendar: Calendar) -> Context:
        """The same for an organisation with this calendar."""
        return replace(
            self,
            holidays=calendar.holidays,
            workdays=calendar.workdays,
            business_hours=calendar.business_hours,
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.timezone)).date()

    def parameter(self, root: str, path: Path) -> Value:
        if not path and root == "today":
            return self.today
        if not path and root == "now":
            return self.now
        if root == PERMISSION:
            return self.permissions is None or ".".join(path) in self.permissions
        return self.parameters.get((root, path))
