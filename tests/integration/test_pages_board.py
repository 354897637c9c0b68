"""A list as a board: what its columns hold, who may move cards, what is refused and how."""

from __future__ import annotations

import re
from typing import Any

import pytest
from api_world import codes, label, operation, values
from api_world import field as a_field
from page_world import Browser, Office, Shown, changed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def _moves(browser: Browser, card: str, was: str, to: str, status: int = 200) -> Shown:
    """As the board's script asks for it."""
    browser.http.headers["hx-request"] = "true"
    shown = await browser.post(
        f"/o/visit/{card}/board?by=level&view=all", {"was": was, "to": to}, status
    )
    del browser.http.headers["hx-request"]
    return shown


def _lane(page: Shown, key: str) -> str:
    """The text of one column."""
    return page.text.partition(f'id="lane-{key}"')[2].partition("</section>")[0]


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def _visits(office: Office, *records: dict[str, Any]) -> list[str]:
    made = await office.admin.post("/records/visit", {"records": list(records)})
    return [each["id"] for each in made["records"]]


async def test_columns_hold_cards_counts_and_sums(
    office: Office, rep: Browser, statements: list[str]
) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    await _visits(
        office,
        {"title": "One", "level": "a", "amount": "1000000", "site": site["id"]},
        {"title": "Two", "level": "a", "amount": "234500", "currency_code": "USD"},
        {"title": "Three", "level": "c", "amount": 7},
        {"title": "Four", "planned_on": "2026-03-01", "active": True},
        *({"title": f"More {at}", "level": "b"} for at in range(53)),
    )
    await rep.get("/o/visit/board?view=all")
    statements.clear()
    page = await rep.get("/o/visit/board?view=all&by=level")
    assert len(statements) <= 8, statements  # one for the heads, one a column, the frame's own
    assert _words(_lane(page, "v0")).find("A 2") >= 0
    assert "CN¥1M + US$234.5K" in _words(_lane(page, "v0")) or "$234.5K" in _lane(page, "v0")
    assert "North" in _lane(page, "v0") and "Three" not in page  # what is won is folded
    assert 'class="st-fold' in page and "53" in _lane(page, "v1")
    assert "Show 3 more" in page and _lane(page, "v1").count("<article") == 50
    assert "Without Level" in page and "Four" in _lane(page, "none")
    more = re.search(r'hx-get="([^"]+/board/lane[^"]+)"', page.text)
    assert more
    following = await rep.get(more.group(1).replace("&amp;", "&"))
    assert following.text.count("<article") == 3 and "hx-get" not in following

    unfolded = await rep.get("/o/visit/board?view=all&by=level&turned=c,a")
    assert "Three" in unfolded and "North" not in unfolded
    searched = await rep.get("/o/visit/board?view=all&q=four")
    assert "Four" in searched and _words(_lane(searched, "v0")).find("A 0") >= 0
    filtered = await rep.get("/o/visit/board?view=all&filter=amount%20%3E%20100")
    assert "/o/visit/board?view=all&amp;filter=" in filtered  # the chip leads back to the board
    assert "meet these conditions" in await rep.get("/o/visit/board?view=all&q=nothing")


async def test_what_cannot_be_a_board_says_so(office: Office, rep: Browser) -> None:
    await _visits(office, {"title": "One", "level": "a"})
    for by in ("sealed", "title", "no_such", "'"):
        page = await rep.get(f"/o/visit/board?by={by}", 422)
        assert "cannot be shown by this field" in page and "by=level" in page
    await rep.get("/o/visit/board/lane?by=level&lane=zzz", 404)
    await rep.get("/o/ledger/board", 404)
    nobody = await office.browser("looker")
    await nobody.get("/o/visit/board", 404)
    sites = await rep.get("/o/site")
    assert "/o/site/board" not in sites  # it has no choice to stand by
    assert "/o/visit/board" in await rep.get("/o/visit?view=all")
    await office.admin.publish(
        [operation("permission_set", "staff", _without_level(), op="update")],
    )
    assert "One" not in await rep.get("/o/visit/board?by=level", 422)


