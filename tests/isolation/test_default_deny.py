"""Nothing is open unless a permission set opens it."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, World, field, label, operation

pytestmark = pytest.mark.anyio


async def test_somebody_without_rights_sees_nothing(world: World, admin: Caller) -> None:
    nobody = world.caller("nobody")
    names = [each["name"] for each in (await admin.get("/describe"))["objects"]]
    assert {"site", "visit", "user"} <= set(names)
    assert (await nobody.get("/describe"))["objects"] == []
    assert (await nobody.get("/search", q="a"))["results"] == []
    me = await nobody.get("/session")
    assert me["permissions"] == []
    for name in names:
        made = await admin.get(f"/records/{name}", count="exact")
        assert "records" in made
        for method, path, body in (
            ("GET", f"/records/{name}", None),
            ("POST", f"/records/{name}", {"name": "x"}),
            ("PATCH", f"/records/{name}", {"records": []}),
            ("GET", f"/records/{name}/{me['user_id']}", None),
            ("PATCH", f"/records/{name}/{me['user_id']}", {"name": "x"}),
            ("DELETE", f"/records/{name}/{me['user_id']}", None),
            ("POST", f"/records/{name}/{me['user_id']}/restore", {}),
            ("GET", f"/records/{name}/{me['user_id']}/history", None),
            ("GET", f"/describe/{name}", None),
            ("POST", "/query", {"object": name, "aggregates": {"n": "COUNT()"}}),
        ):
            hidden = await nobody.call(method, path, json=body)
            assert hidden.status_code == 404, f"{method} {path}"
            absent = await nobody.call(
                method, path.replace(f"/{name}", "/zzz"), json=_renamed(body, name)
            )
            told = [each.json() for each in (hidden, absent)]
            assert told[0]["title"].replace(name, "zzz") == told[1]["title"]
            assert told[0]["code"] == told[1]["code"] == "object_not_found"


def _renamed(body: Any, name: str) -> Any:
    if isinstance(body, dict) and body.get("object") == name:
        return {**body, "object": "zzz"}
    return body


async def test_a_new_object_is_the_administrators_alone(admin: Caller, rep: Caller) -> None:
    body = {"label": label("Vault"), "name_field": {"type": "text"}}
    await admin.publish([operation("object", "vault", body), field("vault.code", "text")])
    await admin.post("/records/vault", {"name": "V", "code": "x"})
    await rep.get("/records/vault", status=404)
    assert "vault" not in str(await rep.get("/describe"))
    opened = {"objects": {"vault": {"rights": ["read"], "fields": {}}}}
    await admin.publish([operation("permission_set", "staff", opened, "update")])
    (record,) = (await rep.get("/records/vault"))["records"]
    assert (record["name"], "code" in record) == ("V", False), "a field is opened by itself"
    await rep.post("/records/vault", {"name": "W"}, status=403)


async def test_a_new_field_is_closed_where_fields_are_named(admin: Caller, rep: Caller) -> None:
    narrow = {"objects": {"site": {"fields": {"*": None, "memo": None, "code": "read"}}}}
    await admin.publish([operation("permission_set", "staff", narrow, "update")])
    await admin.publish([field("site.fresh", "text")])
    site = await admin.post("/records/site", {"name": "N", "code": "c", "fresh": "x"})
    shown = await rep.get(f"/records/site/{site['id']}")
    assert shown["code"] == "c"
    assert "fresh" not in shown
    refused = await rep.patch(f"/records/site/{site['id']}", {"fresh": "y"}, status=422)
    assert refused["problems"][0]["code"] == "field.unknown"
    assert (await rep.patch(f"/records/site/{site['id']}", {"name": "M"}))["name"] == "M"


async def test_rights_imply_what_they_need_and_no_more(admin: Caller, rep: Caller) -> None:
    for rights, allowed in (
        (["read"], {"read"}),
        (["create"], {"read", "create"}),
        (["edit"], {"read", "edit"}),
        (["delete"], {"read", "edit", "delete"}),
    ):
        await admin.publish(
            [operation("permission_set", "staff", {"objects": {"site": None}}, "update")]
        )
        opened = {"objects": {"site": {"rights": rights, "fields": {"*": "edit"}}}}
        await admin.publish([operation("permission_set", "staff", opened, "update")])
        site = await admin.post("/records/site", {"name": "N"})
        path = f"/records/site/{site['id']}"
        answers = {
            "read": await rep.call("GET", path),
            "create": await rep.call("POST", "/records/site", json={"name": "M"}),
            "edit": await rep.call("PATCH", path, json={"name": "O"}),
            "delete": await rep.call("DELETE", path),
        }
        got = {name for name, answer in answers.items() if answer.status_code < 300}
        assert got == allowed
        refused = {answer.status_code for answer in answers.values() if answer.status_code >= 300}
        assert refused <= {403}
