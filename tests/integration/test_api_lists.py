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
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
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
        named: dict[str, Any] = {place: value % "sealed"}
        assert (await admin.get("/records/visit", **named))["records"]
        hidden = await rep.get("/records/visit", status=422, **named)
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
