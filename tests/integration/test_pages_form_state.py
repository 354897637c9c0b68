"""Forms that react: sections that come and go, values that follow other fields, choices that fit
what the form holds now."""

from __future__ import annotations

import re
from typing import Any

import pytest
from api_world import field, label, operation, values
from page_world import Browser, Office, Shown, changed

pytestmark = pytest.mark.anyio

SECTIONS = {"main", "active", "sealed", "more"}


def update(kind: str, name: str, **body: Any) -> dict[str, Any]:
    return operation(kind, name, body, op="update")


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def live(browser: Browser, path: str, values: list[tuple[str, str]]) -> Shown:
    return await browser.post(path, values, status=200)


def shown(answer: Shown) -> dict[str, bool]:
    """Section → does it hold?"""
    marks = re.findall(r'<i data-section="(\w+)"( data-shown)?>', answer.text)
    return {name: bool(mark) for name, mark in marks}


def filled(answer: Shown) -> set[str]:
    return set(re.findall(r'data-field="([^"]+)"', answer.text))


async def test_a_section_comes_and_goes_with_what_is_typed(office: Office, rep: Browser) -> None:
    page = await rep.get("/o/visit/new")
    assert 'data-watch="active"' in page and 'hx-post="/o/visit/new/state"' in page
    section = re.search(r'<section data-section="active"[^>]*>', page.text)
    assert section is not None and "hidden" in section.group()
    assert "<fieldset disabled>" in page
    for value, holds in (("true", True), ("false", False), ("perhaps", False)):
        answer = await live(rep, "/o/visit/new/state", changed(page.form, active=value))
        assert shown(answer) == {"active": holds}
        assert filled(answer) == set()


async def test_what_is_hidden_is_neither_saved_nor_lost(office: Office, rep: Browser) -> None:
    stored = await office.rep.post(
        "/records/visit", {"title": "T", "active": True, "took": "2h", "clock": "08:00"}
    )
    url = f"/o/visit/{stored['id']}"
    form = (await rep.get(f"{url}/edit")).form
    answer = await live(rep, f"{url}/state", changed(form, active="false"))
    assert shown(answer) == {"active": False}
    await rep.post(f"{url}/edit", changed(form, active="false", took="9h", title="Other"))
    after = await office.rep.get(f"/records/visit/{stored['id']}")
    assert after["took"] == stored["took"] and after["clock"] == stored["clock"]
    assert after["title"] == "Other" and after["active"] is False
    page = await rep.get(f"{url}/edit")
    assert "<fieldset disabled>" in page
    await rep.post(f"{url}/edit", changed(page.form, active="true", took="9h"))
    assert (await office.rep.get(f"/records/visit/{stored['id']}"))["took"] != stored["took"]


async def test_what_a_hidden_section_demands_is_not_asked_for(office: Office, rep: Browser) -> None:
    sections = {"active": {"fields": {"clock": {"required": True}}}}
    await office.admin.publish([update("layout", "visit.standard", sections=sections)])
    form = (await rep.get("/o/visit/new")).form
    refused = await rep.post("/o/visit/new", changed(form, title="T", active="true"), 422)
    assert 'id="i-clock-e"' in refused
    await rep.post("/o/visit/new", changed(form, title="T", active="false"))


async def test_a_condition_may_ask_a_linked_record(office: Office, rep: Browser) -> None:
    sections = {"active": {"visible_when": "site.size > 10"}}
    await office.admin.publish([update("layout", "visit.standard", sections=sections)])
    sites = [
        await office.admin.post("/records/site", {"name": f"S{size}", "size": size})
        for size in (5, 50)
    ]
    form = (await rep.get("/o/visit/new")).form
    for site, holds in zip(sites, (False, True), strict=True):
        answer = await live(rep, "/o/visit/new/state", changed(form, site=site["id"]))
        assert shown(answer) == {"active": holds}
        made = await office.rep.post("/records/visit", {"site": site["id"], "took": "2h"})
        record = await rep.get(f"/o/visit/{made['id']}")
        assert ("While active" in record) is holds


@pytest.fixture
async def formulas(office: Office) -> None:
    await office.admin.publish(
        [
            update("field", "visit.quantity", default_formula="number * 2"),
            field("stop.site", "lookup", target="site"),
            update("field", "stop.quantity", default=None, default_formula="site.size"),
            update("field", "stop.remark", default_formula="visit.title & '!'"),
            update(
                "layout",
                "visit.standard",
                sub_tables={"stops": {"columns": {"site": {"order": 1}}}},
            ),
        ]
    )


async def test_an_untouched_field_follows_another(
    office: Office, rep: Browser, formulas: None
) -> None:
    page = await rep.get("/o/visit/new")
    assert 'data-watch="active number stops.*.site title"' in page
    form = [*changed(page.form, number="21", title="T"), ("_touched", "number")]
    answer = await live(rep, "/o/visit/new/state", form)
    assert filled(answer) == {"quantity"} and 'value="42"' in answer
    follows = changed(form, number="5", quantity="42")
    assert 'value="10"' in await live(rep, "/o/visit/new/state", follows)
    by_hand = [*follows, ("_touched", "quantity")]
    assert filled(await live(rep, "/o/visit/new/state", by_hand)) == set()


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"number": "4"}, "8.000"),
        ({"number": "4", "quantity": "5"}, "5.000"),
        ({"number": "4", "quantity": "6", "_touched": ""}, "8.000"),
        ({"number": "4", "quantity": "", "_touched": "quantity"}, None),
        ({"number": ""}, None),
    ],
    ids=["left blank", "filled in", "answer did not come", "made blank", "nothing to follow"],
)
async def test_saving_agrees_with_what_the_form_shows(
    office: Office, rep: Browser, formulas: None, sent: dict[str, str], stored: str | None
) -> None:
    form = (await rep.get("/o/visit/new")).form
    await rep.post("/o/visit/new", changed(form, title="T", **sent))
    (made,) = (await office.rep.get("/records/visit"))["records"]
    assert made["quantity"] == stored


async def test_a_line_follows_its_link_and_the_record_above(
    office: Office, rep: Browser, formulas: None
) -> None:
    site = await office.admin.post("/records/site", {"name": "North", "size": 12})
    form = changed((await rep.get("/o/visit/new")).form, title="Round")
    lines = {
        "stops.0.name": "first", "stops.0.site": site["id"], "stops.0.quantity": "1",
        "stops.1.name": "second", "stops.1.quantity": "7",
    }  # fmt: skip
    form = [*form, *lines.items(), ("_touched", "stops.1.quantity")]
    answer = await live(rep, "/o/visit/new/state", form)
    assert {"stops.0.quantity", "stops.0.remark", "stops.1.remark"} <= filled(answer)
    assert "stops.1.quantity" not in filled(answer) and 'value="12"' in answer
    await rep.post("/o/visit/new", form)
    found = await office.rep.get("/records/stop?sort=name")
    assert [(each["quantity"], each["remark"]) for each in found["records"]] == [
        ("12.00", "Round!"),
        ("7.00", "Round!"),
    ]


async def test_nobody_is_told_what_they_may_not_read(office: Office, rep: Browser) -> None:
    await office.admin.publish([update("field", "visit.note", default_formula="site.memo")])
    site = await office.admin.post("/records/site", {"name": "North", "memo": "only for us"})
    form = (await rep.get("/o/visit/new")).form
    answer = await live(rep, "/o/visit/new/state", changed(form, site=site["id"]))
    assert "only for us" not in answer
    admin = await office.browser("admin")
    form = (await admin.get("/o/visit/new")).form
    assert "only for us" in await live(admin, "/o/visit/new/state", changed(form, site=site["id"]))


async def test_an_answer_needs_the_right_to_the_form(office: Office, rep: Browser) -> None:
    await rep.post("/o/ledger/new/state", [], status=404)
    await rep.post("/o/visit/01a214f3-5885-7195-810c-11e8d1f476ae/state", [], status=404)


async def offered(browser: Browser, query: str) -> list[str]:
    answer = await browser.http.get(f"/lookup/visit/site?{query}")
    assert answer.status_code == 200, answer.text
    return sorted(each["label"] for each in answer.json())


async def test_a_lookup_offers_what_fits_the_form(office: Office, rep: Browser) -> None:
    filter_ = "size > $record.number AND name <> $record.host.name"
    await office.admin.publish([update("field", "visit.site", filter=filter_)])
    for size in (1, 100):
        await office.admin.post("/records/site", {"name": f"Size {size}", "size": size})
    page = await rep.get("/o/visit/new")
    assert "record.number" in page and "record.host" in page
    me = (await office.rep.get("/session"))["user_id"]
    assert await offered(rep, f"record.number=50&record.host={me}") == ["Size 100"]
    assert await offered(rep, f"record.number=0&record.host={me}") == ["Size 1", "Size 100"]
    assert await offered(rep, f"record.number=x&record.host={me}") == []
    assert await offered(rep, "record.number=&record.host=nobody") == []


