"""When two values are equal, and which comes first. None: blank, neither true nor false."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fieldstone.formula.arithmetic import snapped
from fieldstone.formula.ast import Value
from fieldstone.formula.types import Kind


def comparable(value: Value) -> Any:
    """Numbers to the decimals that comparisons see."""
    return snapped(value) if isinstance(value, Decimal) else value


def equal(left: Value, right: Value, kind: Kind) -> bool | None:
    """Of texts, a blank one is as good as an empty one; other blanks make the answer blank."""
    if kind is Kind.TEXT:
        return (left or "") == (right or "")
    if left is None or right is None:
        return None
    return bool(comparable(left) == comparable(right))


def compare(sign: str, left: Value, right: Value, kind: Kind) -> bool | None:
    if sign in ("=", "<>"):
        same = equal(left, right, kind)
        return same if same is None or sign == "=" else not same
    if left is None or right is None:
        return None
    first, second = comparable(left), comparable(right)
    if sign.startswith("<"):
        return bool(first < second or (sign == "<=" and first == second))
    return bool(first > second or (sign == ">=" and first == second))
