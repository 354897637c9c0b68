"""A Query: what is asked of one object. A value; compile.py turns it into SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fieldstone.formula.ast import Node
from fieldstone.formula.lift import Lifted

MAX_LIMIT = 200
COUNT_CAP = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """`path` is dotted; blanks come last in both directions."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`fields` are dotted names; "*" is every readable field. `deleted` asks for the recycle
    bin instead. `json` gives decimals and ids as text, as the API sends them."""

    object: str
    fields: tuple[str, ...] = ("*",)
    filter: Node | Lifted | None = None
    filter_text: str = ""
    """What the filter was parsed from, so that faults can be told with line and column."""
    among: tuple[UUID, ...] | None = None
    """Only these records."""
    search: tuple[str, ...] = ()
    """A tsquery for each word: fit for words that stand in many records; see search.py."""
    sort: tuple[Sort, ...] = ()
    limit: int = 50
    after: tuple[Any, ...] | None = None
    """The sort values and id of the last record seen; see cursor.py."""
    deleted: bool = False
    json: bool = False
    errors: bool = False
    """Formulas that cannot be computed give a Failed instead of a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """`function`: COUNT, SUM, MIN, MAX, AVG or COUNT_DISTINCT; COUNT needs no path."""

    name: str
    function: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupQuery:
    object: str
    group_by: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    filter: Node | Lifted | None = None
    filter_text: str = ""
    sort: tuple[Sort, ...] = ()
    limit: int = 200
    json: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`next` is the cursor's values for the following page, None on the last one."""

    records: list[dict[str, Any]]
    next: tuple[Any, ...] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def parse_sort(text: str) -> tuple[Sort, ...]:
    """ "-close_date,name" → by close_date descending, then name."""
    return tuple(
        Sort(path=part.strip().lstrip("+-"), descending=part.strip().startswith("-"))
        for part in text.split(",")
        if part.strip().lstrip("+-")
    )
