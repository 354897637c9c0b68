"""Comparisons in SQL: exact ones, and cheaper ones for where only TRUE matters, which an index
on the bare column can serve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, False_, Integer, True_, cast
from sqlalchemy.types import TypeEngine

from fieldstone.formula.arithmetic import snapped
from fieldstone.formula.ast import Literal, Placeholder, Value
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.sql_text import ordered, plain
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import Kind

SIGNS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
LARGEST = 2**63 - 1

Change = Callable[[Value], Any]


def compared(sign: str, kind: Kind, left: Sql, right: Sql) -> Sql:
    """TRUE, FALSE or NULL as the formula says it."""
    if kind is not Kind.TEXT:
        both = left.value, right.value
        if sign not in ("=", "<>"):
            both = _ordered(left.value), _ordered(right.value)
        return joined((left, right), SIGNS[sign](*both), blank_on_error=True)
    if sign in ("=", "<>"):
        differs = plain(left.value).is_distinct_from(right.value)
        same = plain(left.value).is_not_distinct_from(right.value)
        return joined((left, right), same if sign == "=" else differs, null_in_null_out=False)
    value = SIGNS[sign](ordered(left.value), right.value)
    return joined((left, right), value, blank_on_error=True)


def _ordered(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQLAlchemy knows no order of the words TRUE and FALSE."""
    return cast(value, Boolean) if isinstance(value, True_ | False_) else value


def equal_if_present(left: Sql, right: Sql) -> Sql:
    """`=` for a condition where one side is a text that is never blank."""
    return joined((left, right), plain(left.value) == right.value)


def surely_present(typed: Typed) -> bool:
    """A lifted text is never empty; nor is a literal with a text."""
    if isinstance(typed.node, Placeholder):
        return typed.node.kind == "text"
    return isinstance(typed.node, Literal) and bool(typed.node.value)


def as_percent(value: Value) -> Value:
    """A percent column holds 40 where a formula says 0.40."""
    return snapped(value).scaleb(2) if isinstance(value, Decimal) else value


def for_whole_column(
    sign: str, column: ColumnElement[Any]
) -> tuple[TypeEngine[Any], Change] | None:
    """How to compare an integer column with a number so that its index helps: with an integer.
    None where that cannot say the same (`<>`, and `=` outside conditions)."""
    if not isinstance(column.type, Integer) or sign not in _ROUNDING:
        return None
    rounding = _ROUNDING[sign]
    return BigInteger(), lambda value: _whole(value, rounding)


def _whole(value: Value, rounding: Callable[[Decimal], int | None]) -> int | None:
    whole = rounding(snapped(value)) if isinstance(value, Decimal) else None
    return None if whole is None else max(-LARGEST, min(whole, LARGEST))


def only_whole(value: Decimal) -> int | None:
    """No integer equals 5.5."""
    return int(value) if value == value.to_integral_value() else None


_ROUNDING: Mapping[str, Callable[[Decimal], int | None]] = {
    "=": only_whole,
    "<": math.ceil,
    ">=": math.ceil,
    ">": math.floor,
    "<=": math.floor,
}
