"""What the browser does with the pages' own markup: lists, forms, lines, drafts, preferences.

The pages are samples; requests that leave them are answered here and looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from unit.web.catalogues import ours
from unit.web.gallery import launch, served
from unit.web.sample_frame import in_language
from unit.web.sample_list import list_page
from unit.web.samples import SAMPLES

from fieldstone.web.contexts import FieldValue, FieldView, ValueView
from fieldstone.web.form_contexts import FieldEdit
from fieldstone.web.templating import Templates


@dataclass(frozen=True, slots=True)
class Sent:
    method: str
    url: str
    headers: Mapping[str, str]
    body: str


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("site") / "pages", list(SAMPLES)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 1000})
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    assert not faults
    context.close()


def answering(
    page: Page, pattern: str, body: str, headers: dict[str, str] | None = None
) -> list[Sent]:
    """Answers what matches with this HTML; gives the requests as they come."""
    seen: list[Sent] = []

    def answer(route: Route) -> None:
        request = route.request
        seen.append(Sent(request.method, request.url, request.headers, request.post_data or ""))
        route.fulfill(status=200, content_type="text/html", body=body, headers=headers or {})

    page.route(pattern, answer)
    return seen


@pytest.fixture(scope="module")
def list_body() -> str:
    context = {**SAMPLES["list"].context("en"), "page": list_page(in_language("en"))}
    return Templates(catalogue=ours).render_block("en", "pages/list.html", "list_body", context)


def test_sorting_swaps_the_list_and_keeps_url_and_focus(page: Page, list_body: str) -> None:
    page.goto("/list.en.html")
    seen = answering(page, "**/o/opportunity?sort=stage", list_body)
    page.evaluate("document.getElementById('list').dataset.old = '1'")
    page.locator("#sort-stage").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#list:not([data-old])")
    assert seen[0].headers["x-csrf-token"] == "sample"
    assert page.url.endswith("/o/opportunity?sort=stage")
    assert page.evaluate("document.activeElement.id") == "sort-stage"


def test_bulk_sends_what_is_ticked_and_opens_the_dialog(page: Page) -> None:
    page.goto("/list.en.html")
    answer = "<form><p>Two can be</p><button type='button' data-close-dialog>No</button></form>"
    seen = answering(page, "**/bulk/delete", answer)
    page.locator("[data-tick]").nth(1).check()
    page.locator("[data-tick]").nth(3).click(modifiers=["Shift"])
    assert page.locator("[data-ticked]").inner_text() == "3 selected"
    page.locator("form.st-bulk button[formaction]").click()
    page.locator("dialog#bulk-dialog[open] >> text=No").click()
    assert seen[0].method == "POST"
    assert [value for name, value in parse_qsl(seen[0].body) if name == "id"] == ["1", "2", "3"]
    page.locator("[data-tick-all]").check()
    page.locator("[data-tick-matching]").click()
    page.locator("form.st-bulk button[formaction]").click()
    page.wait_for_selector("dialog#bulk-dialog[open]")
    assert dict(parse_qsl(seen[1].body))["all"] == "1"


def test_rows_by_keyboard(page: Page) -> None:
    page.goto("/list.en.html")
    for key in ("j", "j", "k", "x"):
        page.keyboard.press(key)
    assert page.locator("tr.is-selected").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("tr.is-selected").count() == 0
    answering(page, "**/o/opportunity/0", "opened")
    page.keyboard.press("Enter")
    page.wait_for_url("**/o/opportunity/0")


def test_the_condition_panel_asks_the_server_for_its_inputs(page: Page) -> None:
    page.goto("/list.en.html")
    seen = answering(page, "**/o/opportunity/filter?**", "<input id='filter-v' name='v'>")
    page.keyboard.press("f")
    page.locator("#filter-field").select_option("amount")
    page.wait_for_selector("#filter-condition input[name=v]")
    assert "f=amount" in seen[0].url


def test_a_form_sends_bare_numbers_and_lines_in_order(page: Page) -> None:
    page.goto("/form.en.html")
    expect(page.locator("#f-amount")).to_have_value("2,405,272.80")
    page.locator("[data-drop-line]").nth(1).click()
    page.locator("[data-copy-line]").nth(0).click()
    page.locator("[data-line]:visible >> nth=1 >> input[name$='.quantity']").fill("9")
    seen = answering(page, "**/o/quote/new", "saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/o/quote/new")
    sent = dict(parse_qsl(seen[0].body, keep_blank_values=True))
    assert sent["amount"] == "2405272.80"
    assert [sent[f"lines.{line}.quantity"] for line in range(4)] == ["4", "9", "6", "45"]
    assert [sent[f"lines.{line}.delete"] for line in range(4)] == ["", "", "1", ""]
    assert [sent[f"lines.{line}.id"] for line in range(4)] == ["11", "", "12", ""]
    assert sent["lines.1.product"] == "1"


def test_totals_follow_the_lines(page: Page) -> None:
    page.goto("/form.en.html")
    total = page.locator("[data-total=quantity]")
    expect(total).to_have_text("55")
    page.locator("input[name='lines.0.quantity']").fill("1,004")
    expect(total).to_have_text("1,055")


def test_cells_pasted_from_a_sheet_become_lines(page: Page) -> None:
    page.goto("/form.en.html")
    page.locator("[data-dialog=paste-lines]").click()
    page.locator("dialog textarea").fill("\t3\t1000\t5\n\t7\t2000\t10\n")
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("input[name='lines.4.price']")).to_have_value("2,000")
    assert page.locator("[data-line-count]").inner_text() == "5 lines"


def test_a_lookup_searches_and_chooses(page: Page) -> None:
    page.goto("/form.en.html")
    page.wait_for_selector("#f-contact-ts-control")
    page.get_by_role("combobox", name="Contact").fill("恒")
    page.get_by_role("option", name="恒川集团").click()
    assert page.locator("select[name=contact]").input_value() == "2"


def test_what_is_no_day_stays_as_it_was_typed(page: Page) -> None:
    """The server says what is wrong with it; nothing that somebody typed goes silently."""
    page.goto("/widgets.en.html")
    day = page.locator("fs-date input[name=date]")
    day.click()
    day.press("ControlOrMeta+a")
    page.keyboard.type("tomorrow")
    page.locator("h1").first.click()
    expect(day).to_have_value("tomorrow")
    day.click()
    day.press("ControlOrMeta+a")
    page.keyboard.type("2026-05-06")
    page.keyboard.press("Tab")
    expect(day).to_have_value("2026-05-06")
    day.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    expect(day).to_have_value("")


def test_a_field_is_edited_in_place(page: Page) -> None:
    templates, site = Templates(catalogue=ours), SAMPLES["record"].context("en")["site"]
    field = FieldView(
        name="staff", label="Employees", widget="number", input_name="staff", id="e-staff"
    )
    item = FieldValue(field=field, value=ValueView(raw="860", text="860"), edit_url="/f/staff")
    edit = FieldEdit(item=item, action="/save/staff", cancel_url="/show/staff")
    form = templates.render("en", "fragments/field_edit.html", {"site": site, "page": edit})
    shown = templates.render("en", "fragments/field_shown.html", {"page": item})
    page.goto("/record.en.html")
    answering(page, "**/f/staff", form)
    cancelled = answering(page, "**/show/staff", shown)
    saved = answering(page, "**/save/staff", shown.replace("860", "1,200"))
    for button in ("Cancel", "Save"):
        page.locator("#f-staff").hover()
        page.locator("#f-staff .st-pencil").click()
        page.locator("#e-staff").fill("1,200")
        page.locator(".is-editing").get_by_role("button", name=button).click()
        expect(page.locator(".is-editing")).to_have_count(0)
    expect(page.locator("#f-staff dd")).to_have_text("1,200")
    assert cancelled[0].method == "GET"
    assert dict(parse_qsl(saved[0].body))["staff"] == "1200"


def test_a_condition_is_added(page: Page, list_body: str) -> None:
    page.goto("/list_filter.en.html")
    seen = answering(page, "**/o/opportunity?**", list_body)
    page.keyboard.press("f")
    page.locator("#filter-panel").get_by_label("Negotiation").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**/o/opportunity?**")
    asked = parse_qsl(seen[0].url.partition("?")[2])
    assert asked == [
        ("view", "year"),
        ("f", "stage"),
        ("op", "in"),
        ("v", "proposal"),
        ("v", "negotiation"),
    ]


def test_a_draft_comes_back(page: Page) -> None:
    page.goto("/widgets.en.html")
    page.locator("#w-text").fill("kept")
    page.locator("#w-picklist").select_option("won")
    page.wait_for_selector("[data-draft-state]:has-text('Draft saved')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_role("button", name="Restore").click()
    assert page.locator("#w-text").input_value() == "kept"
    assert page.locator("#w-picklist").input_value() == "won"


def test_leaving_unsaved_changes_asks(page: Page) -> None:
    page.goto("/widgets.en.html")
    page.locator("#w-text").fill("changed")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # Playwright's Dialog
        dialog.accept()  # type: ignore[attr-defined]  # Playwright's Dialog

    page.on("dialog", stay)
    page.goto("/home.en.html")
    assert asked == ["beforeunload"]


def test_the_summary_has_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/form.en.html")
    assert page.evaluate("document.activeElement.matches('[data-summary]')")
    page.locator("[data-summary] a", has_text="Contact").click()
    assert page.evaluate("document.activeElement.id") == "f-contact-ts-control"


def test_theme_changes_at_once_and_is_told_to_the_server(page: Page) -> None:
    page.goto("/list.en.html")
    seen = answering(page, "**/preferences", "")
    page.locator(".st-rail-foot button").click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.wait_for_timeout(100)
    assert seen[0].headers["x-csrf-token"] == "sample"


def test_a_server_error_says_so_and_changes_nothing(page: Page) -> None:
    page.goto("/list.en.html")
    page.route(
        "**/o/opportunity?sort=stage",
        lambda route: route.fulfill(
            status=500, body="Internal Server Error", headers={"x-request-id": "7f3a"}
        ),
    )
    page.locator("#sort-stage").click()
    page.wait_for_selector(".st-toast:has-text('Request 7f3a')")
    assert page.locator("#list tr[data-card]").count() == 20