def _without_level() -> dict[str, Any]:
    visit = {"rights": ["edit"], "fields": {"*": "edit", "level": "none"}}
    return {"label": label("Staff"), "objects": {"visit": visit}}


async def test_a_card_is_moved_and_both_heads_follow(office: Office, rep: Browser) -> None:
    [card] = await _visits(office, {"title": "One", "level": "a", "amount": 5})
    record = f"/records/visit/{card}"
    page = await rep.get("/o/visit/board?by=level&view=all")
    assert "data-grip" in page and f'data-move="/o/visit/{card}/board?' in page
    moved = await _moves(rep, card, "a", "b")
    assert (await office.admin.get(record))["level"] == "b"
    assert f'hx-target="#card-{card}"' in moved and 'hx-target="#laneh-v1"' in moved
    assert "moved to B" in moved.headers["hx-trigger"].encode().decode("unicode_escape")
    undo = re.search(r'"undo_url": "([^"]+)"', moved.headers["hx-trigger"])
    assert undo
    await rep.post(undo.group(1))
    assert (await office.admin.get(record))["level"] == "a"
    await _moves(rep, card, "a", "")
    assert (await office.admin.get(record))["level"] is None
    refused = await _moves(rep, card, "", "zzz", 422)
    assert "stays in" in refused and (await office.admin.get(record))["level"] is None


async def test_what_is_missing_is_asked_for(office: Office, rep: Browser) -> None:
    await office.admin.publish(
        [
            operation(
                "validation_rule",
                "visit.won_with_amount",
                {"when": "level = 'c' AND ISBLANK(amount)", "field": "amount",
                 "message": label("Say how much.")},
            ),
            operation(
                "validation_rule",
                "visit.never",
                {"when": "level = 'c' AND amount > 100", "message": label("Far too much.")},
            ),
        ]
    )  # fmt: skip
    [card] = await _visits(office, {"level": "a"})
    record = f"/records/visit/{card}"
    asks = await _moves(rep, card, "a", "c", 422)  # `a` cannot be left without a title
    assert 'id="board-ask"' in asks and "Say how much." in asks and "Title" in asks
    assert 'name="remark"' not in asks
    rep.http.headers["hx-request"] = "true"
    at = f"/o/visit/{card}/board?by=level&view=all"
    again = await rep.post(at, changed(asks.form, title="Named"), 422)
    assert 'value="Named"' in again and "Say how much." in again
    told = await rep.post(at, changed(asks.form, title="Named", amount="500"), 422)
    assert "Far too much." in told and "board-ask" not in told  # no field can mend that
    assert (await office.admin.get(record))["level"] == "a"
    await rep.post(at, changed(asks.form, title="Named", amount="50"), 200)
    stored = await office.admin.get(record)
    assert (stored["level"], stored["title"], stored["amount"]) == ("c", "Named", "50.00")


async def test_who_may_not_move_cards(office: Office, rep: Browser) -> None:
    [card] = await _visits(office, {"title": "One", "level": "a"})
    rights = {"visit": {"rights": ["read"], "fields": {"*": "read"}}}
    await office.admin.publish(
        [operation("permission_set", "looker", {"label": label("L"), "objects": rights}, "update")]
    )
    looker = await office.browser("looker")
    page = await looker.get("/o/visit/board?by=level&view=all")
    assert "One" in page and "data-grip" not in page and "data-stages" not in page
    assert "你没有修改拜访的权限。" in page
    told = await _moves(looker, card, "a", "b", 403)
    assert "你没有修改拜访的权限。" in told
    assert (await office.admin.get(f"/records/visit/{card}"))["level"] == "a"
    await _moves(rep, card, "a", "b")


async def test_two_people_move_the_same_card(office: Office, rep: Browser) -> None:
    [card, other] = await _visits(
        office, {"title": "One", "level": "a"}, {"title": "Two", "level": "b"}
    )
    record = f"/records/visit/{card}"
    await office.admin.patch(record, {"title": "Renamed"})
    await _moves(rep, card, "a", "b")  # another field is no conflict
    await office.admin.patch(record, {"level": None})
    late = await _moves(rep, card, "b", "c", 409)
    assert "Ada has moved it to Without Level meanwhile." in _words(late.text)
    assert 'hx-target="#cards-none"' in late  # the card goes where it is
    assert (await office.admin.get(record))["level"] is None
    await office.admin.delete(f"/records/visit/{other}")
    gone = await _moves(rep, other, "b", "c", 404)
    assert "no longer there" in gone and f'hx-target="#card-{other}"' in gone


