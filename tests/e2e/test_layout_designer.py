"""An administrator lays a form out with the mouse and with keys alone, in a real browser."""

from __future__ import annotations

import pytest
from browser_world import Site
from playwright.async_api import Page, expect

pytestmark = pytest.mark.anyio

URL = "/setup/objects/opportunity/layouts/standard"


async def names(page: Page) -> list[str]:
    found = page.locator(".ld-canvas [data-section]").first.locator("[data-item]")
    return [str(await each.get_attribute("data-item")) for each in await found.all()]


async def test_a_form_is_laid_out(site: Site) -> None:
    async with site.person("chief", locale="en-US") as page:
        await page.goto(URL)
        before = await names(page)
        first, second, third = before[:3]
        item = page.locator(f'.ld-canvas [data-item="{first}"]')
        target = await page.locator(f'.ld-canvas [data-item="{third}"]').bounding_box()
        start = await item.bounding_box()
        assert start and target
        await page.mouse.move(start["x"] + 20, start["y"] + 20)
        await page.mouse.down()
        await page.mouse.move(target["x"] + 30, target["y"] + 10, steps=4)
        await page.mouse.move(
            target["x"] + target["width"] - 8, target["y"] + target["height"] - 4, steps=4
        )
        await expect(page.locator("[class*=is-gap]")).to_be_visible()
        await page.mouse.up()
        dragged = await names(page)
        assert dragged[:3] == [second, third, first]

        await page.keyboard.press("Control+z")
        assert await names(page) == before
        await page.keyboard.press("Control+Shift+z")
        assert await names(page) == dragged

        await item.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowUp")
        await expect(page.locator("[aria-live=assertive]")).to_contain_text("place 2")
        await expect(item).to_be_focused()
        await page.keyboard.press("Enter")
        assert (await names(page))[:3] == [second, first, third]

        await page.locator(f'.ld-canvas [data-item="{third}"]').focus()
        await page.keyboard.press("Delete")
        await expect(page.locator(f'[data-palette] [data-item="{third}"]')).to_be_visible()
        await page.get_by_role("button", name="Add a section").click()
        await page.get_by_label("Name in English").fill("Extras")
        await page.locator(f'[data-palette] [data-item="{third}"]').click()
        await page.get_by_role("button", name="Save to the draft").click()
        await expect(page.get_by_text("Kept in the draft")).to_be_visible()
        extras = page.locator("[data-section]", has_text="Extras")
        await expect(extras.locator(f'[data-item="{third}"]')).to_be_visible()
        assert (await names(page))[:2] == [second, first]
