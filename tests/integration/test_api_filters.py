"""What filters find, and what is said of mistakes in lists' parameters. Nothing is changed here,
so all tests share one copy of the organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from api_world import Caller, World

from fieldstone.kernel import clock

pytestmark = pytest.mark.anyio

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def monday() -> Iterator[None]:
    clock.use(lambda: MONDAY)
    yield
    clock.use(None)


@pytest.fixture(scope="module")
def admin(shared: World) -> Caller:
    return shared.caller("admin")


@pytest.fixture(scope="module")
async def three(admin: Caller, monday: None) -> dict[str, str]:
    """Three visits by the id of each: alpha, beta and blank."""
    me = (await admin.get("/session"))["user_id"]
    site = await admin.post("/records/site", {"name": "North", "size": 7})
    south = await admin.post("/records/site", {"name": "South", "parent": site["id"]})
    given = {
        "alpha": {
            "title": "Alpha 100%",
            "number": 1,
            "amount": "10.50",
            "share": "40",
            "active": True,
            "planned_on": "2026-03-02",
            "starts_at": "2026-03-02T09:00:00Z",
            "clock": "08:00",
            "took": 60,
            "level": "a",
            "kinds": ["x", "y"],
            "host": me,
            "site": site["id"],
        },
        "beta": {
            "title": "beta_1",
            "number": -5,
            "amount": "999.99",
            "share": "60",
            "active": False,
            "planned_on": "2026-02-27",
            "starts_at": "2026-02-27T23:59:59Z",
            "clock": "20:00",
            "took": 3600,
            "level": "b",
            "kinds": ["z"],
            "site": south["id"],
        },
        "blank": {},
    }
    made = await admin.post("/records/visit", {"records": list(given.values())})
    return {each["id"]: name for each, name in zip(made["records"], given, strict=True)}


FILTERS: tuple[tuple[str, str], ...] = (
    ("title = 'Alpha 100%'", "alpha"),
    ("title <> 'Alpha 100%'", "beta blank"),
    ("title != 'Alpha 100%'", "beta blank"),
    ("CONTAINS(title, '100%')", "alpha"),
    ("CONTAINS(title, 'a_1')", "beta"),
    ("CONTAINS(LOWER(title), 'alpha')", "alpha"),
    ("BEGINS(title, 'beta')", "beta"),
    ("ENDS(title, '%')", "alpha"),
    ("title IN ('beta_1', 'x')", "beta"),
    ("NOT(title IN ('beta_1', 'x'))", "alpha blank"),
    ("ISBLANK(title)", "blank"),
    ("NOT(ISBLANK(title))", "alpha beta"),
    ("number = 1", "alpha"),
    ("number < 0", "beta"),
    ("number <= 1 && number >= -5 && !ISBLANK(title)", "alpha beta"),
    ("number > -5 && !ISBLANK(title)", "alpha"),
    ("amount = 10.5", "alpha"),
    ("amount > 10.50", "beta"),
    ("amount * 2 = 21", "alpha"),
    ("share = 0.4", "alpha"),
    ("active", "alpha"),
    ("active = FALSE", "beta blank"),
    ("level = 'a'", "alpha"),
    ("ISPICKVAL(level, 'b')", "beta"),
    ("level IN ('a', 'b')", "alpha beta"),
    ("level <> 'a'", "beta"),
    ("INCLUDES(kinds, 'x')", "alpha"),
    ("EXCLUDES(kinds, 'x')", "beta blank"),
    ("ISBLANK(kinds)", "blank"),
    ("planned_on = DATE(2026, 3, 2)", "alpha"),
    ("planned_on < DATEVALUE('2026-03-01')", "beta"),
    ("planned_on = TODAY()", "alpha"),
    ("planned_on = TODAY() - 3", "beta"),
    ("planned_on >= TODAY() - 7 && planned_on < TODAY()", "beta"),
    ("starts_at > NOW() - 1", "alpha"),
    ("INPERIOD(planned_on, 'today')", "alpha"),
    ("INPERIOD(planned_on, 'this_week')", "alpha"),
    ("INPERIOD(planned_on, 'last_week')", "beta"),
    ("INPERIOD(planned_on, 'last_month')", "beta"),
    ("INPERIOD(starts_at, 'this_month')", "alpha"),
    ("INPERIOD(planned_on, 'last_n_days:7')", "alpha beta"),
    ("INPERIOD(planned_on, 'this_year')", "alpha beta"),
    ("clock = TIMEVALUE('08:00:00.000')", "alpha"),
    ("took > 60", "beta"),
    ("host = $user.id", "alpha"),
    ("owner = $user.id", "alpha beta blank"),
    ("ISBLANK(host)", "beta blank"),
    ("site.name = 'North'", "alpha"),
    ("site.parent.name = 'North'", "beta"),
    ("site.size > 1", "alpha"),
    ("host.name = $user.name", "alpha"),
    ("created_by.account = 'admin' && level = 'a'", "alpha"),
    ("title = 'Alpha 100%' || number = -5", "alpha beta"),
    ("(level = 'a' OR level = 'b') AND NOT active", "beta"),
    ("IF(active, number, 0) = 1", "alpha"),
    ("title = 'x'' OR 1=1 --'", "!"),
    ("标题 = 1", "!"),
)


@pytest.mark.parametrize(("text", "expected"), FILTERS, ids=[text for text, _ in FILTERS])
async def test_filters(admin: Caller, three: dict[str, str], text: str, expected: str) -> None:
    if expected == "!":
        await admin.get("/records/visit", status=422, filter=text)
        return
    found = (await admin.get("/records/visit", filter=text, count="exact"))["records"]
    assert sorted(three[each["id"]] for each in found) == sorted(expected.split())


async def test_fields_are_chosen(admin: Caller, three: dict[str, str]) -> None:
    found = await admin.get(
        "/records/visit",
        filter="level = 'b'",
        fields="title, site.name,site.parent.name,host.name,owner.account",
    )
    (record,) = found["records"]
    del record["id"], record["version"]
    assert record == {
        "title": "beta_1",
        "site.name": "South",
        "site.parent.name": "North",
        "host.name": None,
        "owner.account": "admin",
    }


MISTAKES: tuple[tuple[dict[str, str], int, str, dict[str, str]], ...] = (
    ({"fields": "zzz"}, 422, "query_invalid", {"fields.zzz": "field.unknown"}),
    ({"fields": "titel"}, 422, "query_invalid", {"fields.titel": "field.unknown_near"}),
    ({"fields": "title.x"}, 422, "query_invalid", {"fields.title.x": "field.unknown"}),
    ({"fields": ".."}, 422, "query_invalid", {"fields...": "field.unknown"}),
    ({"sort": "zzz"}, 422, "query_invalid", {"sort": "field.unknown"}),
    ({"sort": "pin"}, 422, "query_invalid", {"sort": "query.not_usable"}),
    ({"sort": "data"}, 422, "query_invalid", {"sort": "query.not_usable"}),
    ({"sort": "guests"}, 422, "query_invalid", {"sort": "query.not_usable"}),
    ({"filter": "zzz = 1"}, 422, "query_invalid", {"filter": "formula.unknown_field"}),
    ({"filter": "pin = 'x'"}, 422, "query_invalid", {"filter": "formula.arg_type"}),
    ({"filter": "title ="}, 422, "filter_invalid", {"filter": "formula.syntax"}),
    ({"filter": "number"}, 422, "query_invalid", {"filter": "formula.result_type"}),
    ({"filter": "NOPE(title)"}, 422, "query_invalid", {"filter": "formula.unknown_function"}),
    ({"filter": "$zzz.id = 1"}, 422, "query_invalid", {"filter": "formula.unknown_parameter"}),
    ({"filter": "level = 'zz'"}, 422, "query_invalid", {"filter": "formula.bad_picklist_value"}),
    ({"limit": "0"}, 400, "bad_limit", {}),
    ({"limit": "201"}, 400, "bad_limit", {}),
    ({"limit": "x"}, 400, "bad_limit", {}),
    ({"limit": "²"}, 400, "bad_limit", {}),
    ({"limit": "99999999999999999999"}, 400, "bad_limit", {}),
    ({"count": "all"}, 400, "bad_count", {}),
    ({"cursor": "x"}, 400, "bad_cursor", {}),
    ({"cursor": "W10"}, 400, "bad_cursor", {}),
    ({"cursor": "W1sicCIsIngiXV0"}, 400, "bad_cursor", {}),
)


@pytest.mark.parametrize(
    ("params", "status", "code", "problems"), MISTAKES, ids=[str(each[0]) for each in MISTAKES]
)
async def test_mistakes_are_told(
    admin: Caller, params: dict[str, str], status: int, code: str, problems: dict[str, str]
) -> None:
    refused = await admin.get("/records/visit", status=status, **params)
    assert refused["code"] == code
    assert {each["path"]: each["code"] for each in refused["problems"]} == problems
