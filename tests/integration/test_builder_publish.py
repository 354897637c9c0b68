"""The draft looked over and published: impact, refusals, other people's work in between."""

from __future__ import annotations

import asyncio

import pytest
from api_world import operation
from builder_world import Bench, hidden, publish_form, typed
from conftest import TENANT
from page_world import Browser

from fieldstone.kernel import clock
from fieldstone.metadata import changesets
from fieldstone.runtime import metadata_jobs

pytestmark = pytest.mark.anyio


async def test_the_strip_counts_what_is_not_published(bench: Bench) -> None:
    assert "not published yet" not in await bench.admin.get("/setup/objects")
    await bench.add_field("visit", "text", "One")
    await bench.add_field("visit", "text", "Two")
    assert "2 changes are not published yet." in await bench.admin.get("/setup/value-sets")
    await bench.undo("field:visit.two")
    assert "1 change is not published yet." in await bench.admin.get("/setup")


async def test_a_draft_is_shared_by_all_administrators(bench: Bench) -> None:
    await bench.add_field("visit", "text", "One")
    other = Browser(bench.world)
    await other.sign_in("admin")
    assert "1 change is not published yet." in await other.get("/setup/objects")


async def test_publishing_needs_no_note_and_keeps_one(bench: Bench) -> None:
    await bench.add_field("visit", "text", "One")
    done = await bench.publish("First steps")
    page = await bench.admin.get(done.headers["location"])
    assert "is in force." in page and "First steps" in page
    assert await bench.operations() == []
    versions = (await bench.api.get("/versions"))["versions"]
    assert versions[0]["title"] == "First steps"
    drafts = (await bench.api.get("/changesets"))["changesets"]
    assert drafts[0]["title"] == "First steps" and drafts[0]["status"] == "published"
    assert "Nothing waits to be published" in await bench.admin.get("/setup/publish")
    assert (await bench.admin.post("/setup/publish", [])).headers["location"] == "/setup/publish"


async def test_a_required_field_names_the_records_that_lack_it(bench: Bench) -> None:
    given = [{"title": "With"}, {"number": 1}, {"number": 2}]
    made = (await bench.api.post("/records/visit", {"records": given}))["records"]
    await bench.edit_field("visit", "title", ("required", "1"))
    review = await bench.admin.get("/setup/publish")
    assert "Existing records without a value here: 2." in review.words
    assert f"/o/visit/{made[1]['id']}" in review and f"/o/visit/{made[0]['id']}" not in review
    assert "Required" in review.words
    await bench.publish()
    await bench.api.post("/records/visit", {"number": 3}, status=422)


async def test_what_the_reader_may_not_see_is_not_in_the_review(bench: Bench) -> None:
    """Somebody who may change the metadata need not see every record."""
    shaper = {
        "op": "create",
        "kind": "permission_set",
        "name": "shaper",
        "body": {"label": {"en": "Shaper"}, "profile": True, "system": ["manage_metadata"]},
    }
    await bench.api.publish([shaper])
    await bench.api.post("/records/visit", {"records": [{"sealed": "hush"}, {"number": 1}]})
    rep = (await bench.api.get("/records/user", filter="name = 'Rita'"))["records"][0]
    new = {"profile": "shaper", "permission_sets": [], "version": rep["version"]}
    await bench.api.patch(f"/records/user/{rep['id']}", new)
    person = Browser(bench.world)
    await person.sign_in("rep")
    url = "/setup/objects/visit/fields/sealed"
    page = await person.get(url)
    assert "a.staff" not in dict(page.form)
    await person.post(url, typed(page.form, ("required", "1"), ("a.staff", "edit")))
    assert await bench.summary() == ["update field visit.sealed"]
    review = await person.get("/setup/publish")
    assert "Existing records without a value here: 1." in review.words
    assert "/o/visit" not in review and "do not let you see" in review
    assert "do not let you see" in await person.get(f"{url}/data")
    assert "You may not" not in (await person.get("/setup/objects")).words


