"""SQLAlchemy expressions to the text that the driver runs. Compiled once, kept by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class Statement:
    """Text with `%(name)s` places, the values that were already known when it was compiled, and
    the names of places that take JSON."""

    text: str
    known: Mapping[str, Any]
    json: frozenset[str] = frozenset()


def statement(clause: ClauseElement) -> Statement:
    compiled = clause.compile(dialect=DIALECT)
    if not isinstance(compiled, SQLCompiler):
        return Statement(str(compiled), {})
    places = {name: bind for bind, name in compiled.bind_names.items()}
    values = {name: value for name, value in compiled.params.items() if not places[name].required}
    documents = {name for name, bind in places.items() if isinstance(bind.type, JSON)}
    return Statement(str(compiled), values, frozenset(documents))


def id_array(ids: Iterable[UUID]) -> str:
    """The value of a place for an array of ids, as PostgreSQL writes one. The driver would look at
    every element to find out what they are."""
    return "{" + ",".join(map(str, ids)) + "}"


def ddl(clause: ClauseElement) -> str:
    """The text of one DDL statement, literals rendered, ready to run without parameters."""
    compiled = clause.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    return str(compiled).strip().replace("%%", "%")  # doubled for parameters, which it has none


FROZEN = (
    b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    b"SET LOCAL idle_in_transaction_session_timeout = '10min'",
)
"""A transaction that reads everything as of one moment, however slowly it is read."""
