"""The field editor: every type, its options, values, rights, places, and what records hold."""

from __future__ import annotations

import pytest
from api_world import field, label, operation
from builder_world import Bench, in_order, typed

from fieldstone.metadata.field_types.registry import FIELD_TYPES

pytestmark = pytest.mark.anyio

NEEDED = {
    "picklist": [("v.0.label.en", "High"), ("v.1.label.en", "Low")],
    "multi_picklist": [("v.0.label.en", "Red"), ("v.1.label.en", "")],
    "lookup": [("o.target", "site")],
    "master_detail": [("o.target", "site")],
    "many_to_many": [("o.target", "user")],
    "polymorphic": [("o.targets", "site")],
}
COMPUTED = ("formula", "rollup")


@pytest.mark.parametrize("name", [each for each in FIELD_TYPES if each not in COMPUTED])
async def test_a_field_of_each_type_is_added_and_published(bench: Bench, name: str) -> None:
    gallery = await bench.admin.get("/setup/objects/ledger/fields/new-field")
    assert f"new-field?type={name}" in gallery
    await bench.add_field("ledger", name, "Extra", *NEEDED.get(name, []))
    assert (await bench.operation("field", "ledger.extra"))["type"] == name
    again = await bench.admin.get("/setup/objects/ledger/fields/extra")
    assert "Preview" in again
    await bench.admin.post("/setup/objects/ledger/fields/extra", again.form)
    assert await bench.summary() == ["create field ledger.extra"]
    await bench.publish()
    fields = (await bench.api.get("/describe/ledger"))["fields"]
    assert {each["name"]: each["type"] for each in fields}["extra"] == name


async def test_saving_what_is_there_changes_nothing(bench: Bench) -> None:
    """For every field of some objects, those of the built-in pack among them."""
    for name in ("visit", "stop", "site", "user", "task", "file"):
        for component in (await bench.api.get("/metadata/field", object=name))["components"]:
            await bench.edit_field(name, component["name"].partition(".")[2])
    assert await bench.operations() == []


async def test_all_problems_come_beside_their_inputs(bench: Bench) -> None:
    page = await bench.add_field(
        "visit",
        "text",
        "",
        ("name", "Not Good"),
        ("o.length", "99999"),
        status=422,
    )
    assert "3 things to fix" in page
    for words in ("Give it a name.", "At most 2000.", 'id="i-o-length-e"', 'id="i-name-e"'):
        assert words in page
    assert ("o.length", "99999") in page.form and ("name", "Not Good") in page.form
    assert await bench.operations() == []


@pytest.mark.parametrize(
    ("type_name", "typed_in", "words"),
    [
        ("decimal", ("o.scale", "two"), "A whole number"),
        ("autonumber", ("o.format", "A-1"), "one counter"),
        ("currency", ("o.currency_code", "yuan"), "Three capital letters"),
        ("phone", ("o.country", "China"), "Two capital letters"),
        ("lookup", ("o.target", ""), "This is needed"),
        ("integer", ("default", "many"), "many"),
        ("picklist", ("v.0.label.en", ""), "value"),
        ("text", ("name", "owner"), "owner"),
        ("text", ("default_formula", "nothing_here + 1"), "nothing_here"),
    ],
)
async def test_a_refused_option_says_what_is_expected(
    bench: Bench, type_name: str, typed_in: tuple[str, str], words: str
) -> None:
    page = await bench.add_field("visit", type_name, "Extra", typed_in, status=422)
    assert words in page
    assert await bench.operations() == []


async def test_options_and_switches_are_kept(bench: Bench) -> None:
    await bench.add_field(
        "visit",
        "decimal",
        "Weight",
        ("label.zh_CN", "重量"),
        ("help.en", "In kilograms"),
        ("o.precision", "10"),
        ("o.scale", "3"),
        ("required", "1"),
        ("audited", "1"),
        ("default", "1.5"),
    )
    made = await bench.operation("field", "visit.weight")
    assert made["label"] == {"en": "Weight", "zh_CN": "重量"}
    assert made["help"] == {"en": "In kilograms"}
    assert (made["precision"], made["scale"], made["default"]) == (10, 3, "1.500")
    assert made["required"] is True and made["audited"] is True and "unique" not in made
    await bench.edit_field("visit", "weight", ("required", "-"), ("default", ""))
    made = await bench.operation("field", "visit.weight")
    assert "required" not in made and "default" not in made


async def test_values_are_pasted_moved_coloured_and_taken_away(bench: Bench) -> None:
    await bench.add_field(
        "visit",
        "picklist",
        "Way",
        ("v.0.label.en", "On site"),
        ("v.0.color", "green"),
        ("v.1.label.en", ""),
        ("v_paste", "电话\tBy phone\nOn site\n视频"),
    )
    values = (await bench.operation("field", "visit.way"))["values"]
    assert in_order(values) == ["on_site", "by_phone", "shi_pin"]
    assert values["by_phone"]["label"] == {"zh_CN": "电话", "en": "By phone"}
    assert values["on_site"]["color"] == "green"
    await bench.publish()
    page = await bench.admin.get("/setup/objects/visit/fields/way")
    rows = [pair for pair in page.form if pair[0].startswith("v.")]
    moved = [each for n in ("2", "0", "1") for each in rows if each[0].startswith(f"v.{n}.")]
    others = [pair for pair in page.form if not pair[0].startswith("v.")]
    changed = typed([*others, *moved], ("v.1.removed", "1"), ("v.0.default", "1"))
    await bench.admin.post("/setup/objects/visit/fields/way", changed)
    patch = (await bench.operation("field", "visit.way"))["values"]
    assert patch["by_phone"]["deleted"] is True and patch["on_site"]["default"] is True
    await bench.publish()
    shown = await bench.api.get("/describe/visit")
    way = next(each for each in shown["fields"] if each["name"] == "way")
    assert [each["code"] for each in way["values"]] == ["shi_pin", "on_site"]


async def test_two_values_may_not_share_a_code(bench: Bench) -> None:
    page = await bench.add_field(
        "visit",
        "picklist",
        "Way",
        ("v.0.label.en", "A"),
        ("v.0.code", "x"),
        ("v.1.label.en", "B"),
        ("v.1.code", "x"),
        status=422,
    )
    assert "occurs more than once" in page


async def test_one_picklist_decides_what_another_offers(bench: Bench) -> None:
    url = "/setup/objects/visit/fields"
    page = await bench.admin.get(f"{url}/new-field?type=picklist")
    form = typed(page.form, ("label.en", "Detail"), ("o.depends_on", "level"))
    redrawn = await bench.admin.post(f"{url}/new-field/form", form, 200)
    assert "Only when Level is" in redrawn
    rows = [("v.0.label.en", "Fine"), ("v.1.label.en", "Coarse")]
    form = typed(redrawn.form, *rows, ("v.0.when", "-"), ("v.1.when", "c"))
    form += [("v.0.when", "a"), ("v.0.when", "b"), ("v.0.when", "c")]
    await bench.admin.post(url, form)
    made = await bench.operation("field", "visit.detail")
    assert made["depends_on"] == "level"
    assert "when" not in made["values"]["fine"] and made["values"]["coarse"]["when"] == ["c"]


async def test_a_picklist_may_use_a_value_set(bench: Bench) -> None:
    form = [("label.en", "Grades"), ("v.0.label.en", "First"), ("v.1.label.en", "Second")]
    await bench.admin.post("/setup/value-sets", form)
    url = "/setup/objects/visit/fields"
    page = await bench.admin.get(f"{url}/new-field?type=picklist")
    redrawn = await bench.admin.post(
        f"{url}/new-field/form", typed(page.form, ("source", "set")), 200
    )
    form = typed(redrawn.form, ("label.en", "Grade"), ("value_set", "grades"))
    await bench.admin.post(url, form)
    made = await bench.operation("field", "visit.grade")
    assert made["value_set"] == "grades" and "values" not in made
    assert "First" in await bench.admin.get(f"{url}/grade")
    listed = await bench.admin.get("/setup/value-sets")
    assert "1 field" in listed.words
    refused = await bench.admin.post("/setup/value-sets/grades/delete", status=422)
    assert "Grade" in refused.words


