"""Cells of a list, edited where they stand: what may be, what is refused, and who was faster."""

from __future__ import annotations

import re

import pytest
from page_world import Browser, Office, changed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def test_a_cell_is_saved_and_its_row_and_sums_follow(office: Office, rep: Browser) -> None:
    made = await office.admin.post(
        "/records/visit",
        {"records": [{"title": "One", "number": 1, "amount": 5}, {"title": "Two", "amount": 6}]},
    )
    visit = made["records"][0]["id"]
    at = f"/o/visit/{visit}/cell/amount?view=all"
    page = await rep.get("/o/visit?view=all")
    assert 'role="grid"' in page and 'data-cell="amount"' in page and "Sum 11.00" in page
    editor = await rep.get(at)
    saved = await rep.post(at, changed(editor.form, amount="1,000.5"), 200)
    assert f'hx-target="#row-{visit}"' in saved and "1,000.50" in saved and "Sum 1,006.50" in saved
    assert (await office.admin.get(f"/records/visit/{visit}"))["amount"] == "1000.50"

    editor = await rep.get(at)
    refused = await rep.post(at, changed(editor.form, amount="lots"), 422)
    assert 'value="lots"' in refused and "is-bad" in refused and 'role="alert"' in refused
    long = await rep.get(f"/o/visit/{visit}/cell/title?view=all")
    wide = await rep.post(
        f"/o/visit/{visit}/cell/title?view=all", changed(long.form, title="x" * 5000), 422
    )
    assert "x" * 5000 in wide
    assert (await office.admin.get(f"/records/visit/{visit}"))["title"] == "One"


async def test_what_cannot_be_edited_says_why(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    visit = await office.admin.post("/records/visit", {"title": "One", "site": site["id"]})
    list_page = await rep.get("/o/visit?view=all")
    name = re.search(
        r'data-cell="name" aria-readonly="true" aria-describedby="([\w-]+)"', list_page.text
    )
    assert name and f'id="{name.group(1)}">Numbered by the system.' in list_page
    at = f"/o/visit/{visit['id']}/cell"
    assert "Numbered by the system." in await rep.get(f"{at}/name")
    await rep.post(f"{at}/name", {"name": "mine"}, 403)
    await rep.get(f"{at}/sealed", 404)
    await rep.post(f"{at}/sealed", {"sealed": "x"}, 404)
    looker = await office.browser("looker")
    place = f"/o/site/{site['id']}/cell/name"
    assert "你没有修改地点的权限。" in await looker.get(place)
    await looker.post(place, {"name": "South"}, 403)
    assert (await office.admin.get(f"/records/site/{site['id']}"))["name"] == "North"
    await rep.post(place, changed((await rep.get(place)).form, name="South"), 200)
    assert (await office.admin.get(f"/records/site/{site['id']}"))["name"] == "South"


async def test_two_people_on_the_same_cell(office: Office, rep: Browser) -> None:
    visit = await office.admin.post("/records/visit", {"title": "One", "amount": 5})
    record = f"/records/visit/{visit['id']}"
    at = f"/o/visit/{visit['id']}/cell/title?view=all"
    editor = await rep.get(at)
    await office.admin.patch(record, {"amount": 7})
    await rep.post(at, changed(editor.form, title="Mine"), 200)  # another field is no conflict
    stored = await office.admin.get(record)
    assert (stored["title"], stored["amount"]) == ("Mine", "7.00")

    editor = await rep.get(at)
    await office.admin.patch(record, {"title": "Theirs"})
    conflict = await rep.post(at, changed(editor.form, title="Mine again"), 409)
    assert 'value="Mine again"' in conflict and "Theirs" in conflict and "is-conflict" in conflict
    assert (await office.admin.get(record))["title"] == "Theirs"
    kept = await rep.post(at, changed(conflict.form, keep="theirs"), 200)
    assert "Theirs" in kept and (await office.admin.get(record))["title"] == "Theirs"
    await rep.post(at, conflict.form, 200)
    assert (await office.admin.get(record))["title"] == "Mine again"

    editor = await rep.get(at)
    await office.admin.delete(record)
    gone = await rep.post(at, changed(editor.form, title="Late"), 404)
    assert "no longer there" in gone and "<b>Late</b>" in gone
