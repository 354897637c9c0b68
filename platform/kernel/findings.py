"""What `doctor` reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """A statement for a superuser, and the database it must be run in."""

    database: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `what` is a message id, `remedy` what to do if not `ok`."""

    name: str
    ok: bool
    what: str
    params: dict[str, Any] = field(default_factory=dict)
    remedy: str = ""
    sql: tuple[Sql, ...] = ()
    optional: bool = False
