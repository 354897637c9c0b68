"""The review of a change of type on many records fills in by itself."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from browser_world import Site
from conftest import connected
from metadata_world import ACME, World, a_field, an_object, change
from playwright.async_api import expect

from fieldstone.kernel.installation import Installation
from fieldstone.kernel.session import Session
from fieldstone.metadata import draft
from fieldstone.runtime.sign_in import system_session

pytestmark = pytest.mark.anyio

MANY = 200_000
INSERT = """
    INSERT INTO t_acme.visit (id, version, name, size, created_at, modified_at)
    SELECT uuidv7(), 1, 'V' || n, n::text, now(), now() FROM generate_series(1, %s) AS n
"""


async def test_the_count_goes_on_by_itself(site: Site, tmp_path: Path) -> None:
    async with connected(site.urls, tmp_path) as installation:
        await prepare(installation)
    async with site.person("owner") as page:
        await page.goto("/setup/publish")
        counting = page.get_by_text(re.compile("正在统计可转换的内容"))
        await expect(counting).to_be_visible()
        await expect(counting).to_have_count(0, timeout=90_000)
        await expect(page.locator(".su-tiles").get_by_text("200,000")).to_be_visible()


async def prepare(installation: Installation) -> None:
    await World(installation).publish(an_object("visit"), a_field("visit.size", "text"))
    with psycopg.connect(installation.settings.owner_url) as raw:
        raw.execute(INSERT, [MANY])
    session: Session = system_session(ACME)
    async with installation.database.tenant(ACME) as connection:
        convert = change("field", "visit.size", type="integer", length=None)
        await draft.write(connection, session, None, [convert])
