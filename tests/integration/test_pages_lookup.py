"""What forms ask for while one types: records to link to, and regions."""

from __future__ import annotations

from typing import Any

import pytest
from page_world import Browser, Office

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def choices(browser: Browser, path: str, status: int = 200) -> list[dict[str, Any]]:
    response = await browser.http.get(path, headers={"accept": "application/json"})
    assert response.status_code == status, response.text
    found: list[dict[str, Any]] = response.json() if status == 200 else []
    return found


async def test_a_lookup_searches_the_fields_of_its_target(office: Office, rep: Browser) -> None:
    for name, code in (("North Harbour", "N1"), ("South Mill", "S1")):
        given = {"name": name, "code": code, "memo": "harbour secret"}
        await office.admin.post("/records/site", given)
    found = await choices(rep, "/lookup/visit/site?q=harb")
    assert [each["label"] for each in found] == ["North Harbour"]
    assert found[0]["sub"] == "N1" and "secret" not in str(found)
    assert [each["label"] for each in await choices(rep, "/lookup/visit/site?q=s1")] == [
        "South Mill"
    ]
    newest = await choices(rep, "/lookup/visit/site")
    assert [each["label"] for each in newest] == ["South Mill", "North Harbour"]
    assert await choices(rep, "/lookup-object/site?q=mill") == await choices(
        rep, "/lookup/visit/site?q=mill"
    )


async def test_a_lookup_keeps_to_its_filter(office: Office, rep: Browser) -> None:
    for size in (1, 100):
        await office.admin.post("/records/site", {"name": f"Size {size}", "size": size})
    update = {
        "op": "update",
        "kind": "field",
        "name": "visit.site",
        "body": {"filter": "size > 10"},
    }
    await office.admin.publish([update])
    assert [each["label"] for each in await choices(rep, "/lookup/visit/site")] == ["Size 100"]
    update = {**update, "body": {"filter": "size > $record.number"}}
    await office.admin.publish([update])
    assert await choices(rep, "/lookup/visit/site") == []
    fitting = await choices(rep, "/lookup/visit/site?record.number=0")
    assert [each["label"] for each in fitting] == ["Size 100", "Size 1"]


async def test_a_field_of_several_objects_says_which(office: Office, rep: Browser) -> None:
    await office.admin.post("/records/site", {"name": "North"})
    await office.rep.post("/records/visit", {"title": "T"})
    found = await choices(rep, "/lookup/visit/about?target=site")
    assert [each["label"] for each in found] == ["North"]
    found = await choices(rep, "/lookup/visit/about?target=visit")
    assert [each["label"] for each in found] == ["V-0001"]
    await choices(rep, "/lookup/visit/about?target=ledger", 404)
    await choices(rep, "/lookup/visit/about", 404)


async def test_people_who_left_are_not_offered(office: Office, rep: Browser) -> None:
    people = [each["label"] for each in await choices(rep, "/lookup/visit/host")]
    assert "Ada" in people and "Rita" in people
    ada = await choices(rep, "/lookup/visit/host?q=nils")
    await office.admin.patch(f"/records/user/{ada[0]['value']}", {"is_active": False})
    assert await choices(rep, "/lookup/visit/host?q=nils") == []


async def test_nothing_is_found_where_one_may_not_look(office: Office, rep: Browser) -> None:
    await office.admin.post("/records/ledger", {"name": "Book"})
    admin = await office.browser("admin")
    assert len(await choices(admin, "/lookup-object/ledger")) == 1
    await choices(rep, "/lookup-object/ledger", 404)
    await choices(rep, "/lookup/ledger/site", 404)
    await choices(rep, "/lookup/visit/sealed", 404)
    await choices(rep, "/lookup/visit/nothing", 404)
    await choices(Browser(office.world), "/lookup/visit/site", 401)


async def test_regions_come_level_by_level(rep: Browser) -> None:
    provinces = await choices(rep, "/regions")
    shanghai = next(each for each in provinces if each["label"] == "上海市")
    below = await choices(rep, f"/regions?parent={shanghai['code']}")
    assert below and await choices(rep, "/regions?parent=999999") == []
