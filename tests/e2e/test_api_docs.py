"""The page of the API in a browser: Swagger UI works under the strict content policy."""

from __future__ import annotations

import shutil

import pytest
from api_world import PASSWORD, World
from conftest import TENANT
from playwright.async_api import async_playwright
from served import serving
from unit.web.gallery import FLAGS

pytestmark = pytest.mark.anyio


async def test_swagger_shows_the_tenants_operations(world: World) -> None:
    async with serving(world.app) as base, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        page = await browser.new_page(locale="en-US", viewport={"width": 1280, "height": 900})
        faults: list[str] = []
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        credentials = {"organization": TENANT.key, "account": "rep", "password": PASSWORD}
        signed_in = await page.request.post(f"{base}/api/v1/session", data=credentials)
        assert signed_in.ok
        await page.goto(f"{base}/api/docs")
        await page.get_by_role("heading", name="Visits").first.wait_for()
        shown = await page.inner_text("#api-docs")
        assert "Sites" in shown
        assert "Ledger" not in shown
        assert faults == []
        await browser.close()
