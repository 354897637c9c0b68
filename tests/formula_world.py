"""The sample object of the formula tests as a table with rows that have blanks, extremes and many
scripts, on a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from conftest import Server
from psycopg.rows import tuple_row
from unit.formula.samples import ANN, BOB, CONTEXT, RECORD, SCOPE
from unit.formula.tables import COLUMNS, SOURCE, TASK, column

from fieldstone.formula.ast import Value
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.lift import parse_lifted
from fieldstone.formula.scope import Path
from fieldstone.formula.to_sql import condition
from fieldstone.formula.types import BOOLEAN
from fieldstone.kernel.sql import statement


def row(number: int, **values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS), "id": UUID(int=number), **values}


BLANK, ANNA, STREET, FAR, GREEK, SAMPLE = range(6)
ROWS = (
    row(BLANK),
    row(
        ANNA, name="Anna", nickname="石头 ß", amount=Decimal("1250.50"), quantity=3,
        ratio=Decimal("40.00"), factor=Decimal("0.333333"), is_done=True, status="won",
        colors=["red", "green"], due=date(2024, 5, 15), alarm=time(7, 30), owner=ANN,
        updated=datetime(2024, 5, 14, 23, 15, tzinfo=UTC), parent=UUID(int=ANNA),
    ),
    row(
        STREET, name=" a%b_c\\ ", nickname="Straße", amount=Decimal("-0.01"), quantity=0,
        ratio=Decimal("-33.33"), factor=Decimal("999999999999999999.999999"), is_done=False,
        status="lost", colors=[], due=date(2024, 2, 29), alarm=time(0, 0), owner=BOB,
        updated=datetime(2024, 4, 1, 0, 0, 0, 123000, UTC), parent=UUID(int=FAR),
    ),
    row(
        FAR, name="12.50", nickname="2024-02-29", amount=Decimal("9999999999999999.99"),
        quantity=-7, ratio=Decimal(0), factor=Decimal("-0.5"), is_done=True, status="open",
        colors=["blue"], due=date.max, alarm=time(23, 59, 59, 999000),
        updated=datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC), parent=UUID(int=GREEK),
    ),
    row(
        GREEK, name="ΑΣ ﬁ ǆ", nickname="a", amount=Decimal(0), quantity=999_999_999_999,
        ratio=Decimal(100), is_done=False, status="new", colors=["red"], due=date.min, owner=ANN,
        updated=datetime(1, 1, 2, tzinfo=UTC), parent=UUID(int=BLANK),
    ),
    row(
        SAMPLE, **{path[0]: value for path, value in RECORD.items() if path[0] in COLUMNS}
        | {"colors": ["green", "red"]},
    ),
)  # fmt: skip


def as_record(values: Mapping[str, Any]) -> dict[Path, Value]:
    record: dict[Path, Value] = {(name,): value for name, value in values.items()}
    if values["parent"] is not None:
        above = ROWS[values["parent"].int]
        record |= {("parent", name): value for name, value in above.items()}
    return record


RECORDS = tuple(as_record(values) for values in ROWS)


@dataclass(frozen=True)
class Tasks:
    """The table with the rows above, on a connection of its own."""

    connection: psycopg.Connection[Any]

    def run(self, clause: sa.Select[Any], values: Mapping[str, Any]) -> list[Any]:
        made = statement(clause)
        return self.connection.execute(made.text, {**made.known, **values}).fetchall()

    def ids(self, text: str, context: Context = CONTEXT) -> list[int]:
        """The rows that a filter finds, as the query layer would ask for them."""
        lifted, binder = parse_lifted(text), Binder()
        checked = check(lifted.shape, SCOPE, expected=BOOLEAN)
        test = condition(checked, column, binder)
        clause = sa.select(TASK.c.id).select_from(SOURCE).where(test).order_by(TASK.c.id)
        found = self.run(clause, bind_values(binder.binds, lifted.values, context))
        return [each[0].int for each in found]


@pytest.fixture(scope="module")
def tasks(server: Server) -> Iterator[Tasks]:
    with psycopg.connect(server.admin_url, autocommit=True, row_factory=tuple_row) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("SET search_path = pg_temp, public")
        made = Tasks(connection)
        connection.execute(str(sa.schema.CreateTable(TASK).compile(dialect=_dialect())))
        for values in ROWS:
            made.run(sa.insert(TASK).values(values).returning(TASK.c.id), {})  # type: ignore[arg-type]  # an insert that returns
        yield made


def _dialect() -> Any:
    return sa.create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect
