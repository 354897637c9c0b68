"""The generated list: views, conditions, order, pages, rights, the recycle bin."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from page_world import FRAGMENT, Browser, Office, Shown

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def many(office: Office, count: int, **values: Any) -> list[str]:
    """Visits numbered from 1."""
    given = [{"title": f"Visit {n}", "number": n, **values} for n in range(1, count + 1)]
    created = await office.admin.post("/records/visit", {"records": given})
    return [each["id"] for each in created["records"]]


def rows(page: Shown) -> list[str]:
    """The titles of the rows: the second column."""
    found = re.findall(r"<tr data-card.*?</tr>", page.text, re.S)
    cells = [re.findall(r"<td role=\"gridcell\".*?</td>", row, re.S) for row in found]
    return [unescape(re.sub(r"<[^>]+>", "", row[2])).strip() for row in cells]


def link(page: Shown, label: str) -> str:
    """Where the link with this label leads."""
    match = re.search(rf'<a[^>]*href="([^"]+)"[^>]*aria-label="{label}"', page.text)
    return unescape(match.group(1)) if match else ""


async def test_a_list_shows_its_view_as_far_as_the_reader_may(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    await many(office, 1, site=site["id"], level="a", amount="1234.5", sealed="hush")
    page = await rep.get("/o/visit")
    assert rows(page) == ["Visit 1"]
    assert "North" in page and "1,234.50" in page and "Amount (CNY)" in page
    assert "hush" not in page and "Sealed" not in page
    admin = await office.browser("admin")
    assert "hush" in await admin.get("/o/visit?view=all")


async def test_an_object_that_may_not_be_read_is_not_there(office: Office, rep: Browser) -> None:
    admin = await office.browser("admin")
    assert "Ledger" in await admin.get("/o/ledger")
    refused = await rep.get("/o/ledger", 404)
    nothing = await rep.get("/o/nothing_at_all", 404)
    plain = [re.sub(r"Request \w+|/o/\w+|%2Fo%2F\w+", "", each.text) for each in (refused, nothing)]
    assert plain[0] == plain[1]
    assert 'href="/o/ledger"' not in refused.text and 'href="/o/visit"' in refused.text


async def test_a_view_that_asks_for_hidden_fields_refuses(office: Office, rep: Browser) -> None:
    await many(office, 2, sealed=None)
    refused = await rep.get("/o/visit?view=by_secret", 422)
    assert "This view cannot be shown to you." in refused
    assert "sealed" not in refused and rows(refused) == []
    admin = await office.browser("admin")
    assert "cannot be shown" not in (await admin.get("/o/visit?view=by_secret")).text


async def test_a_filter_on_a_hidden_field_is_no_filter_on_nothing(
    office: Office, rep: Browser
) -> None:
    await many(office, 1)
    page = await rep.get("/o/visit?filter=sealed%20%3D%20%22x%22", 422)
    assert "This filter cannot be used." in page and rows(page) == []
    await rep.get("/o/visit?sort=sealed", 422)
    assert rows(await rep.get("/o/visit?sort=-title")) == ["Visit 1"]


async def test_pages_go_forth_and_back(office: Office, rep: Browser) -> None:
    await many(office, 120)
    first = await rep.get("/o/visit?view=all")
    assert rows(first)[0] == "Visit 1" and len(rows(first)) == 50
    assert "1–50" in first and "120 records" in first
    second = await rep.get(link(first, "Next page"))
    assert rows(second)[0] == "Visit 51" and "51–100" in second
    third = await rep.get(link(second, "Next page"))
    assert rows(third) == [f"Visit {n}" for n in range(101, 121)]
    assert not link(third, "Next page")
    back = await rep.get(link(third, "Previous page"))
    assert rows(back) == rows(second)
    assert rows(await rep.get(link(back, "Previous page"))) == rows(first)


async def test_a_list_asks_few_questions(
    office: Office, rep: Browser, statements: list[str]
) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    await many(office, 60, site=site["id"], amount="10", level="a")
    await rep.get("/o/visit")
    statements.clear()
    page = await rep.get("/o/visit")
    assert len(statements) <= 4, statements
    assert "Sum 600.00" in page


async def test_conditions_become_chips_and_go_away_again(office: Office, rep: Browser) -> None:
    await office.admin.post(
        "/records/visit",
        {
            "records": [
                {"title": "Big", "level": "a", "amount": 500},
                {"title": "Small", "level": "a"},
            ]
        },
    )
    page = await rep.get("/o/visit?view=high")
    assert rows(page) == ["Big"]
    assert re.search(r"Level\s*<b[^>]*>A</b>", page.text)
    assert re.search(r"Amount\s*<b[^>]*>greater than ¥?100", page.text) or "greater than" in page
    without = await rep.get(link(page, "Remove the condition Amount"))
    assert sorted(rows(without)) == ["Big", "Small"]
    assert "Unsaved changes" in without and "Unsaved changes" not in page


async def test_a_condition_is_made_in_the_panel(office: Office, rep: Browser) -> None:
    await office.admin.post(
        "/records/visit",
        {"records": [{"title": "A", "level": "a"}, {"title": "B", "level": "b"}, {"title": "C"}]},
    )
    panel = await rep.get("/o/visit/condition?f=level&op=in", headers=FRAGMENT)
    assert "is one of" in panel and "<html" not in panel.text and 'value="b"' in panel
    answer = await rep.get("/o/visit?view=all&filter=&f=level&op=in&v=a&v=b", 303)
    page = await rep.get(answer.headers["location"])
    assert sorted(rows(page)) == ["A", "B"] and ">A, B</b>" in page
    blank = await rep.get("/o/visit?view=all&filter=&f=level&op=is_blank", 303)
    assert rows(await rep.get(blank.headers["location"])) == ["C"]
    day = await rep.get("/o/visit?view=all&f=created_at&op=in_period&v=today", 303)
    assert len(rows(await rep.get(day.headers["location"]))) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("f=title&op=contains&v=ALPH", ["Alpha"]),
        ("f=share&op=>=&v=40%25", ["Alpha"]),
        ("f=planned_on&op=<&v=2026-05-01", ["Alpha"]),
        ("f=starts_at&op=>&v=2026-05-01T10:00", ["Beta"]),
        ("f=kinds&op=includes&v=y", ["Alpha"]),
        ("f=active&op==&v=true", ["Alpha"]),
        ("f=host&op=mine", ["Beta"]),
        ("f=amount&op=<&v=1,000", ["Alpha"]),
    ],
)
async def test_each_kind_of_field_filters(
    office: Office, rep: Browser, query: str, found: list[str]
) -> None:
    me = (await office.rep.get("/session"))["user_id"]
    alpha = {
        "title": "Alpha", "share": "45%", "planned_on": "2026-04-01", "kinds": ["x", "y"],
        "active": True, "amount": 10, "starts_at": "2026-05-01T09:00:00+08:00",
    }  # fmt: skip
    beta = {
        "title": "Beta", "share": "5%", "planned_on": "2026-06-01", "kinds": ["z"], "host": me,
        "active": False, "amount": 5000, "starts_at": "2026-05-01T11:00:00+08:00",
    }  # fmt: skip
    await office.admin.post("/records/visit", {"records": [alpha, beta]})
    answer = await rep.get(f"/o/visit?view=all&{query.replace('+', '%2B')}", 303)
    assert rows(await rep.get(answer.headers["location"])) == found


async def test_a_condition_with_nonsense_is_refused(office: Office, rep: Browser) -> None:
    await rep.get("/o/visit?f=amount&op=%3E&v=lots", 422)
    await rep.get("/o/visit?f=sealed&op=%3D&v=x", 404)
    await rep.get("/o/visit?f=title&op=in_period&v=today", 422)
    broken = await rep.get("/o/visit?filter=level%20%3D", 422)
    assert "This filter cannot be used." in broken


async def test_search_looks_in_the_fields_that_may_be_read(office: Office, rep: Browser) -> None:
    given = [{"title": "Harbour", "note": "cranes"}, {"title": "Mill"}]
    await office.admin.post("/records/visit", {"records": given})
    assert rows(await rep.get("/o/visit?q=HARB")) == ["Harbour"]
    assert rows(await rep.get("/o/visit?q=crane")) == ["Harbour"]
    nothing = await rep.get("/o/visit?q=zzz")
    assert rows(nothing) == [] and "Clear filters" in nothing


async def test_an_empty_list_says_so(rep: Browser) -> None:
    page = await rep.get("/o/visit?view=all")
    assert "No Visits yet" in page and "/o/visit/new" in page
    assert "Clear filters" not in page


async def test_heads_sort_and_turn(office: Office, rep: Browser) -> None:
    await many(office, 3)
    page = await rep.get("/o/visit?view=all")
    match = re.search(r'href="([^"]+)" id="sort-title"', page.text)
    assert match
    up = await rep.get(unescape(match.group(1)))
    assert rows(up) == ["Visit 1", "Visit 2", "Visit 3"] and 'aria-sort="ascending"' in up
    match = re.search(r'href="([^"]+)" id="sort-title"', up.text)
    assert match
    down = await rep.get(unescape(match.group(1)))
    assert rows(down) == ["Visit 3", "Visit 2", "Visit 1"] and 'aria-sort="descending"' in down


async def test_links_are_sorted_by_name(office: Office, rep: Browser) -> None:
    for title, name in (("one", "Zoo"), ("two", "Arc")):
        site = await office.admin.post("/records/site", {"name": name})
        await office.admin.post("/records/visit", {"title": title, "site": site["id"]})
    assert rows(await rep.get("/o/visit?view=all&sort=site")) == ["two", "one"]


async def test_htmx_gets_the_list_alone(office: Office, rep: Browser) -> None:
    await many(office, 1)
    part = await rep.get("/o/visit", headers=FRAGMENT)
    assert part.text.lstrip().startswith('<section class="st-listpage" id="list"')
    assert rows(part) == ["Visit 1"]