async def test_a_stored_record_says_what_the_form_does_not(office: Office, rep: Browser) -> None:
    await office.admin.publish([update("field", "visit.site", filter="size > $record.number")])
    for size in (1, 100):
        await office.admin.post("/records/site", {"name": f"Size {size}", "size": size})
    visit = await office.rep.post("/records/visit", {"number": 50})
    page = await rep.get(f"/o/visit/{visit['id']}/field/site")
    assert f"/lookup/visit/site?record={visit['id']}" in page
    assert await offered(rep, f"record={visit['id']}") == ["Size 100"]
    assert await offered(rep, f"record={visit['id']}&record.number=0") == ["Size 1", "Size 100"]
    assert await offered(rep, "record=01a214f3-5885-7195-810c-11e8d1f476ae") == []
    assert await offered(rep, "record=nonsense") == []


async def test_a_lookup_does_not_tell_hidden_values_apart(office: Office, rep: Browser) -> None:
    """A filter over a field that this person may not read is as over a blank one."""
    await office.admin.publish([update("field", "visit.site", filter="name = $record.sealed")])
    for name in ("A", "B"):
        await office.admin.post("/records/site", {"name": name})
    visit = await office.admin.post("/records/visit", {"title": "T", "sealed": "A"})
    query = f"record={visit['id']}"
    assert await offered(await office.browser("admin"), query) == ["A"]
    assert await offered(rep, query) == []
    assert await offered(rep, f"{query}&record.sealed=B") == []


async def test_a_dependent_picklist_in_place_offers_what_fits(office: Office, rep: Browser) -> None:
    await office.admin.publish(
        [
            field(
                "visit.detail",
                "picklist",
                depends_on="level",
                values={**values("p", "q"), "r": {"label": label("R"), "when": ["b"]}},
            ),
            update(
                "layout",
                "visit.standard",
                sections={"more": {"fields": {"detail": {"order": 1}}}},
            ),
        ]
    )
    visit = await office.rep.post("/records/visit", {"level": "a"})
    url = f"/o/visit/{visit['id']}/field"
    assert 'value="r"' not in await rep.get(f"{url}/detail")
    await rep.post(f"{url}/level", {"level": "b"}, status=200)
    assert 'value="r"' in await rep.get(f"{url}/detail")


async def test_editing_in_place_shows_the_sections_anew(office: Office, rep: Browser) -> None:
    visit = await office.rep.post("/records/visit", {"title": "T", "active": False})
    url = f"/o/visit/{visit['id']}"
    moved = await rep.post(f"{url}/field/active", {"active": "true"}, status=204)
    assert moved.headers["hx-redirect"] == url
    await rep.post(f"{url}/field/title", {"title": "Other"}, status=200)


async def test_what_is_computed_follows_what_is_typed(office: Office, rep: Browser) -> None:
    """A formula of the lines reads the record above them and the linked one, saved or not."""
    await office.admin.publish(
        [
            field("visit.fee", "formula", returns="currency", formula="quantity * amount"),
            field("visit.where", "formula", returns="text", formula="site.name & '?'"),
            field(
                "stop.cost",
                "formula",
                returns="number",
                scale=1,
                formula="quantity * visit.number + visit.site.size",
            ),
            update(
                "layout",
                "visit.standard",
                sections={"main": {"fields": {"fee": {}, "where": {}}}},
                sub_tables={"stops": {"columns": {"cost": {}}}},
            ),
        ]
    )
    site = await office.admin.post("/records/site", {"name": "North", "size": 7})
    page = await rep.get("/o/visit/new")
    watched = re.search(r'data-watch="([^"]*)"', page.text)
    assert watched is not None
    assert {"quantity", "amount", "number", "site", "stops.*.quantity"} <= set(
        watched.group(1).split()
    )
    form = changed(page.form, title="T", quantity="3", amount="20", number="2", site=site["id"])
    form = [*form, ("stops.0.name", "a"), ("stops.0.quantity", "5")]
    answer = await live(rep, "/o/visit/new/state", form)
    assert {"fee", "where", "stops.0.cost"} <= filled(answer)
    assert 'data-raw="60.00"' in answer and "North?" in answer and 'data-raw="17"' in answer
    await rep.post("/o/visit/new", form)
    (made,) = (await office.rep.get("/records/visit"))["records"]
    assert (made["fee"], made["where"]) == ("60.00", "North?")
    (stop,) = (await office.rep.get("/records/stop"))["records"]
    assert stop["cost"] == "17.0"
    url = f"/o/visit/{made['id']}"
    form = (await rep.get(f"{url}/edit")).form
    answer = await live(rep, f"{url}/state", changed(form, number="4"))
    assert 'data-raw="27"' in answer, "the stored line follows as well"
