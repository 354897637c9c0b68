"""Forms while somebody fills them in, in a real browser: sections and values that follow other
fields, choices that fit, and a session that ends in the middle."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser_world import DESKTOP, PHONE, Site, call, publish, sign_in
from playwright.async_api import Page, expect

pytestmark = pytest.mark.anyio


def label(english: str, chinese: str) -> dict[str, str]:
    return {"en": english, "zh_CN": chinese}


def create(kind: str, name: str, **body: Any) -> dict[str, Any]:
    return {"op": "create", "kind": kind, "name": name, "body": body}


TRIP = [
    create(
        "object",
        "trip",
        label=label("Trip", "出差"),
        plural=label("Trips", "出差"),
        name_field={"type": "text"},
    ),
    create("field", "trip.account", type="lookup", target="account", label=label("For", "客户")),
    create(
        "field",
        "trip.contact",
        type="lookup",
        target="contact",
        filter="account = $record.account",
        label=label("Whom", "联系人"),
    ),
    create("field", "trip.days", type="integer", label=label("Days", "天数")),
    create(
        "field",
        "trip.budget",
        type="currency",
        default_formula="days * 800",
        label=label("Budget", "预算"),
    ),
    create(
        "field",
        "trip.kind",
        type="picklist",
        label=label("Kind", "类型"),
        values={
            "inland": {"label": label("Inland", "境内")},
            "abroad": {"label": label("Abroad", "境外")},
        },
    ),
    create(
        "field",
        "trip.city",
        type="picklist",
        depends_on="kind",
        label=label("City", "城市"),
        values={
            "suzhou": {"label": label("Suzhou", "苏州"), "when": ["inland"]},
            "berlin": {"label": label("Berlin", "柏林"), "when": ["abroad"]},
        },
    ),
    create("field", "trip.passport", type="text", label=label("Passport", "护照号")),
    create(
        "layout",
        "trip.standard",
        label=label("Standard", "标准"),
        sections={
            "main": {
                "label": label("Basics", "基本信息"),
                "fields": ["name", "account", "contact", "days", "budget", "kind", "city"],
            },
            "abroad": {
                "label": label("Going abroad", "出境"),
                "visible_when": "ISPICKVAL(kind, 'abroad')",
                "fields": ["passport"],
            },
        },
    ),
]


async def choices(page: Page, name: str) -> list[str]:
    await page.locator(f"fs-lookup:has([name={name}]) input").click()
    listed = page.locator(".ts-dropdown:visible :is([data-selectable], .no-results)")
    await expect(listed.first).to_be_visible()
    return [text.splitlines()[0] for text in await listed.all_inner_texts()]


@pytest.mark.parametrize(
    ("account", "size"), [("owner", DESKTOP), ("chief", PHONE)], ids=["zh-desktop", "en-phone"]
)
async def test_a_form_follows_what_is_typed(site: Site, account: str, size: dict[str, int]) -> None:
    async with site.person(account, size=size) as page:
        await publish(page, TRIP)
        for name in ("North", "South"):
            made = await call(page, "/records/account", {"name": name}, 201)
            contact = {"name": f"Ms {name}", "account": made["id"], "mobile": "13800001234"}
            await call(page, "/records/contact", contact, 201)
        await page.goto("/o/trip/new")
        await page.fill("[name=name]", "Fair")
        await page.fill("[name=days]", "5")
        await page.keyboard.press("Tab")
        await expect(page.locator("[name=budget]")).to_have_value("4000.00")
        await expect(page.locator("[name=budget]")).to_be_focused()
        await passport(page)
        await by_hand(page)
        (nothing,) = await choices(page, "contact")
        assert nothing in ("没有找到，请先填写客户。", "Nothing found. Fill in For first.")
        await page.keyboard.press("Escape")
        assert set(await choices(page, "account")) == {"North", "South"}
        await page.locator(".ts-dropdown:visible [data-selectable]", has_text="South").click()
        assert await choices(page, "contact") == ["Ms South"]
        await page.locator(".ts-dropdown:visible [data-selectable]").click()
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile(r"/o/trip/[0-9a-f-]{36}$"))
        await expect(page.locator("#f-budget")).to_contain_text("9,999.00")
        await expect(page.locator("#f-passport")).to_contain_text("E1234")
        await expect(page.locator("#f-contact")).to_contain_text("Ms South")


async def passport(page: Page) -> None:
    """Comes with its section, and keeps what was typed when the section goes and comes back."""
    field = page.locator("[name=passport]")
    await expect(field).to_be_hidden()
    await page.select_option("[name=kind]", "abroad")
    await expect(field).to_be_visible()
    assert await page.locator("[name=city] option").count() == 2
    await field.fill("E1234")
    await page.select_option("[name=kind]", "inland")
    await expect(field).to_be_hidden()
    await page.select_option("[name=kind]", "abroad")
    await expect(field).to_be_visible()
    await expect(field).to_have_value("E1234")


async def by_hand(page: Page) -> None:
    """What somebody typed stays, whatever it would follow."""
    await page.fill("[name=budget]", "9999")
    async with page.expect_response("**/o/trip/new/state"):
        await page.fill("[name=days]", "7")
    await expect(page.locator("[name=budget]")).to_have_value("9,999")


async def test_what_was_typed_outlives_the_session(site: Site) -> None:
    async with site.person("rep", locale="en-US") as page:
        await page.goto("/o/competitor/new")
        await page.fill("[name=name]", "Northstar")
        await page.context.clear_cookies()
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile("/sign-in"))
        await sign_in(page, "rep")
        await page.wait_for_url(re.compile("/o/competitor/new"))
        await page.get_by_role("button", name="Restore").click()
        await expect(page.locator("[name=name]")).to_have_value("Northstar")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile(r"/o/competitor/[0-9a-f-]{36}$"))
        await page.goto("/o/competitor/new")
        await expect(page.get_by_role("button", name="Restore")).to_have_count(0)


async def test_lines_are_added_up_while_somebody_types(site: Site) -> None:
    """What the record will add up of its lines stands under them, and nothing else."""
    async with site.person("chief", locale="en-US") as page:
        await page.goto("/o/quote/new")
        lines = page.locator("[data-lines=lines]")
        total = lines.locator(".st-totals > div")
        await expect(total).to_have_text(re.compile(r"Subtotal\s*CN¥0\.00"))
        for index, price in enumerate(("1200", "30.5")):
            await lines.locator("[data-add-line]").click()
            await page.fill(f"[name='lines.{index}.quantity']", "2")
            await page.fill(f"[name='lines.{index}.unit_price']", price)
        await expect(total).to_contain_text("CN¥2,461.00")
        await page.fill("[name='lines.0.discount']", "50")
        await expect(total).to_contain_text("CN¥1,261.00")
        await lines.locator("[data-drop-line]:visible").first.click()
        await expect(total).to_contain_text("CN¥61.00")
