"""Lists over HTTP: pages, counts, filters, sorting, dotted names, and what is said of mistakes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from api_world import Caller, World
from conftest import FrozenClock

pytestmark = pytest.mark.anyio

ROWS = 500


@pytest.fixture
async def crowd(admin: Caller) -> dict[str, dict[str, Any]]:
    """500 visits with many ties and blanks, by id."""
    given = [
        {
            "title": None if index % 7 == 0 else f"T{index % 5}",
            "number": None if index % 11 == 0 else index % 4,
            "amount": None if index % 3 == 0 else f"{index % 9}.5",
            "planned_on": None if index % 2 else f"2026-01-{index % 28 + 1:02}",
            "active": index % 2 == 0,
            "level": None if index % 5 == 0 else "abc"[index % 3],
        }
        for index in range(ROWS)
    ]
    made = (await admin.post("/records/visit", {"records": given}))["records"]
    return {each["id"]: each for each in made}


async def walk(caller: Caller, **params: Any) -> list[dict[str, Any]]:
    """Every record of every page in turn."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await caller.get("/records/visit", **params, **more)
        found.extend(page["records"])
        if page["next"] is None:
            return found
        assert len(page["records"]) == params.get("limit", 50)
        cursor = page["next"]


SORTS = (
    "",
    "title",
    "-title",
    "number,-title",
    "-number,title",
    "-amount,number,planned_on",
    "planned_on,-amount",
    "active,-level",
    "-created_at",
    "name",
    "-owner.name,number",
)


@pytest.mark.parametrize("limit", [50, 73])
async def test_a_walk_meets_every_record_once(
    admin: Caller, crowd: dict[str, dict[str, Any]], limit: int
) -> None:
    for sort in SORTS:
        found = await walk(admin, sort=sort, limit=limit, fields="id,title,number,amount")
        counted = Counter(each["id"] for each in found)
        assert set(counted) == set(crowd), sort
        assert set(counted.values()) == {1}, sort


async def test_a_walk_is_in_order_with_blanks_last(
    admin: Caller, crowd: dict[str, dict[str, Any]]
) -> None:
    for sort, down in (("number", False), ("-number", True)):
        values = [each["number"] for each in await walk(admin, sort=sort, fields="number")]
        present = [each for each in values if each is not None]
        assert values == sorted(present, reverse=down) + [None] * (len(values) - len(present))


async def test_a_walk_with_a_filter(admin: Caller, crowd: dict[str, dict[str, Any]]) -> None:
    found = await walk(admin, filter="number >= 2 && level = 'b'", sort="-title", limit=20)
    expected = {
        key for key, each in crowd.items() if (each["number"] or 0) >= 2 and each["level"] == "b"
    }
    assert [each["id"] for each in found if each["id"] not in expected] == []
    assert len(found) == len(expected) > 20


async def test_records_that_come_and_go_disturb_nothing_else(
    admin: Caller, crowd: dict[str, dict[str, Any]]
) -> None:
    first = await admin.get("/records/visit", sort="number", limit=100)
    gone, seen = first["records"][3]["id"], {each["id"] for each in first["records"]}
    await admin.delete(f"/records/visit/{gone}")
    await admin.post("/records/visit", {"number": 0})
    rest: list[str] = []
    cursor = first["next"]
    while cursor:
        page = await admin.get("/records/visit", sort="number", limit=100, cursor=cursor)
        rest.extend(each["id"] for each in page["records"])
        cursor = page["next"]
    assert not seen & set(rest)
    assert set(crowd) <= seen | set(rest)


async def test_counts(admin: Caller, crowd: dict[str, dict[str, Any]]) -> None:
    plain = await admin.get("/records/visit", limit=1)
    assert "count" not in plain
    capped = await admin.get("/records/visit", limit=1, count="capped")
    assert (capped["count"], capped["count_capped"]) == (500, False)
    wanted = sum(each["level"] == "a" for each in crowd.values())
    exact = await admin.get("/records/visit", limit=1, count="exact", filter="level = 'a'")
    assert exact["count"] == wanted
    page = await admin.get(
        "/records/visit", count="exact", limit=3, cursor=(await admin.get("/records/visit"))["next"]
    )
    assert page["count"] == 500, "of all pages, not of the rest"


async def test_a_capped_count_stops(admin: Caller) -> None:
    for _ in range(2):
        rows = [{"name": "S"} for _ in range(1001)]
        await admin.post("/records/site", {"records": rows})
    capped = await admin.get("/records/site", limit=1, count="capped")
    assert (capped["count"], capped["count_capped"]) == (2000, True)
    exact = await admin.get("/records/site", limit=1, count="exact")
    assert (exact["count"], exact["count_capped"]) == (2002, False)


