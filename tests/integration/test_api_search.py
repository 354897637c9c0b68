"""Searching all objects at once over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from api_world import Caller, World, operation
from metadata_world import ACME
from sqlalchemy import select

from fieldstone.kernel.job_run import run_job
from fieldstone.kernel.system_tables import outbox

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def admin(shared: World) -> Caller:
    return shared.caller("admin")


@pytest.fixture(scope="module", autouse=True)
async def records(admin: Caller) -> None:
    sites = [
        {"name": "North Gate 北门", "code": "N-1", "phone": "021-5555 0000", "size": 1200},
        {"name": "South 100%", "code": "S_2", "phone": "138 0013 8000", "budget": "1200.50"},
        {"name": "South Gate", "memo": "north of nothing"},
        *({"name": f"Shed {index}"} for index in range(7)),
    ]
    await admin.post("/records/site", {"records": sites})
    await admin.post("/records/visit", {"title": "See the north gate", "sealed": "North"})
    await admin.post("/records/ledger", {"name": "North ledger"})
    gone = await admin.post("/records/site", {"name": "North that was"})
    await admin.delete(f"/records/site/{gone['id']}")


async def find(caller: Caller, text: str) -> dict[str, list[str]]:
    results = (await caller.get("/search", q=text))["results"]
    return {each["object"]: sorted(r["name"] for r in each["records"]) for each in results}


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("north gate", ["North Gate 北门"]),
        ("GATE", ["North Gate 北门", "South Gate"]),
        ("gate north", ["North Gate 北门"]),
        ("北门", ["North Gate 北门"]),
        ("n-1", ["North Gate 北门"]),
        ("100%", ["South 100%"]),
        ("S_2", ["South 100%"]),
        ("%", ["South 100%"]),
        ("1200", ["North Gate 北门"]),
        ("1,200", ["North Gate 北门"]),
        ("1200.5", ["South 100%"]),
        ("021 5555 0000", ["North Gate 北门"]),
        ("5555-0000", ["North Gate 北门"]),
        ("13800138000", ["South 100%"]),
        ("+86 138-0013-8000", ["South 100%"]),
        ("nothing", []),
        ("'; drop table site; --", []),
    ],
)
async def test_what_is_found(admin: Caller, text: str, sites: list[str]) -> None:
    assert (await find(admin, text)).get("site", []) == sites


async def test_several_objects_those_first_that_are_called_so(admin: Caller) -> None:
    results = (await admin.get("/search", q="north"))["results"]
    assert [each["object"] for each in results] == ["site", "ledger", "visit"]
    assert (results[0]["label"], results[0]["more"]) == ("Site", False)


async def test_only_a_few_of_each(admin: Caller) -> None:
    (result,) = (await admin.get("/search", q="shed"))["results"]
    assert (len(result["records"]), result["more"]) == (5, True)


async def test_only_what_may_be_read(admin: Caller, shared: World) -> None:
    rep = shared.caller("rep")
    assert set(await find(rep, "north")) == {"site", "visit"}
    assert set(await find(shared.caller("nobody"), "north")) == set()
    looker = shared.caller("looker")
    assert set(await find(looker, "north")) == {"site"}


@pytest.mark.parametrize("text", ["", "   ", "\0", "\u200b", "\x1f"])
async def test_nothing_to_look_for(admin: Caller, text: str) -> None:
    refused = await admin.get("/search", status=400, q=text)
    assert refused["code"] == "search_text_missing"


@pytest.mark.parametrize(
    "text", ["a\0b", "x" * 5000, " ".join("abcdefghijklmnop"), "\\", "_", "💥", "＋８６", "1e999"]
)
async def test_odd_texts_are_texts(admin: Caller, text: str) -> None:
    await admin.get("/search", q=text)


async def test_a_hidden_search_field_finds_nothing(world: World) -> None:
    admin, rep = world.caller("admin"), world.caller("rep")
    body: dict[str, Any] = {"search": ["name", "memo"]}
    await admin.publish([operation("object", "site", body, op="update")])
    await admin.post("/records/site", {"name": "S", "memo": "treasure"})
    assert set(await find(admin, "treasure")) == {"site"}
    assert await find(rep, "treasure") == {}


async def test_chinese_is_found_by_its_sound(admin: Caller) -> None:
    sites = [{"name": "杭州云帆科技有限公司"}, {"name": "新杭州云帆"}, {"name": "Hz 47"}]
    made = await admin.post("/records/site", {"records": sites})
    for text in ("hz", "hangzhou", "杭州", "hzyf", "云帆 hz"):
        found = (await find(admin, text))["site"]
        assert "杭州云帆科技有限公司" in found, text
    (result,) = (await admin.get("/search", q="杭州云帆"))["results"]
    assert result["records"][0]["name"] == "杭州云帆科技有限公司", "what begins so comes first"
    first = made["records"][0]["id"]
    await admin.patch(f"/records/site/{first}", {"name": "苏州恒川", "memo": "x"})
    assert (await find(admin, "szhc"))["site"] == ["苏州恒川"]
    assert "苏州恒川" not in (await find(admin, "hz"))["site"]


async def jobs(world: World) -> list[UUID]:
    async with world.installation.database.tenant(ACME) as connection:
        rows = await connection.fetch(select(outbox.c.id).where(outbox.c.task == "search.fill"))
    return [row["id"] for row in rows]


async def test_records_that_were_there_before_are_found_by_new_search_fields(world: World) -> None:
    admin = world.caller("admin")
    made = await admin.post("/records/site", {"name": "S", "memo": "藏宝图"})
    await admin.publish([operation("field", "site.extra", {"type": "text", "label": {"en": "E"}})])
    assert await jobs(world) == [], "nobody searches by the new field"
    body: dict[str, Any] = {"search": ["name", "memo"]}
    await admin.publish([operation("object", "site", body, op="update")])
    assert await find(admin, "cbt") == {}
    (job,) = await jobs(world)
    await run_job(world.installation, ACME.key, job)
    assert (await find(admin, "cbt"))["site"] == ["S"]
    await admin.delete(f"/records/site/{made['id']}")
    assert await find(admin, "cbt") == {}
    await admin.post(f"/records/site/{made['id']}/restore", status=200)
    assert (await find(admin, "cbt"))["site"] == ["S"]


async def test_words_that_many_records_have(world: World) -> None:
    """They are not collected first, and what begins with the word is found among them."""
    admin = world.caller("admin")
    await admin.post("/records/site", {"name": "Gamma first"})
    rest = [{"name": f"A {index} gamma"} for index in range(1200)]
    await admin.post("/records/site", {"records": rest})
    (result,) = (await admin.get("/search", q="gamma"))["results"]
    assert result["records"][0]["name"] == "Gamma first"
    assert (len(result["records"]), result["more"]) == (5, True)
    assert len((await find(admin, "gamma 1199"))["site"]) == 1
