"""How large the SQL of one formula may be. SQLAlchemy compiles by recursion and PostgreSQL
parses by recursion; an expression that is used twice is compiled twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.sql import ClauseElement

from fieldstone.formula.faults import Fault, FormulaError

MAX_ELEMENTS = 8_000
"""About 64 KB of text."""
MAX_DEPTH = 120


def limited(*expressions: ColumnElement[Any]) -> None:
    """Raises FormulaError when they are too large together, or one of them is too deep."""
    measured = [_measured(expression) for expression in expressions]
    elements = sum(count for count, _ in measured)
    if elements > MAX_ELEMENTS or max(depth for _, depth in measured) > MAX_DEPTH:
        raise FormulaError((Fault(code="TOO_COSTLY"),))


def _measured(root: ClauseElement) -> tuple[int, int]:
    """Elements as they are compiled, and how deep they lie in one another. Every shared part is
    visited once, so the walk is short even where the text would be long."""
    sizes: dict[int, tuple[int, int]] = {}
    waiting: list[tuple[Any, bool]] = [(root, False)]
    while waiting:
        element, ready = waiting.pop()
        if id(element) in sizes:
            continue
        parts = list(element.get_children())
        if not ready:
            waiting.append((element, True))
            waiting.extend((part, False) for part in parts if id(part) not in sizes)
            continue
        below = [sizes.get(id(part), (1, 1)) for part in parts]
        elements = 1 + sum(count for count, _ in below)
        sizes[id(element)] = elements, 1 + max((depth for _, depth in below), default=0)
    return sizes[id(root)]
