"""A list shaped by its reader in a real browser: conditions in a group, columns, a view of it."""

from __future__ import annotations

import re

import pytest
from browser_world import Site, violations
from playwright.async_api import Page, expect

pytestmark = pytest.mark.anyio


async def test_conditions_columns_and_a_view(site: Site) -> None:
    async with site.person("owner") as page:
        for name in ("North", "South", "Other"):
            await page.goto("/o/competitor/new")
            await page.locator("[name=name]").fill(name)
            await page.keyboard.press("Control+Enter")
            await page.wait_for_url(re.compile(r"/o/competitor/[0-9a-f-]{36}$"))
        await page.goto("/o/competitor?view=all")
        await _conditions(page)
        rows = page.locator("tr[data-card] .st-name")
        await expect(rows).to_have_count(2)
        await _columns(page)
        await page.locator("[data-dialog=view-create]:visible").first.click()
        await page.locator("#view-create-name").fill("Compass")
        await page.locator("#view-create [type=submit]").click()
        await expect(page.locator(".st-tabs [aria-current=page]")).to_have_text("Compass")
        await expect(page.locator(".st-dot-acc")).to_have_count(0)
        await expect(rows).to_have_count(2)
        edge = page.locator("[data-resize=name]")
        before = int(await edge.get_attribute("aria-valuenow") or 0)
        await edge.focus()
        async with page.expect_response("**/widths"):
            await page.keyboard.press("ArrowRight")
        await page.reload()
        after = int(await page.locator("[data-resize=name]").get_attribute("aria-valuenow") or 0)
        assert after > before
        await page.locator("[popovertarget=view-menu]").click()
        await _nothing_wrong(page)
        await page.keyboard.press("Escape")
        await page.locator("[popovertarget=view-actions]").click()
        await _nothing_wrong(page)
        await page.locator("#view-actions [formaction$=delete]").click()
        await page.locator(".st-toast button").click()
        await expect(page.locator(".st-tabs [aria-current=page]")).to_have_text("Compass")


async def _conditions(page: Page) -> None:
    await page.locator("[data-dialog=filters]").click()
    await page.locator("#act-group-r").click()
    await _pick(page, "#cond-r-1-0", "name")
    await page.locator("#op-r-1-0").select_option("contains")
    await page.locator("[name='v.r.1.0']").fill("nort")
    await page.locator("#act-add-r-1").click()
    await _pick(page, "#cond-r-1-1", "name")
    await page.locator("#op-r-1-1").select_option("contains")
    await page.locator("[name='v.r.1.1']").fill("sout")
    await _nothing_wrong(page)
    await page.locator("#filter-builder footer .btn-primary").click()
    await page.wait_for_url("**filter=*")
    await expect(page.locator(".st-chip b").first).to_contain_text("或")


async def _nothing_wrong(page: Page) -> None:
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert await violations(page) == []


async def _pick(page: Page, row: str, path: str) -> None:
    await page.locator(f"{row} [data-pick]").click()
    await page.locator(f"#filters-picker [data-path='{path}']").click()
    await expect(page.locator(f"{row} select").first).to_be_visible()


async def _columns(page: Page) -> None:
    await page.locator("[data-dialog=columns]:visible").first.click()
    await page.locator("#columns [data-pick]").click()
    await page.locator("#columns-picker [type=search]").fill("邮箱")
    await page.locator("#columns-picker [data-path='owner.email']").click()
    await page.locator("#column-list [data-move='-1']").last.click()
    grips = page.locator("#column-list [data-grip]")
    await expect(page.locator("[data-sorts]")).to_be_visible()
    start, end = await grips.last.bounding_box(), await grips.first.bounding_box()
    assert start and end
    label = await page.locator("#column-list [data-label]").last.text_content()
    await page.mouse.move(start["x"] + 8, start["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(end["x"] + 8, end["y"] + 20, steps=6)
    await page.mouse.move(end["x"] + 8, end["y"] + 4, steps=6)
    await page.mouse.up()
    await expect(page.locator("#column-list [data-label]").nth(1)).to_have_text(label or "")
    await _nothing_wrong(page)
    await page.locator("#columns footer .btn-primary").click()
    await expect(page.locator("[data-resize='owner.email']")).to_be_attached()
