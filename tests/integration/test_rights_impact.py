"""What a change of permission sets takes from people, told before it is published."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, World, label, operation
from builder_world import Bench

pytestmark = pytest.mark.anyio


async def impacts(caller: Caller, *operations: dict[str, Any]) -> dict[str, Any]:
    """By code."""
    review = await caller.post("/changesets", {"operations": list(operations)})
    assert review["problems"] == []
    return {each["code"]: each for each in review["plan"]["impact"]}


def lost(impact: dict[str, Any]) -> dict[str, int]:
    return {each["value"]: each["count"] for each in impact["values"]}


async def user_id(caller: Caller, account: str) -> str:
    found = await caller.get("/records/user", filter=f"account = '{account}'")
    return str(found["records"][0]["id"])


async def hire(caller: Caller, name: str, **more: Any) -> str:
    body = {"name": name, "account": name.lower(), "kind": "internal", **more}
    return str((await caller.post("/records/user", body))["id"])


def set_of(name: str, objects: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"label": label(name.title()), "objects": objects, **more}
    return operation("permission_set", name, body)


async def test_deleting_a_set_says_who_holds_it_and_what_they_lose(admin: Caller) -> None:
    gone = operation("permission_set", "staff", {}, op="delete")
    impact = (await impacts(admin, gone))["impact.set_held"]
    assert (impact["count"], impact["severity"]) == (1, "danger")
    assert impact["sample"] == [await user_id(admin, "rep")]
    assert impact["message"].startswith("People who hold this permission set: 1.")
    assert lost(impact) == {"site": 1, "visit": 1, "stop": 1}


async def test_other_sets_that_give_the_same_are_counted(admin: Caller) -> None:
    """Whoever keeps the right by another set loses nothing; the inactive are not counted."""
    read = {"rights": ["read"], "fields": {"*": "read"}}
    await admin.publish([set_of("guide", {"site": read}, system=["export"])])
    await hire(admin, "Both", profile="looker", permission_sets=["guide"])
    only = [await hire(admin, f"Only{n}", permission_sets=["guide"]) for n in range(3)]
    await hire(admin, "Away", permission_sets=["guide"], is_active=False)
    gone = operation("permission_set", "guide", {}, op="delete")
    impact = (await impacts(admin, gone))["impact.set_held"]
    assert (impact["count"], impact["params"]) == (4, {"losing": 4})
    assert set(only) <= set(impact["sample"])
    assert lost(impact) == {":export": 4, "site": 3}


async def test_a_set_that_nobody_holds(admin: Caller) -> None:
    await admin.publish([set_of("unused", {"site": {"rights": ["read"]}})])
    gone = operation("permission_set", "unused", {}, op="delete")
    impact = (await impacts(admin, gone))["impact.set_held"]
    assert (impact["count"], impact["severity"], impact["sample"]) == (0, "info", [])


async def test_rights_taken_out_of_a_set(admin: Caller) -> None:
    objects = {
        "site": {
            "rights": ["create", "edit", "delete"],
            "fields": {"*": "edit", "memo": "none", "budget": "none"},
        },
        "visit": {"rights": ["create", "edit"]},
        "stop": None,
    }
    change = operation("permission_set", "staff", {"objects": objects}, op="update")
    impact = (await impacts(admin, change))["impact.rights_lost"]
    assert (impact["count"], impact["severity"]) == (1, "warning")
    assert lost(impact) == {"stop": 1, "visit:delete": 1, "site.budget": 1}
    assert impact["sample"] == [await user_id(admin, "rep")]


async def test_more_rights_and_fields_that_go_are_no_loss(admin: Caller) -> None:
    more = {"objects": {"ledger": {"rights": ["read"]}}}
    found = await impacts(
        admin,
        operation("permission_set", "staff", more, op="update"),
        operation("field", "site.memo", {}, op="delete"),
        operation("field", "site.size", {}, op="delete"),
    )
    assert "impact.rights_lost" not in found


async def test_going_back_tells_it_too(admin: Caller) -> None:
    before = (await admin.get("/session"))["metadata_version"]
    await admin.publish([set_of("guide", {"ledger": {"rights": ["read"]}})])
    await hire(admin, "Gwen", permission_sets=["guide"])
    review = await admin.get(f"/versions/{before}/review")
    (impact,) = [e for e in review["plan"]["impact"] if e["code"] == "impact.set_held"]
    assert lost(impact) == {"ledger": 1}


async def test_names_are_for_those_who_may_see_people(world: World, admin: Caller) -> None:
    shaper = {"user": {"rights": []}, "site": {"rights": ["read"]}}
    await admin.publish([set_of("shaper", shaper, system=["manage_metadata"], profile=True)])
    rep = await user_id(admin, "rep")
    await admin.patch(f"/records/user/{rep}", {"profile": "shaper", "permission_sets": ["staff"]})
    gone = operation("permission_set", "staff", {}, op="delete")
    impact = (await impacts(world.caller("rep"), gone))["impact.set_held"]
    assert (impact["count"], impact["sample"], impact["values"]) == (1, [], [])


async def test_the_review_page_names_them(bench: Bench) -> None:
    await bench.edit_field("site", "size", ("a.staff", "none"), ("a.looker", "none"))
    page = await bench.admin.get("/setup/publish")
    assert "People who lose rights: 1." in page and "What they lose" in page
    assert "Rita" in page and "Lou" in page and "Site / Size" in page
