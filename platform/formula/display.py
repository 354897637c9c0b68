"""Values that are only shown: not compared, sorted, stored or joined to a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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


def address(value: Any) -> Any:
    """Of a link or picture, by which one is told from another; of anything else itself."""
    return value.url if isinstance(value, Link | Picture) else value
