"""What no page may break on: very long and very strange texts, long lists of values, wide forms,
records and fields that are gone."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import field, label, operation, values
from page_world import Browser, Office, changed

pytestmark = pytest.mark.anyio

LONG = "无尽的名字" * 16
NOISE = "👩‍👩‍👧‍👦🇨🇳 שלום עולם ‏مرحبا‎ \u202eabc ＜script＞ <b>&amp;"
CODES = [f"v{number}" for number in range(200)]


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def pages_of(browser: Browser, name: str, record_id: str) -> list[str]:
    """Everywhere the record is shown."""
    found = []
    for path in (f"/o/{name}", f"/o/{name}/{record_id}", f"/o/{name}/{record_id}/edit", "/"):
        found.append((await browser.get(path)).text)
    found.append((await browser.get(f"/o/{name}/{record_id}?tab=history")).text)
    return found


@pytest.mark.parametrize("name", [LONG, NOISE], ids=["long", "strange"])
async def test_any_text_is_a_name(office: Office, rep: Browser, name: str) -> None:
    form = (await rep.get("/o/site/new")).form
    made = await rep.post("/o/site/new", changed(form, name=name))
    record_id = made.headers["location"].rpartition("/")[2]
    stored = await office.rep.get(f"/records/site/{record_id}")
    assert stored["name"] == name
    for page in await pages_of(rep, "site", record_id):
        assert "<b>&amp;" not in page
    edit = await rep.get(f"/o/site/{record_id}/edit")
    assert dict(edit.form)["name"] == name
    visit = await office.rep.post("/records/visit", {"title": "T", "site": record_id})
    assert (await rep.get(f"/o/visit/{visit['id']}")).status == 200
    answer = await rep.http.get("/lookup/visit/site", params={"q": name[:12]})
    assert [each["label"] for each in answer.json()] == [name]


async def test_two_hundred_values_and_forty_fields(office: Office, rep: Browser) -> None:
    wide = [f"f{number}" for number in range(40)]
    model = [
        operation("object", "wide", {"label": label("Wide"), "name_field": {"type": "text"}}),
        *(field(f"wide.{name}", "text") for name in wide),
        field("wide.choice", "picklist", values=values(*CODES)),
        field("wide.many", "multi_picklist", values=values(*CODES)),
    ]
    await office.admin.publish(model)
    admin = await office.browser("admin")
    form = (await admin.get("/o/wide/new")).form
    assert {name for name, _ in form} >= {*wide, "choice", "many"}
    given: dict[str, Any] = {name: f"value {name}" for name in wide}
    await admin.post("/o/wide/new", changed(form, name="All", choice="v199", **given))
    (made,) = (await office.admin.get("/records/wide"))["records"]
    assert made["choice"] == "v199" and made["f39"] == "value f39"
    for page in await pages_of(admin, "wide", made["id"]):
        assert "All" in page
    assert "v150" in (await admin.get("/o/wide/condition?f=choice&op=in")).text


async def test_a_record_that_is_deleted_while_it_is_open(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"title": "T"})
    url = f"/o/visit/{visit['id']}"
    form = (await rep.get(f"{url}/edit")).form
    await office.admin.delete(f"/records/visit/{visit['id']}")
    for path in (f"{url}/edit", f"{url}/state", f"{url}/field/title"):
        await rep.post(path, changed(form, title="Late"), status=404)
    assert "recycle bin" in await rep.get(url)


DELETED = [{"op": "delete", "kind": "field", "name": "visit.share"}]


async def test_lists_and_layouts_that_name_a_deleted_field(office: Office, rep: Browser) -> None:
    view = operation(
        "list_view",
        "visit.shared",
        {"label": label("Shared"), "columns": ["title", "share"], "sort": ["-share"], "order": 9},
    )
    await office.admin.publish([view])
    visit = await office.rep.post("/records/visit", {"title": "T", "share": "40"})
    await office.admin.publish(DELETED)
    for page in await pages_of(rep, "visit", visit["id"]):
        assert "40%" not in page
    assert "T" in (await rep.get("/o/visit?view=shared")).words
    for old in ("sort=-share", "filter=share%20%3E%201"):
        assert "This filter cannot be used." in await rep.get(f"/o/visit?{old}", 422)


async def test_a_field_that_a_views_filter_names_stays(office: Office, rep: Browser) -> None:
    view = operation(
        "list_view",
        "visit.shared",
        {"label": label("Shared"), "columns": ["title"], "filter": "share > 10", "order": 0},
    )
    await office.admin.publish([view])
    draft = await office.admin.post("/changesets", {"title": "t", "operations": DELETED})
    assert any("visit.shared" in each["path"] for each in draft["problems"]), draft["problems"]
    await rep.get("/o/visit?view=shared")


async def test_a_view_whose_filter_may_not_be_read_says_so(office: Office, rep: Browser) -> None:
    told = await rep.get("/o/visit?view=by_secret", 422)
    assert "This view cannot be shown to you." in told and "All of them" in told
    await rep.get("/o/visit")
