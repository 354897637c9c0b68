"""SQLAlchemy expressions to the text that the driver runs. Compiled once, kept by the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement

DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class Statement:
    """Text with `%(name)s` places and the values that were already known when it was compiled."""

    text: str
    known: Mapping[str, Any]


def statement(clause: ClauseElement) -> Statement:
    compiled = clause.compile(dialect=DIALECT)
    known = {name: value for name, value in compiled.params.items() if value is not None}
    return Statement(str(compiled), known)


def ddl(clause: ClauseElement) -> str:
    """The text of one DDL statement, literals rendered, ready to run without parameters."""
    compiled = clause.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    return str(compiled).strip()
