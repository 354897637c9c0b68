"""People are deactivated, not deleted, once anything refers to them; and are then signed out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from api_world import PASSWORD, Caller, World, codes, field
from page_world import Browser

from fieldstone.kernel.session import Tenant
from fieldstone.runtime import accounts

pytestmark = pytest.mark.anyio


async def hire(admin: Caller, name: str, **more: Any) -> dict[str, Any]:
    body = {"name": name, "account": name.lower(), "kind": "internal", **more}
    made: dict[str, Any] = await admin.post("/records/user", body)
    return made


async def test_who_left_no_trace_is_deleted_and_comes_back(admin: Caller) -> None:
    wu = await hire(admin, "Wu", manager=(await admin.get("/session"))["user_id"])
    await admin.patch(f"/records/user/{wu['id']}", {"title": "Clerk"})
    await admin.delete(f"/records/user/{wu['id']}")
    await admin.get(f"/records/user/{wu['id']}", status=404)
    await admin.post(f"/records/user/{wu['id']}/restore", status=200)


async def owned(admin: Caller, wu: str) -> None:
    await admin.post("/records/site", {"name": "N", "owner": wu})


async def owned_once(admin: Caller, wu: str) -> None:
    """In the recycle bin, from where it can come back."""
    made = await admin.post("/records/site", {"name": "N", "owner": wu})
    await admin.delete(f"/records/site/{made['id']}")


async def named(admin: Caller, wu: str) -> None:
    await admin.post("/records/visit", {"host": wu})


async def among_guests(admin: Caller, wu: str) -> None:
    await admin.post("/records/visit", {"guests": [wu]})


async def above(admin: Caller, wu: str) -> None:
    await hire(admin, "Below", manager=wu)


async def told_of(admin: Caller, wu: str) -> None:
    """A link to records of several objects."""
    await admin.publish([field("site.about", "polymorphic", targets=["user", "visit"])])
    await admin.post("/records/site", {"name": "N", "about": {"object": "user", "id": wu}})


@pytest.mark.parametrize("trace", [owned, owned_once, named, among_guests, above, told_of])
async def test_whoever_is_named_stays(
    admin: Caller, trace: Callable[[Caller, str], Awaitable[None]]
) -> None:
    wu = (await hire(admin, "Wu"))["id"]
    await trace(admin, wu)
    refused = await admin.delete(f"/records/user/{wu}", status=422)
    assert codes(refused) == {"": "user.in_use"}
    assert "inactive" in refused["problems"][0]["hint"]
    await admin.patch(f"/records/user/{wu}", {"is_active": False})
    assert (await admin.get(f"/records/user/{wu}"))["is_active"] is False


async def test_whoever_did_something_stays(admin: Caller, rep: Caller) -> None:
    """Even if the record belongs to somebody else by now."""
    me = (await rep.get("/session"))["user_id"]
    other = (await hire(admin, "Other"))["id"]
    site = await rep.post("/records/site", {"name": "N"})
    await admin.patch(f"/records/site/{site['id']}", {"owner": other})
    assert codes(await admin.delete(f"/records/user/{me}", status=422)) == {"": "user.in_use"}


async def test_deactivating_ends_sessions_and_tokens_for_good(world: World, admin: Caller) -> None:
    tenant = Tenant(key="acme", schema="t_acme", role="test_t_acme")
    rep = world.caller("rep")
    me = (await rep.get("/session"))["user_id"]
    browser = Browser(world)
    await browser.sign_in("rep")
    await browser.get("/o/site")
    await admin.patch(f"/records/user/{me}", {"is_active": False})
    await rep.get("/session", status=401)
    await browser.get("/o/site", status=303)
    with psycopg.connect(world.urls.owner) as raw:
        left = raw.execute(
            "SELECT user_id FROM t_acme.fs_session UNION ALL SELECT user_id FROM t_acme.fs_token"
        ).fetchall()
        assert me not in {str(row[0]) for row in left}
    await admin.patch(f"/records/user/{me}", {"is_active": True})
    await rep.get("/session", status=401)
    await browser.get("/o/site", status=303)
    token = await accounts.create_token(world.installation.database, tenant, "rep", "new")
    assert (await Caller(world.app, token).get("/session"))["user_id"] == me
    credentials = {"organization": "acme", "account": "rep", "password": PASSWORD}
    await world.stranger().post("/session", credentials, status=200)


async def test_a_refused_deactivation_signs_nobody_out(admin: Caller, rep: Caller) -> None:
    me = (await rep.get("/session"))["user_id"]
    body = {"is_active": False, "timezone": "Mars/Phobos"}
    await admin.patch(f"/records/user/{me}", body, status=422)
    await rep.get("/session")


async def test_the_page_says_what_to_do_instead(world: World, admin: Caller) -> None:
    wu = (await hire(admin, "Wu"))["id"]
    await owned(admin, wu)
    browser = Browser(world)
    await browser.sign_in("admin")
    refused = await browser.post(f"/o/user/{wu}/delete", [], status=422)
    assert "Make the person inactive instead" in refused.text
