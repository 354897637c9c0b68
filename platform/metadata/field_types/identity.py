"""A key for caches over metadata, whose mappings never change and cannot be hashed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Same:
    """Equal to another key of the very same mapping, which it keeps alive."""

    __slots__ = ("mapping",)

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self.mapping = mapping

    def __hash__(self) -> int:
        return id(self.mapping)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.mapping is self.mapping
