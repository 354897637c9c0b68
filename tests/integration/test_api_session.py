"""Signing in and out over HTTP, API tokens, and what a session may see of itself and the model."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import PASSWORD, Caller, World, codes, label, operation
from conftest import TENANT, FrozenClock

from fieldstone.runtime import accounts

pytestmark = pytest.mark.anyio

CREDENTIALS = {"organization": TENANT.key, "account": "rep", "password": PASSWORD}


async def signed_in(world: World, **credentials: str) -> Caller:
    """Somebody with a cookie and the token that changes need."""
    caller = world.stranger()
    answer = await caller.post("/session", {**CREDENTIALS, **credentials}, status=200)
    caller.http.headers["x-csrf-token"] = answer["csrf_token"]
    return caller


class TestCookies:
    async def test_signing_in_and_out(self, world: World) -> None:
        caller = await signed_in(world)
        me = await caller.get("/session")
        assert (me["organization"], me["account"], me["name"]) == (TENANT.key, "rep", "Rita")
        assert (me["locale"], me["timezone"], me["profile"]) == (
            "en",
            "Asia/Shanghai",
            "standard_user",
        )
        assert me["permission_sets"] == ["staff"]
        assert me["csrf_token"] == caller.http.headers["x-csrf-token"]
        await caller.post("/records/site", {"name": "N"})
        secret = caller.http.cookies["fs_session"]
        await caller.delete("/session")
        thief = world.stranger(cookie=f"fs_session={secret}")
        assert (await thief.get("/session", status=401))["code"] == "unauthenticated"

    async def test_the_cookie_is_out_of_scripts_reach(self, shared: World) -> None:
        answer = await shared.stranger().call("POST", "/session", json=CREDENTIALS)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/" in cookie

    @pytest.mark.parametrize(
        "wrong",
        [
            {"organization": "nobody"},
            {"organization": "'; --"},
            {"organization": "a\0b"},
            {"account": "stranger"},
            {"account": "' OR 1=1 --"},
            {"password": "wrong password"},
            {"password": "x" * 100_000},
            {"password": "a\0b"},
        ],
    )
    async def test_nobody_learns_which_part_was_wrong(
        self, shared: World, wrong: dict[str, str]
    ) -> None:
        stranger = shared.stranger()
        refused = await stranger.post("/session", {**CREDENTIALS, **wrong}, status=401)
        assert refused["code"] == "sign_in_refused"
        assert refused["title"] == "Organisation, account or password is not right."
        assert "fs_session" not in stranger.http.cookies
        await signed_in(shared)

    async def test_an_account_that_no_text_can_be(self, shared: World) -> None:
        odd = {**CREDENTIALS, "account": "a\0b"}
        assert (await shared.stranger().post("/session", odd, 400))["code"] == "bad_characters"

    @pytest.mark.parametrize("name", ["organization", "account", "password"])
    @pytest.mark.parametrize("value", [None, "", 1, ["x"], {"$ne": ""}])
    async def test_what_is_missing(self, shared: World, name: str, value: Any) -> None:
        refused = await shared.stranger().post("/session", {**CREDENTIALS, name: value}, status=422)
        assert codes(refused) == {name: "field.required"}

    async def test_guessing_is_slowed_down(self, world: World, frozen_clock: FrozenClock) -> None:
        wrong = {**CREDENTIALS, "password": "wrong password"}
        for _ in range(5):
            await world.stranger().post("/session", wrong, status=401)
        slow = await world.stranger().post("/session", CREDENTIALS, status=429)
        assert slow["code"] == "sign_in_slow"
        frozen_clock.move(minutes=15)
        await signed_in(world)

    async def test_account_and_organisation_in_any_case(self, shared: World) -> None:
        await signed_in(shared, account=" REP ", organization=TENANT.key.upper())

    async def test_a_session_ends_by_itself(self, world: World, frozen_clock: FrozenClock) -> None:
        idle, busy = await signed_in(world), await signed_in(world)
        for _ in range(5):
            frozen_clock.move(hours=1)
            await busy.get("/session")
        await idle.get("/session", status=401)
        for _ in range(6):
            frozen_clock.move(hours=1)
            await busy.get("/session")
        frozen_clock.move(hours=1, minutes=1)
        await busy.get("/session", status=401)

    async def test_a_new_password_ends_all_sessions(self, world: World) -> None:
        caller = await signed_in(world)
        await caller.get("/session")
        database = world.installation.database
        await accounts.change_password(database, TENANT, "rep", "another password")
        await caller.get("/session", status=401)
        await signed_in(world, password="another password")


class TestForgery:
    """A cookie alone changes nothing."""

    async def test_without_the_pages_token(self, world: World) -> None:
        caller = await signed_in(world)
        token = caller.http.headers.pop("x-csrf-token")
        for headers in ({}, {"x-csrf-token": ""}, {"x-csrf-token": "guess"}):
            refused = await caller.post("/records/site", {"name": "N"}, 403, headers=headers)
            assert refused["code"] == "csrf_missing"
        await caller.get("/records/site")
        await caller.post("/records/site", {"name": "N"}, headers={"x-csrf-token": token})
        assert len((await caller.get("/records/site"))["records"]) == 1

    async def test_from_another_site(self, world: World) -> None:
        caller = await signed_in(world)
        foreign = {"sec-fetch-site": "cross-site"}
        refused = await caller.post("/records/site", {"name": "N"}, 403, headers=foreign)
        assert refused["code"] == "cross_site"
        same = {"sec-fetch-site": "same-origin"}
        await caller.post("/records/site", {"name": "N"}, headers=same)

    async def test_with_a_form(self, world: World) -> None:
        """What another site's form can send is not JSON."""
        caller = await signed_in(world)
        answer = await caller.call("POST", "/records/site", data={"name": "N"})
        assert answer.status_code == 400
        assert answer.json()["code"] == "json_expected"

    async def test_cookie_and_token_together(self, world: World, rep: Caller) -> None:
        caller = await signed_in(world)
        both = {"authorization": rep.http.headers["authorization"]}
        refused = await caller.post("/records/site", {"name": "N"}, 400, headers=both)
        assert refused["code"] == "two_credentials"


