"""An admin shapes an object in the browser: make, publish, use, tighten, delete, bring back."""

from __future__ import annotations

import re

import pytest
from browser_world import Site
from playwright.async_api import Page, expect

pytestmark = pytest.mark.anyio

FIELDS = (
    ("date", "计划日期", "Planned on", "planned_on"),
    ("decimal", "时长", "Minutes", "minutes"),
    ("boolean", "已完成", "Done", "done"),
    ("currency", "费用", "Cost", "cost"),
    ("phone", "电话", "Phone", "phone"),
    ("long_text", "纪要", "Notes", "notes"),
    ("picklist", "结果", "Result", "result"),
    ("lookup", "客户", "Account", "account"),
)


async def add_object(page: Page) -> None:
    await page.goto("/setup/objects/new-object")
    await page.fill("[name='label.zh_CN']", "拜访")
    await page.fill("[name='label.en']", "Visit")
    await page.fill("[name=name]", "visit")
    await page.get_by_role("button", name="加入草稿").click()
    await page.wait_for_url(re.compile("/setup/objects/visit"))


async def add_field(page: Page, type_: str, chinese: str, english: str, name: str) -> None:
    await page.goto(f"/setup/objects/visit/fields/new-field?type={type_}")
    await page.fill("[name='label.zh_CN']", chinese)
    await page.fill("[name='label.en']", english)
    await page.fill("[name=name]", name)
    if type_ == "picklist":
        await page.fill("[name='v.0.label.zh_CN']", "良好")
        await page.fill("[name='v.0.label.en']", "Good")
    if type_ == "lookup":
        await page.select_option("[name='o.target']", "account")
    await page.get_by_role("button", name="存为草稿").click()
    await expect(page.get_by_text(chinese).first).to_be_visible()


async def publish(page: Page) -> None:
    await page.goto("/setup/publish")
    await page.locator("form button[type=submit]").filter(has_text="发布").last.click()
    await page.wait_for_url(re.compile(r"/setup/versions/\d+"), timeout=20_000)


async def test_an_admin_shapes_an_object_and_uses_it(site: Site) -> None:
    async with site.person("owner") as page:
        await add_object(page)
        for field in FIELDS:
            await add_field(page, *field)
        await publish(page)
        await page.goto("/o/visit/new")
        await page.fill("[name=name]", "初次拜访")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile("/o/visit/[0-9a-f-]{36}$"))
        await page.goto("/setup/objects/visit/fields/phone")
        await page.locator("[name=required][type=checkbox]").check(force=True)
        await page.get_by_role("button", name="存为草稿").click()
        await page.goto("/setup/publish")
        await expect(page.get_by_text("1 条现有记录没有填写此字段").first).to_be_visible()
        await publish(page)
        await page.goto("/o/visit/new")
        await page.fill("[name=name]", "再次拜访")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("[name=phone][aria-invalid=true]")).to_be_visible()
