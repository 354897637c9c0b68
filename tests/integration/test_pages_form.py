"""The generated form: every kind of field, refusals, lines, and two people at one record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from api_world import label, operation
from page_world import Browser, Office, changed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def full_visit(office: Office) -> dict[str, Any]:
    """A visit with a value in every field."""
    me = (await office.rep.get("/session"))["user_id"]
    site = await office.admin.post("/records/site", {"name": "North"})
    made: dict[str, Any] = await office.rep.post(
        "/records/visit",
        {
            "title": "Full", "note": "one\ntwo", "body": "<p>Hello <b>you</b></p>",
            "email": "a@example.com", "phone": "138 0013 8000", "url": "https://example.com/a",
            "number": 7, "quantity": "1.250", "share": "40", "amount": "1234.50", "active": True,
            "planned_on": "2026-05-01", "starts_at": "2026-05-01T09:15:33+08:00",
            "clock": "14:30", "took": "1h 30m", "level": "b", "kinds": ["x", "z"], "host": me,
            "site": site["id"], "about": {"object": "site", "id": site["id"]}, "guests": [me],
            "person": {"salutation": "Dr", "last_name": "Doe", "first_name": "Jane"},
            "address": {"city": "上海市", "street": "世纪大道 1 号", "lat": 31.2, "lng": 121.5},
            "region": "310115", "place": {"lat": 31.23, "lng": 121.47}, "stars": 4,
            "colour": "#aabbcc", "data": {"a": [1, None]}, "pin": "1234",
        },
    )  # fmt: skip
    return made


async def test_saving_an_untouched_form_changes_nothing(office: Office, rep: Browser) -> None:
    before = await full_visit(office)
    url = f"/o/visit/{before['id']}/edit"
    form = (await rep.get(url)).form
    assert dict(form)["amount"] == "1234.50"
    await rep.post(url, form)
    assert await office.rep.get(f"/records/visit/{before['id']}") == before


async def test_only_what_was_changed_is_saved(office: Office, rep: Browser) -> None:
    before = await full_visit(office)
    url = f"/o/visit/{before['id']}/edit"
    form = (await rep.get(url)).form
    await rep.post(url, changed(form, title="Renamed", share="45.5%", active="false", level=""))
    after = await office.rep.get(f"/records/visit/{before['id']}")
    assert after["title"] == "Renamed" and after["share"] == "45.50"
    assert after["active"] is False and after["level"] is None
    assert after["starts_at"] == before["starts_at"]
    history = await office.rep.get(f"/records/visit/{before['id']}/history")
    names = {change["field"] for change in history["entries"][0]["changes"]}
    assert names == {"title", "share", "active", "level"}


async def test_a_secret_is_never_shown_and_kept_when_left_empty(
    office: Office, rep: Browser
) -> None:
    before = await full_visit(office)
    url = f"/o/visit/{before['id']}/edit"
    page = await rep.get(url)
    assert "1234<" not in page.text and ("pin", "") in page.form
    await rep.post(url, changed(page.form, title="Other"))
    assert (await office.rep.get(f"/records/visit/{before['id']}"))["pin"] == before["pin"]


async def test_a_record_is_created_with_defaults_and_what_the_address_brings(
    office: Office, rep: Browser
) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    page = await rep.get(f"/o/visit/new?site={site['id']}&title=Hello&sealed=x&fixed=y&nonsense=1")
    values = dict(page.form)
    me = (await office.rep.get("/session"))["user_id"]
    assert values["site"] == site["id"] and values["title"] == "Hello" and values["owner"] == me
    assert ">North</option>" in page and "Assigned on save" in page
    assert "sealed" not in values and "fixed" not in values
    answer = await rep.post("/o/visit/new", changed(page.form, amount="1,200"))
    record_id = answer.headers["location"].rpartition("/")[2]
    stored = await office.admin.get(f"/records/visit/{record_id}")
    assert stored["title"] == "Hello" and stored["amount"] == "1200.00"
    assert stored["site"] == site["id"] and stored["owner"] == me and stored["name"] == "V-0001"
    assert "Visit created" in await rep.get(answer.headers["location"])


async def test_save_and_new_comes_back_to_the_same_form(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    url = f"/o/visit/new?site={site['id']}"
    form = (await rep.get(url)).form
    answer = await rep.post(url, changed(form, title="One", then="new"))
    assert answer.headers["location"] == url
    assert (await office.admin.get("/records/visit"))["records"][0]["title"] == "One"


async def test_a_refusal_keeps_every_value_and_names_every_problem(
    office: Office, rep: Browser
) -> None:
    form = (await rep.get("/o/visit/new")).form
    typed = changed(
        form,
        title="Kept & <safe>", amount="12x", planned_on="some day", email="nobody", kinds="y",
        stops__0__id="", stops__0__quantity="many", stops__0__remark="first",
        stops__1__id="", stops__1__quantity="2", stops__1__remark="second",
    )  # fmt: skip
    page = await rep.post("/o/visit/new", typed, 422)
    again = dict(page.form)
    assert again["title"] == "Kept & <safe>" and again["amount"] == "12x"
    assert again["planned_on"] == "some day" and again["kinds"] == "y"
    assert again["stops.0.quantity"] == "many" and again["stops.1.remark"] == "second"
    for target in ("i-amount", "i-planned_on", "i-email", "i-stops-0-quantity"):
        assert f'href="#{target}"' in page and f'id="{target}-e"' in page
    assert "Line 1: " in page
    assert (await office.admin.get("/records/visit"))["records"] == []
    fixed = changed(
        page.form, amount="12", planned_on="2026-05-01", email="a@example.com",
        stops__0__quantity="3", stops__0__name="A", stops__1__name="B",
    )  # fmt: skip
    await rep.post("/o/visit/new", fixed)
    stops = (await office.admin.get("/records/stop", sort="remark"))["records"]
    assert [(each["remark"], each["quantity"]) for each in stops] == [
        ("first", "3.00"),
        ("second", "2.00"),
    ]


async def test_lines_are_created_changed_and_removed_together(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"title": "Tour"})
    for name in ("A", "B", "C"):
        await office.rep.post("/records/stop", {"visit": visit["id"], "name": name})
    url = f"/o/visit/{visit['id']}/edit"
    page = await rep.get(url)
    assert [dict(page.form)[f"stops.{n}.name"] for n in range(3)] == ["A", "B", "C"]
    typed = changed(
        page.form, stops__0__name="A2", stops__1__delete="1",
        stops__3__id="", stops__3__name="D", stops__3__quantity="5",
        stops__4__id="", stops__4__name="", stops__4__quantity="1",
    )  # fmt: skip
    await rep.post(url, typed)
    stops = (await office.admin.get("/records/stop", sort="name"))["records"]
    assert [(each["name"], each["quantity"], each["version"]) for each in stops] == [
        ("A2", "1.00", 2),
        ("C", "1.00", 1),
        ("D", "5.00", 1),
    ]
    assert all(each["visit"] == visit["id"] for each in stops)


async def test_one_bad_line_saves_nothing(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"title": "Tour"})
    url = f"/o/visit/{visit['id']}/edit"
    form = (await rep.get(url)).form
    typed = changed(form, title="New", stops__0__id="", stops__0__name="", stops__0__remark="x")
    page = await rep.post(url, typed, 422)
    assert "Line 1: Name" in page
    assert (await office.admin.get(f"/records/visit/{visit['id']}"))["title"] == "Tour"
    assert (await office.admin.get("/records/stop"))["records"] == []


async def test_lines_of_another_record_cannot_be_reached(office: Office, rep: Browser) -> None:
    one = await office.rep.post("/records/visit", {"title": "One"})
    two = await office.rep.post("/records/visit", {"title": "Two"})
    stop = await office.rep.post("/records/stop", {"visit": two["id"], "name": "Theirs"})
    url = f"/o/visit/{one['id']}/edit"
    form = (await rep.get(url)).form
    stolen = changed(form, stops__0__id=stop["id"], stops__0__name="Mine")
    await rep.post(url, stolen, 404)
    assert (await office.admin.get(f"/records/stop/{stop['id']}"))["name"] == "Theirs"
    own = (await rep.get(f"/o/visit/{two['id']}/edit")).form
    await rep.post(f"/o/visit/{two['id']}/edit", changed(own, stops__0__name="Mine"))
    assert (await office.admin.get(f"/records/stop/{stop['id']}"))["name"] == "Mine"


async def test_a_stale_line_is_told_and_not_overwritten(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"title": "Tour"})
    stop = await office.rep.post("/records/stop", {"visit": visit["id"], "name": "A"})
    url = f"/o/visit/{visit['id']}/edit"
    form = (await rep.get(url)).form
    await office.admin.patch(f"/records/stop/{stop['id']}", {"name": "Theirs"})
    page = await rep.post(url, changed(form, stops__0__name="Mine"), 422)
    assert dict(page.form)["stops.0.name"] == "Mine"
    assert (await office.admin.get(f"/records/stop/{stop['id']}"))["name"] == "Theirs"


async def test_two_people_at_one_record_are_asked_whose_value_stays(
    office: Office, rep: Browser
) -> None:
    visit = await full_visit(office)
    url, path = f"/o/visit/{visit['id']}/edit", f"/records/visit/{visit['id']}"
    form = (await rep.get(url)).form
    await office.admin.patch(path, {"title": "Theirs", "number": 9, "note": "theirs"})
    mine = changed(form, title="Mine", note="mine", colour="#000000")
    page = await rep.post(url, mine, 409)
    assert "Somebody else changed this record" in page and "Ada" in page
    assert "keep.title" in page and "keep.note" in page and "keep.colour" not in page
    assert "keep.number" not in page and "Only they changed these" in page
    assert dict(page.form)["title"] == "Mine" and dict(page.form)["number"] == "9"
    assert (await office.admin.get(path))["title"] == "Theirs"
    await rep.post(url, changed(page.form, keep__title="mine", keep__note="theirs"))
    after = await office.admin.get(path)
    assert after["title"] == "Mine" and after["note"] == "theirs"
    assert after["number"] == 9 and after["colour"] == "#000000"


async def test_hidden_fields_are_neither_shown_nor_taken(office: Office, rep: Browser) -> None:
    visit = await office.admin.post("/records/visit", {"title": "A", "sealed": "s", "fixed": "f"})
    url = f"/o/visit/{visit['id']}/edit"
    page = await rep.get(url)
    names = [name for name, _ in page.form]
    assert "sealed" not in names and "fixed" not in names and "Sealed part" not in page
    await rep.post(url, changed(page.form, title="B", sealed="x", fixed="y"))
    stored = await office.admin.get(f"/records/visit/{visit['id']}")
    assert (stored["title"], stored["sealed"], stored["fixed"]) == ("B", "s", "f")
    admin = await office.browser("admin")
    form = (await admin.get(url)).form
    await admin.post(url, changed(form, sealed="x", fixed="y"))
    stored = await office.admin.get(f"/records/visit/{visit['id']}")
    assert (stored["sealed"], stored["fixed"]) == ("x", "y")


async def test_who_may_not_edit_gets_no_form(office: Office) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    looker = await office.browser("looker")
    for path in ("/o/site/new", f"/o/site/{site['id']}/edit"):
        await looker.get(path, 403)
        await looker.post(path, {"name": "South"}, 403)
    assert (await office.admin.get(f"/records/site/{site['id']}"))["name"] == "North"
    rep = await office.browser("rep")
    form = (await rep.get(f"/o/site/{site['id']}/edit")).form
    await rep.post(f"/o/site/{site['id']}/edit", changed(form, name="South"))
    assert (await office.admin.get(f"/records/site/{site['id']}"))["name"] == "South"


async def test_dependent_choices_know_their_condition(office: Office, rep: Browser) -> None:
    values = {
        "north": {"label": {"en": "North"}, "when": ["a"]},
        "south": {"label": {"en": "South"}, "when": ["b", "c"]},
    }
    body = {"type": "picklist", "label": {"en": "Wing"}, "depends_on": "level", "values": values}
    operation = {"op": "create", "kind": "field", "name": "visit.wing", "body": body}
    layout: dict[str, Any] = {"sections": {"main": {"fields": {"wing": {}}}}}
    await office.admin.publish(
        [
            operation,
            {"op": "update", "kind": "layout", "name": "visit.standard", "body": layout},
            {
                "op": "update", "kind": "permission_set", "name": "staff",
                "body": {"objects": {"visit": {"fields": {"wing": "edit"}}}},
            },
        ]
    )  # fmt: skip
    page = await rep.get("/o/visit/new")
    assert 'data-depends="level"' in page and 'data-when="b c"' in page
    refused = await rep.post("/o/visit/new", changed(page.form, level="a", wing="south"), 422)
    assert 'href="#i-wing"' in refused
    await rep.post("/o/visit/new", changed(page.form, level="a", wing="north"))
    assert (await office.admin.get("/records/visit"))["records"][0]["wing"] == "north"


async def test_a_record_type_brings_its_layout(office: Office, rep: Browser) -> None:
    types = [
        {"op": "create", "kind": "record_type", "name": f"site.{name}",
         "body": {"label": {"en": name.title()}, "default": name == "plant"}}
        for name in ("plant", "shop")
    ]  # fmt: skip
    layout = {
        "label": {"en": "Shop"},
        "record_types": ["shop"],
        "sections": {"main": {"label": {"en": "Shop part"}, "fields": ["name", "code"]}},
    }
    await office.admin.publish(
        [*types, {"op": "create", "kind": "layout", "name": "site.shop", "body": layout}]
    )
    page = await rep.get("/o/site/new")
    assert "Record type: Plant" in page and "record_type=shop" in page and "Shop part" not in page
    page = await rep.get("/o/site/new?record_type=shop")
    assert "Shop part" in page and ("record_type", "shop") in page.form
    answer = await rep.post("/o/site/new", changed(page.form, name="Corner"))
    assert "Shop part" in await rep.get(answer.headers["location"])
    assert (await office.admin.get("/records/site"))["records"][0]["record_type"] == "shop"


async def test_one_field_is_edited_where_it_stands(office: Office, rep: Browser) -> None:
    visit = await full_visit(office)
    url = f"/o/visit/{visit['id']}/field"
    page = await rep.get(f"/o/visit/{visit['id']}")
    assert f'hx-get="{url}/title"' in page and f'hx-get="{url}/fixed"' not in page
    form = await rep.get(f"{url}/amount")
    assert "<html" not in form.text and 'value="1234.50"' in form
    bad = await rep.post(f"{url}/amount", {"amount": "12x", "version": "1"}, 422)
    assert 'value="12x"' in bad and 'id="i-amount-e"' in bad
    good = await rep.post(f"{url}/amount", {"amount": "99", "version": "1"}, 200)
    assert re.search(r"99\.00", good.text) and 'id="f-amount"' in good
    stale = await rep.post(f"{url}/title", {"title": "x", "version": "1"}, 422)
    assert 'value="x"' in stale
    stored = await office.admin.get(f"/records/visit/{visit['id']}")
    assert stored["amount"] == "99.00" and stored["title"] == "Full"
    for name in ("fixed", "sealed", "nonsense", "created_at"):
        await rep.get(f"{url}/{name}", 404)
        await rep.post(f"{url}/{name}", {name: "x"}, 404)


async def test_a_warning_may_be_meant_so(office: Office, rep: Browser) -> None:
    """Nothing is saved until somebody says so; what refuses outright cannot be talked over."""
    odd = {"when": "title = 'odd'", "severity": "warning", "message": label("Really odd?")}
    never = {"when": "title = 'never'", "message": label("Never.")}
    await office.admin.publish(
        [
            operation("validation_rule", "visit.odd", {**odd, "field": "title"}),
            operation("validation_rule", "visit.never", never),
        ]
    )
    form = changed((await rep.get("/o/visit/new")).form, title="odd")
    asked = await rep.post("/o/visit/new", form, 422)
    assert "Is it meant so? Nothing is saved yet." in asked.words and "Really odd?" in asked.words
    assert (await office.admin.get("/records/visit"))["records"] == []
    meant = ("warnings_meant", "1")
    refused = await rep.post("/o/visit/new", [*changed(asked.form, title="never"), meant], 422)
    assert "Save all the same" not in refused.words
    await rep.post("/o/visit/new", [*asked.form, meant])
    saved = (await office.admin.get("/records/visit"))["records"]
    assert [each["title"] for each in saved] == ["odd"]
