"""An admin shapes an object in the browser and people use it: make, publish, fill in, filter,
tighten, delete, bring back, go back. In both languages, at a desk and on a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from browser_world import DESKTOP, PHONE, Site, call, publish
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
RECORD = re.compile(r"/o/visit/[0-9a-f-]{36}$")
VERSION = re.compile(r"/setup/versions/(\d+)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Words:
    """What the person reads."""

    account: str
    locale: str
    to_draft: str
    keep: str
    cost: str
    missing: str
    held: str


ZH = Words(
    account="owner",
    locale="zh-CN",
    to_draft="加入草稿",
    keep="存为草稿",
    cost="费用",
    missing="1 条现有记录没有填写此字段",
    held="2 条记录在此字段有值",
)
EN = Words(
    account="chief",
    locale="en-US",
    to_draft="Add to the draft",
    keep="Save to the draft",
    cost="Cost",
    missing="Existing records without a value here: 1.",
    held="Records that hold a value here: 2.",
)


@dataclass
class Admin:
    """One person's way through the builder."""

    page: Page
    words: Words
    phone: bool

    async def make_object(self) -> None:
        page = self.page
        await page.goto("/setup/objects/new-object")
        await page.fill("[name='label.zh_CN']", "拜访")
        await page.fill("[name='label.en']", "Visit")
        await page.fill("[name='plural.en']", "Visits")
        await page.fill("[name=name]", "visit")
        await page.get_by_role("button", name=self.words.to_draft).click()
        await page.wait_for_url(re.compile("/setup/objects/visit"))

    async def add_field(self, type_: str, chinese: str, english: str, name: str) -> None:
        page = self.page
        await page.goto(f"/setup/objects/visit/fields/new-field?type={type_}")
        await page.fill("[name='label.zh_CN']", chinese)
        await page.fill("[name='label.en']", english)
        await page.fill("[name=name]", name)
        if type_ == "picklist":
            await page.fill("[name='v.0.label.zh_CN']", "良好")
            await page.fill("[name='v.0.label.en']", "Good")
        if type_ == "lookup":
            await page.select_option("[name='o.target']", "account")
        await self.keep()
        await expect(page.locator(f"#f-{name}")).to_be_visible()

    async def keep(self) -> None:
        await self.page.get_by_role("button", name=self.words.keep).click()
        await self.page.wait_for_url(re.compile(r"/fields(/(?!new)|\?|$)"))

    async def publish(self, *told: str) -> int:
        """Reads the review first; the number of the new version."""
        page = self.page
        await page.goto("/setup/publish")
        for text in told:
            await expect(page.get_by_text(text).first).to_be_visible()
        return await self.confirm()

    async def confirm(self) -> int:
        page = self.page
        await page.locator(".su-publishform button[type=submit]").click()
        await page.wait_for_url(re.compile(r"/setup/versions/\d+(?!/restore)(\?|$)"))
        found = VERSION.search(page.url)
        assert found is not None
        return int(found.group(1))

    async def enter(self, name: str, cost: str, phone: str) -> None:
        page = self.page
        await page.goto("/o/visit/new")
        await page.fill("[name=name]", name)
        await page.fill("[name=cost]", cost)
        await page.fill("[name=phone]", phone)
        await page.fill("[name=notes]", "one\ntwo")
        await page.select_option("[name=result]", index=1)
        await page.locator("fs-lookup:has([name=account]) input").click()
        await page.locator(".ts-dropdown [data-selectable]:visible").first.click()
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(RECORD)
        await expect(page.get_by_text("北辰自动化").first).to_be_visible()

    async def names(self) -> list[str]:
        found = await self.page.locator("#list tr[data-card] a.st-name").all_inner_texts()
        return [text.strip() for text in found]

    async def filter_by_cost(self, value: str) -> None:
        page = self.page
        await page.locator("[popovertarget=filter-panel]").click()
        await page.select_option("#filter-field", "cost")
        await page.locator("#filter-condition [name=v]").fill(value)
        await page.select_option("#filter-op", ">")
        await expect(page.locator("#filter-condition [name=v]")).to_have_value(re.compile(value))
        await page.locator(".st-filterform button[type=submit]").click()
        await expect(page.locator("#list .st-chip .st-x")).to_have_count(1)

    async def in_one_language(self) -> None:
        """No platform text of the other language; what people typed is theirs."""
        if self.words is EN:
            text = await self.page.locator("main").inner_text()
            typed = text
            for own in ("北辰自动化", "简体中文", "中文", "个", "张"):
                typed = typed.replace(own, "")
            assert not CHINESE.search(typed), typed


@pytest.mark.parametrize(
    ("words", "size"), [(ZH, DESKTOP), (EN, PHONE)], ids=["zh-desktop", "en-phone"]
)
async def test_the_whole_story(site: Site, words: Words, size: dict[str, int]) -> None:
    async with site.person(words.account, locale=words.locale, size=size) as page:
        admin = Admin(page, words, phone=size is PHONE)
        await call(page, "/records/account", {"name": "北辰自动化"}, 201)
        await admin.make_object()
        for field in FIELDS:
            await admin.add_field(*field)
        first = await admin.publish()
        await admin.in_one_language()
        await admin.enter("First", "1200.5", "")
        await admin.enter("Second", "2400", "138 0013 8000")
        await filters_and_sorts(admin)
        await tightens(admin)
        await deletes_and_restores(admin)
        await goes_back(admin, first)