async def test_a_change_is_taken_out_of_the_draft(bench: Bench) -> None:
    await bench.add_field("visit", "text", "One")
    await bench.add_field("visit", "text", "Two")
    back = await bench.admin.post(
        "/setup/draft/undo", [("what", "field:visit.one"), ("back", "/setup/publish")]
    )
    assert back.headers["location"] == "/setup/publish"
    assert await bench.summary() == ["create field visit.two"]
    back = await bench.admin.post(
        "/setup/draft/undo", [("what", "field:visit.two"), ("back", "https://evil.example")]
    )
    assert back.headers["location"] == "/setup/objects/visit/fields"


async def test_a_discarded_draft_can_be_taken_back(bench: Bench) -> None:
    await bench.add_field("visit", "text", "One")
    await bench.admin.post("/setup/draft/discard")
    assert await bench.operations() == []
    page = await bench.admin.get("/setup/objects")
    reopen = page.text.partition('action="/setup/draft/reopen/')[2].partition('"')[0]
    await bench.admin.post(f"/setup/draft/reopen/{reopen}")
    assert await bench.summary() == ["create field visit.one"]
    await bench.admin.post("/setup/draft/discard")
    await bench.add_field("visit", "text", "Two")
    await bench.admin.post(f"/setup/draft/reopen/{reopen}")
    assert await bench.summary() == ["create field visit.two"]
    await bench.admin.post("/setup/draft/reopen/nothing", status=404)


async def test_what_another_published_in_between_is_told(bench: Bench) -> None:
    await bench.edit_field("visit", "title", ("label.en", "Mine"))
    await bench.api.publish(
        [operation("field", "visit.title", {"help": {"en": "Theirs"}}, "update")]
    )
    review = await bench.admin.get("/setup/publish")
    assert "Changed by others in the meantime" in review
    await bench.publish()
    body = (await bench.api.get("/metadata/field/visit.title"))["body"]
    assert body["label"]["en"] == "Mine" and body["help"] == {"en": "Theirs"}


async def test_a_review_that_is_out_of_date_is_shown_again(bench: Bench) -> None:
    await bench.edit_field("visit", "title", ("label.en", "Mine"))
    page = await bench.admin.get("/setup/publish")
    await bench.api.publish(
        [operation("field", "visit.title", {"help": {"en": "Theirs"}}, "update")]
    )
    refused = await bench.admin.post("/setup/publish", publish_form(page, "A note"), 409)
    assert '"Title"' in refused.words and "Nothing has been published" in refused
    assert "A note" in refused
    again = await bench.admin.post("/setup/publish", publish_form(refused, "A note"))
    assert again.headers["location"].startswith("/setup/versions/")


async def test_a_draft_that_changed_under_the_review_is_shown_again(bench: Bench) -> None:
    await bench.add_field("visit", "text", "One")
    page = await bench.admin.get("/setup/publish")
    await bench.add_field("visit", "text", "Two")
    refused = await bench.admin.post("/setup/publish", publish_form(page), 409)
    assert "The draft has changed" in refused and "visit / Two" not in refused
    assert len(await bench.operations()) == 2


async def test_a_broken_draft_says_what_to_mend(bench: Bench) -> None:
    """Another's publishing can take away what the draft builds on."""
    await bench.edit_field("visit", "title", ("label.en", "Mine"))
    await bench.add_field("visit", "lookup", "Book", ("o.target", "ledger"))
    delete = {"op": "delete", "kind": "object", "name": "ledger", "body": {}}
    await bench.api.publish([delete])
    review = await bench.admin.get("/setup/publish")
    assert "To be mended first" in review and "disabled" in review
    await bench.publish(status=422)
    assert len(await bench.operations()) == 2
    await bench.undo("field:visit.book")
    await bench.publish()


async def test_a_locked_table_is_told_and_nothing_is_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldstone.metadata.publish.ATTEMPTS", 2)
    await bench.add_field("visit", "text", "One")
    page = await bench.admin.get("/setup/publish")
    database = bench.world.installation.database
    async with database.owner(TENANT) as connection:
        await connection.lock_table("visit")
        refused = await bench.admin.post("/setup/publish", publish_form(page, "Kept"), 503)
    assert "Nothing has been published" in refused and "Kept" in refused
    assert hidden(refused, "mark") == hidden(page, "mark")
    await bench.publish()


