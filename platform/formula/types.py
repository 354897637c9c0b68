"""The types of the formula language. Static: a column's type is known before any row is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    PICKLIST = "picklist"
    MULTI_PICKLIST = "multi_picklist"
    REFERENCE = "reference"
    REFERENCES = "references"
    LOCATION = "location"
    OPAQUE = "opaque"
    """Stored, shown, but not computed with: files, JSON, secrets."""
    LINK = "link"
    PICTURE = "picture"
    """Computed to be shown, by HYPERLINK and IMAGE. No field is stored as one."""
    BLANK = "blank"
    """The literal NULL before it has met anything with a type. No field has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """`target` is the object of a REFERENCE (None: any of several objects); `values` the codes
    of a picklist in their declared order; `scale` the known decimals of a NUMBER and `digits`
    its known digits before the point (None: as many as a number may have); `percent` marks a
    number stored as 40 that a formula sees as 0.40."""

    kind: Kind
    target: str | None = None
    values: tuple[str, ...] = ()
    scale: int | None = None
    digits: int | None = None
    percent: bool = False


NUMBER = Type(kind=Kind.NUMBER)
TEXT = Type(kind=Kind.TEXT)
BOOLEAN = Type(kind=Kind.BOOLEAN)
DATE = Type(kind=Kind.DATE)
DATETIME = Type(kind=Kind.DATETIME)
TIME = Type(kind=Kind.TIME)
OPAQUE = Type(kind=Kind.OPAQUE)
LINK = Type(kind=Kind.LINK)
PICTURE = Type(kind=Kind.PICTURE)
BLANK = Type(kind=Kind.BLANK)
