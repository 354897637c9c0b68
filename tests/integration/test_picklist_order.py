"""Picklists are sorted as their values are declared: in lists, page by page, in groups and in
related lists."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import psycopg
import pytest
from api_world import Caller, World, field, label, operation, values
from page_world import Browser

pytestmark = pytest.mark.anyio

UP = ["new", "hot", "done", "bad", "odd", "old", None]
DOWN = ["done", "hot", "new", "old", "odd", "bad", None]
"""`bad` was taken out of the set, `odd` and `old` were never in it."""
EACH = 5


@pytest.fixture
async def stages(world: World, admin: Caller) -> World:
    """Sites of every stage, written in another order, and a visit to each."""
    stage = values("new", "bad", "hot", "done")
    columns = {"name": {}, "title": {"order": 2}}
    related = {"visits": {"object": "visit", "field": "site", "columns": columns, "sort": ["mood"]}}
    await admin.publish(
        [
            field("site.stage", "picklist", values=stage),
            field("visit.mood", "picklist", values=stage),
            operation(
                "list_view", "visit.all", {"label": label("All"), "columns": ["title", "mood"]}
            ),
            operation("record_type", "site.zoo", {"label": label("Zoo"), "order": 1}),
            operation("record_type", "site.arena", {"label": label("Arena"), "order": 2}),
            operation(
                "layout",
                "site.main",
                {
                    "sections": {"top": {"label": label("Top"), "fields": ["name", "stage"]}},
                    "related_lists": related,
                },
            ),
        ]
    )
    order = [None, "hot", "bad", "new", "done", "hot", "done"]
    rows = [{"name": f"S{n}", "stage": code} for n in range(EACH) for code in order[:5]]
    extra = [{"name": f"S{n}", "memo": code} for n in range(EACH) for code in ("old", "odd")]
    for index, row in enumerate([*rows, *extra]):
        row["record_type"] = ("arena", "zoo")[index % 2]
    made = (await admin.post("/records/site", {"records": [*rows, *extra]}))["records"]
    visits = [{"site": each["id"], "title": each["stage"]} for each in made]
    await admin.post("/records/visit", {"records": visits})
    with psycopg.connect(world.urls.owner) as raw:
        raw.execute("UPDATE t_acme.site SET stage = memo WHERE memo IS NOT NULL")
    await admin.publish([operation("field", "site.stage", {"values": {"bad": None}}, "update")])
    return world


async def walk(caller: Caller, path: str, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = await caller.get(path, **params)
    while True:
        found.extend(page["records"])
        if not page["next"]:
            return found
        page = await caller.get(path, **params, cursor=page["next"])


def runs(found: list[Any]) -> list[tuple[Any, int]]:
    return [(code, len(list(same))) for code, same in groupby(found)]


@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_lists_page_by_page(stages: World, limit: int) -> None:
    admin = stages.caller("admin")
    for sort, order in (("stage", UP), ("-stage", DOWN), ("stage,-name", UP)):
        found = await walk(admin, "/records/site", sort=sort, limit=limit, fields="stage,name")
        assert runs([each["stage"] for each in found]) == [(code, EACH) for code in order], sort
        assert len({each["id"] for each in found}) == len(found)
        if sort == "stage,-name":
            assert [each["name"] for each in found[:EACH]] == ["S4", "S3", "S2", "S1", "S0"]


async def test_along_a_link(stages: World) -> None:
    found = await walk(
        stages.caller("admin"), "/records/visit", sort="-site.stage", limit=4, fields="site.stage"
    )
    assert runs([each["site.stage"] for each in found]) == [(code, EACH) for code in DOWN]


async def test_record_types_too(stages: World) -> None:
    found = await walk(stages.caller("admin"), "/records/site", sort="record_type", limit=9)
    assert [code for code, _ in runs([each["record_type"] for each in found])] == ["zoo", "arena"]


async def test_groups(stages: World) -> None:
    admin = stages.caller("admin")
    for sort, order in ((None, UP), ("stage", UP), ("-stage", DOWN), ("n,-stage", DOWN)):
        body = {"object": "site", "group_by": ["stage"], "aggregates": {"n": "COUNT()"}}
        given = {**body, "sort": sort} if sort else body
        rows = (await admin.post("/query", given, status=200))["rows"]
        assert [each["stage"] for each in rows] == order, sort
        assert {each["n"] for each in rows} == {EACH}
    body = {"object": "visit", "group_by": ["site.stage", "level"], "aggregates": {}}
    rows = (await admin.post("/query", body, status=200))["rows"]
    assert [each["site.stage"] for each in rows] == UP


async def test_a_cursor_from_before_the_values_moved_is_still_one(stages: World) -> None:
    admin = stages.caller("admin")
    page = await admin.get("/records/site", sort="stage", limit=7)
    await admin.publish(
        [operation("field", "site.stage", {"values": {"new": {"order": 99999}}}, "update")]
    )
    again = await admin.get("/records/site", sort="stage", limit=7, cursor=page["next"])
    assert len(again["records"]) == 7
    found = await walk(admin, "/records/site", sort="stage", limit=7)
    assert [code for code, _ in runs([each["stage"] for each in found])][:3] == [
        "hot", "done", "new",
    ]  # fmt: skip


async def test_related_lists_and_list_pages(stages: World) -> None:
    admin = stages.caller("admin")
    (site,) = (await admin.get("/records/site", filter="name = 'S0' && stage = 'hot'"))["records"]
    moods = ["done", "new", "hot"]
    given = [{"site": site["id"], "title": f"is-{code}", "mood": code} for code in moods]
    await admin.post("/records/visit", {"records": given})
    browser = Browser(stages)
    await browser.sign_in("admin")
    page = (await browser.get(f"/o/site/{site['id']}")).text
    places = [page.index(f"is-{code}") for code in ("new", "hot", "done")]
    assert places == sorted(places)
    listed = (await browser.get("/o/visit?view=all&sort=-mood")).text
    places = [listed.index(f"is-{code}") for code in ("done", "hot", "new")]
    assert places == sorted(places)
