"""A real server with the standard pack, and people who sign in with a real browser. The database
is furnished once for a run; each test gets a copy."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from conftest import TEMPLATE, Server, connected
from metadata_world import ACME
from playwright.async_api import Browser, Page, async_playwright
from psycopg.conninfo import conninfo_to_dict
from served import serving
from unit.web.gallery import AXE, FLAGS

from fieldstone.kernel.db import Database
from fieldstone.kernel.postgres import Urls
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.tenants import create_tenant
from fieldstone.main import compose
from fieldstone.metadata.packs import install, locate
from fieldstone.runtime import accounts

PASSWORD = "journey-journey"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PEOPLE = (
    ("owner", "administrator", "zh_CN"),
    ("chief", "administrator", "en"),
    ("rep", "sales_rep", "en"),
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Site:
    """`other` is the key of a second organisation of the same database."""

    url: str
    browser: Browser
    urls: Urls
    other: str

    @asynccontextmanager
    async def person(
        self,
        account: str,
        *,
        locale: str = "zh-CN",
        size: dict[str, int] | None = None,
        at: str = "",
        organization: str = ACME.key,
    ) -> AsyncIterator[Page]:
        """Somebody who has signed in; fails when a page throws or scrolls sideways."""
        context = await self.browser.new_context(
            base_url=at or self.url,
            locale=locale,
            viewport=size or DESKTOP,  # type: ignore[arg-type]  # a TypedDict of the same keys
        )
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await sign_in(page, account, organization)
        yield page
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= (size or DESKTOP)["width"], f"{page.url} scrolls sideways"
        assert not faults
        await context.close()

    @contextmanager
    def second_process(self) -> Iterator[str]:
        """Another web process on the same database; its address."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "fieldstone.cli", "serve", "--port", str(port)],
            env={
                **os.environ,
                "FIELDSTONE_DATABASE_URL": self.urls.login,
                "FIELDSTONE_OWNER_URL": self.urls.owner,
                "FIELDSTONE_INSTALLATION": "test",
                "FIELDSTONE_LOG_LEVEL": "error",
            },
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


async def sign_in(page: Page, account: str, organization: str = ACME.key) -> None:
    """On the sign-in page, wherever it leads to."""
    if "/sign-in" not in page.url:
        await page.goto("/sign-in")
    await page.fill("[name=organization]", organization)
    await page.fill("[name=account]", account)
    await page.fill("[name=password]", PASSWORD)
    await page.click("form[data-save] button[type=submit]")
    await page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


async def call(page: Page, path: str, body: Any, status: int = 200) -> Any:
    """An API request of the person before the page."""
    token = await page.locator("meta[name=csrf-token]").get_attribute("content")
    answer = await page.request.post(
        f"/api/v1{path}", data=body, headers={"x-csrf-token": token or ""}
    )
    assert answer.status == status, await answer.text()
    return await answer.json()


async def publish(page: Page, operations: list[dict[str, Any]]) -> None:
    draft = await call(page, "/changesets", {"title": "test", "operations": operations}, 201)
    assert not draft["problems"], draft["problems"]
    await call(page, f"/changesets/{draft['id']}/publish", {})


async def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands. What fades in or out while it looks has no
    contrast yet: a fault is one that is still there at a second and a third look."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = []
    for _ in range(3):
        found = await _violations(page)
        if not found:
            break
    return found


async def _violations(page: Page) -> list[str]:
    await page.evaluate(
        """() => Promise.all(document.getAnimations().map((each) =>
            each.effect.getComputedTiming().endTime < 1000 ? each.finished.catch(() => 0) : 0))"""
    )
    found = await page.evaluate(
        """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map(
            ({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" ; ")}`)""",
        RULES,
    )
    return [str(each) for each in found]


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the second process ended"
        try:
            httpx.get(f"{url}/healthz", timeout=1)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        return
    raise AssertionError("the second process does not answer")


@dataclass(frozen=True)
class Furnished:
    database: str
    other: str


@pytest.fixture(scope="session")
def furnished(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with server.copied(TEMPLATE) as urls:
        other = f"orbit-{server.worker}"
        anyio.run(_furnish, urls, tmp_path_factory.mktemp("furnished"), other)
        yield Furnished(database=str(conninfo_to_dict(urls.login)["dbname"]), other=other)


async def _furnish(urls: Urls, folder: Path, other: str) -> None:
    async with connected(urls, folder) as installation:
        database = installation.database
        await install(database, ACME, locate("standard_crm"))
        for person in PEOPLE:
            await _person(database, ACME, *person)
        neighbour = await create_tenant(database, other)
        await install(database, neighbour, locate("base"))
        await _person(database, neighbour, "owner", "administrator", "en")


async def _person(
    database: Database, tenant: Tenant, account: str, profile: str, language: str
) -> None:
    values = {"name": account.title(), "profile": profile, "language": language}
    await accounts.create_user(database, tenant, account=account, password=PASSWORD, values=values)


@pytest.fixture
async def site(
    server: Server, furnished: Furnished, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Site]:
    with server.copied(furnished.database) as urls:
        async with (
            connected(urls, tmp_path) as installation,
            serving(compose(installation)) as url,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            yield Site(url, browser, urls, furnished.other)
            await browser.close()