async def test_who_may_see_a_field_is_written_into_the_sets(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/site/fields/size")
    assert ("a.staff", "edit") in page.form and ("a.looker", "read") in page.form
    await bench.edit_field("site", "size", ("a.staff", "read"), ("a.looker", "none"))
    assert await bench.summary() == [
        "update permission_set looker",
        "update permission_set staff",
    ]
    await bench.publish()
    rep = bench.world.caller("rep")
    described = await rep.get("/describe/site")
    assert {each["name"]: each["editable"] for each in described["fields"]}["size"] is False
    lou = await bench.world.caller("looker").get("/describe/site")
    assert "size" not in {each["name"] for each in lou["fields"]}


async def test_a_new_field_is_seen_by_those_who_see_all_the_others(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/site/fields/new-field?type=text")
    chosen = dict(page.form)
    assert (chosen["a.looker"], chosen["a.staff"]) == ("read", "edit")


async def test_a_new_field_gets_its_place(bench: Bench) -> None:
    form = [("label.en", "Trip"), ("name_type", "text"), ("icon", "plane"), ("color", "blue")]
    await bench.admin.post("/setup/objects", form)
    await bench.add_field("trip", "date", "Day")
    await bench.add_field("trip", "long_text", "Story", ("column", ""))
    layout = await bench.operation("layout", "trip.standard")
    fields = layout["sections"]["basic"]["fields"]
    assert in_order(fields) == ["name", "owner", "day", "story"] and fields["story"]["span"] == 2
    columns = (await bench.operation("list_view", "trip.all"))["columns"]
    assert "day" in columns and "story" not in columns
    await bench.admin.post("/setup/objects/trip/fields/day/delete")
    layout = await bench.operation("layout", "trip.standard")
    assert "day" not in layout["sections"]["basic"]["fields"]


async def test_a_new_field_gets_its_place_in_every_layout(bench: Bench) -> None:
    form = [("label.en", "Trip"), ("name_type", "text"), ("icon", "plane"), ("color", "blue")]
    await bench.admin.post("/setup/objects", form)
    await bench.publish()
    section = {"basic": {"label": label("Basics"), "fields": {"name": {}}}}
    body = {"label": label("Short"), "sections": section}
    await bench.api.publish([operation("layout", "trip.short", body)])
    await bench.add_field("trip", "date", "Day")
    for name in ("trip.standard", "trip.short"):
        layout = await bench.operation("layout", name)
        assert "day" in layout["sections"]["basic"]["fields"]
    await bench.add_field("trip", "date", "Night", ("section", "short/basic"))
    layout = await bench.operation("layout", "trip.standard")
    assert "night" not in layout["sections"]["basic"]["fields"]


async def test_a_change_of_type_is_tried_on_the_records(bench: Bench) -> None:
    titles = ["1", "2", "two", "three", "two", None]
    given = [{"title": each} for each in titles]
    await bench.api.post("/records/visit", {"records": given})
    url = "/setup/objects/visit/fields/title"
    page = await bench.admin.get(url)
    redrawn = await bench.admin.post(f"{url}/form", typed(page.form, ("type", "integer")), 200)
    assert "From Text to Integer." in redrawn
    trial = await bench.admin.post(f"{url}/trial", redrawn.form, 200)
    assert "2 convert, 3 do not, 1 are blank" in trial
    assert "two" in trial and "/o/visit/" in trial
    await bench.admin.post(url, redrawn.form)
    review = await bench.admin.get("/setup/publish")
    assert "1 needs a look first" in review and "do not convert, will be blank" in review
    stored = await bench.api.get("/records/visit", fields="title")
    assert sorted(str(each["title"]) for each in stored["records"]) == sorted(map(str, titles))


async def test_a_text_that_becomes_a_picklist_is_offered_its_texts(bench: Bench) -> None:
    given = [{"title": each} for each in ("North", "North", "South")]
    await bench.api.post("/records/visit", {"records": given})
    url = "/setup/objects/visit/fields/title"
    page = await bench.admin.get(url)
    redrawn = await bench.admin.post(f"{url}/form", typed(page.form, ("type", "picklist")), 200)
    assert ("v.0.label.en", "North") in redrawn.form and ("v.1.label.en", "South") in redrawn.form
    assert "3 convert, 0 do not" in await bench.admin.post(f"{url}/trial", redrawn.form, 200)


async def test_only_types_that_values_can_become_are_offered(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/visit/fields/host")
    assert 'name="type" value="lookup"' in page and 'name="type" value="date"' not in page
    await bench.edit_field("visit", "host", ("type", "date"))
    assert await bench.operations() == []


async def test_the_data_of_a_field_is_shown_as_far_as_it_may_be_read(bench: Bench) -> None:
    given = [{"level": "a", "pin": "hush-hush"}, {"level": "a"}, {"level": "b"}, {}]
    await bench.api.post("/records/visit", {"records": given})
    url = "/setup/objects/visit/fields"
    data = await bench.admin.get(f"{url}/level/data")
    assert "of 4 records filled" in data and "75%" in data and "filter=ISBLANK" in data
    secret = await bench.admin.get(f"{url}/pin/data")
    assert "hush" not in secret and "25%" in secret
    uses = await bench.admin.get(f"{url}/level/uses")
    assert "2 records" in uses and "1 record" in uses
    fill = await bench.admin.get(f"{url}/fill-rates")
    assert 'id="fill-level"' in fill and "75%" in fill
    for name in ("kinds", "guests", "about", "picture", "address", "host", "planned_on", "body"):
        await bench.admin.get(f"{url}/{name}/data")


async def test_a_formula_holds_nothing_to_be_counted(bench: Bench) -> None:
    await bench.api.publish(
        [field("visit.twice", "formula", returns="number", formula="amount * 2")]
    )
    await bench.api.post("/records/visit", {"amount": 1})
    url = "/setup/objects/visit/fields"
    fill = await bench.admin.get(f"{url}/fill-rates")
    assert 'id="fill-amount"' in fill and 'id="fill-twice"' not in fill
    assert f"{url}/amount/data" in await bench.admin.get(f"{url}/amount")
    assert f"{url}/twice/data" not in await bench.admin.get(f"{url}/twice")
    await bench.admin.get(f"{url}/twice/data", status=404)


async def test_deleting_a_field_tells_what_hangs_on_it(bench: Bench) -> None:
    await bench.api.post("/records/visit", {"title": "One", "sealed": "x"})
    url = "/setup/objects/visit/fields"
    asked = await bench.admin.get(f"{url}/title/delete")
    assert "1 record holds a value" in asked and "Delete field</button>" in asked.text
    await bench.admin.post(f"{url}/title/delete")
    assert await bench.summary() == ["delete field visit.title"]
    assert "To be deleted" in await bench.admin.get(url)
    await bench.undo("field:visit.title")
    assert await bench.operations() == []


async def test_what_forbids_deleting_a_field_is_told_instead_of_a_question(bench: Bench) -> None:
    url = "/setup/objects/visit/fields/sealed"
    told = await bench.admin.get(f"{url}/delete")
    refused = await bench.admin.post(f"{url}/delete", status=422)
    for page in (told, refused):
        assert "It cannot be deleted while these need it." in page
        assert page.text.count("By secret") == 1 and "Delete field</button>" not in page.text
    assert await bench.operations() == []
    assert "By secret" in await bench.admin.get(f"{url}/used")


async def test_a_name_that_cannot_be_one_is_told_with_one_that_can(bench: Bench) -> None:
    refused = await bench.add_field("visit", "text", "Weather", ("name", "天气"), status=422)
    assert "For example tian_qi." in refused.text
    reserved = await bench.add_field("visit", "text", "Weather", ("name", "id"), status=422)
    assert reserved.text.count("a name that every object has already") == 2, "summary and input"
    assert await bench.operations() == []


async def test_the_name_of_a_deleted_field_stays_its_own(bench: Bench) -> None:
    await bench.admin.post("/setup/objects/visit/fields/title/delete")
    refused = await bench.add_field("visit", "text", "Other", ("name", "title"), status=422)
    assert "A deleted part is called" in refused
    await bench.publish()
    refused = await bench.add_field("visit", "text", "Other", ("name", "title"), status=422)
    assert "Restore it from the recycle bin" in refused
    await bench.add_field("visit", "text", "Title")
    assert await bench.summary() == ["create field visit.title_2"]


async def test_htmx_gets_the_panel_alone(bench: Bench) -> None:
    page = await bench.admin.get(
        "/setup/objects/visit/fields/title", headers={"hx-request": "true"}
    )
    assert 'id="editor"' in page and "<html" not in page
    form = page.form
    preview = await bench.admin.post("/setup/objects/visit/fields/title/form/preview", form, 200)
    assert "Preview" in preview and "<html" not in preview
