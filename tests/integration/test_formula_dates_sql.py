"""Every function of dates says the same in Python and in PostgreSQL: a thousand random rows, the
ends of the calendar, month ends, leap days and the hours in which clocks are changed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from conftest import Server
from psycopg.rows import tuple_row

from fieldstone.formula import dates
from fieldstone.formula.ast import Value
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Named, Path, Relation
from fieldstone.formula.to_sql import to_sql_with_error
from fieldstone.formula.types import BOOLEAN, DATE, DATETIME, NUMBER, TIME, Kind, Type
from fieldstone.kernel import clock
from fieldstone.kernel.sql import statement

FIELDS: Mapping[str, tuple[Type, Any]] = {
    "day": (DATE, sa.Date()),
    "other": (DATE, sa.Date()),
    "moment": (DATETIME, sa.DateTime(timezone=True)),
    "later": (DATETIME, sa.DateTime(timezone=True)),
    "clock": (TIME, sa.Time()),
    "until": (TIME, sa.Time()),
    "number": (NUMBER, sa.Numeric()),
    "small": (NUMBER, sa.Numeric()),
    "flag": (BOOLEAN, sa.Boolean()),
}
TABLE = sa.Table("moments", sa.MetaData(), sa.Column("place", sa.Integer),
                 *(sa.Column(name, kind) for name, (_, kind) in FIELDS.items()))  # fmt: skip
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Apia")
NOW = datetime(2024, 2, 28, 23, 30, 15, 678000, UTC)


class Fields:
    """Implements fieldstone.formula.scope.Scope."""

    def resolve(self, path: Path) -> Named | None:
        known = FIELDS.get(path[0])
        return Named(name=path[0], label=path[0], type=known[0]) if known else None

    def names(self, path: Path) -> Iterable[Named]:
        return [Named(name=name, label=name, type=type_) for name, (type_, _) in FIELDS.items()]

    def parameter(self, root: str, path: Path) -> Type | None:
        return None

    def relation(self, name: str) -> Relation | None:
        return None

    def relations(self) -> Iterable[Relation]:
        return ()


DAYS = (
    date.min, date(1, 1, 31), date(1, 12, 31), date(1582, 10, 15), date(1900, 2, 28),
    date(1969, 12, 31), date(1970, 1, 1), date(2000, 2, 29), date(2023, 12, 31), date(2024, 1, 1),
    date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 31),
    date(2025, 2, 28), date(2026, 1, 1), date(9999, 1, 31), date(9999, 12, 30), date.max,
)  # fmt: skip
CHANGES = (
    datetime(2024, 3, 31, 1, tzinfo=UTC),  # Berlin forward
    datetime(2024, 10, 27, 1, tzinfo=UTC),  # Berlin back
    datetime(2024, 3, 10, 7, tzinfo=UTC),  # New York forward
    datetime(2024, 11, 3, 6, tzinfo=UTC),  # New York back
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia leaves a day out
    datetime(1901, 1, 1, tzinfo=UTC),  # offsets with seconds end
)
MOMENTS = (
    dates.FIRST_INSTANT, datetime(1969, 12, 31, 23, 59, 59, 999000, UTC), dates.LAST_INSTANT,
    datetime(9999, 12, 30, 23, 59, 59, 998000, UTC),
    *(change + timedelta(milliseconds=step) for change in CHANGES for step in (-1, 0, 1_800_000)),
)  # fmt: skip
NUMBERS = ("0", "1", "-1", "0.999", "-0.999", "1.5", "-1.5", "12", "-12", "59.9", "60", "23",
           "1e9", "-1e9", "253402300799.999", "-62135596800", "1e12", "-1e23",
           "-25e10", "253402300800", "-62135596801", "1500000.5",
           "0.000005787037037037", "36000", "-48000.9")  # fmt: skip


def rows() -> list[dict[str, Value]]:
    dice = random.Random(20_240_229)  # noqa: S311  # not a secret
    found = [_random_row(dice) for _ in range(1_000)]
    for index, day in enumerate(DAYS):
        found += [
            _random_row(dice) | {"day": day, "other": other} for other in DAYS[index % 3 :: 3]
        ]
    found += [
        _random_row(dice) | {"moment": each, "later": dice.choice(MOMENTS)} for each in MOMENTS
    ]
    found += [_random_row(dice) | {"number": Decimal(each)} for each in NUMBERS for _ in range(3)]
    found += [{**_random_row(dice), name: None} for name in FIELDS for _ in range(3)]
    return [*found, dict.fromkeys(FIELDS)]


def _random_row(dice: random.Random) -> dict[str, Value]:
    near = date(1900 + dice.randrange(200), dice.randrange(1, 13), dice.randrange(1, 29))
    span = timedelta(seconds=dice.randrange(-(10**9), 10**9), milliseconds=dice.randrange(1000))
    moment = datetime(1800 + dice.randrange(400), 1, 1, tzinfo=UTC) + span
    return {
        "day": dice.choice(
            (near, date.fromordinal(dice.randrange(1, 3_652_060)), dice.choice(DAYS))
        ),
        "other": near + timedelta(days=dice.choice((0, 1, -1, dice.randrange(-5_000, 5_000)))),
        "moment": moment,
        "later": moment + span * dice.choice((0, 1, -1, 2)),
        "clock": _time(dice),
        "until": _time(dice),
        "number": Decimal(dice.randrange(-(10**8), 10**8)).scaleb(-dice.randrange(7)),
        "small": Decimal(dice.randrange(-60_000, 60_000)).scaleb(-dice.randrange(2, 5)),
        "flag": dice.choice((True, False)),
    }


def _time(dice: random.Random) -> time:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return (start + timedelta(milliseconds=dice.randrange(86_400_000))).time()


@dataclass(frozen=True)
class Failure:
    code: str


@dataclass(frozen=True)
class Moments:
    connection: psycopg.Connection[Any]
    rows: list[dict[str, Value]]

    def in_database(self, text: str, context: Context) -> list[Any]:
        binder = Binder()
        checked = check(parse(text), Fields())
        value, code = to_sql_with_error(checked, lambda path: TABLE.c[path[0]], binder)
        error = sa.null() if code is None else code
        clause = sa.select(_readable(value, checked.type.kind), error).order_by(TABLE.c.place)
        made = statement(clause)
        values = {**made.known, **bind_values(binder.binds, (), context)}
        found = self.connection.execute(made.text, values).fetchall()
        return [value if code is None else Failure(code) for value, code in found]

    def in_python(self, text: str, context: Context) -> list[Any]:
        checked = check(parse(text), Fields())
        return [_evaluated(checked, row, context) for row in self.rows]


def _readable(value: sa.ColumnElement[Any], kind: Kind) -> sa.ColumnElement[Any]:
    """The driver knows fewer years than PostgreSQL, and reads instants in a zone of its own."""
    if kind is Kind.DATETIME:
        return sa.cast(sa.func.timezone("UTC", value), sa.Text)
    return sa.cast(value, sa.Text) if kind is Kind.DATE else value


def _evaluated(checked: Any, row: Mapping[str, Value], context: Context) -> Any:
    try:
        value = evaluate(checked, {(name,): value for name, value in row.items()}, context)
    except EvaluationError as error:
        return Failure(error.code)
    if isinstance(value, datetime):
        text = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture(scope="module")
def moments(server: Server) -> Iterator[Moments]:
    with psycopg.connect(server.admin_url, autocommit=True, row_factory=tuple_row) as connection:
        connection.execute("SET search_path = pg_temp, public")
        connection.execute("SET timezone = 'America/St_Johns'")
        create = sa.schema.CreateTable(TABLE).compile(dialect=_dialect())
        connection.execute(str(create))
        made = rows()
        place = {column.name: sa.bindparam(column.name, type_=column.type) for column in TABLE.c}
        insert = statement(sa.insert(TABLE).values(place))
        with connection.cursor() as cursor:
            cursor.executemany(insert.text, [{"place": n, **row} for n, row in enumerate(made)])
        yield Moments(connection, made)


def _dialect() -> Any:
    return sa.create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect


def holidays(seed: int, count: int) -> frozenset[date]:
    dice = random.Random(seed)  # noqa: S311  # not a secret
    near = [date(2024, 1, 1) + timedelta(days=dice.randrange(-1_500, 1_500)) for _ in range(count)]
    return frozenset((*near, *dice.sample(DAYS, 4)))


CALENDARS: Mapping[str, Mapping[str, frozenset[date]]] = {
    "bare": {},
    "holidays": {"holidays": holidays(1, 60)},
    "full": {"holidays": holidays(2, 300), "workdays": holidays(3, 200)},
}


def assert_equal(moments: Moments, text: str, context: Context, least: int = 400) -> None:
    """`least`: so many rows must have a value, or the comparison says nothing."""
    found, expected = moments.in_database(text, context), moments.in_python(text, context)
    wrong = [
        (moments.rows[place], said, wanted)
        for place, (said, wanted) in enumerate(zip(found, expected, strict=True))
        if said != wanted
    ]
    assert wrong[:3] == [], text
    good = [value for value in expected if value is not None and not isinstance(value, Failure)]
    assert len(good) >= least, text


ZONED = (
    *(f"{name}(moment)" for name in ("YEAR", "MONTH", "DAY", "QUARTER", "DAYOFYEAR", "WEEKDAY",
      "ISOWEEK", "ISOYEAR", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "WEEKNUM", "DATEVALUE",
      "TIMEVALUE", "NEXTANNIVERSARY")),
    *(f"DATETIME_DIFF(moment, later, '{unit}')" for unit in ("month", "quarters", "year")),
    *(f"STARTOF(moment, '{unit}')" for unit in dates.UNITS),
    *(f"ENDOF(moment, '{unit}')" for unit in dates.UNITS),
    "WEEKNUM(moment, 2)",
    "DATETIMEVALUE(day)",
    "NEXTANNIVERSARY(day)",
    "TIMENOW() = clock",
)  # fmt: skip
PLAIN = (
    *(f"{name}(day)" for name in ("YEAR", "MONTH", "DAY", "QUARTER", "DAYOFYEAR", "WEEKDAY",
      "ISOWEEK", "ISOYEAR", "WEEKNUM", "EOMONTH", "UNIXTIMESTAMP")),
    *(f"{name}(clock)" for name in ("HOUR", "MINUTE", "SECOND", "MILLISECOND", "UNIXTIMESTAMP",
      "TIMEVALUE")),
    *(f"DATETIME_DIFF(moment, later, '{unit}')" for unit in
      ("millisecond", "seconds", "minute", "hours", "day", "weeks")),
    *(f"DATEDIF(day, other, '{unit}')" for unit in "YmD"),
    *(f"DATEDIF(ADDDAYS(day, small), ADDDAYS(other, small), '{unit}')" for unit in "YMD"),
    "HOUR(moment, 'Asia/Kathmandu')",
    "DATEVALUE(moment, 'Europe/London')",
    "TIMEVALUE(moment, 'Australia/Lord_Howe')",
    "WEEKNUM(day, 2)",
    "WEEKNUM(ADDDAYS(day, 1), 1.9)",
    "UNIXTIMESTAMP(moment)",
    "FROMUNIXTIME(UNIXTIMESTAMP(moment))",
    "FORMATDURATION(number)",
    "FORMATDURATION(number, TRUE)",
    "FORMATDURATION(number, flag)",
    "FORMATDURATION(moment, later)",
    "FORMATDURATION(clock, until)",
    "DATE(YEAR(day), MONTH(other), DAY(day))",
    "TIME(small, small * 2, small * small)",
    "TIME(HOUR(clock), MINUTE(until), SECOND(clock))",
    "EDATE(day, small)",
    "ADDMONTHS(day, small)",
    "EOMONTH(day, small)",
    "ADDDAYS(day, number / 1000)",
    "ADDDAYS(moment, small)",
    "ADDDAYS(moment, small / 86400 / 7)",
    "FROMUNIXTIME(number)",
    "clock + number",
    "clock - number * 1000",
    "clock + small / 3",
    "clock - until",
    "(clock + 3600000) - clock",
    "FROMUNIXTIME(number * 1000 + small / 3)",
)  # fmt: skip
WORKING = (
    "NETWORKDAYS(day, other)",
    "NETWORKDAYS(other, other + small)",
    "NETWORKDAYS(day, day)",
    "WORKDAY(day, small)",
    "WORKDAY(day, 0)",
    "WORKDAY(other, 1)",
    "WORKDAY(other, -1)",
    "WORKDAY(other, small * 100)",
    "WORKDAY(WORKDAY(WORKDAY(other, 3), small), -2)",
    "NETWORKDAYS(day, WORKDAY(day, 5))",
)
FEW = {"TIME(small, small * 2, small * small)": 20}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ZONED)
def test_by_the_calendar_of_a_zone(moments: Moments, text: str, zone: str) -> None:
    assert_equal(moments, text, Context(now=NOW, timezone=zone))


@pytest.mark.parametrize("text", PLAIN)
def test_without_a_zone(moments: Moments, text: str) -> None:
    assert_equal(moments, text, Context(now=NOW), FEW.get(text, 400))


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("text", WORKING)
def test_by_the_calendar_of_an_organisation(moments: Moments, text: str, calendar: str) -> None:
    assert_equal(moments, text, Context(now=NOW, **CALENDARS[calendar]))


@pytest.mark.parametrize(
    "today",
    [date(1, 1, 2), date(1999, 12, 31), date(2024, 2, 29), date(2025, 3, 1), date(9999, 12, 30)],
)
def test_anniversaries_from_any_day(moments: Moments, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    assert_equal(moments, "NEXTANNIVERSARY(day)", Context(now=now), 10)
    assert_equal(moments, "NEXTANNIVERSARY(moment) - TODAY()", Context(now=now), 10)


def test_the_database_knows_every_zone_that_the_check_takes(moments: Moments) -> None:
    known = moments.connection.execute("SELECT name FROM pg_timezone_names").fetchall()
    assert clock.time_zones() - {name for (name,) in known} == set()
