"""A list in the days of a calendar: what stands where, in whose zone, and what moving it saves."""

from __future__ import annotations

import re
from html import unescape

import pytest
from api_world import field as a_field
from api_world import label, operation
from page_world import Browser, Office, Shown

pytestmark = pytest.mark.anyio

MARCH = "/o/visit/calendar?view=all&by={by}&at=2026-03"


@pytest.fixture
async def rep(office: Office) -> Browser:
    """In Shanghai, eight hours ahead."""
    return await office.browser("rep")


def _day(page: Shown, iso: str) -> str:
    """What stands on one day of the month."""
    found = re.search(
        rf'role="gridcell" data-day="{iso}".*?(?=role="gridcell"|</main>)', page.text, re.S
    )
    assert found, f"{iso} is not shown"
    return " ".join(re.sub(r"<[^>]+>", " ", found.group().partition(">")[2]).split())


def _move_url(page: Shown, record_id: str, day: str) -> str:
    part = page.text.partition(f'data-day="{day}"')[2]
    found = re.search(rf'data-move="([^"]*/{record_id}/calendar[^"]*)"', part)
    assert found
    return unescape(found.group(1))


async def _moves(browser: Browser, url: str, to: str, status: int = 200) -> Shown:
    browser.http.headers["hx-request"] = "true"
    shown = await browser.post(url, {"to": to}, status)
    del browser.http.headers["hx-request"]
    return shown


async def test_records_stand_on_their_days(office: Office, rep: Browser) -> None:
    await office.admin.publish([a_field("visit.ends_at", "datetime")])
    await office.admin.post(
        "/records/visit",
        {
            "records": [
                {"planned_on": "2026-03-05", "level": "b"},
                {"planned_on": "2026-02-28"},
                {"planned_on": "2026-05-01"},
                {"starts_at": "2026-03-09T17:30:00Z"},  # the 10th in Shanghai
                {"starts_at": "2026-02-20T01:00:00Z", "ends_at": "2026-03-03T02:00:00Z"},
                {"starts_at": "2026-03-20T01:00:00Z", "ends_at": "2026-03-20T16:00:00Z"},
                *({"planned_on": "2026-03-12"} for _ in range(6)),
            ]
        },
    )
    page = await rep.get(MARCH.format(by="planned_on"))
    assert "March 2026" in page and "V-0001" in _day(page, "2026-03-05")
    assert "V-0002" in _day(page, "2026-02-28")  # the weeks are shown whole, from Monday on
    assert 'data-day="2026-02-23"' in page and 'data-day="2026-02-22"' not in page
    assert "V-0003" not in page and "+3 more" in _day(page, "2026-03-12")
    assert "/o/visit/new?planned_on=2026-03-17" in page
    timed = await rep.get(MARCH.format(by="starts_at"))
    assert "1:30 AM" in _day(timed, "2026-03-10") and "V-0004" in _day(timed, "2026-03-10")
    for day in ("2026-02-24", "2026-03-01", "2026-03-03"):  # from before the month into it
        assert "V-0005" in _day(timed, day)
    assert "V-0005" not in _day(timed, "2026-03-04")
    assert "V-0006" in _day(timed, "2026-03-20") and "V-0006" not in _day(timed, "2026-03-21")
    assert "starts_at=2026-03-17T09%3A00&amp;ends_at=2026-03-17T10%3A00" in timed

    week = await rep.get("/o/visit/calendar?view=all&by=starts_at&at=2026-03-10&span=week")
    assert "Mar 9" in week and "--from:" in week and "V-0004" in week and "V-0006" not in week
    day = await rep.get("/o/visit/calendar?view=all&by=planned_on&at=2026-03-12&span=day")
    assert day.text.count("V-00") >= 6 and "more" not in day.words
    odd = await rep.get("/o/visit/calendar?view=all&by=planned_on&at=2026-99&span=century")
    assert 'role="grid"' in odd
    for by in ("sealed", "level", "nothing"):
        refused = await rep.get(f"/o/visit/calendar?by={by}", 422)
        assert "cannot be shown by this field" in refused and "by=planned_on" in refused
    assert "/o/site/calendar" not in await rep.get("/o/site")
    await rep.get("/o/ledger/calendar", 404)


async def test_an_entry_is_moved_with_its_hour_and_its_end(office: Office, rep: Browser) -> None:
    await office.admin.publish([a_field("visit.ends_at", "datetime")])
    made = await office.admin.post(
        "/records/visit",
        {"starts_at": "2026-03-09T17:30:00Z", "ends_at": "2026-03-10T20:00:00Z"},
    )
    record = f"/records/visit/{made['id']}"
    page = await rep.get(MARCH.format(by="starts_at"))
    moved = await _moves(rep, _move_url(page, made["id"], "2026-03-10"), "2026-03-17")
    stored = await office.admin.get(record)
    assert stored["starts_at"].startswith("2026-03-16T17:30")
    assert stored["ends_at"].startswith("2026-03-17T20:00")
    assert 'hx-target="#calendar"' in moved and "Tue, Mar 17" in moved.headers["hx-trigger"]
    undo = re.search(r'"undo_url": "([^"]+)"', moved.headers["hx-trigger"])
    assert undo
    await rep.post(undo.group(1))
    assert (await office.admin.get(record))["starts_at"].startswith("2026-03-09T17:30")

    stale = _move_url(page, made["id"], "2026-03-10")
    await office.admin.patch(record, {"title": "Another field"})
    await _moves(rep, stale, "2026-03-11")  # is no conflict
    late = await _moves(rep, stale, "2026-03-12", 409)
    assert "has changed it meanwhile" in late and "Wed, Mar 11" in late
    assert (await office.admin.get(record))["starts_at"].startswith("2026-03-10T17:30")
    await _moves(rep, stale.replace("from=2026-03-10", "from=x"), "2026-03-12", 404)
    far = re.sub("from=[0-9-]+", "from=0001-01-01", stale).replace(
        "was=2026-03-10", "was=2026-03-11"
    )
    assert "stays on" in await _moves(rep, far, "9999-12-31", 422)


async def test_who_may_not_move_and_what_a_rule_says(office: Office, rep: Browser) -> None:
    made = await office.admin.post("/records/visit", {"planned_on": "2026-03-05"})
    record = f"/records/visit/{made['id']}"
    rights = {"visit": {"rights": ["read"], "fields": {"*": "read"}}}
    rule = {
        "when": "planned_on > DATE(2026, 3, 20)",
        "field": "planned_on",
        "message": label("Too late."),
    }
    await office.admin.publish(
        [
            operation(
                "permission_set", "looker", {"label": label("L"), "objects": rights}, "update"
            ),
            operation("validation_rule", "visit.early", rule),
        ]
    )
    page = await rep.get(MARCH.format(by="planned_on"))
    url = _move_url(page, made["id"], "2026-03-05")
    looker = await office.browser("looker")
    read = await looker.get(MARCH.format(by="planned_on"))
    assert "V-0001" in read and "data-move" not in read and "/new?" not in read
    assert "2026年3月" in read and "周一" in read
    assert "你没有修改拜访的权限。" in await _moves(looker, url, "2026-03-06", 403)
    refused = await _moves(rep, url, "2026-03-25", 422)
    assert "stays on Thu, Mar 5." in refused and "Too late." in refused
    assert (await office.admin.get(record))["planned_on"] == "2026-03-05"
    await _moves(rep, url, "2026-03-06")
    assert (await office.admin.get(record))["planned_on"] == "2026-03-06"
    await office.admin.delete(record)
    assert "no longer there" in await _moves(rep, url, "2026-03-07", 404)
