"""Value sets in the builder."""

from __future__ import annotations

import pytest
from api_world import field, operation
from builder_world import Bench, in_order, typed

pytestmark = pytest.mark.anyio

GRADES = operation(
    "value_set",
    "grades",
    {
        "label": {"en": "Grades", "zh_CN": "等级"},
        "values": {"a": {"label": {"en": "First"}}, "b": {"label": {"en": "Second"}}},
    },
)
USES = [GRADES, field("site.grade", "picklist", value_set="grades")]


async def test_a_set_is_made_changed_and_deleted(bench: Bench) -> None:
    form = [("label.en", "Sizes"), ("v.0.label.en", "Small"), ("v_paste", "Large\nHuge")]
    await bench.admin.post("/setup/value-sets", form)
    assert in_order((await bench.operation("value_set", "sizes"))["values"]) == [
        "small",
        "large",
        "huge",
    ]
    page = await bench.admin.get("/setup/value-sets/sizes")
    await bench.admin.post("/setup/value-sets/sizes", page.form)
    await bench.admin.post("/setup/value-sets/sizes", typed(page.form, ("v.1.removed", "1")))
    assert in_order((await bench.operation("value_set", "sizes"))["values"]) == ["small", "huge"]
    await bench.admin.post("/setup/value-sets/sizes/delete")
    assert await bench.operations() == []


async def test_a_set_needs_a_label_and_a_value(bench: Bench) -> None:
    page = await bench.admin.post("/setup/value-sets", [("name", "sizes")], 422)
    assert "2 things to fix" in page and ("name", "sizes") in page.form


async def test_the_uses_of_values_are_counted_over_all_fields(bench: Bench) -> None:
    await bench.api.publish(USES)
    given = [{"name": "x", "grade": "a"}, {"name": "y", "grade": "a"}, {"name": "z", "grade": "b"}]
    await bench.api.post("/records/site", {"records": given})
    uses = await bench.admin.get("/setup/value-sets/grades/uses")
    assert 'id="use-a"' in uses and "2 records" in uses
    page = await bench.admin.get("/setup/value-sets/grades")
    assert "/setup/objects/site/fields/grade" in page
    await bench.admin.post("/setup/value-sets/grades", typed(page.form, ("v.0.removed", "1")))
    review = await bench.admin.get("/setup/publish")
    assert "Records that hold the value" in review.words and "First" in review.words


async def test_sets_are_found_by_their_values(bench: Bench) -> None:
    await bench.api.publish(USES)
    assert "Grades" in await bench.admin.get("/setup/value-sets?q=second")
    assert "No value set is called so" in await bench.admin.get("/setup/value-sets?q=zzz")
