"""The home page: what is due by list views with a date, and what others changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from api_world import label, operation
from page_world import FRAGMENT, Office

pytestmark = pytest.mark.anyio

DUE = operation(
    "list_view",
    "visit.due",
    {
        "label": label("Mine by day"),
        "columns": ["name", "title", "site", "starts_at"],
        "filter": "owner = $user.id AND active = TRUE",
        "agenda": "starts_at",
    },
)


async def test_what_is_due_stands_there_with_what_it_is_about(office: Office) -> None:
    await office.admin.publish([DUE])
    rep = await office.browser("rep")
    site = await office.rep.post("/records/site", {"name": "North gate"})
    late = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    visit = {"title": "x", "active": True, "starts_at": late, "site": site["id"]}
    made = await office.rep.post("/records/visit", visit)
    await office.rep.post("/records/visit", {**visit, "active": False})
    await office.rep.post("/records/visit", {**visit, "starts_at": None})
    page = await rep.get("/")
    agenda = page.text.split('id="home-agenda"')[1].split("</section>")[0]
    assert agenda.count('class="st-li"') == 1
    assert f"/o/visit/{made['id']}" in agenda
    assert "North gate" in agenda
    assert "3 days late" in agenda
    assert "1 thing is due." in page.words
    part = await rep.get("/?due=late", headers=FRAGMENT)
    assert "<html" not in part.text
    assert "3 days late" in part.text
    theirs = (await (await office.browser("admin")).get("/")).text
    assert "days late" not in theirs
    answer = await office.admin.post(
        "/changesets", {"operations": [operation("field", "visit.starts_at", {}, op="delete")]}
    )
    assert "visit.due" in str(answer["plan"]["impact"])


async def test_a_date_that_may_not_be_read_brings_nothing(office: Office) -> None:
    await office.admin.publish(
        [
            operation(
                "permission_set",
                "staff",
                {"objects": {"visit": {"fields": {"starts_at": "none"}}}},
                op="update",
            ),
            DUE,
        ]
    )
    assert 'id="home-agenda"' in (await (await office.browser("admin")).get("/")).text
    agenda = (await (await office.browser("rep")).get("/")).text
    assert "/o/visit?view=due" not in agenda


async def test_what_others_changed_in_ones_records(office: Office) -> None:
    rep = await office.browser("rep")
    made = await office.rep.post("/records/visit", {"title": "first"})
    path = f"/records/visit/{made['id']}"
    assert "No news" in (await rep.get("/")).text
    await office.rep.patch(path, {"title": "mine"})
    assert "No news" in (await rep.get("/")).text, "one's own changes are none"
    await office.admin.patch(path, {"sealed": "hidden from staff"})
    assert "No news" in (await rep.get("/")).text
    await office.admin.patch(path, {"title": "theirs", "sealed": "still hidden"})
    news = (await rep.get("/")).text
    assert "Title: mine → theirs" in news
    assert "<b>Ada</b> changed" in news
    assert "hidden" not in news.split('id="home-changes"')[1].split("</section>")[0].replace(
        "aria-hidden", ""
    )
    await office.admin.delete(path)
    assert "Title: mine" not in (await rep.get("/")).text
