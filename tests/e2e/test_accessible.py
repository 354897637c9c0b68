"""Every main page with axe, in light and dark: nothing is wrong with any of them."""

from __future__ import annotations

import pytest
from browser_world import PHONE, Site, call, violations
from playwright.async_api import Page

pytestmark = pytest.mark.anyio


async def furnish(page: Page) -> list[str]:
    """Records and an open draft; the addresses of every main page."""
    made = await call(page, "/records/account", {"name": "北辰自动化"}, 201)
    await call(page, "/records/competitor", {"name": "Northstar"}, 201)
    await page.goto("/setup/objects/competitor/fields/new-field?type=text")
    await page.fill("[name='label.zh_CN']", "口号")
    await page.fill("[name=name]", "motto")
    await page.locator("button[form=field-form].btn-primary").click()
    await page.wait_for_selector("#f-motto")
    return [
        "/",
        "/search?q=bei",
        "/o/account",
        f"/o/account/{made['id']}",
        f"/o/account/{made['id']}?tab=history",
        "/o/quote/new",
        "/setup",
        "/setup/objects",
        "/setup/objects/competitor/fields/tactic",
        "/setup/publish",
        "/setup/versions",
        "/setup/versions/1/restore",
        "/setup/bin",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nothing_is_in_the_way_of_anybody(site: Site, theme: str) -> None:
    context = await site.browser.new_context(base_url=site.url, color_scheme=theme)  # type: ignore[arg-type]  # one of the two
    page = await context.new_page()
    await page.goto("/sign-in")
    found = {"/sign-in": await violations(page)}
    await context.close()
    async with site.person("owner") as page:
        addresses = await furnish(page)
        await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of the two
        for address in addresses:
            await page.goto(address)
            found[address] = await violations(page)
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of the same keys
        for address in ("/o/account", "/o/quote/new", "/setup/publish"):
            await page.goto(address)
            found[f"{address} on a phone"] = await violations(page)
    assert {address: each for address, each in found.items() if each} == {}
