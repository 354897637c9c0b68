"""A real server with the standard pack, and people who sign in with a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from metadata_world import ACME
from playwright.async_api import Browser, Page, async_playwright
from served import serving
from unit.web.gallery import FLAGS

from fieldstone.kernel.installation import Installation
from fieldstone.main import compose
from fieldstone.metadata.packs import install, locate
from fieldstone.runtime import accounts

PASSWORD = "journey-journey"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    url: str
    browser: Browser

    @asynccontextmanager
    async def person(
        self, account: str, *, locale: str = "zh-CN", size: dict[str, int] | None = None
    ) -> AsyncIterator[Page]:
        """Somebody who has signed in; fails when a page throws or scrolls sideways."""
        context = await self.browser.new_context(
            base_url=self.url,
            locale=locale,
            viewport=size or DESKTOP,  # type: ignore[arg-type]  # a TypedDict of the same keys
        )
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto("/sign-in")
        await page.fill("[name=organization]", "acme")
        await page.fill("[name=account]", account)
        await page.fill("[name=password]", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_url(re.compile(r"/$"))
        yield page
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= (size or DESKTOP)["width"], f"{page.url} scrolls sideways"
        assert not faults
        await context.close()


@pytest.fixture
async def site(installation: Installation) -> AsyncIterator[Site]:
    database = installation.database
    await install(database, ACME, locate("standard_crm"))
    people = (("owner", "administrator", "zh_CN"), ("rep", "sales_rep", "en"))
    for account, profile, language in people:
        values = {"name": account.title(), "profile": profile, "language": language}
        await accounts.create_user(
            database, ACME, account=account, password=PASSWORD, values=values
        )
    async with serving(compose(installation)) as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        yield Site(url, browser)
        await browser.close()