async def test_views_open_as_they_say_and_odd_choices_are_borne(
    office: Office, rep: Browser
) -> None:
    body = {
        "label": label("By level"),
        "columns": ["name"],
        "display": {"kind": "board", "by": "level", "card": ["amount"], "folded": ["a"]},
        "order": 0,
    }
    many = values(*(f"v{at}" for at in range(200)))
    await office.admin.publish(
        [
            operation("list_view", "visit.a_board", body),
            a_field("visit.kind", "picklist", values=many),
        ]
    )
    await _visits(
        office,
        {"title": "Long " + "x" * 35, "level": "b", "amount": 5, "kind": "v0"},
        {"title": "Old", "level": "a", "kind": "v150"},
    )
    opened = await rep.get("/o/visit", 303)
    assert opened.headers["location"] == "/o/visit/board?view=a_board"
    page = await rep.get(opened.headers["location"])
    assert "CN¥5.00" in page and "Old" not in page and 'href="/o/visit?view=a_board"' in page
    await rep.get("/o/visit?view=a_board")  # as a table, because the address says so
    wide = await rep.get("/o/visit/board?by=kind&view=all")
    assert wide.text.count('class="st-lane ') == 200
    assert "Old" in _lane(wide, "v150") and "Long" in _lane(wide, "v0")
    without = {"values": {"a": {"label": label("A"), "deleted": True}}}
    await office.admin.publish(
        [
            operation("path", "visit.default", {}, op="delete"),
            operation("field", "visit.level", without, op="update"),
        ]
    )
    page = await rep.get("/o/visit/board?by=level&view=all")
    gone = page.text.partition('id="lane-v0"')[2]  # it keeps its column while cards stand in it
    assert gone.startswith(' data-lane="a" data-label="A" aria-labelledby') and "A 1" in _words(
        gone.partition("</section>")[0]
    )


async def test_what_is_done_with_the_list_leads_back_to_the_board(
    office: Office, rep: Browser
) -> None:
    await _visits(office, {"title": "One", "level": "a"})
    page = await rep.get("/o/visit/board?view=all&by=level")
    builder = re.search(r'hx-get="(/o/visit/filter\?[^"]+)"', page.text)
    assert builder
    assert "kind=board" in await rep.get(builder.group(1).replace("&amp;", "&"))
    query = "kind=board&view=all&by=level"
    applied = await rep.post("/o/visit/filter", {"query": query, "act": "apply"}, 204)
    assert applied.headers["hx-redirect"] == "/o/visit/board?view=all&by=level&filter="
    kept = await rep.post("/o/visit/views", {"query": query, "name": "Mine"})
    assert re.match(r"/o/visit/board\?view=[0-9a-f-]{36}&by=level$", kept.headers["location"])
    assert "One" in await rep.get(kept.headers["location"])
    odd = await rep.get("/o/visit?view=all&kind=board&by=level")
    assert 'role="grid"' in odd  # the path says that it is the table


async def test_a_display_that_does_not_fit_is_refused(office: Office) -> None:
    def body(**display: Any) -> dict[str, Any]:
        return {"label": label("X"), "columns": ["name"], "display": display}

    bad = [
        body(kind="board", by="title"),
        body(kind="board", by="level", folded=["zzz"]),
        body(kind="calendar", by="level"),
        body(kind="calendar", by="planned_on", until="starts_at"),
    ]
    draft = await office.admin.post(
        "/changesets",
        {
            "title": "t",
            "operations": [
                operation("list_view", f"visit.x{at}", each) for at, each in enumerate(bad)
            ],
        },
    )
    assert sorted(codes(draft).values()) == [
        "metadata.board_not_picklist",
        "metadata.calendar_not_day",
        "metadata.calendar_until_misfits",
        "metadata.stage_unknown",
    ]
