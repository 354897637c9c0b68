"""What is computed from a hidden field, or chosen by one, tells nothing of it: neither its value
nor its name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from api_world import Caller, Operations, World, field, label, operation, values

pytestmark = pytest.mark.anyio

VALUE = "DEEPLY-HIDDEN"


def formula(name: str, text: str, returns: str = "number", **more: Any) -> dict[str, Any]:
    return field(name, "formula", returns=returns, formula=text, **more)


def counted(name: str, **more: Any) -> dict[str, Any]:
    sealed = f"sealed = '{VALUE}'"
    return field(name, "rollup", child="visit", via="site", function="count", filter=sealed, **more)


CHAINS: Operations = [
    counted("site.sealed_count"),
    formula("site.twice", "sealed_count * 2"),
    formula("visit.of_site", "site.twice + 1"),
    field("site.most", "rollup", child="visit", via="site", function="max", field="of_site"),
    counted("site.told", publish_result=True),
    formula("site.told_twice", "told * 2"),
]


async def test_formulas_over_a_closed_rollup_are_closed(admin: Caller, rep: Caller) -> None:
    """However many computed fields stand between; what is published is open to all of them."""
    await admin.publish(CHAINS)
    site = await admin.post("/records/site", {"name": "S"})
    visit = await admin.post("/records/visit", {"sealed": VALUE, "site": site["id"]})
    for path, names in (
        (f"/records/site/{site['id']}", {"sealed_count", "twice", "most"}),
        (f"/records/visit/{visit['id']}", {"of_site"}),
    ):
        assert names <= set(await admin.get(path))
        assert not names & set(await rep.get(path))
    for name in ("twice", "most"):
        await admin.get("/records/site", filter=f"{name} >= 0")
        await rep.get("/records/site", status=422, filter=f"{name} >= 0")
    seen = await rep.get(f"/records/site/{site['id']}")
    assert (seen["told"], seen["told_twice"]) == (1, "2.00")


async def test_a_published_result_keeps_its_sources_to_itself(admin: Caller, rep: Caller) -> None:
    await admin.publish([formula("visit.told", "sealed & '!'", "text", publish_result=True)])
    visit = await admin.post("/records/visit", {"sealed": VALUE})
    asked = {"object": "visit", "formula": "told & '?'", "record_id": visit["id"]}
    assert (await rep.get(f"/records/visit/{visit['id']}"))["told"] == f"{VALUE}!"
    for path in ("/formula/check", "/formula/evaluate"):
        whole = await admin.post(path, asked, status=200)
        part = await rep.post(path, asked, status=200)
        assert "evaluate" in path or [each["path"] for each in whole["fields"]] == ["sealed"]
        assert "sealed" not in str(part).lower()
    for answer in (whole, part):
        assert (answer["value"], answer["unread"]) == (f"{VALUE}!?", []), "as reading it gives"
    for path in ("/formula/check", "/formula/evaluate"):
        assert not (await admin.post(path, {**asked, "formula": "sealed"}, status=200))["faults"]
        refused, unknown = [
            await rep.post(path, {**asked, "formula": name}, status=200)
            for name in ("sealed", "seated")
        ]
        assert refused["faults"][0]["code"] == "formula.unknown_field"
        assert str(refused).replace("sealed", "seated") == str(unknown)


async def test_published_results_are_tried_as_they_are_read(admin: Caller, rep: Caller) -> None:
    """Percentages in their scale, over links and in related lists; by hand only as they are."""
    await admin.publish(
        [
            formula("visit.part", "LEN(sealed) / 100", "percent", publish_result=True),
            formula("visit.fits", "LEN(sealed) > 1", "boolean", publish_result=True),
        ]
    )
    site = await admin.post("/records/site", {"name": "S"})
    visit = await admin.post("/records/visit", {"sealed": VALUE, "site": site["id"]})
    share = len(VALUE)
    for name, record, text, value in (
        ("visit", visit, "part * 100", share),
        ("visit", visit, "IF(fits, 1, 2)", 1),
        ("site", site, "SUM(visits.part) * 100", share),
        ("site", site, "COUNT(visits, visits.fits)", 1),
    ):
        asked = {"object": name, "formula": text, "record_id": record["id"]}
        for caller in (admin, rep):
            found = await caller.post("/formula/evaluate", asked, status=200)
            assert (Decimal(found["value"]), found["unread"]) == (value, []), (text, found)
    given = {"object": "visit", "formula": "part * 100", "values": {"part": "7"}}
    found = await rep.post("/formula/evaluate", given, status=200)
    assert Decimal(found["value"]) == 7


PLACED: Operations = [
    field("visit.hush", "picklist", values=values("hush_a", "hush_b")),
    field(
        "visit.choice",
        "picklist",
        depends_on="hush",
        values={"one": {"label": label("One"), "when": ["hush_a"]}, "two": {"label": label("Two")}},
    ),
    operation(
        "layout",
        "visit.main",
        {
            "label": label("Main"),
            "sections": {
                "first": {
                    "label": label("First"),
                    "fields": {"title": {}, "sealed": {}, "choice": {}, "hush": {}, "site": {}},
                },
                "second": {
                    "label": label("Second"),
                    "visible_when": f"sealed = '{VALUE}'",
                    "fields": {"note": {}},
                },
            },
        },
    ),
    operation(
        "layout",
        "site.main",
        {
            "label": label("Main"),
            "sections": {"first": {"label": label("First"), "fields": {"name": {}}}},
            "related_lists": {
                "visits": {
                    "object": "visit",
                    "field": "site",
                    "columns": ["name", "sealed"],
                    "sort": ["-sealed"],
                }
            },
        },
    ),
    operation(
        "list_view",
        "visit.wide",
        {
            "label": label("Wide"),
            "columns": ["name", "site.memo", "sealed", "title"],
            "sort": ["-sealed", "title"],
        },
    ),
    operation(
        "permission_set", "staff", {"objects": {"visit": {"fields": {"hush": "none"}}}}, "update"
    ),
]


async def test_what_a_hidden_field_decides_does_not_name_it(world: World) -> None:
    admin, rep = world.caller("admin"), world.caller("rep")
    await admin.publish(PLACED)
    site = await admin.post("/records/site", {"name": "S"})
    visit = await admin.post("/records/visit", {"sealed": VALUE, "site": site["id"]})
    told = ("sealed", VALUE, "memo", "hush")
    for path in ("/describe/visit", "/describe/site", "/openapi.json"):
        whole, part = await admin.get(path), str(await rep.get(path))
        assert "sealed" in str(whole), path
        assert not [each for each in told if each in part], path
    wide = (await rep.get("/describe/visit"))["list_views"]
    assert [(each["columns"], each["sort"]) for each in wide] == [(["name", "title"], ["title"])]
    for path in ("/o/visit/new", f"/o/visit/{visit['id']}/edit"):
        whole_page, page = [
            (await caller.http.get(path, headers={"accept": "text/html"})).text
            for caller in (admin, rep)
        ]
        assert 'data-depends="hush"' in whole_page
        assert not [each for each in told if each in page], path


async def test_a_choice_that_does_not_fit_names_only_what_may_be_seen(
    admin: Caller, rep: Caller
) -> None:
    await admin.publish(PLACED)
    visit = await admin.post("/records/visit", {"hush": "hush_b"})
    path, body = f"/records/visit/{visit['id']}", {"choice": "one"}
    assert "Hush" in str(await admin.patch(path, body, status=422))
    refused = await rep.patch(path, body, status=422)
    assert [each["code"] for each in refused["problems"]] == ["field.value_not_offered"]
    assert "hush" not in str(refused).lower()