class TestTokens:
    async def test_a_token_is_its_user(self, rep: Caller) -> None:
        me = await rep.get("/session")
        assert (me["account"], "csrf_token" in me) == ("rep", False)
        await rep.post("/records/site", {"name": "N"})

    @pytest.mark.parametrize(
        "header",
        [
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Bearer fs_acme_",
            "Bearer fs_acme_wrong",
            "Bearer fs_nobody_x",
            "Bearer fs__",
            "Bearer " + "x" * 5000,
            "Basic YTpi",
            "fs_acme_x",
        ],
    )
    async def test_what_is_no_token(self, shared: World, header: str) -> None:
        stranger = shared.stranger(authorization=header)
        refused = await stranger.get("/session", status=401)
        assert refused["code"] == "unauthenticated"

    @pytest.mark.parametrize("cookie", ["x", "~", "acme~", "acme~wrong", "nobody~x", "'~x"])
    async def test_what_is_no_cookie(self, shared: World, cookie: str) -> None:
        stranger = shared.stranger(cookie=f"fs_session={cookie}")
        assert (await stranger.get("/session", status=401))["code"] == "unauthenticated"

    async def test_a_token_ends_after_a_year(self, world: World, frozen_clock: FrozenClock) -> None:
        database = world.installation.database
        token = await accounts.create_token(database, TENANT, "rep", "t")
        caller = Caller(world.app, token)
        frozen_clock.move(days=364)
        await caller.get("/session")
        frozen_clock.move(days=2)
        await caller.get("/session", status=401)


