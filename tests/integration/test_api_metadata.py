"""Changing the metadata over HTTP: drafts, plans, impact, publishing, versions, going back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from api_world import Caller, World, codes, field, label, operation, values

pytestmark = pytest.mark.anyio


async def draft(caller: Caller, *operations: Any, status: int = 201) -> Any:
    body = {"title": "A change", "operations": list(operations)}
    return await caller.post("/changesets", body, status=status)


async def version_of(caller: Caller) -> int:
    return int((await caller.get("/session"))["metadata_version"])


class TestDrafts:
    async def test_a_draft_changes_nothing(self, admin: Caller) -> None:
        before = await version_of(admin)
        made = await draft(admin, field("site.colour", "color"))
        assert (made["title"], made["status"], made["problems"]) == ("A change", "draft", [])
        (step,) = made["plan"]["operations"]
        assert (step["action"], step["kind"], step["name"], step["risk"]) == (
            "create",
            "field",
            "site.colour",
            "safe",
        )
        assert "Colour" in step["description"]
        assert await version_of(admin) == before
        await admin.get("/metadata/field/site.colour", status=404)
        again = await admin.get(f"/changesets/{made['id']}")
        assert again["plan"] == made["plan"]
        assert again["operations"][0]["name"] == "site.colour"
        listed = (await admin.get("/changesets"))["changesets"]
        assert made["id"] in {each["id"] for each in listed}

    async def test_publishing_takes_effect_at_once(self, admin: Caller, rep: Caller) -> None:
        made = await draft(admin, field("site.colour", "color"))
        before = await version_of(admin)
        published = await admin.post(f"/changesets/{made['id']}/publish", status=200)
        assert published["version"] == before + 1 == await version_of(admin)
        site = await admin.post("/records/site", {"name": "N", "colour": "#fff"})
        assert site["colour"] == "#ffffff"
        assert (await rep.get(f"/records/site/{site['id']}"))["colour"] == "#ffffff"
        done = await admin.get(f"/changesets/{made['id']}")
        assert (done["status"], done["published_version"]) == ("published", before + 1)

    async def test_it_is_published_once(self, admin: Caller) -> None:
        made = await draft(admin, field("site.colour", "color"))
        await admin.post(f"/changesets/{made['id']}/publish", status=200)
        again = await admin.post(f"/changesets/{made['id']}/publish", status=409)
        assert (again["code"], again["changeset_status"]) == ("changeset_not_draft", "published")

    async def test_a_discarded_one_is_not_published(self, admin: Caller) -> None:
        made = await draft(admin, field("site.colour", "color"))
        await admin.delete(f"/changesets/{made['id']}")
        refused = await admin.post(f"/changesets/{made['id']}/publish", status=409)
        assert refused["code"] == "changeset_not_draft"
        await admin.get("/metadata/field/site.colour", status=404)

    async def test_problems_are_all_told_and_stop_the_publishing(self, admin: Caller) -> None:
        before = await version_of(admin)
        made = await draft(
            admin,
            field("site.a", "text", length="x"),
            field("site.b", "nope"),
            field("nowhere.c", "text"),
            operation("list_view", "site.v", {"label": label("V"), "columns": ["nmae"]}),
            operation("field", "site.gone", {}, op="delete"),
        )
        told = codes(made)
        assert told["operations.0.body.length"] == "schema.wrong_type"
        assert told["operations.1.body.type"] == "schema.not_one_of"
        assert told["operations.2.name"] == "metadata.unknown_object"
        assert told["list_view.site.v.columns.nmae"] == "metadata.mentions_unknown_near"
        assert told["operations.4.name"] == "metadata.unknown"
        for each in made["problems"]:
            assert each["message"], each
            assert not each["message"].startswith("error."), each
        refused = await admin.post(f"/changesets/{made['id']}/publish", status=422)
        assert refused["code"] == "changeset_invalid"
        assert set(codes(refused)) == set(told)
        assert await version_of(admin) == before

    @pytest.mark.parametrize(
        ("operations", "problems"),
        [
            (None, {"operations": "changeset.operations_missing"}),
            ("x", {"operations": "changeset.operations_missing"}),
            ([1], {"operations.0": "changeset.operation_not_object"}),
            ([{"op": "drop"}], {"operations.0.op": "changeset.unknown_op"}),
            (
                [{"op": "create", "kind": "table"}],
                {"operations.0.kind": "changeset.unknown_kind"},
            ),
            (
                [{"op": "create", "kind": "object", "name": "x", "body": [1]}],
                {"operations.0.body": "changeset.body_not_object"},
            ),
        ],
    )
    async def test_what_is_no_operation(
        self, admin: Caller, operations: Any, problems: dict[str, str]
    ) -> None:
        refused = await admin.post("/changesets", {"operations": operations}, status=422)
        assert refused["code"] == "changeset_invalid"
        assert codes(refused) == problems

    async def test_only_for_those_who_may(self, admin: Caller, rep: Caller) -> None:
        made = await draft(admin, field("site.colour", "color"))
        one = f"/changesets/{made['id']}"
        body = {"operations": [field("site.colour", "color")]}
        for method, path in (
            ("GET", "/changesets"),
            ("POST", "/changesets"),
            ("GET", one),
            ("DELETE", one),
            ("POST", f"{one}/publish"),
            ("GET", "/versions"),
            ("GET", "/versions/1"),
            ("GET", "/versions/1/review"),
            ("POST", "/versions/1/restore"),
            ("GET", "/metadata/object"),
            ("GET", "/metadata/object/site"),
        ):
            answer = await rep.call(method, path, json=body if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing"), path
        await admin.post(f"{one}/publish", status=200)


class TestImpact:
    async def test_rows_that_would_break_a_new_rule(self, admin: Caller) -> None:
        given = [{"name": "A", "memo": "same"}, {"name": "B", "memo": "same"}, {"name": "C"}]
        made = (await admin.post("/records/site", {"records": given}))["records"]
        patch = {"required": True, "unique": True, "length": 2}
        review = await draft(admin, operation("field", "site.memo", patch, op="update"))
        impact = {each["code"]: each for each in review["plan"]["impact"]}
        missing = impact["impact.required_missing"]
        assert (missing["count"], missing["sample"]) == (1, [made[2]["id"]])
        assert impact["impact.duplicates"]["values"] == [{"value": "same", "count": 2}]
        assert impact["impact.too_long"]["count"] == 2

    async def test_a_field_that_goes_away(self, admin: Caller) -> None:
        await admin.post("/records/site", {"name": "A", "memo": "x"})
        await admin.publish(
            [operation("list_view", "site.memos", {"label": label("M"), "columns": ["memo"]})]
        )
        review = await draft(admin, operation("field", "site.memo", {}, op="delete"))
        assert review["plan"]["risk"] == "destructive"
        impact = {each["code"]: each for each in review["plan"]["impact"]}
        assert impact["impact.field_hidden"]["count"] == 1
        used_by = {each["name"] for each in impact["impact.used_by"]["used_by"]}
        assert used_by == {"site.memos", "staff"}


class TestPicklists:
    async def test_a_removed_value_in_use_is_kept_and_can_come_back(self, admin: Caller) -> None:
        visit = await admin.post("/records/visit", {"level": "a", "title": "t"})
        path = f"/records/visit/{visit['id']}"
        removal = operation("field", "visit.level", {"values": {"a": None}}, op="update")
        review = await draft(admin, removal)
        (impact,) = review["plan"]["impact"]
        assert (impact["code"], impact["count"]) == ("impact.value_in_use", 1)
        assert impact["sample"] == [visit["id"]]
        await admin.post(f"/changesets/{review['id']}/publish", status=200)
        assert (await admin.get(path))["level"] == "a", "what is stored stays"
        assert (await admin.patch(path, {"title": "u", "level": "a"}))["level"] == "a"
        refused = await admin.post("/records/visit", {"level": "a"}, status=422)
        assert codes(refused) == {"level": "field.value_not_offered"}
        await admin.patch(path, {"level": "b"})
        refused = await admin.patch(path, {"level": "a"}, status=422)
        assert codes(refused) == {"level": "field.value_not_offered"}
        shown = await admin.get("/describe/visit")
        level = next(each for each in shown["fields"] if each["name"] == "level")
        assert [each["code"] for each in level["values"]] == ["b", "c"]
        back = operation("field", "visit.level", {"values": {"a": {"deleted": False}}}, "update")
        await admin.publish([back])
        assert (await admin.patch(path, {"level": "a"}))["level"] == "a"


class TestTypes:
    async def test_changing_a_type_converts_and_keeps_the_old(self, admin: Caller) -> None:
        given = [{"name": "A", "memo": "12"}, {"name": "B", "memo": "twelve"}, {"name": "C"}]
        made = (await admin.post("/records/site", {"records": given}))["records"]
        change = operation("field", "site.memo", {"type": "integer"}, op="update")
        review = await draft(admin, change)
        (impact,) = review["plan"]["impact"]
        assert impact["params"] == {"converted": 1, "failed": 1, "blank": 1}
        assert impact["values"] == [{"value": "twelve", "count": 1}]
        before = await version_of(admin)
        await admin.post(f"/changesets/{review['id']}/publish", status=200)
        memos = [(await admin.get(f"/records/site/{each['id']}"))["memo"] for each in made]
        assert memos == [12, None, None]
        await admin.post(f"/versions/{before}/restore", status=200)
        memos = [(await admin.get(f"/records/site/{each['id']}"))["memo"] for each in made]
        assert memos[0] == "12"


class TestVersions:
    async def test_going_back_is_a_version_of_its_own(self, admin: Caller) -> None:
        first = await version_of(admin)
        await admin.publish([field("site.colour", "color")])
        site = await admin.post("/records/site", {"name": "N", "colour": "#fff"})
        review = await admin.get(f"/versions/{first}/review")
        assert [each["action"] for each in review["plan"]["operations"]] == ["delete"]
        assert [each["code"] for each in review["plan"]["impact"]] == ["impact.field_hidden"]
        back = await admin.post(f"/versions/{first}/restore", status=200)
        assert back["version"] == first + 2
        assert "colour" not in await admin.get(f"/records/site/{site['id']}")
        newest = (await admin.get("/versions"))["versions"][0]
        assert (newest["number"], newest["restored_from"]) == (first + 2, first)
        await admin.post(f"/versions/{first + 1}/restore", status=200)
        assert (await admin.get(f"/records/site/{site['id']}"))["colour"] == "#ffffff"

    async def test_what_a_version_was(self, admin: Caller) -> None:
        now = await version_of(admin)
        content = await admin.get(f"/versions/{now}")
        names = {(each["kind"], each["name"]) for each in content["components"]}
        assert {("object", "site"), ("field", "site.code"), ("permission_set", "staff")} <= names

    @pytest.mark.parametrize("number", ["99", "-1", "x", "²", "999999999999999999999", "1.5"])
    async def test_a_version_that_never_was(self, admin: Caller, number: str) -> None:
        for method, path in (
            ("GET", f"/versions/{number}"),
            ("GET", f"/versions/{number}/review"),
            ("POST", f"/versions/{number}/restore"),
        ):
            answer = await admin.call(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "version_not_found")


class TestDeleting:
    async def test_a_field_and_its_values_come_back(self, admin: Caller) -> None:
        site = await admin.post("/records/site", {"name": "N", "memo": "kept"})
        path = f"/records/site/{site['id']}"
        await admin.publish([operation("field", "site.memo", {}, op="delete")])
        assert "memo" not in await admin.get(path)
        refused = await admin.patch(path, {"memo": "x"}, status=422)
        assert codes(refused)["memo"].startswith("field.unknown")
        hidden = (await admin.get("/metadata/field", object="site", deleted="true"))["components"]
        assert [each["name"] for each in hidden] == ["site.memo"]
        await admin.publish([operation("field", "site.memo", {}, op="restore")])
        assert (await admin.get(path))["memo"] == "kept"

    async def test_an_object_and_its_records_come_back(self, admin: Caller) -> None:
        ledger = await admin.post("/records/ledger", {"name": "L"})
        await admin.publish([operation("object", "ledger", {}, op="delete")])
        await admin.get("/records/ledger", status=404)
        assert "ledger" not in str(await admin.get("/describe"))
        await admin.publish([operation("object", "ledger", {}, op="restore")])
        assert (await admin.get(f"/records/ledger/{ledger['id']}"))["name"] == "L"


class TestStaleDrafts:
    async def test_changes_to_different_things_both_go_through(self, admin: Caller) -> None:
        one = await draft(admin, field("site.colour", "color"))
        two = await draft(admin, field("site.weather", "text"))
        await admin.post(f"/changesets/{two['id']}/publish", status=200)
        await admin.post(f"/changesets/{one['id']}/publish", status=200)
        site = await admin.post("/records/site", {"name": "N", "colour": "#000", "weather": "w"})
        assert (site["colour"], site["weather"]) == ("#000000", "w")

    async def test_changes_to_the_same_thing_are_told(self, admin: Caller) -> None:
        one = await draft(admin, operation("field", "site.memo", {"length": 100}, op="update"))
        two = await draft(admin, operation("field", "site.memo", {"required": True}, op="update"))
        await admin.post(f"/changesets/{two['id']}/publish", status=200)
        refused = await admin.post(f"/changesets/{one['id']}/publish", status=409)
        assert refused["code"] == "changeset_stale"
        assert refused["names"] == ["site.memo"]
        assert "site.memo" in refused["title"]
        memo = await admin.get("/metadata/field/site.memo")
        assert (memo["body"].get("length"), memo["body"]["required"]) == (None, True)


class TestReading:
    async def test_bodies_are_the_pack_format(self, admin: Caller) -> None:
        body = (await admin.get("/metadata/field/visit.level"))["body"]
        assert list(body["values"]) == ["a", "b", "c"]
        assert "order" not in body["values"]["a"]
        again = operation("field", "site.level", {**body, "label": label("Level")})
        await admin.publish([again])
        assert (await admin.get("/metadata/field/site.level"))["body"] == {
            **body,
            "label": label("Level"),
        }

    async def test_what_is_not_there(self, admin: Caller) -> None:
        assert (await admin.get("/metadata/zzz", status=404))["code"] == "kind_not_found"
        missing = await admin.get("/metadata/object/zzz", status=404)
        assert missing["code"] == "component_not_found"
        for path in (f"/changesets/{uuid4()}", "/changesets/zzz"):
            await admin.get(path, status=404)
            await admin.delete(path, status=404)

    async def test_what_a_pack_gave_and_the_tenant_changed(self, admin: Caller) -> None:
        before = await admin.get("/metadata/object/task")
        assert (before["pack"], before["changed"]) == ("base", [])
        await admin.publish([operation("object", "task", {"label": label("To-do")}, op="update")])
        after = await admin.get("/metadata/object/task")
        assert after["changed"] == ["label"]
        assert after["body"]["label"] == label("To-do")


class TestNames:
    @pytest.mark.parametrize(
        ("given", "made"),
        [
            ("客户级别", "ke_hu_ji_bie"),
            ("Planned On", "planned_on"),
            ('it\'s "quoted"; --', "it_s_quoted"),
            ("x" * 100, "x" * 40),
            ("1st", "st"),
            ("a__b", "a_b"),
            ("naïve", "naive"),
        ],
    )
    async def test_a_name_is_made_of_what_was_typed_and_told(
        self, admin: Caller, given: str, made: str
    ) -> None:
        body = {"type": "text", "label": label("L")}
        review = await draft(admin, operation("field", f"site.{given}", body))
        (notice,) = review["notices"]
        assert notice["code"] == "metadata.name_derived"
        assert made in notice["message"]
        assert review["plan"]["operations"][0]["name"] == f"site.{made}"
        await admin.post(f"/changesets/{review['id']}/publish", status=200)
        site = await admin.post("/records/site", {"name": "N", made: "v"})
        assert site[made] == "v"

    @pytest.mark.parametrize(
        "name",
        ["select", "user", "order", "table", "group", "end", "desc", "xmin", "ctid", "tableoid"],
    )
    async def test_words_of_sql_are_names_like_others(self, admin: Caller, name: str) -> None:
        title = {"label": label("T"), "name_field": {"type": "text"}}
        body = {"type": "text", "label": label("L"), "unique": True}
        objects = [] if name == "user" else [operation("object", name, title)]
        await admin.publish([*objects, operation("field", f"site.{name}", body)])
        site = await admin.post("/records/site", {"name": "N", name: "v"})
        found = await admin.get("/records/site", filter=f"{name} = 'v'", sort=name, fields=name)
        assert [each["id"] for each in found["records"]] == [site["id"]]
        if objects:
            record = await admin.post(f"/records/{name}", {"name": "x"})
            assert (await admin.get(f"/records/{name}/{record['id']}"))["name"] == "x"

    async def test_names_that_differ_only_in_case(self, admin: Caller) -> None:
        review = await draft(
            admin,
            operation("field", "site.weather", {"type": "text", "label": label("A")}),
            operation("field", "site.Weather", {"type": "text", "label": label("B")}),
        )
        assert sorted(each["name"] for each in review["plan"]["operations"]) == [
            "site.weather",
            "site.weather_2",
        ]
        await admin.post(f"/changesets/{review['id']}/publish", status=200)
        site = await admin.post("/records/site", {"name": "N", "weather": "a", "weather_2": "b"})
        assert (site["weather"], site["weather_2"]) == ("a", "b")

    @pytest.mark.parametrize("name", ["id", "version", "owner", "name", "created_at", "deleted_at"])
    async def test_names_of_the_system_are_taken(self, admin: Caller, name: str) -> None:
        body = {"type": "text", "label": label("L")}
        review = await draft(admin, operation("field", f"site.{name}", body))
        assert codes(review) == {"operations.0.name": "metadata.name_reserved"}

    @pytest.mark.parametrize("name", ["", "!!!", "_", "   ", "💥"])
    async def test_a_name_of_nothing(self, admin: Caller, name: str) -> None:
        body = {"type": "text", "label": label("💥")}
        review = await draft(admin, operation("field", f"site.{name}", body))
        assert codes(review) == {"operations.0.name": "metadata.name_missing"}

    async def test_a_name_is_taken_only_once(self, admin: Caller) -> None:
        review = await draft(admin, field("site.memo", "text"))
        assert codes(review) == {"operations.0.name": "metadata.name_taken"}


async def test_a_unique_rule_that_the_records_break_is_refused(admin: Caller) -> None:
    """The plan warns of it; publishing all the same must say so, and leave all as it is."""
    await admin.post("/records/site", {"records": [{"name": "A", "memo": "x"}] * 2})
    before = await version_of(admin)
    review = await draft(admin, operation("field", "site.memo", {"unique": True}, op="update"))
    assert [each["code"] for each in review["plan"]["impact"]] == ["impact.duplicates"]
    refused = await admin.post(f"/changesets/{review['id']}/publish", status=422)
    assert refused["code"] == "changeset_invalid"
    assert codes(refused) == {"field.site.memo.unique": "metadata.values_repeat"}
    assert await version_of(admin) == before
    await admin.post("/records/site", {"name": "C", "memo": "x"})


async def test_a_value_set_is_shared(admin: Caller, world: World) -> None:
    await admin.publish(
        [
            operation("value_set", "grade", {"label": label("Grade"), "values": values("m", "n")}),
            field("site.grade", "picklist", value_set="grade"),
            field("ledger.grade", "picklist", value_set="grade"),
        ]
    )
    assert (await admin.post("/records/site", {"name": "N", "grade": "m"}))["grade"] == "m"
    more = operation("value_set", "grade", {"values": {"o": {"label": label("O")}}}, op="update")
    await admin.publish([more])
    assert (await admin.post("/records/ledger", {"name": "N", "grade": "o"}))["grade"] == "o"


class TestOrder:
    """JSON objects have no order in the store; what was written first stays first."""

    async def test_values_stay_in_the_order_they_were_written_in(self, admin: Caller) -> None:
        await admin.publish([field("site.grade", "picklist", values=values("zz", "b", "aaa"))])
        await self._grades(admin, ["zz", "b", "aaa"])
        change = {"values": values("yy", "b", "x", "aab")}
        await admin.publish([operation("field", "site.grade", change, op="update")])
        await self._grades(admin, ["zz", "b", "aaa", "yy", "x", "aab"])

    async def _grades(self, admin: Caller, expected: list[str]) -> None:
        body = (await admin.get("/metadata/field/site.grade"))["body"]
        assert list(body["values"]) == expected
        (grade,) = [
            each
            for each in (await admin.get("/describe/site"))["fields"]
            if each["name"] == "grade"
        ]
        assert [each["code"] for each in grade["values"]] == expected
