"""The frame with the keyboard alone: search, palette, from record to record, and what it does when
the session or the network is gone."""

from __future__ import annotations

import re

import pytest
from browser_world import PHONE, Site, call, sign_in, violations
from playwright.async_api import Page, expect

pytestmark = pytest.mark.anyio

RECORD = re.compile(r"/o/competitor/[0-9a-f-]{36}$")


async def furnish(page: Page) -> list[str]:
    rows = [{"name": name} for name in ("杭州云帆科技", "苏州恒川", "Northstar")]
    made = await call(page, "/records/competitor", {"records": rows}, 201)
    return [each["id"] for each in made["records"]]


async def test_search_and_palette(site: Site) -> None:
    async with site.person("owner") as page:
        await furnish(page)
        await page.goto("/o/competitor")
        await page.keyboard.press("/")
        box = page.get_by_role("combobox")
        await expect(box).to_be_focused()
        await page.keyboard.type("hzyf")
        option = page.get_by_role("option", name="杭州云帆科技")
        await expect(option).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("ArrowDown")
        await expect(option).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Enter")
        await page.wait_for_url(RECORD)
        await page.locator("#star").press("Enter")
        await expect(page.locator("#star")).to_have_attribute("aria-pressed", "true")
        await expect(page.locator(".st-mine")).to_contain_text("收藏杭州云帆科技")

        await page.keyboard.press("Control+k")
        palette = page.get_by_role("dialog")
        await expect(palette.get_by_role("option", name="杭州云帆科技").first).to_be_visible()
        assert await violations(page) == []
        for _ in range(3):
            await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('dialog, body').id") in (
            "palette",
            "",
        )
        await page.keyboard.press("Escape")
        await expect(palette).to_be_hidden()
        await page.keyboard.press("Control+k")
        await page.keyboard.type("dark")
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert await violations(page) == []
        await page.keyboard.press("Control+k")
        await page.keyboard.type("bb")  # 版本, a page of setup, by its initials
        await expect(palette.get_by_role("option").first).to_be_visible()
        await page.goto("/search?q=hangzhou")
        await expect(page.locator("mark")).to_have_text("杭州")
        await page.locator("#search-page").fill("northst")
        await expect(page.locator("mark")).to_have_text("Northst")
        assert page.url.endswith("q=northst")
        assert await violations(page) == []


async def test_from_record_to_record_by_keys(site: Site) -> None:
    async with site.person("owner") as page:
        await furnish(page)
        await page.goto("/o/competitor?view=all&sort=name")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(RECORD)
        first = page.url
        await page.keyboard.press("]")
        await page.wait_for_url(lambda url: bool(RECORD.search(url)) and url != first)
        await expect(page.locator(".st-crumb")).to_contain_text("2 / 3")
        await page.keyboard.press("[")
        await page.wait_for_url(first)
        await expect(page.locator(".st-crumb a").first).to_have_attribute(
            "href", re.compile("sort=name")
        )
        await page.keyboard.press("?")
        sheet = page.locator("dialog#keys")
        await expect(sheet).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("h")
        await page.wait_for_url(re.compile(r"/$"))
        await page.goto(first)
        await page.get_by_role("button", name="更多操作").click()
        await page.get_by_role("button", name="删除").click()
        await page.get_by_role("button", name="撤销").click()
        await page.wait_for_url(first)


async def test_nothing_typed_is_lost(site: Site) -> None:
    async with site.person("owner") as page:
        await page.goto("/o/competitor/new")
        await page.locator("[name=name]").fill("写了一半")
        await page.context.set_offline(True)
        await expect(page.locator("#offline")).to_be_visible()
        await expect(page.locator(".st-savebar button.btn-primary")).to_be_disabled()
        await page.context.set_offline(False)
        await expect(page.locator(".st-savebar button.btn-primary")).to_be_enabled()
        other = await page.context.new_page()
        await other.goto("/")
        await other.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
        await other.wait_for_url("**/sign-in")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("[data-signed-out]")).to_be_visible()
        assert await violations(page) == []
        await sign_in(other, "owner")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(RECORD)
        await expect(page.get_by_role("heading", name="写了一半")).to_be_visible()


async def test_the_phone_has_a_bar_of_five(site: Site) -> None:
    async with site.person("owner", size=PHONE) as page:
        await furnish(page)
        await page.goto("/")
        bar = page.locator(".st-phonebar > :is(a, button)")
        await expect(bar).to_have_count(5)
        await bar.nth(1).click()
        await expect(page.locator("#module-menu")).to_be_visible()
        assert await violations(page) == []
        await page.goto("/search?q=szhc")
        await expect(page.locator("mark")).to_have_text("苏州恒川")
        assert await violations(page) == []
