"""A field that may not be read cannot be seen, named, guessed or reached by any route; each time
the same request is shown to work for somebody who may."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, World, operation

pytestmark = pytest.mark.anyio

VALUE = "DEEPLY-HIDDEN"


async def filled(admin: Caller) -> list[str]:
    """Two visits that differ in the hidden field, and a site with a hidden memo."""
    site = await admin.post("/records/site", {"name": "Site", "memo": VALUE})
    rows = [{"title": "one", "sealed": f"{VALUE}-1", "site": site["id"]}, {"title": "two"}]
    made = await admin.post("/records/visit", {"records": rows})
    await admin.patch(f"/records/visit/{made['records'][1]['id']}", {"sealed": f"{VALUE}-2"})
    return [each["id"] for each in made["records"]]


@pytest.fixture
async def visits(admin: Caller) -> list[str]:
    return await filled(admin)


@pytest.fixture(scope="module")
async def unchanging(shared: World) -> World:
    """For the tests that only ask."""
    await filled(shared.caller("admin"))
    return shared


async def test_answers_do_not_hold_it(admin: Caller, rep: Caller, visits: list[str]) -> None:
    first, second = visits
    for path in (
        "/records/visit",
        f"/records/visit/{first}",
        f"/records/visit/{second}/history",
        "/records/visit?fields=*,site.name",
        "/describe/visit",
        "/openapi.json",
        "/search?q=one",
    ):
        whole, part = await admin.get(path), await rep.get(path)
        assert "sealed" in str(whole) or "search" in path or VALUE in str(whole)
        assert "sealed" not in str(part), path
        assert "Sealed" not in str(part), path
        assert VALUE not in str(part), path


async def test_answers_to_changes_do_not_hold_it(
    admin: Caller, rep: Caller, visits: list[str]
) -> None:
    path = f"/records/visit/{visits[0]}"
    theirs = [
        await rep.patch(path, {"title": "x"}),
        await rep.patch("/records/visit", {"records": [{"id": visits[0], "title": "y"}]}),
        await rep.patch(path, {"title": "z", "version": 1}, status=409),
    ]
    await rep.delete(path)
    theirs.append(await rep.post(f"{path}/restore", status=200))
    for answer in theirs:
        assert "sealed" not in str(answer)
        assert VALUE not in str(answer)
    assert (await admin.patch(path, {"title": "w"}))["sealed"] == f"{VALUE}-1"


PLACES: tuple[tuple[str, Any], ...] = (
    ("fields", "title,{}"),
    ("sort", "{}"),
    ("sort", "title,-{}"),
    ("filter", "{} = 'x'"),
    ("filter", "ISBLANK({})"),
    ("filter", "CONTAINS({}, 'DEEP')"),
    ("filter", "title = 'one' || {} = 'x'"),
    ("filter", "IF(title = {}, TRUE, FALSE)"),
    ("filter", "LEN({}) > 3"),
    ("filter", "title = {}"),
    ("filter", "FALSE && {} = 'x'"),
    ("filter", "{{{}}} = 'x'"),
)


@pytest.mark.parametrize(("place", "text"), PLACES, ids=[each[1] for each in PLACES])
@pytest.mark.parametrize("name", ["sealed", "Sealed", "SEALED", "site.memo"])
async def test_it_cannot_be_named(unchanging: World, place: str, text: str, name: str) -> None:
    """As if there were no such field: the same words as for one that does not exist."""
    admin, rep = unchanging.caller("admin"), unchanging.caller("rep")
    if name == "Sealed" and place != "filter":
        return  # labels are names in formulas only
    allowed = await admin.call("GET", "/records/visit", params={place: text.format(name)})
    if allowed.status_code == 422:
        assert name == "SEALED" or "{" in text, allowed.text
    absent_name = name.replace("ealed", "ealex").replace("EALED", "EALEX").replace("memo", "mexo")
    hidden = await rep.get("/records/visit", status=422, **{place: text.format(name)})
    absent = await rep.get("/records/visit", status=422, **{place: text.format(absent_name)})
    assert hidden["code"] == absent["code"]
    assert str(hidden["problems"]) == str(absent["problems"]).replace(absent_name, name)
    assert VALUE not in str(hidden)


async def test_it_cannot_be_summed(admin: Caller, rep: Caller, visits: list[str]) -> None:
    for body in (
        {"group_by": ["sealed"]},
        {"group_by": ["site.memo"]},
        {"aggregates": {"x": "MAX(sealed)"}},
        {"aggregates": {"x": "COUNT_DISTINCT(sealed)"}},
        {"aggregates": {"x": "COUNT()"}, "filter": "sealed > 'D'"},
    ):
        query = {"object": "visit", **body}
        assert (await admin.post("/query", query, status=200))["rows"]
        refused = await rep.post("/query", query, status=422)
        assert VALUE not in str(refused)


async def test_it_cannot_be_written_or_tried_out(
    admin: Caller, rep: Caller, visits: list[str]
) -> None:
    """A unique value that is taken would tell that it exists."""
    path = f"/records/visit/{visits[1]}"
    taken = await admin.patch(path, {"sealed": f"{VALUE}-1"}, status=422)
    assert taken["problems"][0]["code"] == "field.not_unique"
    for value in (f"{VALUE}-1", "free"):
        refused = await rep.patch(path, {"sealed": value}, status=422)
        assert [each["code"] for each in refused["problems"]] == ["field.unknown"]
        upsert = await rep.put(f"/records/visit/by/sealed/{value}", {"title": "x"}, status=400)
        assert upsert["code"] == "not_an_external_id"
    assert (await admin.get(path))["sealed"] == f"{VALUE}-2"


async def test_a_cursor_does_not_carry_it(admin: Caller, rep: Caller, visits: list[str]) -> None:
    """One that was made with more rights is of no use to somebody with less."""
    cursor = (await admin.get("/records/visit", sort="sealed", limit=1))["next"]
    await rep.get("/records/visit", status=422, sort="sealed", cursor=cursor)
    await rep.get("/records/visit", status=400, sort="", cursor=cursor)


async def test_a_view_that_filters_by_it_is_not_offered(
    admin: Caller, rep: Caller, visits: list[str]
) -> None:
    names = [
        {each["name"] for each in (await caller.get("/describe/visit"))["list_views"]}
        for caller in (admin, rep)
    ]
    assert "by_secret" in names[0]
    assert "by_secret" not in names[1]


async def test_pages_do_not_show_it(world: World, visits: list[str]) -> None:
    admin, rep = world.caller("admin"), world.caller("rep")
    for path in (
        "/o/visit",
        "/o/visit?view=all",
        f"/o/visit/{visits[0]}",
        f"/o/visit/{visits[0]}/edit",
        "/o/visit/new",
    ):
        seen = await admin.http.get(path, headers={"accept": "text/html"})
        assert seen.status_code == 200, f"{path}: {seen.status_code}"
        page = await rep.http.get(path, headers={"accept": "text/html"})
        assert page.status_code == 200, f"{path}: {page.status_code}"
        assert VALUE not in page.text, path
        assert "sealed" not in page.text.lower(), path
    for path, status in (
        ("/o/visit?filter=BEGINS(sealed,+%27D%27)", 422),
        ("/o/visit?sort=sealed", 422),
    ):
        seen = await admin.http.get(path, headers={"accept": "text/html"})
        assert "one" in seen.text
        page = await rep.http.get(path, headers={"accept": "text/html"})
        assert page.status_code == status, f"{path}: {page.status_code}"
        assert VALUE not in page.text


async def test_a_secret_is_shown_to_nobody(admin: Caller) -> None:
    """Not even to those who may read everything; it can only be written."""
    visit = await admin.post("/records/visit", {"pin": "4711-SECRET"})
    path = f"/records/visit/{visit['id']}"
    await admin.patch(path, {"pin": "4712-SECRET", "title": "x"})
    for answer in (
        visit,
        await admin.get(path),
        await admin.get("/records/visit", fields="pin"),
        await admin.get(f"{path}/history"),
        await admin.patch(path, {"title": "y", "version": 1}, status=409),
    ):
        assert "SECRET" not in str(answer)
    for params in ({"filter": "pin = '4712-SECRET'"}, {"sort": "pin"}):
        await admin.get("/records/visit", status=422, **params)
    body = {"object": "visit", "group_by": ["pin"]}
    await admin.post("/query", body, status=422)


async def test_rights_that_are_taken_away_hold_for_prepared_queries(
    admin: Caller, rep: Caller, visits: list[str]
) -> None:
    """The same query was compiled and remembered while it was still allowed."""
    opened = {"objects": {"visit": {"fields": {"sealed": "read"}}}}
    closed = {"objects": {"visit": {"fields": {"sealed": "none"}}}}
    for _ in range(2):
        await admin.publish([operation("permission_set", "staff", opened, "update")])
        found = await rep.get("/records/visit", filter=f"sealed = '{VALUE}-1'", fields="sealed")
        assert len(found["records"]) == 1
        await admin.publish([operation("permission_set", "staff", closed, "update")])
        await rep.get("/records/visit", status=422, filter=f"sealed = '{VALUE}-1'")
        assert VALUE not in str(await rep.get("/records/visit"))