async def filters_and_sorts(admin: Admin) -> None:
    page = admin.page
    await page.goto("/o/visit")
    assert await admin.names() == ["Second", "First"]
    if not admin.phone:
        await page.locator("#sort-cost").click()
        await expect(page.locator("th[aria-sort=ascending]")).to_contain_text(admin.words.cost)
        assert await admin.names() == ["First", "Second"]
    await admin.filter_by_cost("2000")
    assert await admin.names() == ["Second"]
    await page.locator("#list .st-chip .st-x").click()
    await expect(page.locator("#list .st-chip .st-x")).to_have_count(0)
    assert len(await admin.names()) == 2
    await admin.in_one_language()


async def tightens(admin: Admin) -> None:
    """A used field becomes required; the review names the record that has no value."""
    page = admin.page
    await page.goto("/setup/objects/visit/fields/phone")
    await page.locator("[name=required][type=checkbox]").check(force=True)
    await admin.keep()
    await page.goto("/setup/publish")
    await admin.in_one_language()
    await expect(page.locator(".su-impact").get_by_role("link", name="First")).to_be_visible()
    await admin.publish(admin.words.missing)
    await page.goto("/o/visit/new")
    await page.fill("[name=name]", "Third")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[name=phone][aria-invalid=true]")).to_be_visible()
    assert await page.locator("[name=name]").input_value() == "Third"


async def deletes_and_restores(admin: Admin) -> None:
    page = admin.page
    await page.goto("/setup/objects/visit/fields/cost/delete")
    await page.locator(".su-editorform .btn-danger").click()
    await page.wait_for_url(re.compile(r"/fields(\?|$)"))
    await admin.publish(admin.words.held)
    await page.goto("/o/visit")
    assert len(await admin.names()) == 2
    await expect(page.get_by_text("2,400.00")).to_have_count(0)
    await page.goto("/setup/bin")
    await admin.in_one_language()
    await page.locator("form[action$='/setup/bin/restore'] button").click()
    await admin.publish()
    await page.goto("/o/visit")
    await page.get_by_role("link", name="Second").first.click()
    await page.wait_for_url(RECORD)
    await expect(page.locator("#f-cost")).to_contain_text("2,400.00")


async def goes_back(admin: Admin, version: int) -> None:
    """To the first version: the phone is not asked for any more, and nothing is lost."""
    page = admin.page
    await page.goto(f"/setup/versions/{version}/restore")
    await admin.in_one_language()
    assert await admin.confirm() == version + 4
    await page.goto("/o/visit/new")
    await page.fill("[name=name]", "Third")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(RECORD)
    await page.goto("/o/visit")
    assert await admin.names() == ["Third", "Second", "First"]


FIELD = {
    "op": "create",
    "kind": "field",
    "name": "competitor.motto",
    "body": {"type": "text", "label": {"en": "Motto", "zh_CN": "口号"}},
}
PLACE = {
    "op": "update",
    "kind": "layout",
    "name": "competitor.standard",
    "body": {"sections": {"basic": {"fields": {"motto": {"order": 99999}}}}},
}


async def test_processes_agree_and_organisations_do_not_meet(site: Site) -> None:
    """A field that one process published is in the other's next form; another organisation has
    neither the object nor its records."""
    with site.second_process() as second:
        async with (
            site.person("owner") as here,
            site.person("chief", locale="en-US", at=second) as there,
            site.person("owner", locale="en-US", organization=site.other) as elsewhere,
        ):
            await there.goto("/o/competitor/new")
            await expect(there.locator("[name=motto]")).to_have_count(0)
            await publish(here, [FIELD, PLACE])
            await there.reload()
            await there.fill("[name=name]", "北辰")
            await there.fill("[name=motto]", "Faster")
            await there.keyboard.press("Control+Enter")
            await there.wait_for_url(re.compile(r"/o/competitor/[0-9a-f-]{36}$"))
            path = there.url.removeprefix(second)
            await here.goto(path)
            await expect(here.locator("#f-motto")).to_contain_text("Faster")
            for address in ("/o/competitor", path, f"{path}/edit", "/setup/objects/competitor"):
                answer = await elsewhere.goto(address)
                assert answer is not None
                assert answer.status == 404, address
                await expect(elsewhere.get_by_text("Faster")).to_have_count(0)


async def test_the_list_beside_a_page_opens_at_its_entry(site: Site) -> None:
    async with site.person("owner", locale="en-US") as page:
        for name in ("account", "work_log"):
            await page.goto(f"/setup/objects/{name}/fields")
            await expect(page.locator(".su-nav [aria-current]")).to_be_in_viewport()