@pytest.fixture
async def three(admin: Caller, frozen_clock: FrozenClock) -> dict[str, str]:
    """Three visits, on Monday 2 March 2026, by the id of each: alpha, beta and blank."""
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


async def test_relative_dates_are_the_readers(
    admin: Caller, rep: Caller, frozen_clock: FrozenClock
) -> None:
    """At 20:00 UTC it is already tomorrow in Shanghai."""
    frozen_clock.move(hours=10.5)
    await admin.patch(f"/records/user/{await user_id(admin)}", {"timezone": "UTC"})
    await admin.post("/records/visit", {"planned_on": "2026-03-02", "title": "utc"})
    await admin.post("/records/visit", {"planned_on": "2026-03-03", "title": "shanghai"})
    for caller, title in ((admin, "utc"), (rep, "shanghai")):
        found = await caller.get("/records/visit", filter="planned_on = TODAY()")
        assert [each["title"] for each in found["records"]] == [title]


async def user_id(caller: Caller) -> str:
    return str((await caller.get("/session"))["user_id"])


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
    ({"sort": "pin"}, 422, "query_invalid", {"sort": "field.unknown"}),
    ({"sort": "data"}, 422, "query_invalid", {"sort": "field.unknown"}),
    ({"sort": "guests"}, 422, "query_invalid", {"sort": "field.unknown"}),
    ({"filter": "zzz = 1"}, 422, "query_invalid", {"filter": "formula.unknown_field"}),
    ({"filter": "pin = 'x'"}, 422, "query_invalid", {"filter": "formula.arg_type"}),
    ({"filter": "title ="}, 422, "filter_invalid", {"filter": "formula.syntax"}),
    ({"filter": "number"}, 422, "query_invalid", {"filter": "formula.arg_type"}),
    ({"filter": "NOPE(title)"}, 422, "filter_invalid", {"filter": "formula.unknown_function"}),
    ({"filter": "$zzz.id = 1"}, 422, "query_invalid", {"filter": "formula.unknown_field"}),
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


async def test_all_mistakes_at_once_each_with_its_place(admin: Caller) -> None:
    refused = await admin.get(
        "/records/visit",
        status=422,
        fields="zzz",
        sort="yyy",
        filter="number > 1 &&\n  xxx = 2 && lvel = 'a'",
    )
    places = {(each["path"], each["code"]) for each in refused["problems"]}
    assert ("fields.zzz", "field.unknown") in places
    assert ("sort", "field.unknown") in places
    faults = [each for each in refused["problems"] if each["path"] == "filter"]
    assert [(each["line"], each["column"]) for each in faults] == [(2, 3), (2, 14)]
    assert "level" in faults[1]["message"] + faults[1]["hint"]


async def test_a_cursor_of_another_sorting_is_refused(admin: Caller) -> None:
    await admin.post("/records/visit", {"records": [{"title": str(i)} for i in range(3)]})
    by_title = (await admin.get("/records/visit", sort="title", limit=1))["next"]
    for sort in ("", "number", "planned_on", "title,number", "owner"):
        refused = await admin.get("/records/visit", status=400, sort=sort, cursor=by_title)
        assert refused["code"] == "bad_cursor", sort
    page = await admin.get("/records/visit", sort="title", limit=1, cursor=by_title)
    assert [each["title"] for each in page["records"]] == ["1"]


async def test_a_hidden_field_is_an_unknown_field(admin: Caller, rep: Caller) -> None:
    """In every place where a field can be named; the same words as for one that is not there."""
    await admin.post("/records/visit", {"sealed": "deep"})
    for place, value in (
        ("fields", "%s"),
        ("sort", "-%s"),
        ("filter", "%s = 'deep'"),
        ("filter", "LEN(%s) > 1"),
        ("fields", "about,%s"),
    ):
        assert (await admin.get("/records/visit", **{place: value % "sealed"}))["records"]
        hidden = await rep.get("/records/visit", status=422, **{place: value % "sealed"})
        absent = await rep.get("/records/visit", status=422, **{place: value % "zealed"})
        texts = [str(each["problems"]).replace("zealed", "sealed") for each in (hidden, absent)]
        assert texts[0] == texts[1], place


async def test_in_both_languages(world: World) -> None:
    """The reader's language decides, before signing in the browser's."""
    looker = world.caller("looker")
    refused = await looker.get("/records/site", status=422, filter="nam = 1")
    assert refused["title"] == "查询无法执行。"
    assert "name" in refused["problems"][0]["message"] + refused["problems"][0]["hint"]
    english = await world.caller("rep").get("/records/site", status=422, filter="nam = 1")
    assert english["title"] == "The query cannot be run."
