"""The search page, what the box and the palette offer, favourites and recents: to whom and what."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import operation
from page_world import FRAGMENT, Browser, Office

pytestmark = pytest.mark.anyio


async def offered(browser: Browser, path: str) -> dict[str, list[str]]:
    groups = (await browser.http.get(path)).json()
    return {group["label"]: [item["label"] for item in group["items"]] for group in groups}


async def test_what_is_found_is_shown_and_marked(office: Office) -> None:
    admin, rep = office.world.caller("admin"), await office.browser("rep")
    await admin.post("/records/site", {"name": "杭州 <b>北门</b>", "phone": "021-5555 0000"})
    page = await rep.get("/search?q=hz")
    assert "<mark>杭州</mark> &lt;b&gt;北门" in page.text
    choices = (await rep.http.get("/lookup/visit/site?q=beimen")).json()
    assert [each["label"] for each in choices] == ["杭州 <b>北门</b>"]
    found = await rep.get("/search?q=5555-0000", headers=FRAGMENT)
    assert "<html" not in found.text
    assert "Phone: " in found.words
    assert "Nothing found for “zzz”" in (await rep.get("/search?q=zzz")).words
    assert "Search everything" in (await rep.get("/search?q=+")).words


async def test_more_of_one_object(office: Office) -> None:
    admin, rep = office.world.caller("admin"), await office.browser("rep")
    rows = [{"name": f"Shed {index}"} for index in range(9)]
    await admin.post("/records/site", {"records": rows})
    page = await rep.get("/search?q=shed")
    assert page.text.count('class="st-hit"') == 5
    assert "/search?q=shed&amp;in=site" in page.text
    assert (await rep.get("/search?q=shed&in=site")).text.count('class="st-hit"') == 9
    assert len((await offered(rep, "/search/suggest?q=shed"))["Sites"]) == 4


async def test_hidden_fields_and_objects_find_nothing(office: Office) -> None:
    admin, rep = office.world.caller("admin"), await office.browser("rep")
    chief = await office.browser("admin")
    body: dict[str, Any] = {"search": ["name", "memo"]}
    await admin.publish([operation("object", "site", body, op="update")])
    await admin.post("/records/site", {"name": "S", "memo": "treasure"})
    await admin.post("/records/ledger", {"name": "Treasury"})
    seen = await offered(chief, "/search/suggest?q=treasur")
    assert set(seen) == {"Sites", "Ledger"}
    assert "<mark>treasur</mark>e" in (await chief.get("/search?q=treasur")).text
    assert await offered(rep, "/search/suggest?q=treasur") == {}
    assert "Nothing found" in (await rep.get("/search?q=treasur")).words
    assert "Treasury" not in (await rep.get("/search?q=treasur&in=ledger")).words


async def test_the_palette_leads_only_where_one_may_go(office: Office) -> None:
    rep, looker = await office.browser("rep"), await office.browser("looker")
    chief = await office.browser("admin")
    theirs = await offered(rep, "/palette")
    assert {"Visits", "Sites"} <= set(theirs["Go to"])
    assert "Setup" not in theirs["Go to"]
    assert "New Site" in theirs["New"]
    assert "Setup" in (await offered(chief, "/palette"))["Go to"]
    assert "Versions" in (await offered(chief, "/setup/places"))["Setup"]
    assert (await rep.http.get("/setup/places")).status_code == 403
    assert "新建" not in await offered(looker, "/palette")


async def test_favourites_are_ones_own_and_read_anew(office: Office) -> None:
    admin = office.world.caller("admin")
    rep, looker = await office.browser("rep"), await office.browser("looker")
    site = (await admin.post("/records/site", {"name": "North gate"}))["id"]
    path = f"/o/site/{site}"
    assert 'aria-pressed="false"' in (await rep.get(path)).text.split('id="star"')[1][:200]
    for _ in range(2):  # a second click that is sent twice keeps one
        await rep.post(f"{path}/star", [("on", "1")], 303)
    assert (await offered(rep, "/palette"))["Favourites"] == ["North gate"]
    kept = await admin.get("/records/favourite")
    assert [each["name"] for each in kept["records"]] == ["Site"], (
        "who may not read it learns nothing"
    )
    await admin.patch(f"/records/site/{site}", {"name": "South gate"})
    mine = await rep.get("/mine", headers=FRAGMENT)
    assert "South gate" in mine.words and "North gate" not in mine.words
    assert "South gate" not in (await (await office.browser("admin")).get("/mine")).words
    assert 'id="star"' not in (await looker.get(path)).text
    assert "Recent" in mine.words
    await admin.delete(f"/records/site/{site}")
    assert "South gate" not in (await rep.get("/mine", headers=FRAGMENT)).words
    await admin.post(f"/records/site/{site}/restore", status=200)
    await rep.post(f"{path}/star", [("on", "0")], 303)
    assert "Favourites" not in await offered(rep, "/palette")


async def test_each_module_of_an_app_has_a_key_of_its_own(office: Office) -> None:
    page = await (await office.browser("admin")).get("/")
    keys = [part.split('"')[0] for part in page.text.split('data-key="g ')[1:]]
    assert len(keys) == len(set(keys)) >= 4
    assert {"h", "v", "s", "l"} <= set(keys)
