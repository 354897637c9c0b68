"""What the fields of an object hold: how many records fill them, and with which values. Read
through the reader's own grant; of a large object only the newest records are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, case, cast, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import Subquery

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.tables import junction_of
from fieldstone.runtime import compile as compiler
from fieldstone.runtime.compile import Compiling
from fieldstone.runtime.query import Query
from fieldstone.runtime.transaction import Transaction

LOOKED_AT = 20_000
"""The most records that one look reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Of `rows` records, how many hold a value, by field. `sampled`: there are more records."""

    rows: int
    filled: Mapping[str, int]

    @property
    def sampled(self) -> bool:
        return self.rows >= LOOKED_AT


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one field holds: `distinct` different values, the commonest as (value, count)."""

    rows: int
    filled: int
    distinct: int
    commonest: tuple[tuple[Any, int], ...]

    @property
    def sampled(self) -> bool:
        return self.rows >= LOOKED_AT


async def fill(transaction: Transaction, object_name: str) -> Fill:
    """Every field the session may read and records hold: not the formulas, which they only show.
    Raises NotFound for an object it may not read."""
    grant = transaction.grant(object_name)
    fields = tuple(each for each in grant.fields() if not each.formula)
    rows = _rows(transaction, object_name, fields)
    counts = [func.count(rows.c[f"f{index}"]).label(f"f{index}") for index in range(len(fields))]
    found = await transaction.connection.first(select(func.count().label("n"), *counts)) or {}
    filled = {each.name: int(found[f"f{index}"]) for index, each in enumerate(fields)}
    return Fill(rows=int(found["n"]), filled=filled)


async def held(transaction: Transaction, object_name: str, field_name: str, limit: int = 8) -> Held:
    """Raises NotFound for a field the session may not read, and for a formula, which holds nothing.
    Of a secret, values stay unsaid."""
    grant = transaction.grant(object_name)
    if field_name not in grant.readable or grant.object.fields[field_name].formula:
        raise NotFound("object_not_found", name=object_name)
    field = grant.object.fields[field_name]
    rows = _rows(transaction, object_name, (field,))
    value = _comparable(rows.c.f0)
    total = await transaction.connection.first(
        select(
            func.count().label("n"),
            func.count(rows.c.f0).label("filled"),
            func.count(value.distinct()).label("distinct"),
        )
    )
    commonest = await transaction.connection.fetch(
        select(value.label("value"), func.count().label("n"))
        .select_from(rows)
        .where(rows.c.f0.is_not(None))
        .group_by(value)
        .order_by(func.count().desc(), value)
        .limit(0 if field.type.name == "secret" else limit)
    )
    numbers = total or {"n": 0, "filled": 0, "distinct": 0}
    return Held(
        rows=numbers["n"],
        filled=numbers["filled"],
        distinct=numbers["distinct"],
        commonest=tuple((row["value"], row["n"]) for row in commonest),
    )


async def uses(transaction: Transaction, object_name: str, field_name: str) -> dict[str, int]:
    """For each code of a picklist, how many records hold it: all of them are counted. Empty for
    a field the session may not read."""
    grant = transaction.grant(object_name)
    field = grant.object.fields[field_name]
    if field_name not in grant.readable or not field.column:
        return {}
    state = _with_rows(transaction, object_name)
    column = state.root.c[field.column]
    code = func.unnest(column) if isinstance(column.type, ARRAY) else column
    codes = select(code.label("code")).where(*state.conditions, column.is_not(None)).subquery()
    found = await transaction.connection.fetch(
        select(codes.c.code, func.count().label("n")).group_by(codes.c.code).limit(5000)
    )
    return {str(row["code"]): row["n"] for row in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    root: Any
    conditions: tuple[ColumnElement[bool], ...]


def _with_rows(transaction: Transaction, object_name: str) -> _Source:
    """The object's table and which of its rows the session may read."""
    state = compiler.add_row_predicates(
        Compiling(
            query=Query(object=object_name, fields=("id",)),
            snapshot=transaction.snapshot,
            grant=transaction.grant(object_name),
        )
    )
    joins = state.joins or Joins(transaction.snapshot, object_name)
    return _Source(root=joins.root, conditions=state.conditions)


def _rows(transaction: Transaction, object_name: str, fields: tuple[Field, ...]) -> Subquery:
    """The newest records with the fields' values as f0, f1, …"""
    source = _with_rows(transaction, object_name)
    columns = [
        _value(transaction, source.root, each).label(f"f{index}")
        for index, each in enumerate(fields)
    ]
    return (
        select(source.root.c.id, *columns)
        .where(*source.conditions)
        .order_by(source.root.c.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )


def _value(transaction: Transaction, root: Any, field: Field) -> ColumnElement[Any]:
    if field.columns:
        found: ColumnElement[Any] = root.c[field.column]
        return found
    junction = junction_of(transaction.snapshot, field.object, field.name)
    return case((exists().where(junction.c.record == root.c.id), 1))


def _comparable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Text()) if isinstance(column.type, JSONB) else column