class TestChangesOfRights:
    """What is taken away is gone with the next request."""

    async def test_somebody_who_is_not_active_any_more(
        self, world: World, admin: Caller, rep: Caller
    ) -> None:
        cookie = await signed_in(world)
        me = (await rep.get("/session"))["user_id"]
        await cookie.get("/session")
        await admin.patch(f"/records/user/{me}", {"is_active": False})
        await rep.get("/session", status=401)
        await cookie.get("/session", status=401)
        await world.stranger().post("/session", CREDENTIALS, status=401)

    async def test_a_permission_set_that_changes(self, admin: Caller, rep: Caller) -> None:
        await admin.post("/records/site", {"name": "N", "phone": "95588"})
        assert "phone" in (await rep.get("/records/site"))["records"][0]
        body = {"objects": {"site": {"fields": {"phone": "none"}}}}
        await admin.publish([operation("permission_set", "staff", body, op="update")])
        assert "phone" not in (await rep.get("/records/site"))["records"][0]
        none = {"objects": {"site": None}}
        await admin.publish([operation("permission_set", "staff", none, op="update")])
        await rep.get("/records/site", status=404)

    async def test_a_set_that_is_taken_away(self, admin: Caller, rep: Caller) -> None:
        me = (await rep.get("/session"))["user_id"]
        await rep.get("/records/site")
        await admin.patch(f"/records/user/{me}", {"permission_sets": []})
        await rep.get("/records/site", status=404)

    async def test_a_language_that_changes(self, admin: Caller, rep: Caller) -> None:
        me = (await rep.get("/session"))["user_id"]
        assert (await rep.get("/zzz", status=404))["title"] == "There is nothing here."
        await admin.patch(f"/records/user/{me}", {"language": "zh_CN"})
        assert (await rep.get("/session"))["locale"] == "zh_CN"


class TestDescribe:
    async def test_objects_and_what_may_be_done(self, rep: Caller) -> None:
        objects = {each["name"]: each for each in (await rep.get("/describe"))["objects"]}
        assert "ledger" not in objects
        assert (objects["site"]["label"], objects["site"]["plural"]) == ("Site", "Sites")
        assert objects["site"]["actions"] == ["create", "delete", "edit", "read"]
        assert objects["user"]["actions"] == ["read"]

    async def test_one_object(self, rep: Caller) -> None:
        shown = await rep.get("/describe/visit")
        fields = {each["name"]: each for each in shown["fields"]}
        assert "sealed" not in fields
        assert (fields["fixed"]["editable"], fields["title"]["editable"]) == (False, True)
        assert fields["level"]["values"][0] == {
            "code": "a",
            "label": "A",
            "color": "gray",
            "active": True,
        }
        assert fields["site"]["target"] == "site"
        assert fields["title"]["length"] == 40
        assert "contains" in fields["title"]["operators"]
        names = [each["name"] for each in shown["list_views"]]
        assert "by_secret" not in names, "its filter names a hidden field"

    async def test_labels_are_in_the_tenants_words(self, admin: Caller) -> None:
        """The field's label is written {department}."""
        await admin.publish(
            [operation("term", "department", {"label": label("Team"), "plural": label("Teams")})]
        )
        fields = {each["name"]: each for each in (await admin.get("/describe/user"))["fields"]}
        assert fields["department"]["label"] == "Team"
        assert "{" not in str([each["label"] for each in fields.values()])
        assert "{" not in str([each.get("help") for each in fields.values()])

    async def test_hidden_and_unknown_objects(self, rep: Caller, admin: Caller) -> None:
        hidden = await rep.get("/describe/ledger", status=404)
        absent = await rep.get("/describe/bedger", status=404)
        assert hidden["title"] == absent["title"].replace("bedger", "ledger")
        await admin.get("/describe/ledger")


async def test_answers_are_not_kept_by_others(rep: Caller) -> None:
    answer = await rep.call("GET", "/records/site")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "cookie" in answer.headers["vary"].lower()
    assert "authorization" in answer.headers["vary"].lower()


async def test_every_answer_has_a_request_id(rep: Caller) -> None:
    refused = await rep.call("GET", "/records/zzz", headers={"x-request-id": "my-request-1"})
    assert refused.headers["x-request-id"] == "my-request-1"
    assert refused.json()["request_id"] == "my-request-1"
    assert refused.headers["content-type"] == "application/problem+json"
    forged = await rep.call("GET", "/session", headers={"x-request-id": "a\tb"})
    assert len(forged.headers["x-request-id"]) == 32


async def test_unknown_addresses_and_methods(rep: Caller) -> None:
    assert (await rep.get("/zzz", status=404))["code"] == "not_found"
    refused = await rep.call("PUT", "/records/site", json={})
    assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")
