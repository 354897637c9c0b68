"""Records over HTTP: create, read, change, delete, restore, upsert, history, versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from api_world import Caller, World, codes, field

pytestmark = pytest.mark.anyio

SITE = {"name": "North", "code": "N1", "phone": "138 0013 8000", "size": "1,200", "budget": "1.2万"}


async def test_what_is_created_comes_back(admin: Caller) -> None:
    site = await admin.post("/records/site", SITE)
    assert UUID(site["id"]).version == 7
    assert site["version"] == 1
    assert {name: site[name] for name in SITE} == {
        "name": "North",
        "code": "N1",
        "phone": "+8613800138000",
        "size": 1200,
        "budget": "12000.00",
    }
    assert await admin.get(f"/records/site/{site['id']}") == site


async def test_values_travel_as_the_contract_says(admin: Caller) -> None:
    """Decimals are text, days and instants ISO 8601, links ids, secrets never shown."""
    me = (await admin.get("/session"))["user_id"]
    site = await admin.post("/records/site", {"name": "North"})
    given = {
        "number": "12",
        "quantity": 1.5,
        "share": "40%",
        "amount": "(3.50)",
        "active": "yes",
        "planned_on": "2026年11月25日",
        "starts_at": "2026-11-22T10:00:00+08:00",
        "clock": "2:30 PM",
        "took": "1h 30m",
        "level": "B",
        "kinds": ["y", "x"],
        "host": me,
        "site": site["id"],
        "about": {"object": "site", "id": site["id"]},
        "guests": [me],
        "person": {"last_name": "Doe", "first_name": "Jane"},
        "address": {"city": "上海市", "street": "世纪大道 1 号"},
        "place": {"lat": 31.23, "lng": 121.47},
        "stars": 4,
        "colour": "ABC",
        "data": {"a": [1, 2.5, None]},
        "pin": "1234",
    }
    record = await admin.post("/records/visit", given)
    shown = {
        "name": "V-0001",
        "number": 12,
        "quantity": "1.500",
        "share": "40.00",
        "amount": "-3.50",
        "active": True,
        "planned_on": "2026-11-25",
        "starts_at": "2026-11-22T02:00:00Z",
        "clock": "14:30:00",
        "took": 5400,
        "level": "b",
        "kinds": ["x", "y"],
        "host": me,
        "site": site["id"],
        "about": {"object": "site", "id": site["id"]},
        "guests": [me],
        "person": {"last_name": "Doe", "first_name": "Jane"},
        "address": {"city": "上海市", "street": "世纪大道 1 号"},
        "place": {"lat": 31.23, "lng": 121.47},
        "stars": 4,
        "colour": "#aabbcc",
        "data": {"a": [1, 2.5, None]},
        "pin": "••••••",
        "created_by": me,
        "owner": me,
    }
    assert {name: record[name] for name in shown} == shown
    read = await admin.get(f"/records/visit/{record['id']}")
    assert read == record, "what is created and what is read are written alike"
    listed = (await admin.get("/records/visit"))["records"]
    assert listed == [record]


async def test_a_change_touches_what_is_sent(admin: Caller) -> None:
    site = await admin.post("/records/site", SITE)
    path = f"/records/site/{site['id']}"
    changed = await admin.patch(path, {"size": 5, "phone": None})
    assert (changed["size"], changed["phone"], changed["name"]) == (5, None, "North")
    assert changed["version"] == 2
    assert changed["modified_at"] >= site["modified_at"]
    assert changed["created_at"] == site["created_at"]
    assert await admin.get(path) == changed


async def test_a_deleted_record_is_gone_until_it_is_restored(admin: Caller) -> None:
    site = await admin.post("/records/site", SITE)
    path = f"/records/site/{site['id']}"
    await admin.delete(path)
    for method in ("GET", "PATCH", "DELETE"):
        answer = await admin.call(method, path, json={"size": 1} if method == "PATCH" else None)
        assert (answer.status_code, answer.json()["code"]) == (404, "record_not_found")
    assert (await admin.get("/records/site"))["records"] == []
    in_bin = (await admin.get("/records/site", deleted="true"))["records"]
    assert [each["id"] for each in in_bin] == [site["id"]]
    back = await admin.post(f"{path}/restore", status=200)
    assert (back["name"], back["version"]) == ("North", 3)
    assert [each["id"] for each in (await admin.get("/records/site"))["records"]] == [site["id"]]
    await admin.post(f"{path}/restore", status=404)


async def test_a_unique_value_is_free_again_only_while_its_record_is_in_the_bin(
    admin: Caller,
) -> None:
    first = await admin.post("/records/site", SITE)
    taken = await admin.post("/records/site", {**SITE, "code": "n1"}, status=422)
    assert codes(taken) == {"code": "field.not_unique"}
    await admin.delete(f"/records/site/{first['id']}")
    await admin.post("/records/site", {**SITE, "code": "n1"})
    refused = await admin.post(f"/records/site/{first['id']}/restore", status=422)
    assert codes(refused) == {"code": "field.not_unique"}
    assert len((await admin.get("/records/site"))["records"]) == 1


class TestLinks:
    async def test_a_record_that_others_need_stays(self, admin: Caller) -> None:
        site = await admin.post("/records/site", SITE)
        visit = await admin.post("/records/visit", {"site": site["id"]})
        refused = await admin.delete(f"/records/site/{site['id']}", status=422)
        assert refused["code"] == "record_in_use"
        assert refused["problems"][0]["message"] == "1 Visits still refer to this record."
        await admin.get(f"/records/site/{site['id']}")
        await admin.delete(f"/records/visit/{visit['id']}")
        await admin.delete(f"/records/site/{site['id']}")

    async def test_who_may_not_know_the_holder_is_not_told(
        self, admin: Caller, rep: Caller
    ) -> None:
        site = await admin.post("/records/site", SITE)
        await admin.post("/records/ledger", {"name": "L", "site": site["id"]})
        told = await admin.delete(f"/records/site/{site['id']}", status=422)
        assert "Ledger" in str(told)
        untold = await rep.delete(f"/records/site/{site['id']}", status=422)
        assert [each["code"] for each in untold["problems"]] == ["record.in_use_hidden"]
        assert "edger" not in str(untold)

    async def test_details_go_and_come_back_with_their_master(self, admin: Caller) -> None:
        visit = await admin.post("/records/visit")
        stop = await admin.post("/records/stop", {"name": "1", "visit": visit["id"]})
        other = await admin.post("/records/stop", {"name": "2", "visit": visit["id"]})
        await admin.delete(f"/records/stop/{other['id']}")
        await admin.delete(f"/records/visit/{visit['id']}")
        await admin.get(f"/records/stop/{stop['id']}", status=404)
        await admin.post(f"/records/visit/{visit['id']}/restore", status=200)
        await admin.get(f"/records/stop/{stop['id']}")
        await admin.get(f"/records/stop/{other['id']}", status=404)

    async def test_a_cleared_link_reads_blank_and_heals(self, admin: Caller) -> None:
        parent = await admin.post("/records/site", {"name": "Parent"})
        child = await admin.post("/records/site", {"name": "Child", "parent": parent["id"]})
        path, fields = f"/records/site/{child['id']}", "name,parent.name"
        assert (await admin.get(path, fields=fields))["parent.name"] == "Parent"
        await admin.delete(f"/records/site/{parent['id']}")
        assert (await admin.get(path, fields=fields))["parent.name"] is None
        await admin.post(f"/records/site/{parent['id']}/restore", status=200)
        assert (await admin.get(path, fields=fields))["parent.name"] == "Parent"

    @pytest.mark.parametrize("name", ["site", "host"])
    async def test_a_link_to_nothing_is_refused(self, admin: Caller, name: str) -> None:
        refused = await admin.post("/records/visit", {name: str(uuid4())}, status=422)
        assert codes(refused) == {name: "field.link_not_found"}


class TestBatches:
    async def test_all_in_order(self, admin: Caller) -> None:
        given = [{"name": f"S{index}"} for index in range(30)]
        made = (await admin.post("/records/site", {"records": given}))["records"]
        assert [each["name"] for each in made] == [each["name"] for each in given]
        ids = [each["id"] for each in made]
        assert ids == sorted(ids)

    async def test_one_fault_keeps_all_out(self, admin: Caller) -> None:
        given = [{"name": "Good"}, {"name": "", "size": "x"}, {"nmae": "Bad"}]
        refused = await admin.post("/records/site", {"records": given}, status=422)
        assert codes(refused) == {
            "records.1.name": "field.required",
            "records.1.size": "field.not_a_number",
            "records.2.nmae": "field.unknown_near",
            "records.2.name": "field.required",
        }
        assert (await admin.get("/records/site"))["records"] == []

    async def test_a_partial_one_saves_the_good(self, admin: Caller) -> None:
        given = [{"name": "A"}, {"name": ""}, {"name": "C"}]
        answer = await admin.post("/records/site?partial=true", {"records": given}, status=207)
        first, second, third = answer["records"]
        assert (first["name"], third["name"]) == ("A", "C")
        assert [each["code"] for each in second["problems"]] == ["field.required"]
        names = [each["name"] for each in (await admin.get("/records/site"))["records"]]
        assert sorted(names) == ["A", "C"]

    async def test_many_are_changed_at_once(self, admin: Caller) -> None:
        a, b = (await admin.post("/records/site", {"records": [{"name": "A"}, {"name": "B"}]}))[
            "records"
        ]
        body = {"records": [{"id": a["id"], "size": 1}, {"id": b["id"], "version": 1, "memo": "m"}]}
        changed = (await admin.patch("/records/site", body))["records"]
        assert [(each["size"], each["memo"], each["version"]) for each in changed] == [
            (1, None, 2),
            (None, "m", 2),
        ]

    async def test_a_stale_one_among_many(self, admin: Caller) -> None:
        a, b = (await admin.post("/records/site", {"records": [{"name": "A"}, {"name": "B"}]}))[
            "records"
        ]
        body = {
            "records": [
                {"id": a["id"], "version": 9, "size": 1},
                {"id": b["id"], "version": 1, "size": 2},
                {"id": str(uuid4()), "size": 3},
            ]
        }
        refused = await admin.patch("/records/site", body, status=422)
        assert codes(refused) == {
            "records.0.version": "record.stale",
            "records.2.id": "record.not_found",
        }
        assert (await admin.get(f"/records/site/{b['id']}"))["version"] == 1
        answer = await admin.patch("/records/site?partial=true", body, status=207)
        assert [("problems" in each) for each in answer["records"]] == [True, False, True]
        assert (await admin.get(f"/records/site/{b['id']}"))["size"] == 2

    async def test_the_same_record_twice_is_refused(self, admin: Caller) -> None:
        site = await admin.post("/records/site", SITE)
        body = {"records": [{"id": site["id"], "size": 1}, {"id": site["id"], "memo": "m"}]}
        refused = await admin.patch("/records/site", body, status=422)
        assert codes(refused) == {"records.1.id": "record.repeated"}

    async def test_a_value_twice_in_one_batch_is_taken(self, admin: Caller) -> None:
        given = [{"name": "A", "code": "x"}, {"name": "B", "code": "X"}]
        refused = await admin.post("/records/site", {"records": given}, status=422)
        assert codes(refused) == {"records.1.code": "field.not_unique"}

    async def test_an_empty_one_saves_nothing(self, admin: Caller) -> None:
        assert await admin.post("/records/site", {"records": []}) == {"records": []}

    @pytest.mark.parametrize("count", [2000, 2001])
    async def test_the_limit(self, admin: Caller, count: int) -> None:
        given = {"records": [{"name": f"S{index}"} for index in range(count)]}
        if count == 2000:
            assert len((await admin.post("/records/site", given))["records"]) == 2000
        else:
            refused = await admin.post("/records/site", given, status=413)
            assert refused["code"] == "too_many_records"
            assert "2000" in refused["title"]
            assert "2001" in refused["title"]


class TestVersions:
    async def test_a_stale_change_is_told_both_sides(self, admin: Caller) -> None:
        site = await admin.post("/records/site", SITE)
        path = f"/records/site/{site['id']}"
        await admin.patch(path, {"size": 5, "version": 1})
        refused = await admin.patch(path, {"size": 7, "version": 1}, status=409)
        assert refused["code"] == "record_stale"
        assert (refused["current"]["size"], refused["yours"]) == (5, {"size": 7})
        assert (refused["version"], refused["your_version"]) == (2, 1)
        assert (await admin.get(path))["size"] == 5

    async def test_if_match_says_the_same(self, admin: Caller) -> None:
        site = await admin.post("/records/site", SITE)
        path = f"/records/site/{site['id']}"
        read = await admin.call("GET", path)
        tag = read.headers["etag"]
        changed = await admin.call("PATCH", path, json={"size": 5}, headers={"if-match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag
        await admin.patch(path, {"size": 6}, status=409, headers={"if-match": tag})
        await admin.delete(path, status=409, headers={"if-match": tag})
        await admin.patch(path, {"size": 6}, headers={"if-match": "*"})
        await admin.delete(path, headers={"if-match": '"3"'})

    async def test_both_sides_hold_only_what_the_caller_may_read(
        self, admin: Caller, rep: Caller
    ) -> None:
        visit = await admin.post("/records/visit", {"sealed": "deep", "pin": "1234", "title": "a"})
        path = f"/records/visit/{visit['id']}"
        await admin.patch(path, {"title": "b"})
        ours = await admin.patch(path, {"title": "c", "version": 1}, status=409)
        assert ours["current"]["sealed"] == "deep"
        theirs = await rep.patch(path, {"title": "c", "pin": "9", "version": 1}, status=409)
        assert theirs["current"]["title"] == "b"
        for answer in (ours, theirs):
            assert "1234" not in str(answer)
        assert "sealed" not in str(theirs)
        assert "deep" not in str(theirs)
        assert theirs["yours"]["pin"] == "••••••"

    @pytest.mark.parametrize("value", ["abc", '"x"', "1.5", "-1", "²", "W/9"])
    async def test_a_version_that_is_none(self, admin: Caller, value: str) -> None:
        site = await admin.post("/records/site", SITE)
        headers = {"if-match": value.encode()}
        path = f"/records/site/{site['id']}"
        refused = await admin.patch(path, {"size": 1}, status=400, headers=headers)
        assert refused["code"] == "bad_if_match"

    @pytest.mark.parametrize("value", ["x", 1.5, True, [], {}, "²", ""])
    async def test_a_version_in_the_body_that_is_none(self, admin: Caller, value: Any) -> None:
        site = await admin.post("/records/site", SITE)
        path = f"/records/site/{site['id']}"
        refused = await admin.patch(path, {"size": 1, "version": value}, status=422)
        assert codes(refused) == {"version": "record.bad_version"}
        assert (await admin.get(path))["version"] == 1


class TestUpsert:
    async def test_it_creates_and_then_changes(self, admin: Caller) -> None:
        made = await admin.put("/records/site/by/code/K-1", {"name": "North"}, status=201)
        assert (made["code"], made["version"]) == ("K-1", 1)
        changed = await admin.put("/records/site/by/code/k-1", {"size": 3})
        assert (changed["id"], changed["size"], changed["name"]) == (made["id"], 3, "North")
        assert len((await admin.get("/records/site"))["records"]) == 1

    async def test_what_is_created_must_be_whole(self, admin: Caller) -> None:
        refused = await admin.put("/records/site/by/code/K-2", {}, status=422)
        assert codes(refused) == {"name": "field.required"}

    async def test_a_stale_one(self, admin: Caller) -> None:
        await admin.put("/records/site/by/code/K-1", {"name": "North"}, status=201)
        headers = {"if-match": "7"}
        await admin.put("/records/site/by/code/K-1", {"size": 1}, status=409, headers=headers)

    @pytest.mark.parametrize("name", ["memo", "nothing", "id"])
    async def test_a_field_that_does_not_tell_records_apart(self, admin: Caller, name: str) -> None:
        refused = await admin.put(f"/records/site/by/{name}/x", {"name": "N"}, status=400)
        assert refused["code"] == "not_an_external_id"

    @pytest.mark.parametrize("value", ["x" * 21, "%00", "a%0Ab", "%20"])
    async def test_a_value_that_cannot_be_one(self, admin: Caller, value: str) -> None:
        refused = await admin.put(f"/records/site/by/code/{value}", {"name": "N"}, status=422)
        assert set(codes(refused)) == {"code"}

    async def test_a_value_in_the_body_must_be_the_same(self, admin: Caller) -> None:
        made = await admin.put(
            "/records/site/by/code/K-1", {"name": "North", "code": "K-1"}, status=201
        )
        assert made["code"] == "K-1"


class TestHistory:
    async def test_every_step_newest_first(self, admin: Caller) -> None:
        me = (await admin.get("/session"))["user_id"]
        visit = await admin.post("/records/visit", {"title": "a", "pin": "1"})
        path = f"/records/visit/{visit['id']}"
        await admin.patch(path, {"title": "b", "amount": "5", "pin": "2"})
        await admin.patch(path, {"title": "b"})
        await admin.delete(path)
        await admin.post(f"{path}/restore", status=200)
        entries = (await admin.get(f"{path}/history"))["entries"]
        assert [each["action"] for each in entries] == ["restore", "delete", "update", "create"]
        assert {each["user_id"] for each in entries} == {me}
        changes = {each["field"]: (each["old"], each["new"]) for each in entries[2]["changes"]}
        assert changes == {"title": ("a", "b"), "amount": (None, "5.00"), "pin": (None, None)}

    async def test_of_hidden_fields_nothing_is_told(self, admin: Caller, rep: Caller) -> None:
        visit = await admin.post("/records/visit")
        path = f"/records/visit/{visit['id']}"
        await admin.patch(path, {"sealed": "deep"})
        await admin.patch(path, {"sealed": "deeper", "title": "t"})
        whole = (await admin.get(f"{path}/history"))["entries"]
        assert len(whole) == 3
        part = (await rep.get(f"{path}/history"))["entries"]
        assert [[c["field"] for c in each["changes"]] for each in part] == [["title"], []]
        assert "deep" not in str(part)

    async def test_of_a_record_that_may_not_be_read(self, world: World, admin: Caller) -> None:
        ledger = await admin.post("/records/ledger", {"name": "L"})
        assert (await admin.get(f"/records/ledger/{ledger['id']}/history"))["entries"]
        refused = await world.caller("rep").get(
            f"/records/ledger/{ledger['id']}/history", status=404
        )
        assert refused["code"] == "object_not_found"


async def test_what_may_not_be_changed(admin: Caller, rep: Caller) -> None:
    """Unknown, hidden and read-only fields; the same answer for the first two."""
    given = {"created_at": "2020-01-01", "zzz": 1, "sealed": "x", "fixed": "y", "name": "V-9"}
    refused = await rep.post("/records/visit", given, status=422)
    assert codes(refused) == {
        "created_at": "field.not_editable",
        "zzz": "field.unknown",
        "sealed": "field.unknown",
        "fixed": "field.not_editable",
        "name": "field.not_editable",
    }
    told = {each["path"]: each["message"] for each in refused["problems"]}
    assert told["sealed"].replace("sealed", "zzz") == told["zzz"]
    made = await admin.post("/records/visit", {"sealed": "x", "fixed": "y"})
    assert (made["sealed"], made["fixed"]) == ("x", "y")


async def test_rights_to_actions(world: World, rep: Caller) -> None:
    looker = world.caller("looker")
    site = await rep.post("/records/site", SITE)
    path = f"/records/site/{site['id']}"
    assert (await looker.get(path))["name"] == "North"
    for answer in (
        await looker.post("/records/site", SITE, status=403),
        await looker.patch(path, {"size": 1}, status=403),
        await looker.delete(path, status=403),
        await looker.post(f"{path}/restore", status=403),
    ):
        assert answer["code"] == "object_forbidden"
        assert "地点" in answer["title"], "in the tenant's words and the reader's language"
    await looker.get("/records/visit", status=404)
    await rep.patch(path, {"size": 1})


async def test_links_to_many_keep_their_order(admin: Caller, world: World) -> None:
    users = (await admin.get("/records/user", fields="account"))["records"]
    ids = {each["account"]: each["id"] for each in users}
    order = [ids["rep"], ids["admin"], ids["looker"]]
    visit = await admin.post("/records/visit", {"guests": order})
    path = f"/records/visit/{visit['id']}"
    assert visit["guests"] == (await admin.get(path))["guests"] == order
    await admin.patch(path, {"guests": order[::-1]})
    assert (await admin.get(path))["guests"] == order[::-1]
    await admin.patch(path, {"guests": []})
    assert (await admin.get(path))["guests"] == []


async def test_tags_are_any_words(admin: Caller) -> None:
    site = await admin.post("/records/site", {"name": "N", "tags": ["old", "客户", "x y"]})
    assert sorted(site["tags"]) == ["old", "x y", "客户"]
    found = await admin.get("/records/site", filter="INCLUDES(tags, '客户')")
    assert [each["id"] for each in found["records"]] == [site["id"]]


async def test_names_that_are_longer_than_the_databases(admin: Caller) -> None:
    """A dotted name may have more letters than a column can."""
    long = "a" * 40
    await admin.publish(
        [
            field(f"site.{long}", "lookup", target="site"),
            field(f"site.{'b' * 40}", "polymorphic", targets=["site"]),
        ]
    )
    first = await admin.post("/records/site", {"name": "First"})
    second = await admin.post(
        "/records/site",
        {"name": "Second", long: first["id"], "b" * 40: {"object": "site", "id": first["id"]}},
    )
    third = await admin.post("/records/site", {"name": "Third", long: second["id"]})
    dotted = [f"{long}.{long}.name", f"{long}.{'b' * 40}"]
    path, fields = f"/records/site/{third['id']}", ",".join(dotted)
    shown = await admin.get(path, fields=fields)
    assert [shown[name] for name in dotted] == ["First", {"object": "site", "id": first["id"]}]
    found = await admin.get(
        "/records/site", sort=dotted[0], fields=fields, filter=f"{long} != NULL"
    )
    assert set(found["records"][0]) == {"id", "version", *dotted}
