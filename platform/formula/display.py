"""Values that are only shown: not compared, sorted, stored or joined to a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is relative or has a scheme that was allowed. Nothing here is escaped."""

    url: str
    label: str
    target: str = "_self"


@dataclass(frozen=True, slots=True)
class Picture:
    """Height and width in pixels; None: as the picture has them."""

    url: str
    alt: str
    height: int | None = None
    width: int | None = None
