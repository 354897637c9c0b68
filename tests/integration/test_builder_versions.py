"""Versions compared and gone back to; the recycle bin."""

from __future__ import annotations

import pytest
from builder_world import Bench, hidden, typed

pytestmark = pytest.mark.anyio


async def number(bench: Bench) -> int:
    versions = (await bench.api.get("/versions"))["versions"]
    return int(versions[0]["number"])


async def test_versions_are_listed_opened_and_searched(bench: Bench) -> None:
    await bench.add_field("visit", "text", "Extra")
    await bench.publish("One more")
    last = await number(bench)
    listed = await bench.admin.get("/setup/versions")
    assert "One more" in listed and "Ada" in listed and "in force" in listed
    page = await bench.admin.get(f"/setup/versions/{last}")
    assert "1 change to the version before" in page and "Extra" in page
    found = await bench.admin.get(f"/setup/versions/{last}?q=ledger")
    assert "ledger.site" in found and "visit.extra" not in found.text.partition("components")[2]
    assert "Extra" not in (await bench.admin.get(f"/setup/versions/{last - 1}")).words


async def test_a_version_without_a_note_is_called_so_in_the_readers_language(bench: Bench) -> None:
    await bench.add_field("visit", "text", "Extra")
    await bench.publish()
    last = await number(bench)
    listed = await bench.admin.get("/setup/versions")
    assert f"Version {last}" in listed.words and "Base" in listed.words
    versions = (await bench.api.get("/versions"))["versions"]
    assert (versions[0]["title"], versions[-1]["title"]) == ("", "Base")
    me = (await bench.api.get("/session"))["user_id"]
    await bench.api.patch(f"/records/user/{me}", {"language": "zh_CN"})
    listed = await bench.admin.get("/setup/versions")
    assert f"第 {last} 版" in listed.words and "基础" in listed.words
    assert (await bench.api.get("/versions"))["versions"][-1]["title"] == "基础"


async def test_two_versions_are_compared_property_by_property(bench: Bench) -> None:
    before = await number(bench)
    await bench.edit_field("visit", "title", ("label.en", "Subject"), ("required", "1"))
    await bench.edit_field("site", "size", ("a.looker", "none"))
    await bench.publish()
    page = await bench.admin.get(f"/setup/versions/compare?from={before}&to={before + 1}")
    assert "2 differences" in page
    text = page.text
    assert '<del class="st-del">Title</del>' in text and '<ins class="st-ins">Subject</ins>' in text
    assert "Objects" not in text or "Site" in text
    assert "Hidden" in page.words
    swapped = await bench.admin.get(f"/setup/versions/compare?from={before + 1}&to={before}")
    assert '<ins class="st-ins">Title</ins>' in swapped.text
    same = await bench.admin.get(f"/setup/versions/compare?from={before}&to={before}")
    assert "The two read alike" in same


async def test_going_back_shows_what_it_does_first(bench: Bench) -> None:
    before = await number(bench)
    await bench.add_field("visit", "text", "Extra")
    await bench.publish()
    await bench.api.post("/records/visit", {"extra": "kept"})
    page = await bench.admin.get(f"/setup/versions/{before}/restore")
    assert "1 needs a look first" in page and "Records that hold a value here: 1." in page.words
    url = f"/setup/versions/{before}/restore"
    base = [("base_version", hidden(page, "base_version"))]
    done = await bench.admin.post(url, base)
    assert done.headers["location"] == f"/setup/versions/{before + 2}?new=1"
    assert "Back to version" in await bench.admin.get("/setup/versions")
    described = await bench.api.get("/describe/visit")
    assert "extra" not in {each["name"] for each in described["fields"]}
    stale = await bench.admin.post(url, base)
    assert stale.headers["location"] == f"{url}?refused=conflict"
    assert "Somebody published in the meantime" in await bench.admin.get(stale.headers["location"])
    today = await bench.admin.get(f"/setup/versions/{before + 2}/restore")
    assert "reads just like today" in today and "disabled" in today


async def test_a_draft_stays_open_while_one_goes_back(bench: Bench) -> None:
    before = await number(bench)
    await bench.add_field("visit", "text", "Extra")
    await bench.publish()
    await bench.edit_field("visit", "title", ("label.en", "Subject"))
    page = await bench.admin.get(f"/setup/versions/{before}/restore")
    assert "The draft stays open." in page
    form = [("base_version", hidden(page, "base_version"))]
    await bench.admin.post(f"/setup/versions/{before}/restore", form)
    assert await bench.summary() == ["update field visit.title"]
    await bench.publish()


async def test_a_deleted_field_comes_back_with_its_data(bench: Bench) -> None:
    record = await bench.api.post("/records/visit", {"title": "Kept"})
    await bench.admin.post("/setup/objects/visit/fields/title/delete")
    waiting = await bench.admin.get("/setup/bin")
    assert "To be deleted" in waiting and "Title" in waiting
    await bench.publish()
    gone = await bench.api.get(f"/records/visit/{record['id']}")
    assert "title" not in gone
    page = await bench.admin.get("/setup/bin")
    assert "Deleted with version" in page
    await bench.admin.post("/setup/bin/restore", [("what", "field:visit.title")])
    assert "To be restored" in await bench.admin.get("/setup/bin")
    await bench.edit_field("visit", "title", ("required", "1"))
    assert await bench.summary() == ["restore field visit.title", "update field visit.title"]
    await bench.publish()
    back = await bench.api.get(f"/records/visit/{record['id']}")
    assert back["title"] == "Kept"
    assert "Nothing is deleted" in await bench.admin.get("/setup/bin")


async def test_a_deleted_object_comes_back_whole(bench: Bench) -> None:
    site = await bench.api.post("/records/site", {"name": "North"})
    await bench.api.post("/records/ledger", {"name": "L1", "site": site["id"]})
    await bench.admin.post("/setup/objects/ledger/delete")
    await bench.publish()
    page = await bench.admin.get("/setup/bin")
    assert "ledger" in page and "ledger.site" not in page
    await bench.api.get("/records/ledger", 404)
    await bench.admin.post("/setup/bin/restore", [("what", "object:ledger")])
    await bench.publish()
    found = await bench.api.get("/records/ledger", fields="name,site.name")
    assert found["records"][0]["site.name"] == "North"


async def test_only_what_is_deleted_is_restored(bench: Bench) -> None:
    for what in ("field:visit.title", "field:visit.never", "nonsense"):
        await bench.admin.post("/setup/bin/restore", [("what", what)])
    assert await bench.operations() == []


async def test_a_value_order_is_a_change_of_its_own(bench: Bench) -> None:
    url = "/setup/objects/visit/fields/level"
    page = await bench.admin.get(url)
    rows = [pair for pair in page.form if pair[0].startswith("v.")]
    moved = [each for n in ("1", "0", "2") for each in rows if each[0].startswith(f"v.{n}.")]
    others = [pair for pair in page.form if not pair[0].startswith("v.")]
    await bench.admin.post(url, typed([*others, *moved]))
    assert "Sort order" in await bench.admin.get("/setup/publish")
