"""Validation rules, formula fields and roll-ups in the builder: made, changed, refused, deleted."""

from __future__ import annotations

from html import unescape

import pytest
from builder_world import Bench, typed

pytestmark = pytest.mark.anyio

RULES = "/setup/objects/visit/rules"
GOOD = (
    ("when", "AND(ISNEW(), planned_on < TODAY())"),
    ("field", "planned_on"),
    ("message.en", "A new {visit} cannot be in the past."),
    ("message.zh_CN", "新{visit}不能早于今天。"),
    ("name", "not_in_past"),
)


async def add(bench: Bench, *values: tuple[str, str], status: int = 303) -> str:
    page = await bench.admin.get(f"{RULES}/new-rule")
    return unescape((await bench.admin.post(RULES, typed(page.form, *values), status)).text)


async def test_a_rule_is_made_published_and_holds(bench: Bench) -> None:
    await add(bench, *GOOD)
    assert await bench.operation("validation_rule", "visit.not_in_past") == {
        "when": "AND(ISNEW(), planned_on < TODAY())",
        "field": "planned_on",
        "message": {
            "en": "A new {visit} cannot be in the past.",
            "zh_CN": "新{visit}不能早于今天。",
        },
    }
    page = await bench.admin.get(RULES)
    assert "A new Visit cannot be in the past." in page.text
    review = await bench.admin.get("/setup/publish")
    assert "Validation rule A new Visit cannot be in the past" in review.words
    await bench.publish()
    refused = await bench.api.post("/records/visit", {"planned_on": "2020-01-01"}, status=422)
    assert refused["problems"][0]["path"] == "planned_on"
    assert refused["problems"][0]["message"] == "A new Visit cannot be in the past."


async def test_a_rule_is_changed_switched_off_and_deleted(bench: Bench) -> None:
    await add(bench, *GOOD)
    await bench.publish()
    url = f"{RULES}/not_in_past"
    form = (await bench.admin.get(url)).form
    changed = (("when", "ISBLANK(title)"), ("active", "-"), ("after_rollups", "1"))
    await bench.admin.post(url, typed(form, *changed))
    assert await bench.operation("validation_rule", "visit.not_in_past") == {
        "when": "ISBLANK(title)",
        "active": False,
        "after_rollups": True,
    }
    assert "Not applied" in (await bench.admin.get(RULES)).text
    await bench.admin.post(f"{url}/delete")
    assert await bench.summary() == ["delete validation_rule visit.not_in_past"]
    await bench.admin.get(url, 404)


async def test_everything_that_is_wrong_is_told_at_once(bench: Bench) -> None:
    text = await add(bench, ("when", "plannd_on < TODAY()"), status=422)
    assert "Did you mean planned_on?" in text
    assert "2 things to fix" in text
    text = await add(bench, *GOOD, ("when", "amount"), status=422)
    assert "must give a condition" in text
    assert "A new {visit} cannot be in the past." in text
    text = await add(bench, *GOOD, ("name", "Not In Past"), status=422)
    assert "lower-case letters" in text
    assert await bench.operations() == []
    await add(bench, *GOOD)
    assert "1 thing to fix" in await add(bench, *GOOD, status=422)


async def test_test_cases_are_kept_with_a_rule(bench: Bench) -> None:
    await add(bench, *GOOD)
    url = "/setup/formula?kind=validation_rule&name=visit.not_in_past&place=when"
    cases = '[{"name": "late", "values": {"title": "", "number": "1"}, "expected": "true"}]'
    form = (await bench.admin.get(url)).form
    await bench.admin.post(url, typed(form, ("formula", "number = 1"), ("tests", cases)))
    body = await bench.operation("validation_rule", "visit.not_in_past")
    assert body["when"] == "number = 1"
    assert body["tests"] == [{"name": "late", "values": {"number": "1"}, "expected": "true"}]
    for broken in ("{", "[1]", '[{"name": 1, "values": {}}]', "5"):
        page = await bench.admin.post(url, typed(form, ("tests", broken)), 422)
        assert "The test cases cannot be read" in page.text


async def test_a_formula_field_is_made_and_computed(bench: Bench) -> None:
    await bench.add_field(
        "visit",
        "formula",
        "Bonus",
        ("o.returns", "currency"),
        ("o.scale", "2"),
        ("o.formula", "IF(amount > 100, ROUND(amount * 0.02, 2), 0)"),
    )
    body = await bench.operation("field", "visit.bonus")
    assert body["returns"] == "currency"
    assert body["formula"] == "IF(amount > 100, ROUND(amount * 0.02, 2), 0)"
    await bench.publish()
    visit = await bench.api.post("/records/visit", {"amount": "1000"})
    assert (await bench.api.get(f"/records/visit/{visit['id']}"))["bonus"] == "20.00"
    assert "Formula · Amount of money" in await bench.admin.get("/setup/objects/visit/fields")


async def test_a_formula_field_with_faults_is_told(bench: Bench) -> None:
    formula = ("o.formula", "amuont * 2")
    page = await bench.add_field("visit", "formula", "Bonus", formula, status=422)
    assert "Did you mean amount?" in unescape(page.text)
    page = await bench.add_field("visit", "formula", "Bonus", status=422)
    assert 'aria-invalid="true"' in page.text
    text = ("o.returns", "text")
    page = await bench.add_field("visit", "formula", "Bonus", text, ("o.formula", "1"), status=422)
    assert "must give a text" in unescape(page.text)


async def test_test_cases_stay_when_the_field_is_edited_and_must_hold(bench: Bench) -> None:
    await bench.add_field("visit", "formula", "Bonus", ("o.formula", "amount * 2"))
    url = "/setup/formula?kind=field&name=visit.bonus&place=formula"
    form = (await bench.admin.get(url)).form
    cases = '[{"name": "two", "values": {"amount": "2"}, "expected": "%s"}]'
    wrong = await bench.admin.post(url, typed(form, ("tests", cases % "5")), 422)
    assert "two" in wrong.text
    await bench.admin.post(url, typed(form, ("tests", cases % "4")))
    await bench.edit_field("visit", "bonus", ("label.en", "Double"))
    body = await bench.operation("field", "visit.bonus")
    assert body["label"]["en"] == "Double"
    assert body["tests"][0]["expected"] == "4"


async def test_a_roll_up_is_made_and_summed(bench: Bench) -> None:
    new = "/setup/objects/visit/fields/new-field"
    first = await bench.admin.get(f"{new}?type=rollup")
    assert '<option value="stop"' in first.text
    chosen = typed(first.form, ("o.child", "stop"), ("label.en", "Stops"))
    redrawn = await bench.admin.post(f"{new}/form", chosen, 200)
    assert '<option value="visit" selected>' in redrawn.text
    values = (("o.child", "stop"), ("o.via", "visit"), ("o.function", "count"))
    await bench.add_field("visit", "rollup", "Stops", *values)
    body = await bench.operation("field", "visit.stops")
    assert (body["child"], body["via"], body["function"]) == ("stop", "visit", "count")
    await bench.publish()
    visit = await bench.api.post("/records/visit", {"title": "x"})
    await bench.api.post("/records/stop", {"name": "one", "visit": visit["id"]})
    assert (await bench.api.get(f"/records/visit/{visit['id']}"))["stops"] == 1
