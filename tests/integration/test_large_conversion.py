"""A change of type on many records: the review answers at once and counts on while it is looked
at; what was counted is not counted again."""

from __future__ import annotations

from typing import Any

import anyio
import psycopg
import pytest
from api_world import Caller, World, operation
from builder_world import Bench

pytestmark = pytest.mark.anyio

MANY = 200_000
COUNTING = "impact.conversion_counting"
TO_INTEGER = operation("field", "site.memo", {"type": "integer"}, op="update")
INSERT = """
    INSERT INTO t_acme.site (id, version, name, memo, created_at, modified_at)
    SELECT uuidv7(), 1, 'S' || n,
           CASE WHEN mod(n, 10) = 0 THEN 'many' WHEN mod(n, 10) = 1 THEN NULL ELSE n::text END,
           now(), now()
    FROM generate_series(1, %s) AS n
"""


@pytest.fixture
def many(world: World) -> World:
    with psycopg.connect(world.urls.owner) as raw:
        raw.execute(INSERT, [MANY])
    return world


async def of_memo(answer: dict[str, Any]) -> dict[str, Any]:
    (impact,) = answer["plan"]["impact"]
    return dict(impact)


async def watched(caller: Caller, path: str) -> tuple[dict[str, Any], int]:
    """Looks until it is counted; how often that was."""
    seen = 0
    for looks in range(1, 200):
        impact = await of_memo(await caller.get(path))
        if impact["code"] != COUNTING:
            return impact, looks
        assert impact["params"]["counted"] > seen, "every look goes on"
        seen = impact["params"]["counted"]
        assert impact["params"]["total"] >= seen
    raise AssertionError("never counted")


async def test_each_look_goes_on_and_the_result_is_kept(many: World) -> None:
    admin = many.caller("admin")
    made = await admin.post("/changesets", {"operations": [TO_INTEGER]})
    assert (await of_memo(made))["code"] == COUNTING, "the first answer does not wait for it"
    path = f"/changesets/{made['id']}"
    impact, _ = await watched(admin, path)
    tenth = MANY // 10
    assert impact["params"] == {"converted": MANY - 2 * tenth, "failed": tenth, "blank": tenth}
    assert impact["values"] == [{"value": "many", "count": tenth}]
    again, looks = await watched(admin, path)
    assert (again, looks) == (impact, 1), "nothing was written meanwhile"


async def test_what_is_written_meanwhile_counts(many: World) -> None:
    admin = many.caller("admin")
    made = await admin.post("/changesets", {"operations": [TO_INTEGER]})
    path = f"/changesets/{made['id']}"
    before, _ = await watched(admin, path)
    await admin.post("/records/site", {"name": "Last", "memo": "none"})
    after = before
    with anyio.fail_after(60):  # the database's own figures are a moment late
        while after == before:
            await anyio.sleep(0.3)
            after, _ = await watched(admin, path)
    assert after["params"]["failed"] == before["params"]["failed"] + 1


async def test_few_records_are_counted_anew_at_every_look(admin: Caller) -> None:
    made = await admin.post("/changesets", {"operations": [TO_INTEGER]})
    for count in range(3):
        impact = await of_memo(await admin.get(f"/changesets/{made['id']}"))
        assert (impact["code"], impact["params"]["converted"]) == ("impact.conversion", count)
        await admin.post("/records/site", {"name": "N", "memo": "7"})


async def test_the_page_asks_again_until_it_is_counted(many: World, bench: Bench) -> None:
    url = "/setup/objects/site/fields/memo"
    page = await bench.admin.get(url)
    redrawn = await bench.admin.post(f"{url}/form", [*page.form, ("type", "integer")], 200)
    form = [pair for pair in redrawn.form if pair != ("type", "text")]
    await bench.admin.post(url, form)
    page = await bench.admin.get("/setup/publish")
    assert "Counting what converts" in page.words
    assert 'hx-get="/setup/publish" hx-select="#impact-field-site-memo"' in page.text
    for _ in range(200):
        page = await bench.admin.get("/setup/publish")
        if "Counting" not in page.words:
            break
    assert f"{MANY // 10 * 8:,}" in page.words and 'hx-select="#impact' not in page.text
