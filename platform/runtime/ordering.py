"""What rows are sorted by: blanks last in both directions, and picklists as their values are
declared, not by their codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, Text, bindparam, case, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement

from fieldstone.metadata.snapshot import Field

Key = tuple[ColumnElement[Any], bool]
"""What is compared, and whether downwards."""


def sort_keys(field: Field, column: ColumnElement[Any], *, descending: bool) -> list[Key]:
    """One key; for a picklist two, as the codes that are not among its values have one place
    together, after the others in both directions."""
    known = [code for code, value in field.values.items() if not value.get("deleted")]
    if field.type.name != "picklist" or not known:
        return [(column, descending)]
    codes = bindparam(None, known, type_=ARRAY(Text()))
    place = func.array_position(codes, column, type_=Integer())
    last = 0 if descending else len(known) + 1
    return [
        (case((column.is_not(None), func.coalesce(place, last))), descending),
        (column, descending),
    ]


def in_order(keys: Iterable[Key]) -> list[ColumnElement[Any]]:
    return [
        column.desc().nulls_last() if down else column.asc().nulls_last() for column, down in keys
    ]
