"""Signing in and out with a browser, what protects posts, and what the frame offers to whom."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from api_world import PASSWORD, World
from conftest import TENANT
from page_world import FRAGMENT, Browser, Office

from fieldstone.kernel.tenants import create_tenant
from fieldstone.metadata.packs import install, locate
from fieldstone.runtime import accounts

pytestmark = pytest.mark.anyio


async def test_signing_in_leads_to_where_one_wanted_to_be(office: Office) -> None:
    browser = Browser(office.world)
    refused = await browser.get("/o/visit?view=all", 303)
    assert refused.headers["location"] == "/sign-in?next=%2Fo%2Fvisit%3Fview%3Dall"
    page = await browser.get(refused.headers["location"])
    assert ("next", "/o/visit?view=all") in page.form
    signed = await browser.sign_in("rep", next="/o/visit?view=all")
    assert signed.headers["location"] == "/o/visit?view=all"
    assert "httponly" in signed.headers["set-cookie"].lower()
    assert "Rita" in await browser.get("/o/visit?view=all")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "o"]
)
async def test_signing_in_never_leads_elsewhere(office: Office, elsewhere: str) -> None:
    browser = Browser(office.world)
    page = await browser.get(f"/sign-in?next={quote(elsewhere)}")
    assert "next" not in dict(page.form)
    assert (await browser.sign_in("rep", next=elsewhere)).headers["location"] == "/"


async def test_a_wrong_part_keeps_what_was_typed_and_says_not_which(office: Office) -> None:
    told = set()
    for organization, account, password in (
        ("nobody-here", "rep", PASSWORD),
        (TENANT.key, "no-such-account", PASSWORD),
        (TENANT.key, "rep", "wrong"),
    ):
        browser = Browser(office.world)
        page = await browser.sign_in(account, organization=organization, password=password)
        assert page.status == 422
        assert ("organization", organization) in page.form and ("account", account) in page.form
        assert ("password", "") in page.form and password not in page
        told.add("".join(re.findall(r'role="alert".*?</div>', page.text, re.S)))
        await browser.get("/", 303)
    assert len(told) == 1
    assert (await Browser(office.world).sign_in("rep")).status == 303


async def test_blanks_are_refused_before_anybody_is_asked(office: Office) -> None:
    page = await Browser(office.world).sign_in("", password="")
    assert page.status == 422 and 'role="alert"' in page


async def test_signing_out_ends_the_session(office: Office) -> None:
    browser = await office.browser()
    again = await browser.get("/sign-in?next=%2Fo%2Fvisit", 303)
    assert again.headers["location"] == "/o/visit"
    kept = dict(browser.http.cookies)
    await browser.post("/sign-out")
    await browser.get("/", 303)
    browser.http.cookies.update(kept)
    await browser.get("/", 303)
    assert ("password", "") in (await browser.get("/sign-in")).form


async def test_a_post_needs_the_pages_token(office: Office) -> None:
    browser = await office.browser()
    token, browser.token = browser.token, "guessed"
    await browser.post("/o/visit/new", {"title": "Forged"}, 403)
    browser.token = token
    forged = await browser.http.post(
        "/o/visit/new",
        data={"title": "Forged", "csrf_token": token},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert forged.status_code == 403
    assert (await office.admin.get("/records/visit"))["records"] == []
    await browser.post("/o/visit/new", {"title": "Real"})
    assert len((await office.admin.get("/records/visit"))["records"]) == 1


async def test_nobody_signs_somebody_in_from_another_site(office: Office) -> None:
    browser = Browser(office.world, **{"sec-fetch-site": "cross-site"})
    assert (await browser.sign_in("rep")).status == 403
    await browser.get("/", 303)


async def test_a_fragment_without_a_session_sends_the_page_to_sign_in(office: Office) -> None:
    browser = Browser(office.world)
    answer = await browser.get(
        "/o/visit/condition?f=title",
        401,
        {**FRAGMENT, "hx-current-url": "http://fieldstone.test/o/visit?q=1"},
    )
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Fo%2Fvisit%3Fq%3D1"


async def test_a_fragments_error_is_told_and_swaps_nothing(office: Office) -> None:
    browser = await office.browser()
    answer = await browser.get("/o/ledger", 404, headers=FRAGMENT)
    assert answer.headers["hx-reswap"] == "none" and "fs:toast" in answer.headers["hx-trigger"]


async def test_preferences_stay_with_the_person(office: Office) -> None:
    browser = await office.browser()
    answer = await browser.post(
        "/preferences", {"theme": "dark", "density": "compact", "next": "/o/visit"}
    )
    assert answer.headers["location"] == "/o/visit"
    page = await browser.get("/o/visit")
    assert 'data-bs-theme="dark"' in page and 'data-st-density="compact"' in page
    await browser.post("/preferences", {"locale": "zh_CN", "next": "https://evil.example"})
    page = await browser.get("/o/visit?view=all")
    assert 'lang="zh-CN"' in page and "新建拜访" in page
    other = await office.browser()
    assert 'data-bs-theme="dark"' in await other.get("/") and "首页" in await other.get("/")
    me = (await office.rep.get("/session"))["user_id"]
    stored = await office.admin.get(f"/records/user/{me}")
    assert (stored["theme"], stored["density"], stored["language"]) == ("dark", "compact", "zh_CN")


async def test_nonsense_is_no_preference(office: Office) -> None:
    browser = await office.browser()
    await browser.post("/preferences", {"theme": "x", "timezone": "Moon", "locale": "fr"}, 204)
    await browser.post("/preferences", {"timezone": "Europe/Berlin"}, 204)
    me = (await office.rep.get("/session"))["user_id"]
    stored = await office.admin.get(f"/records/user/{me}")
    assert (stored["timezone"], stored["language"]) == ("Europe/Berlin", "en")
    assert (await office.rep.get("/session"))["timezone"] == "Europe/Berlin"


async def test_the_language_can_be_chosen_before_signing_in(office: Office) -> None:
    browser = Browser(office.world, **{"accept-language": "en"})
    assert "Welcome back" in await browser.get("/sign-in")
    await browser.post("/preferences", {"locale": "zh_CN", "next": "/sign-in"})
    assert "Welcome back" not in (await browser.get("/sign-in")).text


async def test_demo_accounts_are_offered_in_the_demo_organisation_only(office: Office) -> None:
    assert "Demo accounts" not in (await Browser(office.world).get("/sign-in")).text
    database = office.world.installation.database
    demo = await create_tenant(database, "demo")
    await install(database, demo, locate("base"))
    password = office.world.installation.settings.demo_password
    for account in ("first", "second"):
        values = {"profile": "standard_user"}
        await accounts.create_user(
            database, demo, account=account, password=password, values=values
        )
    browser = Browser(office.world, **{"accept-language": "en"})
    page = await browser.get("/sign-in")
    assert "Demo accounts" in page and ">Standard</button>" in page and "second" not in page
    assert ("organization", "demo") in page.form
    signed = await browser.sign_in("first", organization="demo", password=password)
    assert signed.status == 303


async def test_the_frame_offers_what_one_may_open(office: Office) -> None:
    admin, rep = await office.browser("admin"), await office.browser("rep")
    page = await admin.get("/")
    assert 'href="/setup"' in page and 'href="/o/ledger"' in page and "Getting started" in page
    page = await rep.get("/")
    assert 'href="/setup"' not in page and 'href="/o/ledger"' not in page
    assert 'href="/o/visit"' in page and "/o/visit/new" in page and "Getting started" not in page
    assert "Good " in page and "Rita" in page and "Field work" in page


async def test_an_app_is_chosen_and_remembered(office: Office) -> None:
    body = {"label": {"en": "Second"}, "items": ["site"], "order": 9}
    await office.admin.publish([{"op": "create", "kind": "app", "name": "second", "body": body}])
    rep = await office.browser("rep")
    assert 'href="/app/second"' in await rep.get("/")
    await rep.get("/app/second", 303)
    home = await rep.get("/")
    assert '<small class="st-clip">Second</small>' in home
    visits = await rep.get("/o/visit?view=all")
    assert '<small class="st-clip">Field work</small>' in visits
    await rep.get("/app/nothing", 404)


async def test_mine_is_counted_at_home(office: Office) -> None:
    rep = await office.browser("rep")
    for title in ("One", "Two"):
        await office.rep.post("/records/visit", {"title": title})
    await office.admin.post("/records/visit", {"title": "Hers"})
    page = await rep.get("/")
    assert "2 mine" in page
    match = re.search(r'href="(/o/visit\?filter=[^"]+)"', page.text)
    assert match
    mine = await rep.get(match.group(1))
    assert "One" in mine and "Hers" not in mine


async def test_an_unknown_address_is_a_page_with_a_way_home(office: Office, world: World) -> None:
    browser = await office.browser()
    page = await browser.get("/no/such/page", 404)
    assert 'href="/"' in page and page.headers["x-request-id"] in page.text
