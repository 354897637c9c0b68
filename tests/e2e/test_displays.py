"""A board and a calendar under the mouse, the keyboard and a thumb."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from browser_world import PHONE, Site, call, violations
from playwright.async_api import Locator, Page, expect

pytestmark = pytest.mark.anyio


async def _drag(page: Page, what: Locator, to: Locator) -> None:
    """Once the page listens: from its middle to near the upper end of the other, as a hand does."""
    await page.locator("[data-ready]").wait_for()
    start, end = await what.bounding_box(), await to.bounding_box()
    assert start and end
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 12, y + 6, steps=3)
    await page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 40, steps=8)
    await page.mouse.up()


async def test_cards_are_moved_by_hand_by_key_and_by_thumb(site: Site) -> None:
    async with site.person("owner") as page:
        account = await call(page, "/records/account", {"name": "Acme"}, 201)
        day = (datetime.now(tz=UTC) + timedelta(days=30)).date().isoformat()
        deal = {"name": "Deal", "account": account["id"], "stage": "proposal", "amount": "5000",
                "close_date": day}  # fmt: skip
        made = await call(page, "/records/opportunity", deal, 201)
        await page.goto("/o/opportunity/board?view=all")
        await page.locator("[data-ready]").wait_for()
        card = page.locator(f"#card-{made['id']}")

        def lane(code: str) -> Locator:
            return page.locator(f"[data-lane={code}]")

        await expect(lane("proposal").locator(".st-laneh")).to_contain_text("5,000")
        await _drag(page, card, lane("negotiation").locator("[data-cards]"))
        await expect(lane("negotiation").locator(".st-laneh")).to_contain_text("5,000")
        await expect(lane("proposal").locator(".st-laneh")).not_to_contain_text("5,000")

        grip = card.locator("[data-grip]")
        await expect(grip).to_be_focused()  # it is saved
        await page.keyboard.press("Enter")
        await expect(page.locator("#board-live")).to_contain_text("已拿起「Deal」")
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("Escape")
        await expect(lane("negotiation").locator(card)).to_have_count(1)
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")  # lost, which needs a reason
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator("[name=loss_reason]")).to_be_visible()
        assert not await violations(page)
        await page.keyboard.press("Escape")
        await expect(lane("negotiation").locator(card)).to_have_count(1)
        await expect(grip).to_be_focused()
        await page.keyboard.press("Shift+ArrowLeft")
        await expect(lane("negotiation").locator(card)).to_have_count(0)
        await expect(page.locator(".st-toast")).to_contain_text("招投标")  # it is saved
        assert not await violations(page)
    async with site.person("owner", size=PHONE) as page:
        await page.goto("/o/opportunity/board?view=all")
        await page.locator("[data-ready]").wait_for()
        card = page.locator(f"#card-{made['id']}")
        assert not await violations(page)
        await card.locator("[data-stages]").click()
        await page.locator("#stages [data-to=lost]").click()
        await page.locator("[name=loss_reason]").select_option(index=1)
        await page.get_by_role("button", name="保存并移动").click()
        await expect(page.locator("[data-lane=lost]")).to_contain_text("1")
        await expect(card).to_have_count(0)  # what is done with is folded


async def test_a_day_is_begun_and_moved_in_the_calendar(site: Site) -> None:
    async with site.person("chief", locale="en-US") as page:
        await page.goto("/o/event/calendar?at=2031-03")
        await page.locator("[data-day='2031-03-12']").click(position={"x": 60, "y": 60})
        await page.wait_for_url(re.compile("/o/event/new"))
        await page.locator("[name=name]").fill("Fair")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile(r"/o/event/[0-9a-f-]{36}$"))
        await page.goto("/o/event/calendar?view=all&at=2031-03")
        entry = page.locator("[data-entry]")
        await expect(page.locator("[data-day='2031-03-12']").locator(entry)).to_have_count(1)
        await _drag(page, entry, page.locator("[data-day='2031-03-20']"))
        await expect(page.locator("[data-day='2031-03-20']").locator(entry)).to_have_count(1)
        await expect(page.get_by_role("button", name="Undo")).to_be_visible()  # it is saved
        await entry.focus()
        await page.keyboard.press("Shift+ArrowUp")
        await expect(page.locator("[data-day='2031-03-13']").locator(entry)).to_have_count(1)
        await expect(entry).to_be_focused()
        assert not await violations(page)
        await page.get_by_role("link", name="Week", exact=True).click()
        await page.goto("/o/event/calendar?view=all&at=2031-03-13&span=week")
        await expect(page.locator(".st-hourday").locator(entry)).to_contain_text("9:00 AM")
        await _drag(page, entry, page.locator(".st-hourday[data-day='2031-03-14'] .st-timed"))
        moved = page.locator(".st-hourday[data-day='2031-03-14']").locator(entry)
        await expect(moved).to_contain_text("9:00 AM")
        await page.get_by_role("button", name="Undo").click()
        await expect(
            page.locator(".st-hourday[data-day='2031-03-13']").locator(entry)
        ).to_have_count(1)
        assert not await violations(page)
