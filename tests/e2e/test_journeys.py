"""People at work in a real browser, on a real server and database: the generated screens from
sign-in to the recycle bin, in both languages and on a phone."""

from __future__ import annotations

import re

import pytest
from browser_world import DESKTOP, PHONE, Site
from playwright.async_api import expect

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_record_from_its_form_to_the_bin_and_back(site: Site, size: dict[str, int]) -> None:
    async with site.person("owner", size=size) as page:
        await page.goto("/o/competitor/new")
        await page.get_by_role("button", name="保存", exact=False).last.click()
        await expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        await page.locator("[name=name]").fill("北辰自动化")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile(r"/o/competitor/[0-9a-f-]{36}$"))
        await expect(page.get_by_role("heading", name="北辰自动化")).to_be_visible()
        record = page.url
        await page.goto(f"{record}/edit")
        await page.locator("[name=name]").fill("北辰自动化设备")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(record)
        await expect(page.get_by_role("heading", name="北辰自动化设备")).to_be_visible()
        await page.goto("/o/competitor")
        await expect(page.locator("main").get_by_text("北辰自动化设备").first).to_be_visible()


async def test_a_hidden_field_is_absent_and_the_other_language_is_whole(site: Site) -> None:
    async with site.person("owner") as page:
        await page.goto("/o/product/new")
        await expect(page.locator("[name=cost]")).to_have_count(1)
        await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    async with site.person("rep", locale="en-US") as page:
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await page.goto("/o/product")
        text = await page.locator("body").inner_text()
        assert not re.search(r"[\u4e00-\u9fff]", text.replace("简体中文", "").replace("中文", ""))
        answer = await page.goto("/o/product/new")
        assert answer is not None
        assert answer.status == 403
        assert (await page.goto("/setup/objects")).status == 403  # type: ignore[union-attr]
