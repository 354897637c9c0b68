"""Nobody gives themselves or others more than they hold, whatever way the change comes."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, codes, field, operation

pytestmark = pytest.mark.anyio

SHAPES = {"system": ["manage_metadata", "api_access"]}
GRANTS = {"system": ["manage_metadata", "manage_permissions", "api_access"]}


def change(name: str, body: dict[str, Any]) -> dict[str, Any]:
    return operation("permission_set", name, body, op="update")


async def publish(caller: Caller, status: int, *operations: dict[str, Any]) -> Any:
    draft = await caller.post("/changesets", {"title": "t", "operations": list(operations)})
    assert draft["problems"] == []
    return await caller.post(f"/changesets/{draft['id']}/publish", status=status)


MORE = {
    "opened": {"objects": {"visit": {"fields": {"sealed": "edit"}}}},
    "another object": {"objects": {"ledger": {"rights": ["read"], "fields": {"*": "read"}}}},
    "a system right": {"system": ["manage_metadata", "manage_users", "api_access"]},
}


@pytest.mark.parametrize("body", MORE.values(), ids=MORE)
async def test_who_shapes_metadata_gives_no_rights(
    admin: Caller, rep: Caller, body: dict[str, Any]
) -> None:
    await publish(admin, 200, change("staff", SHAPES))
    refused = await publish(rep, 422, change("staff", body))
    assert codes(refused) == {"permission_set.staff": "rights.not_manager"}
    await publish(rep, 200, field("site.floor", "integer"))
    await publish(admin, 200, change("staff", body))


@pytest.mark.parametrize("body", MORE.values(), ids=MORE)
async def test_who_manages_permissions_gives_no_more_than_they_hold(
    admin: Caller, rep: Caller, body: dict[str, Any]
) -> None:
    await publish(admin, 200, change("staff", GRANTS))
    refused = await publish(rep, 422, change("staff", body))
    assert codes(refused) == {"permission_set.staff": "rights.not_held"}
    less = {"objects": {"visit": {"fields": {"note": "read"}}}}
    await publish(rep, 200, change("staff", less))
    theirs = {"objects": {"site": {"rights": ["read"], "fields": {"size": "read"}}}}
    await publish(rep, 200, change("looker", theirs))


async def test_going_back_gives_no_rights_either(admin: Caller, rep: Caller) -> None:
    await publish(admin, 200, change("staff", MORE["opened"]))
    version = (await admin.get("/session"))["metadata_version"]
    closed = {**SHAPES, "objects": {"visit": {"fields": {"sealed": "none"}}}}
    await publish(admin, 200, change("staff", closed))
    refused = await rep.post(f"/versions/{version}/restore", status=422)
    assert set(codes(refused).values()) == {"rights.not_manager"}
    await admin.post(f"/versions/{version}/restore", status=200)


async def test_a_result_is_published_by_who_knows_it(admin: Caller, rep: Caller) -> None:
    told = field(
        "visit.told", "formula", returns="text", formula="sealed & '!'", publish_result=True
    )
    for rights in (SHAPES, GRANTS):
        await publish(admin, 200, change("staff", rights))
        refused = await publish(rep, 422, told)
        assert set(codes(refused).values()) == {"rights.result_not_known"}
    known = field("visit.known", "formula", returns="text", formula="title", publish_result=True)
    await publish(rep, 200, known)
    await publish(admin, 200, told)
