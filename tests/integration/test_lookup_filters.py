"""Links keep to the filters of their fields, however a record is written."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Body, Operations, codes, field, label, operation
from page_world import Office, changed

pytestmark = pytest.mark.anyio

OUTSIDE = "field.outside_filter"
FILTER = {"filter": "size > 10 AND (ISBLANK($record.number) OR size > $record.number)"}
MODEL: Operations = [
    operation("field", "visit.site", FILTER, op="update"),
    field("visit.backup", "lookup", target="site", filter="name <> $record.title"),
    field(
        "visit.guide",
        "user",
        filter="account = 'rep'",
        filter_message=label("Only Rita guides a {visit}.", "只有 Rita 能带{visit}。"),
    ),
    field("visit.sites", "many_to_many", target="site", filter="size > 10"),
    field("visit.hint", "lookup", target="site", filter="size > 10", filter_optional=True),
    field("visit.inner", "lookup", target="site", filter="memo = 'open'"),
    field("visit.tag", "text", external_id=True),
]


@pytest.fixture
async def sites(office: Office) -> dict[str, str]:
    """Ids by name, which tells the size."""
    await office.admin.publish(MODEL)
    made = {}
    for size in (5, 20, 90):
        given = {"name": f"S{size}", "size": size, "memo": "open" if size == 20 else "shut"}
        made[f"S{size}"] = (await office.admin.post("/records/site", given))["id"]
    return made


async def test_every_way_of_writing_is_asked(office: Office, sites: dict[str, str]) -> None:
    rep, small, middle = office.rep, sites["S5"], sites["S20"]
    refused = await rep.post("/records/visit", {"site": small}, status=422)
    assert codes(refused) == {"site": OUTSIDE}
    told = refused["problems"][0]["message"]
    assert told == 'The Site chosen for "Site" does not meet the condition: Size > 10; ' + (
        "Size > Number of this record."
    )
    visit = await rep.post("/records/visit", {"site": middle, "tag": "T1"})
    path = f"/records/visit/{visit['id']}"
    await rep.patch(path, {"site": small}, status=422)
    await rep.put("/records/visit/by/tag/T1", {"site": small}, status=422)
    await rep.put("/records/visit/by/tag/T2", {"site": small}, status=422)
    await rep.put("/records/visit/by/tag/T2", {"site": sites["S90"]}, status=201)
    await rep.patch(path, {"site": None})
    many = [
        {"site": small},
        {"site": middle},
        {"site": middle, "number": 50},
        {"backup": small, "title": "S5", "site": small},
        {"backup": small, "title": "S9"},
    ]
    refused = await rep.post("/records/visit", {"records": many}, status=422)
    assert codes(refused) == {
        f"records.{place}": OUTSIDE for place in ("0.site", "2.site", "3.site", "3.backup")
    }
    answer = await rep.post("/records/visit?partial=true", {"records": many}, status=207)
    saved = ["problems" not in each for each in answer["records"]]
    assert saved == [False, True, False, False, True]


async def test_only_what_a_save_changes_is_asked(office: Office, sites: dict[str, str]) -> None:
    rep = office.rep
    visit = await rep.post("/records/visit", {"site": sites["S20"], "sites": [sites["S20"]]})
    path = f"/records/visit/{visit['id']}"
    await office.admin.patch(f"/records/site/{sites['S20']}", {"size": 8})
    await rep.patch(path, {"title": "No longer fits", "site": sites["S20"]})
    refused = await rep.patch(path, {"number": 1}, status=422)
    assert codes(refused) == {"site": OUTSIDE}
    await rep.patch(path, {"number": 1, "site": sites["S90"]})
    both = [sites["S20"], sites["S90"]]
    await rep.patch(path, {"sites": both})
    refused = await rep.patch(path, {"sites": [*both, sites["S5"]]}, status=422)
    assert codes(refused) == {"sites": OUTSIDE}
    assert sorted((await rep.get(path))["sites"]) == sorted(both)


async def test_what_is_told_and_what_is_not(office: Office, sites: dict[str, str]) -> None:
    rep, admin = office.rep, office.admin
    me = (await admin.get("/session"))["user_id"]
    rita = (await rep.get("/session"))["user_id"]
    refused = await rep.post("/records/visit", {"guide": me}, status=422)
    assert [each["message"] for each in refused["problems"]] == ["Only Rita guides a Visit."]
    await rep.post("/records/visit", {"guide": rita, "hint": sites["S5"]})
    await admin.patch(f"/records/user/{rita}", {"language": "zh_CN"})
    refused = await rep.post("/records/visit", {"guide": me, "site": sites["S5"]}, status=422)
    assert {each["path"]: each["message"] for each in refused["problems"]} == {
        "site": "「Site」所选的地点不符合条件：Size > 10；Size > 本记录的Number。",
        "guide": "只有 Rita 能带拜访。",
    }
    # what the filter reads is not the representative's to know; nor what is there at all
    await rep.post("/records/visit", {"inner": sites["S20"]})
    nothing = "00000000-0000-0000-0000-000000000000"
    answers = [
        (await rep.post("/records/visit", {"inner": each}, status=422))["problems"]
        for each in (sites["S90"], nothing)
    ]
    assert answers[0] == answers[1] and answers[0][0]["code"] == OUTSIDE
    assert "emo" not in str(answers) and "open" not in str(answers)


async def test_pages_show_it_beside_the_field(office: Office, sites: dict[str, str]) -> None:
    rep = await office.browser("rep")
    form = (await rep.get("/o/visit/new")).form
    page = await rep.post("/o/visit/new", changed(form, site=sites["S5"], title="Kept"), 422)
    assert 'href="#i-site"' in page and 'id="i-site-e"' in page
    assert "does not meet the condition: Size &gt; 10" in page
    answer = await rep.post("/o/visit/new", changed(page.form, site=sites["S20"]))
    url = answer.headers["location"]
    inline = await rep.get(f"{url}/field/site")
    version = dict(inline.form).get("version", "1")
    refused = await rep.post(
        f"{url}/field/site", {"version": version, "site": sites["S5"]}, status=422
    )
    assert "does not meet the condition" in refused
    await rep.post(f"{url}/field/site", {"version": version, "site": sites["S90"]}, status=200)
    stored = await office.admin.get(f"/records/visit/{url.rpartition('/')[2]}")
    assert stored["site"] == sites["S90"] and stored["title"] == "Kept"


async def test_a_batch_is_asked_by_one_query(
    office: Office, sites: dict[str, str], statements: list[str]
) -> None:
    async def queries(count: int) -> int:
        records = [{"site": sites["S20"], "backup": sites["S90"]} for _ in range(count)]
        statements.clear()
        await office.rep.post("/records/visit", {"records": records})
        return len(statements)

    await queries(1)
    assert await queries(1) == await queries(30)


async def test_the_review_counts_the_links_that_would_break(
    office: Office, sites: dict[str, str]
) -> None:
    for name in ("S20", "S90", "S90", None):
        await office.rep.post("/records/visit", {"site": name and sites[name]})

    async def impact(body: Body) -> list[tuple[int, int]]:
        change = operation("field", "visit.site", body, op="update")
        draft = await office.admin.post("/changesets", {"title": "t", "operations": [change]})
        found: list[dict[str, Any]] = draft["plan"]["impact"]
        return [
            (each["count"], len(each["sample"]))
            for each in found
            if each["code"] == "impact.filter_broken"
        ]

    assert await impact({"filter": "size > 50"}) == [(1, 1)]
    assert await impact({"filter": "size > BLANKVALUE($record.number, 95)"}) == [(3, 3)]
    assert await impact({"filter": "size > 5"}) == [(0, 0)]
    assert await impact({"filter": "size > 50", "filter_optional": True}) == []