async def test_large_conversions_are_published_by_a_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.api.post("/records/visit", {"records": [{"title": "1"}, {"title": "x"}]})
    url = "/setup/objects/visit/fields/title"
    page = await bench.admin.get(url)
    redrawn = await bench.admin.post(f"{url}/form", typed(page.form, ("type", "integer")), 200)
    await bench.admin.post(url, redrawn.form)

    async def large(*_: object) -> bool:
        return True

    monkeypatch.setattr(metadata_jobs, "is_large", large)
    started = await bench.publish("Numbers")
    location = started.headers["location"]
    assert location.startswith("/setup/publish/jobs/")
    assert "/api/v1/jobs/" in await bench.admin.get(location)
    assert await bench.operations() == []
    publishing = location.partition("changeset=")[2]
    drafts = (await bench.api.get("/changesets"))["changesets"]
    assert (drafts[0]["title"], drafts[0]["status"]) == ("Numbers", "draft")
    await bench.admin.post(f"/setup/draft/resume/{publishing}", [("code", "metadata_locked")])
    assert await bench.summary() == ["update field visit.title"]
    page = await bench.admin.get("/setup/publish?refused=metadata_locked")
    assert "The publishing was refused" in page


async def test_a_changeset_of_a_script_is_taken_into_the_draft(bench: Bench) -> None:
    await bench.edit_field("visit", "title", ("label.en", "Mine"))
    operations = [
        operation("field", "visit.title", {"required": True}, "update"),
        operation("field", "visit.number", {}, "delete"),
    ]
    await bench.api.post("/changesets", {"title": "By script", "operations": operations})
    await bench.api.post("/changesets", {"title": "Useless", "operations": operations})
    page = await bench.admin.get("/setup/publish")
    assert "By script" in page and "Useless" in page
    drafts = (await bench.api.get("/changesets"))["changesets"]
    ids = {each["title"]: each["id"] for each in drafts}
    await bench.admin.post(f"/setup/draft/adopt/{ids['By script']}")
    await bench.admin.post(f"/setup/draft/discard/{ids['Useless']}")
    assert await bench.summary() == ["update field visit.title", "delete field visit.number"]
    merged = await bench.operation("field", "visit.title")
    assert merged == {"label": {"en": "Mine"}, "required": True}
    await bench.admin.post(f"/setup/draft/adopt/{ids['Useless']}", status=409)
    page = await bench.admin.get("/setup/publish")
    assert "By script" not in page


async def test_two_who_save_at_once_both_keep_their_change(bench: Bench) -> None:
    names = ["One", "Two", "Three", "Four"]
    await asyncio.gather(*(bench.add_field("visit", "text", name) for name in names))
    assert sorted(await bench.summary()) == sorted(
        f"create field visit.{name.lower()}" for name in names
    )


async def test_a_publishing_that_locks_its_author_out_is_warned_of(bench: Bench) -> None:
    await bench.api.publish([
        {
            "op": "create", "kind": "permission_set", "name": "shaper",
            "body": {"label": {"en": "Shaper"}, "profile": True, "system": ["manage_metadata"]},
        }
    ])  # fmt: skip
    rep = (await bench.api.get("/records/user", filter="name = 'Rita'"))["records"][0]
    new = {"profile": "shaper", "version": rep["version"]}
    await bench.api.patch(f"/records/user/{rep['id']}", new)
    person = Browser(bench.world)
    await person.sign_in("rep")
    operations = [operation("permission_set", "shaper", {"system": []}, "update")]
    async with bench.world.installation.database.tenant(TENANT) as connection:
        found = await changesets.recent(connection)
    assert all(each.created_at <= clock.now() for each in found)
    script = await bench.api.post("/changesets", {"title": "x", "operations": operations})
    await person.post(f"/setup/draft/adopt/{script['id']}")
    assert "You would lose the right" in await person.get("/setup/publish")
