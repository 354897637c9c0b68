"""Working in a list with the keyboard: cells, a refusal, somebody who is faster, many at once."""

from __future__ import annotations

import pytest
from browser_world import Site, call, violations
from playwright.async_api import Page, expect

pytestmark = pytest.mark.anyio


async def focus(page: Page, row: int, cell: str) -> None:
    """A click beside whatever is linked in the cell."""
    box = page.locator("tbody tr[data-card]").nth(row).locator(f'td[data-cell="{cell}"]')
    size = await box.bounding_box()
    assert size
    await box.click(position={"x": size["width"] - 4, "y": 4})


async def edited(page: Page, name: str) -> None:
    """The editor of the field stands open and has the focus."""
    await expect(page.locator(f"#cell-editor [name={name}]")).to_be_focused()


async def nothing_wrong(page: Page) -> None:
    for theme in ("dark", "light"):
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
        assert await violations(page) == [], theme


async def test_cells_by_keyboard(site: Site) -> None:
    async with site.person("chief", locale="en-US") as page:
        records = [{"name": name, "website": "https://example.com"} for name in ("Two", "One")]
        for each in records:
            await call(page, "/records/competitor", each, 201)
        await page.goto("/o/competitor?view=all&sort=name")
        await focus(page, 0, "name")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("td[data-cell=name]").nth(1)).to_be_focused()
        await page.keyboard.press("Enter")
        await edited(page, "name")
        height = await page.evaluate("document.querySelector('tbody').offsetHeight")
        await page.keyboard.type("Third")
        await page.keyboard.press("Enter")
        await expect(page.locator("td[data-cell=name]").nth(1)).to_have_text("Third")
        await expect(page.locator("#cell-editor")).to_have_count(0)
        assert await page.evaluate("document.querySelector('tbody').offsetHeight") == height

        await page.keyboard.press("Enter")
        await edited(page, "name")
        await page.keyboard.press("Control+a")
        await page.keyboard.press("Delete")
        await page.keyboard.press("Enter")
        tip = page.locator("#cell-editor .st-celltip")
        await expect(tip).to_be_visible()
        await nothing_wrong(page)
        await page.keyboard.press("Escape")
        await expect(page.locator("td[data-cell=name]").nth(1)).to_be_focused()

        await page.keyboard.press("Enter")
        await edited(page, "name")
        await page.evaluate(
            """async () => {
                const row = document.querySelectorAll('tbody tr[data-card]')[1];
                const token = document.querySelector('meta[name=csrf-token]').content;
                await fetch('/api/v1/records' + row.dataset.href.replace('/o', ''), {
                    method: 'PATCH', body: JSON.stringify({name: 'Theirs'}),
                    headers: {'content-type': 'application/json', 'x-csrf-token': token}});
            }"""
        )
        await page.keyboard.type("Mine")
        await page.keyboard.press("Enter")
        await page.locator("#cell-editor >> text=Keep theirs").click()
        await expect(page.locator("td[data-cell=name]").nth(1)).to_have_text("Theirs")

        await focus(page, 0, "name")
        await page.keyboard.press("Space")
        await expect(page.locator("#peek h2")).to_have_text("One")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#peek h2")).to_have_text("Theirs")
        await nothing_wrong(page)
        await page.keyboard.press("Escape")
        await expect(page.locator("#peek")).to_have_count(0)

        await page.locator("[data-tick-all]").check()
        await page.locator("form.st-bulk button[formaction$='/delete']").click()
        await expect(page.locator("#bulk-dialog .st-trial")).to_contain_text("2 records selected")
        await nothing_wrong(page)
        await page.locator("#bulk-dialog button[value=run]").click()
        await page.locator(".st-jobpanel >> text=Undo").click()
        await expect(page.locator(".st-jobpanel")).to_contain_text("2 records restored")
        await expect(page.locator("tbody tr[data-card]")).to_have_count(2)
