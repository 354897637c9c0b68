"""Formula fields that sum up related lists: in records, lists, filters, sorts and groups, on one
another and over links, and who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, Operations, World, codes, field, operation
from conftest import FrozenClock
from test_api_formula import names
from test_formula_fields import formula
from test_rename import named, rename

pytestmark = pytest.mark.anyio

FORMULAS: Operations = [
    formula("visit.fee", "currency", "ROUND(quantity * amount, 2)"),
    formula("visit.per_unit", "number", "amount / quantity", scale=2),
    formula("site.visits_made", "number", "COUNT(visits)", scale=0),
    formula("site.big_visits", "number", "COUNT(visit_by_site, visits.amount > 50)", scale=0),
    formula("site.earned", "currency", "SUM(visits.fee)"),
    formula("site.earned_a", "currency", "SUM(visits.fee, visits.level = 'a')"),
    formula("site.mean", "number", "AVG(visits.amount)", scale=3),
    formula("site.mean_unit", "number", "AVG(visits.per_unit)", scale=3),
    formula("site.share", "percent", "MAX(visits.share)", scale=1),
    formula("site.last_day", "date", "MAX(visits.planned_on)"),
    formula("site.next_title", "text", "FIRST(visits.title, visits.planned_on)"),
    formula("site.last_title", "text", "LAST({Visits}.title, {Visits}.planned_on)"),
    formula("site.titles", "text", "JOIN(visits.title, ', ', visits.amount > 0)"),
    formula("site.late", "boolean", "ANY(visits, visits.planned_on < TODAY())"),
    formula("site.done", "boolean", "ALL(visits, visits.active)"),
    formula("site.levels", "number", "COUNTDISTINCT(visits.level)", scale=0),
    formula("site.below", "number", "COUNT(sites, sites.size > 5)", scale=0),
    formula("site.hosts", "number", "COUNT(visits, visits.site.name = 'North')", scale=0),
    formula("site.mine", "number", "COUNT(visits, visits.owner = $user.id)", scale=0),
    formula("site.summary", "text", "FORMATCURRENCY('USD', SUM(visits.fee))"),
    formula("site.twice", "currency", "earned * 2 + visits_made"),
    formula("visit.of_site", "currency", "site.earned / site.visits_made", blanks="blank"),
    formula("visit.of_above", "number", "site.parent.below", scale=0),
]


@pytest.fixture
async def made(admin: Caller, frozen_clock: FrozenClock) -> Caller:
    await admin.publish(FORMULAS)
    return admin


async def sites(admin: Caller) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    root = await admin.post("/records/site", {"name": "Root", "size": 1})
    north = await admin.post("/records/site", {"name": "North", "size": 20, "parent": root["id"]})
    south = await admin.post("/records/site", {"name": "South", "size": 5, "parent": root["id"]})
    bodies = [
        {"title": "a", "quantity": "2", "amount": "60.01", "level": "a", "share": "12.5"},
        {"title": "b", "quantity": "1", "amount": "10", "level": "b", "planned_on": "2026-02-27"},
        {"title": "c", "quantity": "0", "amount": "5", "level": "a", "planned_on": "2020-02-27"},
        {"title": "d", "active": True},
    ]
    for body in bodies:
        await admin.post("/records/visit", {**body, "site": north["id"]})
    await admin.post("/records/visit", {"title": "e", "active": True, "site": south["id"]})
    await admin.post("/records/visit", {"title": "nowhere", "amount": "1000"})
    gone = await admin.post("/records/visit", {"title": "x", "amount": "70", "site": north["id"]})
    await admin.delete(f"/records/visit/{gone['id']}")
    return root, north, south


async def test_computed_when_read(made: Caller) -> None:
    root, north, south = await sites(made)
    read = await made.get(f"/records/site/{north['id']}")
    expected = {
        "visits_made": "4", "big_visits": "1", "earned": "130.02", "earned_a": "120.02",
        "mean": "25.003", "mean_unit": "20.005", "share": "12.5", "last_day": "2026-02-27",
        "next_title": "c", "last_title": "b", "late": True, "done": False,
        "levels": "2", "below": "0", "hosts": "4", "mine": "4", "twice": "264.04",
    }  # fmt: skip
    assert {name: read[name] for name in expected} == expected
    assert sorted(read["titles"].split(", ")) == ["a", "b", "c"]
    assert "130.02" in read["summary"]
    empty = await made.get(f"/records/site/{root['id']}")
    nothing = {
        "visits_made": "0", "earned": "0.00", "mean": None, "last_day": None, "next_title": None,
        "titles": None, "late": False, "done": True, "levels": "0", "below": "1",
    }  # fmt: skip
    assert {name: empty[name] for name in nothing} == nothing
    assert (await made.get(f"/records/site/{south['id']}"))["done"] is True


async def test_python_says_what_the_database_says(made: Caller) -> None:
    """Computed in Python when saved, in SQL when read."""
    _, north, south = await sites(made)
    for site in (north, south):
        saved = await made.patch(f"/records/site/{site['id']}", {"budget": "7"})
        assert saved == await made.get(f"/records/site/{site['id']}")
    body = {"title": "f", "amount": "1", "quantity": "3", "site": north["id"]}
    visit = await made.post("/records/visit", body)
    read = await made.get(f"/records/visit/{visit['id']}")
    assert (read["of_site"], read["of_above"]) == ("26.60", "1")
    assert {**visit, "guests": []} == read
    alone = await made.post("/records/visit", {"title": "g"})
    read = await made.get(f"/records/visit/{alone['id']}")
    assert {**alone, "guests": []} == read
    assert read["of_site"] is None


async def test_filtered_sorted_and_grouped(made: Caller) -> None:
    await sites(made)
    listed = {each["name"]: each for each in (await made.get("/records/site"))["records"]}
    assert [name for name, each in listed.items() if "130.02" in each["summary"]] == ["North"]
    found = await made.get("/records/site", filter="earned > 100 AND late", sort="-earned")
    assert [each["name"] for each in found["records"]] == ["North"]
    found = await made.get("/records/site", sort="-visits_made,name", limit="2")
    assert [each["name"] for each in found["records"]] == ["North", "South"]
    rest = await made.get(
        "/records/site", sort="-visits_made,name", limit="2", cursor=found["next"]
    )
    assert [each["name"] for each in rest["records"]] == ["Root"]
    over = await made.get("/records/visit", filter="site.visits_made = 4 AND of_site > 30")
    assert {each["title"] for each in over["records"]} == {"a", "b", "c", "d"}
    query = {
        "object": "site",
        "group_by": ["done"],
        "aggregates": {"n": "COUNT()", "sum": "SUM(earned)", "most": "MAX(visits_made)"},
    }
    rows = {each["done"]: each for each in (await made.post("/query", query, status=200))["rows"]}
    assert rows[False]["sum"] == "130.02"
    assert (rows[True]["n"], rows[True]["most"]) == (2, "1")


async def test_readable_only_with_all_it_is_made_of(made: Caller, rep: Caller) -> None:
    """`sealed` is hidden from the representative, ledgers altogether."""
    await made.publish(
        [
            formula("site.hints", "text", "JOIN(visits.sealed, ',')"),
            formula("site.sealed_ones", "number", "COUNT(visits, NOT ISBLANK(visits.sealed))"),
            formula("site.books", "number", "COUNT(ledgers)"),
            formula("site.told", "number", "COUNT(ledgers)", publish_result=True, scale=0),
        ]
    )
    site = await made.post("/records/site", {"name": "S"})
    await made.post("/records/visit", {"title": "t", "sealed": "secret", "site": site["id"]})
    await made.post("/records/ledger", {"name": "l", "site": site["id"]})
    path = f"/records/site/{site['id']}"
    seen, known = await rep.get(path), await made.get(path)
    assert known["hints"] == "secret"
    assert not {"hints", "sealed_ones", "books"} & set(seen)
    assert (seen["told"], seen["visits_made"]) == ("1", "1")
    for name in ("hints", "sealed_ones", "books"):
        for place in ({"filter": f"ISBLANK({name})"}, {"sort": name}, {"fields": name}):
            await rep.get("/records/site", status=422, **place)


async def test_nobody_asks_about_lists_in_a_filter(made: Caller, rep: Caller) -> None:
    for text in ("COUNT(visits) > 1", "visits.amount > 1", "ANY(visits, visits.sealed = 'x')"):
        for caller in (made, rep):
            answer = await caller.get("/records/site", status=422, filter=text)
            assert all(each["message"] for each in answer["problems"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("COUNT(visit)", "formula.unknown_list"),
        ("COUNT(size)", "formula.unknown_list"),
        ("SUM(visits)", "formula.list_field_needed"),
        ("visits.amount", "formula.list_not_summed"),
        ("SUM(visits.amount, size > 1)", "formula.not_of_list"),
        ("SUM(visits.of_site)", "formula.nested_list"),
        ("SUM(visits.titel)", "formula.unknown_field"),
        ("SUM(visits.title)", "formula.arg_type"),
        ("+".join(["COUNT(visits)"] * 6), "formula.too_many_lists"),
        ("SUM(visits.site.parent.parent.parent.parent.size)", ""),
        ("SUM(visits.site.parent.parent.parent.parent.parent.size)", "formula.too_many_hops"),
    ],
)
async def test_formulas_that_cannot_be(made: Caller, text: str, code: str) -> None:
    operations = [formula("site.odd", "number", text)]
    draft = await made.post("/changesets", {"title": "t", "operations": operations})
    assert [each["code"] for each in draft["problems"]] == ([code] if code else [])
    assert all(each["message"] for each in draft["problems"])


async def test_two_links_leave_only_the_long_names(made: Caller) -> None:
    second = field("ledger.second", "lookup", target="site")
    operations = [second, formula("site.odd", "number", "COUNT(ledgers)")]
    draft = await made.post("/changesets", {"title": "t", "operations": operations})
    assert [each["code"] for each in draft["problems"]] == ["formula.unknown_list"]
    await made.publish(
        [
            second,
            formula(
                "site.both", "number", "COUNT(ledger_by_second) - COUNT(ledger_by_site)", scale=0
            ),
        ]
    )
    site = await made.post("/records/site", {"name": "S"})
    await made.post("/records/ledger", {"name": "l", "second": site["id"]})
    assert (await made.get(f"/records/site/{site['id']}"))["both"] == "1"


async def test_a_field_comes_before_a_list_of_its_name(made: Caller) -> None:
    operations = [field("site.ledgers", "integer"), formula("site.odd", "number", "COUNT(ledgers)")]
    draft = await made.post("/changesets", {"title": "t", "operations": operations})
    assert [each["code"] for each in draft["problems"]] == ["formula.unknown_list"]


async def test_rings_over_lists_are_told(made: Caller) -> None:
    operations = [
        formula("site.total", "number", "SUM(visits.part)"),
        formula("visit.part", "number", "site.total / 2"),
    ]
    draft = await made.post("/changesets", {"title": "t", "operations": operations})
    messages = [each["message"] for each in draft["problems"]]
    assert any("site.total → visit.part → site.total" in each for each in messages), messages


@pytest.mark.parametrize(
    ("kind", "name", "user"),
    [
        ("field", "visit.quantity", "fee"),
        ("field", "visit.planned_on", "last_day"),
        ("field", "visit.site", "visits_made"),
        ("object", "visit", "visits_made"),
    ],
)
async def test_a_source_that_is_in_use_stays(made: Caller, kind: str, name: str, user: str) -> None:
    delete = {"op": "delete", "kind": kind, "name": name}
    draft = await made.post("/changesets", {"title": "t", "operations": [delete]})
    assert any(user in each["path"] for each in draft["problems"]), draft["problems"]


async def test_a_field_of_another_name_takes_its_lists_along(made: Caller) -> None:
    await made.publish([rename("visit.amount", "worth"), rename("visit.site", "place_of")])
    written = {
        name: (await named(made, "field", f"site.{name}"))["formula"]
        for name in ("big_visits", "hosts", "mean")
    }
    assert written == {
        "big_visits": "COUNT(visit_by_place_of, visits.worth > 50)",
        "hosts": "COUNT(visits, visits.place_of.name = 'North')",
        "mean": "AVG(visits.worth)",
    }


async def test_no_rollup_over_a_list(made: Caller) -> None:
    rollup = field("site.sum_below", "rollup", child="site", via="parent", function="sum",
                   field="earned")  # fmt: skip
    draft = await made.post("/changesets", {"title": "t", "operations": [rollup]})
    assert "metadata.rollup_of_list" in {each["code"] for each in draft["problems"]}


async def test_rules_look_at_lists(made: Caller) -> None:
    rule = {
        "label": {"en": "Enough"},
        "when": "SUM(visits.fee) > budget",
        "message": {"en": "Too little"},
        "field": "budget",
    }
    await made.publish([operation("validation_rule", "site.enough", rule)])
    _, north, _ = await sites(made)
    path = f"/records/site/{north['id']}"
    refused = await made.patch(path, {"budget": "130"}, status=422)
    assert codes(refused) == {"budget": "rule.refused"}
    await made.patch(path, {"budget": "131"})


async def test_neither_defaults_nor_sections_know_lists(made: Caller) -> None:
    operations = [
        field("visit.guess", "currency", default_formula="site.earned"),
        operation(
            "layout",
            "site.other",
            {
                "label": {"en": "Other"},
                "sections": {
                    "main": {
                        "label": {"en": "Main"},
                        "visible_when": "visits_made > 1",
                        "fields": {"name": {}},
                    }
                },
            },
        ),
    ]
    draft = await made.post("/changesets", {"title": "t", "operations": operations})
    assert [each["code"] for each in draft["problems"]] == ["formula.not_allowed_in_context"] * 2


async def test_tried_on_a_record(made: Caller, rep: Caller, world: World) -> None:
    _, north, _ = await sites(made)
    body = {
        "object": "site",
        "formula": "SUM(visits.fee) + visits_made",
        "returns": "currency",
        "record_id": north["id"],
    }
    tried = await made.post("/formula/evaluate", body, status=200)
    assert (tried["value"], tried["unread"]) == ("134.02", [])
    checked = await made.post("/formula/check", body, status=200)
    assert [(each["path"], each["label"]) for each in checked["fields"]] == [
        ("visits.quantity", "Visits / Quantity"),
        ("visits.amount", "Visits / Amount"),
    ]
    assert (checked["indexable"], checked["python_only"]) == (False, False)
    hidden = {**body, "formula": "COUNT(visits, visits.sealed = 'x')"}
    answer = await rep.post("/formula/evaluate", hidden, status=200)
    assert [each["code"] for each in answer["faults"]] == ["formula.unknown_field"]
    unknown = {**body, "formula": "COUNT(ledgers)"}
    answer = await rep.post("/formula/evaluate", unknown, status=200)
    assert [each["code"] for each in answer["faults"]] == ["formula.unknown_list"]


async def test_names_for_whoever_writes_one(made: Caller, rep: Caller) -> None:
    told = await made.get("/formula/names", object="site")
    lists = {each["name"]: each for each in told["lists"]}
    assert lists["visits"]["label"] == "Visits"
    assert lists["visits"]["target"] == "visit"
    assert {"ledgers", "sites"} <= set(lists)
    theirs = (await rep.get("/formula/names", object="site"))["lists"]
    assert "ledgers" not in {each["name"] for each in theirs}
    after = await names(made, object="site", path="visits")
    assert "fee" in {each["name"] for each in after["names"]}
    assert (after["object"], after["lists"]) == ("visit", [])
    after = await names(made, object="site", path="visits.site")
    assert "budget" in {each["name"] for each in after["names"]}
