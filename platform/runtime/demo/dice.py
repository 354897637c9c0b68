"""Random numbers that depend on nothing but a key: the same recipe gives the same values on every
machine, and a new field does not disturb its neighbours."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, TypeVar

T = TypeVar("T")
_MASK = 2**64 - 1


class Dice:
    """One stream of random numbers (splitmix64). `field` is the field it is thrown for."""

    __slots__ = ("_key", "_state", "field")

    def __init__(self, *key: object) -> None:
        self._key = key
        self._state = -1
        self.field = str(key[-1])

    def number(self) -> int:
        """64 random bits."""
        if self._state < 0:
            text = "/".join(map(str, self._key))
            self._state = int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
        self._state = self._state + 0x9E3779B97F4A7C15 & _MASK
        mixed = self._state
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
        return mixed ^ mixed >> 31

    def fraction(self) -> float:
        """From 0 up to, not including, 1."""
        return (self.number() >> 11) * 2.0**-53

    def whole(self, first: int, last: int) -> int:
        """Both ends may come up."""
        return first + self.number() % (last - first + 1)

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.number() % len(items)]

    def weighted(self, items: Sequence[T], sums: Sequence[float]) -> T:
        """`sums` are the weights added up from the left."""
        return items[min(bisect(sums, self.fraction() * sums[-1]), len(items) - 1)]

    def normal(self) -> float:
        """Of the standard normal distribution."""
        radius = math.sqrt(-2 * math.log(1 - self.fraction()))
        return radius * math.cos(2 * math.pi * self.fraction())

    def shuffled(self, items: Sequence[T]) -> list[T]:
        mixed: list[Any] = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.number() % (last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


def added_up(weights: Sequence[float]) -> list[float]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums
