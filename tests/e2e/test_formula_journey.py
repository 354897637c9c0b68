"""An admin writes a formula with two typos, is told both, mends one by a click and the other by
completion, and sees its value on a record."""

from __future__ import annotations

import asyncio
import re

import pytest
from browser_world import PHONE, Site
from playwright.async_api import Page, Route, expect

pytestmark = pytest.mark.anyio

TYPOS = 'IF(AND(ISPICKVAL(stage,"won"), amout > 100000), RUND(amount*0.02,2), 0)'
GOOD = 'IF(AND(ISPICKVAL(stage,"won"), amount > 100000), ROUND(amount*0.02,2), 0)'
CODE = ".fx-code .cm-content"


async def add_deal(page: Page) -> None:
    """A won one, made through the API as the page itself would."""
    made = await page.evaluate(
        """async () => {
          const token = document.querySelector("meta[name=csrf-token]").content;
          const send = async (path, body) => (await fetch("/api/v1/records/" + path, {
            method: "POST", body: JSON.stringify(body),
            headers: {"Content-Type": "application/json", "X-CSRF-Token": token},
          })).json();
          const account = await send("account", {name: "恒川精密"});
          return send("opportunity", {
            name: "柔性装配线", account: account.id, stage: "won", amount: "250000",
            close_date: "2027-03-01",
          });
        }"""
    )
    assert made.get("id"), made


async def new_formula_field(page: Page, formula: str) -> None:
    await page.goto("/setup/objects/opportunity/fields/new-field?type=formula")
    await page.fill("[name='label.zh_CN']", "奖金")
    await page.fill("[name='label.en']", "Bonus")
    await page.fill("[name=name]", "bonus")
    await page.select_option("[name='o.returns']", "currency")
    await expect(page.locator("[name='o.returns']")).to_have_value("currency")
    await page.click(CODE)
    await page.keyboard.insert_text(formula)


async def test_typos_are_told_and_mended(site: Site) -> None:
    async with site.person("owner") as page:
        await add_deal(page)
        await new_formula_field(page, TYPOS)
        faults = page.locator(".fx-fault")
        await expect(faults).to_have_count(2, timeout=15_000)
        await expect(faults.first).to_contain_text("没有字段 amout。")
        await expect(faults.first.get_by_role("button", name="改为 商机金额")).to_be_visible()
        await expect(faults.last).to_contain_text("没有函数 RUND。")
        await expect(page.locator(".cm-lintRange-error")).to_have_count(2)
        await faults.last.get_by_role("button", name="改为 ROUND").click()
        await expect(faults).to_have_count(1)
        await complete_the_field(page)
        await expect(faults).to_have_count(0)
        await expect(page.locator(".fx-summary")).to_contain_text("数字")
        assert await page.input_value("[name='o.formula']") == GOOD
        await expect(page.locator("[data-result]")).to_have_text("¥5,000.00")
        await page.get_by_role("button", name="存为草稿").click()
        await page.wait_for_url(re.compile("/fields$"))
        await page.goto("/setup/formula?kind=field&name=opportunity.bonus&place=formula")
        await expect(page.locator("[data-result]")).to_have_text("¥5,000.00")
        await expect(page.locator(".fx-steps")).to_contain_text("商机金额")
        await sum_up_a_list(page)
        await add_case(page)


async def sum_up_a_list(page: Page) -> None:
    """A related list is counted, a field of its records summed up; advice blocks nothing."""
    await page.click(CODE)
    await page.keyboard.press("Control+End")
    await page.keyboard.insert_text(" + 2*3^2 + ")
    tree = page.locator(".fx-left")
    await tree.get_by_role("button", name="商机产品的字段").click()
    await tree.locator("li li .fx-take", has_text="quantity").first.click()
    await expect(page.locator(".fx-fault:not(.fx-warning)")).to_have_count(0)
    await expect(page.locator(".fx-warning")).to_contain_text("优先级", timeout=15_000)
    await expect(page.locator(".cm-lintRange-warning")).to_have_count(1)
    text = await page.input_value("#i-formula")
    assert text == f"{GOOD} + 2*3^2 + SUM(opportunity_lines.quantity)"
    await expect(page.locator("button[data-fx-save]")).to_be_enabled()
    await page.click(CODE)
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(GOOD)
    await expect(page.locator(".fx-warning")).to_have_count(0)


async def complete_the_field(page: Page) -> None:
    """The misspelt name is chosen, taken away, and written by its initials."""
    await page.locator(".fx-fault .fx-where").click()
    await page.keyboard.press("Delete")
    await page.keyboard.type("sjje", delay=30)
    option = page.locator(".cm-tooltip-autocomplete li[aria-selected]")
    await expect(option).to_contain_text("商机金额", timeout=15_000)
    await page.wait_for_timeout(200)  # a list that has just appeared takes no key by mistake
    await page.keyboard.press("Tab")


async def add_case(page: Page) -> None:
    await page.get_by_role("button", name="添加用例").click()
    row = page.locator(".fx-casetable tbody tr")
    await expect(row).to_be_visible()
    await expect(row.locator(".st-tag")).to_have_count(0)
    await row.get_by_label("商机金额").fill("200000")
    await row.get_by_label("销售阶段").select_option("won")
    await row.get_by_label("应得").fill("1")
    await expect(row.locator(".st-tag")).to_have_text("不符")
    await row.get_by_label("应得").fill("4000")
    await expect(row.locator(".st-tag")).to_have_text("通过")
    await page.get_by_role("button", name="存为草稿").click()
    await page.wait_for_url(re.compile("/fields/bonus$"))
    await page.goto("/setup/formula?kind=field&name=opportunity.bonus&place=formula")
    await expect(row.get_by_role("combobox", name="销售阶段")).to_have_value("won")


async def test_on_a_phone_it_is_a_textarea_with_buttons(site: Site) -> None:
    context = await site.browser.new_context(
        base_url=site.url,
        viewport=PHONE,  # type: ignore[arg-type]  # a TypedDict of the same keys
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
    )
    page = await context.new_page()
    await page.goto("/sign-in")
    for name, value in (
        ("organization", "acme"), ("account", "owner"), ("password", "journey-journey"),
    ):  # fmt: skip
        await page.fill(f"[name={name}]", value)
    await page.click("button[type=submit]")
    await page.wait_for_url(re.compile(r"/$"))
    await page.goto("/setup/formula?kind=list_view&name=opportunity.my&place=filter")
    text = page.locator("#i-formula")
    await expect(text).to_be_visible()
    await text.fill("amout")
    await expect(page.locator(".fx-fault")).to_contain_text("没有字段 amout。")
    await page.get_by_role("button", name="改为 商机金额").tap()
    await page.get_by_role("group", name="符号").get_by_role("button", name=">", exact=True).tap()
    await text.press_sequentially("5")
    await expect(page.locator(".fx-summary")).to_contain_text("是/否")
    assert await text.input_value() == "amount>5"
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    await context.close()


async def test_what_is_typed_while_the_form_is_drawn_anew_stays(site: Site) -> None:
    """The answer to an earlier choice comes late, with what the form held then."""
    async with site.person("owner") as page:
        await page.goto("/setup/objects/opportunity/fields/new-field?type=formula")
        await expect(page.locator(CODE)).to_be_visible()

        typed = asyncio.Event()

        async def late(route: Route) -> None:
            response = await route.fetch()
            await asyncio.wait_for(typed.wait(), 20)
            await route.fulfill(response=response)

        await page.route("**/new-field/form", late)
        try:
            await page.select_option("[name='o.returns']", "text")
            await page.click(CODE)
            await page.keyboard.insert_text("LEFT(name, 3)")
        finally:
            typed.set()
        await expect(page.locator("[name='o.scale']")).to_have_count(0, timeout=15_000)
        await page.keyboard.insert_text(' & "!"')
        await expect(page.locator(".fx-summary")).to_contain_text("文本", timeout=15_000)
        assert await page.input_value("[name='o.formula']") == 'LEFT(name, 3) & "!"'
        await page.unroute_all(behavior="wait")
