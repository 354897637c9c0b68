"""A record's page: its parts by rights, related lists, path, history, deleting and undoing it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from page_world import FRAGMENT, Browser, Office, Shown

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


def related(page: Shown, name: str) -> str:
    match = re.search(
        rf'<section class="st-card" id="related-{name}">.*?</section>', page.text, re.S
    )
    return match.group(0) if match else ""


async def test_a_page_shows_what_its_reader_may_see(office: Office, rep: Browser) -> None:
    given = {"title": "Harbour", "sealed": "hush", "fixed": "stone", "active": False}
    visit = await office.admin.post("/records/visit", given)
    page = await rep.get(f"/o/visit/{visit['id']}")
    assert "Harbour" in page and "stone" in page and "V-0001" in page
    assert "hush" not in page and "Sealed part" not in page
    assert "While active" not in page
    admin = await office.browser("admin")
    assert "hush" in await admin.get(f"/o/visit/{visit['id']}")
    await office.admin.patch(f"/records/visit/{visit['id']}", {"active": True})
    assert "While active" in await rep.get(f"/o/visit/{visit['id']}")


async def test_what_is_not_there_and_what_may_not_be_seen_look_alike(
    office: Office, rep: Browser
) -> None:
    ledger = await office.admin.post("/records/ledger", {"name": "Book"})
    missing = await rep.get(f"/o/visit/{uuid4()}", 404)
    hidden = await rep.get(f"/o/ledger/{ledger['id']}", 404)
    nothing = await rep.get(f"/o/no_such_object/{uuid4()}", 404)
    assert hidden.words.partition("Request")[0] == nothing.words.partition("Request")[0]
    assert "Book" not in hidden and "Traceback" not in missing
    await rep.get("/o/visit/not-an-id", 404)
    admin = await office.browser("admin")
    assert "Book" in await admin.get(f"/o/ledger/{ledger['id']}")


async def test_related_lists_are_read_with_the_readers_rights(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    for n in range(1, 8):
        given = {"title": f"T{n}", "site": site["id"], "amount": n * 10, "sealed": f"hush{n}"}
        await office.admin.post("/records/visit", given)
    await office.admin.post("/records/ledger", {"name": "Book", "site": site["id"]})
    page = await rep.get(f"/o/site/{site['id']}")
    visits = related(page, "visits")
    assert visits.count("<li>") == 5 and ">7</span>" in visits and "T1" in visits
    assert "hush" not in visits and not related(page, "ledgers") and "Book" not in page
    assert f"/o/visit/new?site={site['id']}" in visits and "Show all" in visits
    admin = await office.browser("admin")
    page = await admin.get(f"/o/site/{site['id']}")
    assert "hush1" in related(page, "visits") and "Book" in related(page, "ledgers")


async def test_the_whole_related_list_is_a_list(office: Office, rep: Browser) -> None:
    sites = [
        await office.admin.post("/records/site", {"name": name}) for name in ("North", "South")
    ]
    for site in sites:
        given = [{"title": f"{site['name']} {n}", "site": site["id"]} for n in range(7)]
        await office.admin.post("/records/visit", {"records": given})
    page = await rep.get(f"/o/site/{sites[0]['id']}")
    match = re.search(r'href="(/o/visit\?filter=[^"]+)"', related(page, "visits"))
    assert match
    whole = await rep.get(match.group(1))
    assert "7 records" in whole and "North 3" in whole and "South 3" not in whole
    assert re.search(r"Site\s*<b[^>]*>North</b>", whole.text)


async def test_a_page_asks_few_questions(
    office: Office, rep: Browser, statements: list[str]
) -> None:
    me = (await office.rep.get("/session"))["user_id"]
    site = await office.admin.post("/records/site", {"name": "North"})
    given = {"title": "A", "site": site["id"], "host": me, "guests": [me]}
    visit = await office.rep.post("/records/visit", given)
    await rep.get(f"/o/visit/{visit['id']}")
    statements.clear()
    await rep.get(f"/o/visit/{visit['id']}")
    assert len(statements) <= 3 + 1, statements
    statements.clear()
    await rep.get(f"/o/site/{site['id']}")
    assert len(statements) <= 3 + 2, statements


async def test_lines_stand_first_among_the_related_lists(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"title": "Tour"})
    await office.rep.post("/records/stop", {"visit": visit["id"], "name": "Bridge"})
    page = await rep.get(f"/o/visit/{visit['id']}")
    assert "Bridge" in related(page, "stops")
    assert f"/o/visit/{visit['id']}/edit#t-stops" in related(page, "stops")


async def test_links_to_what_may_not_be_read_keep_their_secret(office: Office) -> None:
    body = {"type": "lookup", "target": "ledger", "label": {"en": "Ledger"}}
    await office.admin.publish(
        [{"op": "create", "kind": "field", "name": "visit.ledger", "body": body},
         {"op": "update", "kind": "permission_set", "name": "staff",
          "body": {"objects": {"visit": {"fields": {"ledger": "read"}}}}},
         {"op": "update", "kind": "layout", "name": "visit.standard",
          "body": {"sections": {"main": {"fields": {"ledger": {}}}}}}]
    )  # fmt: skip
    ledger = await office.admin.post("/records/ledger", {"name": "Black book"})
    visit = await office.admin.post("/records/visit", {"title": "A", "ledger": ledger["id"]})
    rep = await office.browser("rep")
    page = await rep.get(f"/o/visit/{visit['id']}")
    assert "Black book" not in page and "(not visible to you)" in page
    assert f"/o/ledger/{ledger['id']}" not in page.text
    admin = await office.browser("admin")
    assert "Black book" in await admin.get(f"/o/visit/{visit['id']}")


async def test_a_record_moves_along_its_path(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"level": "a"})
    url = f"/o/visit/{visit['id']}"
    page = await rep.get(url)
    assert re.search(r'<li class="is-now"[^>]*>.*?A</span>', page.text, re.S)
    assert "To reach B, fill in" in page and f"{url}/edit#i-title" in page
    await office.rep.patch(f"/records/visit/{visit['id']}", {"title": "T"})
    assert f'action="{url}/path/default/b"' in await rep.get(url)
    await rep.post(f"{url}/path/default/b")
    assert (await office.admin.get(f"/records/visit/{visit['id']}"))["level"] == "b"
    moved = await rep.http.post(
        f"{url}/path/default/c", headers={"hx-request": "true", "x-csrf-token": rep.token}
    )
    assert moved.status_code == 204 and moved.headers["hx-redirect"] == url
    page = await rep.get(url)
    assert re.search(r'<li class="is-won"', page.text) and "Mark complete" not in page
    await rep.post(f"{url}/path/default/nonsense", status=404)


async def test_a_reader_cannot_move_the_path(office: Office) -> None:
    await office.admin.publish(
        [{"op": "update", "kind": "permission_set", "name": "looker",
          "body": {"objects": {"visit": {"rights": ["read"], "fields": {"*": "read"}}}}}]
    )  # fmt: skip
    visit = await office.admin.post("/records/visit", {"title": "T", "level": "a"})
    looker = await office.browser("looker")
    url = f"/o/visit/{visit['id']}"
    page = await looker.get(url)
    assert "st-path" in page and f"{url}/path" not in page and f"{url}/edit" not in page
    await looker.post(f"{url}/path/default/b", status=403)
    assert (await office.admin.get(f"/records/visit/{visit['id']}"))["level"] == "a"


async def test_history_speaks_in_names_and_labels(office: Office, rep: Browser) -> None:
    sites = [
        await office.admin.post("/records/site", {"name": name}) for name in ("North", "South")
    ]
    visit = await office.rep.post("/records/visit", {"title": "T", "site": sites[0]["id"]})
    path = f"/records/visit/{visit['id']}"
    await office.admin.patch(
        path, {"site": sites[1]["id"], "level": "b", "amount": "1200", "active": True,
               "starts_at": "2026-05-01T09:00:00+08:00", "sealed": "hush", "pin": "9876"}
    )  # fmt: skip
    page = await rep.get(f"/o/visit/{visit['id']}?tab=history")
    text = page.words
    assert "Ada changed" in text and "Rita created this record" in text and "Today" in text
    assert "Site North became South" in text and "Level empty became B" in text
    assert "1,200.00" in text and "May 1, 2026, 9:00 AM" in text
    assert "hush" not in text and "Sealed" not in text and "9876" not in text
    admin = await office.browser("admin")
    assert "hush" in (await admin.get(f"/o/visit/{visit['id']}?tab=history")).words
    part = await rep.get(f"/o/visit/{visit['id']}?tab=history", headers=FRAGMENT)
    assert part.text.strip().endswith("</div>") and "<html" not in part.text


async def test_a_record_goes_to_the_bin_and_undo_brings_it_back(
    office: Office, rep: Browser
) -> None:
    visit = await office.rep.post("/records/visit", {"title": "Gone"})
    url = f"/o/visit/{visit['id']}"
    answer = await rep.post(f"{url}/delete")
    page = await rep.get(answer.headers["location"])
    assert "Visit moved to the recycle bin" in page and f'action="{url}/restore"' in page
    await office.admin.get(f"/records/visit/{visit['id']}", 404)
    gone = await rep.get(url)
    assert "This record is in the recycle bin." in gone and f"{url}/edit" not in gone
    await rep.get(f"{url}/edit", 404)
    await rep.post(f"{url}/restore")
    assert (await office.admin.get(f"/records/visit/{visit['id']}"))["title"] == "Gone"
    assert "recycle bin." not in (await rep.get(url)).words


async def test_deleted_records_are_gone_for_those_who_may_not_delete(office: Office) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    looker = await office.browser("looker")
    url = f"/o/site/{site['id']}"
    await looker.get(url)
    await looker.post(f"{url}/delete", status=403)
    await office.admin.delete(f"/records/site/{site['id']}")
    await looker.get(url, 404)
    await looker.post(f"{url}/restore", status=403)
    rep = await office.browser("rep")
    await rep.get(url)


async def test_a_record_in_use_is_not_deleted(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    await office.admin.post("/records/visit", {"title": "T", "site": site["id"]})
    page = await rep.post(f"/o/site/{site['id']}/delete", status=422)
    assert "Visits" in page and "cannot be deleted" in page
    assert f"/o/site/{site['id']}/edit" in page, "the record's own page"
    assert (await office.admin.get(f"/records/site/{site['id']}"))["name"] == "North"


async def test_recent_records_are_remembered_by_id_only(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    await rep.get(f"/o/site/{site['id']}")
    assert "North" not in rep.http.cookies["fs_recent"]
    assert "North" in await rep.get("/")
    await office.admin.patch(f"/records/site/{site['id']}", {"name": "Renamed"})
    assert "Renamed" in await rep.get("/")
    await office.admin.delete(f"/records/site/{site['id']}")
    assert "Renamed" not in (await rep.get("/")).text


async def test_terms_rename_every_noun(office: Office, rep: Browser) -> None:
    term = {"label": {"en": "Inspection"}, "plural": {"en": "Inspections"}}
    site = await office.admin.post("/records/site", {"name": "North"})
    visit = await office.rep.post("/records/visit", {"title": "T", "site": site["id"]})
    await office.admin.publish([{"op": "create", "kind": "term", "name": "visit", "body": term}])
    listed = await rep.get("/o/visit?view=all")
    assert "New Inspection" in listed and "Inspections" in listed and "New Visit" not in listed
    assert "New Inspection" in await rep.get("/o/visit/new")
    assert "Inspections" in related(await rep.get(f"/o/site/{site['id']}"), "visits")
    await rep.post(f"/o/visit/{visit['id']}/delete")
    assert "Inspection moved to the recycle bin" in await rep.get("/o/visit")
