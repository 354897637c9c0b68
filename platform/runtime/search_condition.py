"""A search as conditions of a query: certain records, or words that stand in a field that the
searcher may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    FromClause,
    Select,
    Uuid,
    any_,
    bindparam,
    cast,
    exists,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.sql import ColumnElement

from fieldstone.kernel.sql import id_array
from fieldstone.kernel.system_tables import search
from fieldstone.metadata.snapshot import Field, Object
from fieldstone.runtime.access import Grant
from fieldstone.runtime.query import Query
from fieldstone.runtime.search_tokens import SEARCHABLE


def searched(shape: Object) -> tuple[Field, ...]:
    """The fields of an object that people search in."""
    fields = (shape.fields[name] for name in shape.search_fields)
    return tuple(each for each in fields if each.columns and each.type.name in SEARCHABLE)


def search_shape(query: Query) -> Query:
    """Without the values, which are bound."""
    among = None if query.among is None else ()
    return replace(query, among=among, search=("",) * len(query.search))


def search_params(query: Query) -> dict[str, Any]:
    among = {} if query.among is None else {"among": id_array(query.among)}
    return {**among, **word_params(query.search)}


def word_params(words: tuple[str, ...]) -> dict[str, Any]:
    return {f"search{index}": word for index, word in enumerate(words)}


def search_conditions(
    query: Query, grant: Grant, root: FromClause
) -> Iterator[ColumnElement[bool]]:
    """Each record is looked at by itself, in the order of the query, until a page is full: the
    OFFSET keeps the database from collecting all that have the word first."""
    if query.among is not None:
        yield root.c.id == any_(bindparam("among", type_=ARRAY(Uuid())))
    fields = [each.id for each in searched(grant.object) if each.name in grant.readable]
    readable = search.c.field_id == any_(bindparam(None, fields, type_=ARRAY(Uuid())))
    for index in range(len(query.search)):
        place: Select[Any] = select(literal_column("1")).where(
            search.c.record_id == root.c.id, readable, holds(f"search{index}")
        )
        yield exists(place.offset(literal_column("0")).correlate(root))


def holds(place: str) -> ColumnElement[bool]:
    return search.c.tokens.op("@@")(cast(bindparam(place), TSQUERY))
