"""Objects in the builder: found, made ready for use, changed, deleted."""

from __future__ import annotations

import pytest
from api_world import label, operation
from builder_world import OBJECT, Bench, typed

pytestmark = pytest.mark.anyio


async def test_a_new_object_can_be_used_once_it_is_published(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/new-object")
    form = typed(
        page.form,
        *OBJECT,
        ("name_type", "autonumber"),
        ("format", "T-{YYYY}{0000}"),
        ("icon", "plane"),
        ("color", "teal"),
        ("access.standard_user", "edit"),
        ("access.looker", "read"),
    )
    await bench.admin.post("/setup/objects", form)
    assert await bench.summary() == [
        "create object trip",
        "create layout trip.standard",
        "create list_view trip.all",
        "create compact_layout trip.default",
        "update permission_set looker",
        "update permission_set standard_user",
    ]
    made = await bench.operation("object", "trip")
    assert made["name_field"] == {
        "type": "autonumber",
        "format": "T-{YYYY}{0000}",
        "label": {"en": "Name", "zh_CN": "名称"},
    }
    assert (made["icon"], made["color"]) == ("plane", "teal")
    assert made["plural"] == {"en": "Trips", "zh_CN": "出差"}
    assert "Trip" in await bench.admin.get("/setup/objects")
    await bench.publish("Trips")
    rep = bench.world.caller("rep")
    record = await rep.post("/records/trip", {})
    assert record["name"].startswith("T-")
    lou = bench.world.caller("looker")
    await lou.post("/records/trip", {}, status=403)


async def test_what_a_new_object_lacks_is_told_at_once_and_nothing_is_lost(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/new-object")
    form = typed(
        page.form, ("name", "Bad Name"), ("name_type", "autonumber"), ("format", "no counter")
    )
    back = await bench.admin.post("/setup/objects", form, 422)
    assert "3 things to fix" in back
    assert ("name", "Bad Name") in back.form and ("format", "no counter") in back.form
    assert await bench.operations() == []


@pytest.mark.parametrize(("name", "reason"), [("visit", "exists"), ("site", "exists")])
async def test_a_name_in_use_is_refused(bench: Bench, name: str, reason: str) -> None:
    page = await bench.admin.get("/setup/objects/new-object")
    back = await bench.admin.post("/setup/objects", typed(page.form, *OBJECT, ("name", name)), 422)
    assert reason in back


async def test_the_search_finds_objects_and_their_fields(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects?q=sealed")
    assert "/setup/objects/visit/fields/sealed" in page
    assert "/setup/objects/ledger" not in page
    assert "/setup/objects/ledger" in await bench.admin.get("/setup/objects?q=账簿")
    assert "Nothing is called so" in await bench.admin.get("/setup/objects?q=zzz")


async def test_records_are_counted_for_those_who_may_read_them(bench: Bench) -> None:
    await bench.api.post("/records/site", {"records": [{"name": str(n)} for n in range(3)]})
    page = await bench.admin.get("/setup/objects?q=site")
    row = page.text.partition(">Site</a>")[2].partition("</tr>")[0]
    assert '<td class="st-num" data-slot="d">3' in row


async def test_an_object_is_renamed_in_the_draft_only(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/visit")
    form = typed(page.form, ("label.en", "Call-in"), ("features.history", "-"))
    await bench.admin.post("/setup/objects/visit", form)
    changed = await bench.operation("object", "visit")
    assert changed["label"] == {"en": "Call-in"} and changed["features"]["history"] is False
    assert "Call-in" in await bench.admin.get("/setup/objects")
    described = await bench.api.get("/describe/visit")
    assert described["label"] == "Visit"
    await bench.undo("object:visit")
    assert await bench.operations() == []


async def test_saving_what_is_there_changes_nothing(bench: Bench) -> None:
    for name in ("visit", "site", "user", "task"):
        page = await bench.admin.get(f"/setup/objects/{name}")
        await bench.admin.post(f"/setup/objects/{name}", page.form)
    assert await bench.operations() == []


async def test_an_object_that_others_need_is_not_deleted(bench: Bench) -> None:
    refused = await bench.admin.post("/setup/objects/site/delete", status=422)
    assert "Field Site" in refused.words
    await bench.admin.post("/setup/objects/ledger/delete")
    assert await bench.summary() == ["delete object ledger"]
    assert "To be deleted" in await bench.admin.get("/setup/objects")


async def test_record_types_are_added_changed_and_deleted(bench: Bench) -> None:
    url = "/setup/objects/site/record-types"
    await bench.admin.post(url, [("label.en", "Plant"), ("default", "1"), ("active", "1")])
    await bench.admin.post(url, [("label.en", "Office"), ("default", "1"), ("active", "1")])
    plant, office = [
        await bench.operation("record_type", f"site.{name}") for name in ("plant", "office")
    ]
    assert "default" not in plant and office["default"] is True
    assert (await bench.admin.post(url, [("label.en", "")], 422)).status == 422
    await bench.admin.post(f"{url}/plant", [("label.en", "Works")])
    assert (await bench.operation("record_type", "site.plant"))["active"] is False
    await bench.admin.post(f"{url}/plant/delete")
    assert await bench.summary() == ["create record_type site.office"]


async def test_layouts_and_relations_are_read_aloud(bench: Bench) -> None:
    relations = await bench.admin.get("/setup/objects/site/relations")
    assert "visit.site" in relations and "ledger.site" in relations and "Refuse" in relations
    lists = await bench.admin.get("/setup/objects/visit/layouts")
    assert "By secret" in lists and "Sealed" in lists.words
    body = {
        "label": label("Soon"),
        "columns": ["title"],
        "filter": "INPERIOD(starts_at, 'this_month')",
    }
    await bench.api.publish([operation("list_view", "visit.soon", body)])
    lists = await bench.admin.get("/setup/objects/visit/layouts")
    assert "Starts at this month" in lists.words
    for formula, said in (("active", "Active Yes"), ("NOT(active)", "Active No")):
        body = {"filter": formula}
        await bench.api.publish([operation("list_view", "visit.soon", body, op="update")])
        assert said in (await bench.admin.get("/setup/objects/visit/layouts")).words
    used = await bench.admin.get("/setup/objects/site/used-by")
    assert "Staff" in used.words and "Ledger" in used.words
