"""Formula fields on pages: their values as people read them, and what went wrong in words."""

from __future__ import annotations

import pytest
from api_world import codes, field, label, operation
from page_world import Office

pytestmark = pytest.mark.anyio


async def test_values_and_errors_are_shown(office: Office) -> None:
    await office.admin.publish(
        [
            field("visit.ratio", "formula", returns="number", scale=1, formula="amount / number"),
            field("visit.part", "formula", returns="percent", scale=1, formula="number / 8"),
            field("visit.moon", "formula", returns="text", formula="LUNAR(planned_on)"),
            operation(
                "layout",
                "visit.standard",
                {"sections": {"main": {"fields": {"ratio": {}, "part": {}, "moon": {}}}}},
                op="update",
            ),
            operation(
                "list_view",
                "visit.computed",
                {"label": label("Computed"), "columns": ["name", "ratio", "part", "moon"]},
            ),
        ]
    )
    good = {"title": "G", "amount": "12.5", "number": 5, "planned_on": "2026-02-17"}
    await office.admin.post("/records/visit", good)
    bad = await office.admin.post("/records/visit", {"title": "B", "amount": "1", "number": 0})
    browser = await office.browser("admin")
    page = await browser.get("/o/visit?view=computed&sort=ratio")
    assert "2.5" in page and "62.5%" in page and "二〇二六年正月初一" in page
    assert "#DIV0!" in page
    assert "sort=part" in page, "what SQL computes can be sorted by"
    record = await browser.get(f"/o/visit/{bad['id']}")
    assert "#DIV0!" in record
    assert (await office.admin.get(f"/records/visit/{bad['id']}"))["ratio"] is None


async def test_what_only_python_computes_is_not_sorted_by(office: Office) -> None:
    await office.admin.publish(
        [field("visit.moon", "formula", returns="text", formula="LUNAR(planned_on)")]
    )
    await office.admin.post("/records/visit", {"planned_on": "2026-02-17"})
    found = (await office.admin.get("/records/visit", fields="title,moon"))["records"]
    assert [each["moon"] for each in found] == ["二〇二六年正月初一"]
    late = "query.not_in_database"
    for place, told in (
        ({"sort": "title,moon"}, {"sort": late}),
        ({"sort": "moon", "filter": "title = 'x'"}, {"sort": late}),
        ({"filter": "moon = 'x'"}, {"filter": "formula.not_allowed_in_context"}),
    ):
        refused = await office.admin.get("/records/visit", status=422, **place)
        assert codes(refused) == told, place
    grouped = {
        "object": "visit", "group_by": ["moon", "title"],
        "aggregates": {"n": "COUNT()", "m": "MAX(moon)"},
    }  # fmt: skip
    refused = await office.admin.post("/query", grouped, status=422)
    assert codes(refused) == {"group_by.moon": late, "aggregates.m": late}
