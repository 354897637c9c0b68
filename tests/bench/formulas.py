"""Formulas against what a person would have written by hand, as ratios taken in one run.

python tests/bench/formulas.py measures these alone; `make bench` does so among the rest."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from fieldstone.formula.batch import run
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Named, Relation
from fieldstone.formula.scope import Path as Steps
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import to_sql
from fieldstone.formula.typed import Checked
from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.embedded import EmbeddedServer
from fieldstone.kernel.sql import statement

TEXT = 'IF(AND(amount > 1000, stage = "won"), ROUND(amount * 0.13, 2), 0)'
BARE = "CASE WHEN amount > 1000 AND stage = 'won' THEN round(amount * 0.13, 2) ELSE 0 END"
ROWS = 100_000
RUNS = 7
FIELDS = {
    "amount": Type(kind=Kind.NUMBER, scale=2, digits=16),
    "stage": Type(kind=Kind.PICKLIST, values=("new", "open", "won", "lost")),
}
DEAL = sa.Table(
    "deal", sa.MetaData(), sa.Column("amount", sa.Numeric(18, 2)), sa.Column("stage", sa.Text)
)
CONTEXT = Context(now=datetime(2026, 1, 1, tzinfo=UTC))
AMOUNT, STAGE = ("amount",), ("stage",)
CENT, RATE, LOW, NOTHING = Decimal("0.01"), Decimal("0.13"), Decimal(1000), Decimal(0)


@dataclass(frozen=True)
class Deals:
    """Implements fieldstone.formula.scope.Scope."""

    def resolve(self, path: Steps) -> Named | None:
        type_ = FIELDS.get(path[0])
        return Named(name=path[0], label="", type=type_) if type_ and len(path) == 1 else None

    def names(self, path: Steps) -> Iterable[Named]:
        return ()

    def parameter(self, root: str, path: Steps) -> Type | None:
        return None

    def relation(self, name: str) -> Relation | None:
        return None

    def relations(self) -> Iterable[Relation]:
        return ()


def by_hand(record: Mapping[Steps, Any]) -> Decimal:
    amount = record.get(AMOUNT)
    if amount is not None and amount > LOW and record.get(STAGE) == "won":
        return (amount * RATE).quantize(CENT, ROUND_HALF_UP)
    return NOTHING


def checked_formula() -> Checked:
    return check(parse(TEXT), Deals())


def best(work: Callable[[], object]) -> float:
    """Seconds of the best of several runs: others share the machine."""
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def records() -> list[Mapping[Steps, Any]]:
    chance = random.Random(7)  # noqa: S311
    return [
        {
            AMOUNT: Decimal(chance.randint(0, 400_000)) / 100,
            STAGE: chance.choice(("new", "open", "won", "lost")),
        }
        for _ in range(ROWS)
    ]


Line = Callable[[bool, str, str], bool]


def in_python(line: Line) -> bool:
    checked, rows = checked_formula(), records()
    hand = best(lambda: [by_hand(record) for record in rows])
    ours = best(lambda: run(checked, rows, CONTEXT))
    good = ours <= 2.5 * hand
    figures = f"{ROWS / ours:>9.0f}/s  hand  {ROWS / hand:>7.0f}/s  {ours / hand:>5.2f} x"
    return line(good, "formula in Python", f"{figures} of its time  (wanted at most 2.5 x)")


def reading(line: Line) -> bool:
    milliseconds = best(checked_formula) * 1000
    good = milliseconds <= 2
    return line(good, "formula read", f"{milliseconds:>9.2f} ms  (wanted at most 2 ms)")


def in_sql(line: Line, url: str) -> bool:
    binder, laterals = Binder(), Laterals()
    value = to_sql(checked_formula(), lambda path: DEAL.c[path[0]], binder, laterals)
    made = statement(sa.select(sa.func.sum(value)).select_from(laterals.around(DEAL)))
    values = {**made.known, **bind_values(binder.binds, (), CONTEXT)}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TEMPORARY TABLE deal (amount numeric(18, 2), stage text)")
        with connection.cursor().copy("COPY deal FROM STDIN") as copy:
            for record in records():
                copy.write_row((record[AMOUNT], record[STAGE]))
        connection.execute("ANALYZE deal")
        connection.execute("SET max_parallel_workers_per_gather = 0")
        bare = best(lambda: connection.execute(f"SELECT sum({BARE}) FROM deal").fetchall())  # noqa: S608  # our own text
        ours = best(lambda: connection.execute(made.text, values).fetchall())
    good = ours <= 2 * bare
    figures = f"{ours * 1000:>9.1f} ms bare  {bare * 1000:>7.1f} ms {ours / bare:>5.2f} x"
    return line(good, "formula in SQL", f"{figures}  (wanted at most 2 x)")


def measured(line: Line, url: str) -> list[bool]:
    return [in_python(line), in_sql(line, url), reading(line)]


def printed(good: bool, name: str, rest: str) -> bool:
    print(f"{'ok  ' if good else 'LOW '}{name:<24}{rest}", flush=True)
    return good


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="fieldstone-bench-"))
    server = EmbeddedServer(folder)
    try:
        results = measured(printed, server.admin_url)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
