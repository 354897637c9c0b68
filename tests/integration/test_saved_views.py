"""List views that people keep: save, share, deny, follow a rename, lose a field."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from api_world import codes, operation
from page_world import FRAGMENT, Browser, Office, Shown

pytestmark = pytest.mark.anyio

MANY = [
    {"title": "Big", "level": "a", "amount": 500, "sealed": "x"},
    {"title": "Small", "level": "a", "amount": 5},
    {"title": "Other", "level": "b", "amount": 900},
]
CHANGED = "view=all&filter=amount%20%3E%20100&sort=-amount"


@pytest.fixture
async def rep(office: Office) -> Browser:
    await office.admin.post("/records/visit", {"records": MANY})
    return await office.browser("rep")


@pytest.fixture
async def looker(office: Office, rep: Browser) -> Browser:
    """Somebody else who may read visits, in Chinese."""
    rights = {"visit": {"rights": ["read"], "fields": {"*": "read", "sealed": "none"}}}
    change = operation("permission_set", "looker", {"objects": rights}, op="update")
    await office.admin.publish([change])
    return await office.browser("looker")


def titles(page: Shown) -> list[str]:
    return re.findall(r">(Big|Small|Other)</td>", re.sub(r"\s*<(?!/td)[^>]*>\s*", ">", page.text))


def heads(page: Shown) -> list[str]:
    found = re.findall(r'<th role="columnheader".*?</th>', page.text, re.S)
    words = (unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in found)
    return [each for each in words if each]  # the tick of all rows has none


async def keep(browser: Browser, name: str, query: str = CHANGED, shared: str = "0") -> str:
    """The address of the list under the new name."""
    data = {"name": name, "shared": shared, "query": query}
    answer = await browser.post("/o/visit/views", data)
    return str(answer.headers["location"])


async def test_a_view_is_kept_changed_and_comes_back(office: Office, rep: Browser) -> None:
    changed = await rep.get(f"/o/visit?{CHANGED}")
    assert "Unsaved changes" in changed and "Save as…" in changed and "Save view" not in changed
    url = await keep(rep, "Large ones")
    page = await rep.get(url)
    assert titles(page) == ["Other", "Big"] and "Large ones" in page
    assert "Unsaved changes" not in page and "My views" in page
    other = await rep.get(f"{url}&filter=amount%20%3C%20100")
    assert "Unsaved changes" in other and titles(other) == ["Small"] and "Save view" in other
    view = url.partition("view=")[2]
    again = await rep.post(f"/o/visit/views/{view}/save", {"query": f"view={view}&sort=title"})
    page = await rep.get(again.headers["location"])
    assert titles(page) == ["Big", "Other"] and "Unsaved changes" not in page
    stored = (await office.rep.get("/views/visit"))["views"]
    assert [(each["name"], each["sort"]) for each in stored] == [("Large ones", ["title"])]

    gone = await rep.post(f"/o/visit/views/{view}/delete")
    toast = await rep.get(gone.headers["location"])
    assert f'action="/o/visit/views/{view}/restore"' in toast and "View deleted" in toast
    missing = await rep.get(f"/o/visit?view={view}")
    assert "This view is not there any more" in missing and "Large ones" not in missing
    back = await rep.post(f"/o/visit/views/{view}/restore")
    assert titles(await rep.get(back.headers["location"])) == ["Big", "Other"]


async def test_the_form_says_what_is_wrong_with_a_name(office: Office, rep: Browser) -> None:
    await keep(rep, "Mine")
    http, headers = rep.http, {**FRAGMENT, "x-csrf-token": rep.token}
    for name, words in (("", "required"), ("mine", "already have"), ("x" * 90, "At most 80")):
        data = {"name": name, "query": CHANGED, "shared": "1"}
        answer = await http.post("/o/visit/views", data=data, headers=headers)
        assert answer.status_code == 422
        assert words in answer.text and 'aria-invalid="true"' in answer.text
    assert len((await office.rep.get("/views/visit"))["views"]) == 1
    data = {"name": "Another", "query": CHANGED}
    answer = await http.post("/o/visit/views", data=data, headers=headers)
    assert answer.status_code == 204 and "view=" in answer.headers["hx-redirect"]


async def test_only_what_is_shared_is_seen_and_only_owners_change_it(
    office: Office, rep: Browser, looker: Browser
) -> None:
    own = (await keep(rep, "For me")).partition("view=")[2]
    shared = (await keep(rep, "For all", shared="1")).partition("view=")[2]
    page = await looker.get(f"/o/visit?view={shared}")
    assert titles(page) == ["Other", "Big"] and "共享视图" in page and "For me" not in page
    assert f"/views/{shared}/delete" not in page.text and f"/views/{shared}/rename" not in page.text
    foreign = await looker.get(f"/o/visit?view={own}")
    assert "没有共享给您" in foreign and len(titles(foreign)) == 3
    for act in ("save", "rename", "delete"):
        await looker.post(f"/o/visit/views/{own}/{act}", {"name": "X"}, 404)
        await looker.post(f"/o/visit/views/{shared}/{act}", {"name": "X"}, 403)
    admin = await office.browser("admin")
    assert "For me" not in (await admin.get("/o/visit")).text
    await admin.post(f"/o/visit/views/{shared}/rename", {"name": "For us", "shared": "1"})
    await admin.post(f"/o/visit/views/{own}/delete", {}, 404)
    found = (await office.rep.get("/views/visit"))["views"]
    assert [each["name"] for each in found] == ["For me", "For us"]
    await rep.post(f"/o/visit/views/{shared}/rename", {"name": "For us", "shared": "0"})
    assert "For us" not in (await looker.get("/o/visit")).text


async def test_pins_and_the_default_are_ones_own(rep: Browser, looker: Browser) -> None:
    shared = (await keep(rep, "Large", shared="1")).partition("view=")[2]
    await looker.post(f"/o/visit/views/{shared}/pin")
    await looker.post("/o/visit/views/high/default")
    await looker.post(f"/o/visit/views/{shared}/default")
    page = await looker.get("/o/visit")
    assert titles(page) == ["Other", "Big"]
    assert re.search(r'href="/o/visit\?view=[0-9a-f-]+" id="view-1" aria-current', page.text)
    assert "已固定" in page and "Pinned" not in await rep.get("/o/visit")
    assert len(titles(await rep.get("/o/visit"))) == 3
    await looker.post(f"/o/visit/views/{shared}/default")
    assert len(titles(await looker.get("/o/visit"))) == 3
    await looker.post("/o/visit/views/nothing/pin", {}, 404)
    await looker.post("/o/ledger/views/all/pin", {}, 404)


async def test_bulk_actions_mean_the_kept_view(office: Office, rep: Browser) -> None:
    view = (await keep(rep, "Large")).partition("view=")[2]
    chosen = {"all": "1", "query": f"view={view}", "step": "run"}
    await rep.post("/o/visit/bulk/delete", chosen, 204)
    left = await office.admin.get("/records/visit", fields="title")
    assert [each["title"] for each in left["records"]] == ["Small"]


async def test_a_rename_is_followed_and_undone(office: Office, rep: Browser) -> None:
    body = {
        "name": "Sites",
        "shared": True,
        "columns": ["name", "site.size", "number", "amount"],
        "filter": "amount > 100 AND (site.size = 3 OR /* kept */ {Amount} < 999) && number != 7",
        "sort": ["-amount", "number"],
    }
    made = await office.rep.post("/views/visit", body)
    one, two = ("visit.amount", {"to": "worth"}), ("site.size", {"to": "breadth"})
    await office.admin.publish(
        [operation("field", name, to, op="rename") for name, to in (one, two)]
    )
    (view,) = (await office.rep.get("/views/visit"))["views"]
    assert view["columns"] == ["name", "site.breadth", "number", "worth"]
    assert view["sort"] == ["-worth", "number"] and view["usable"]
    assert "worth > 100 AND (site.breadth = 3 OR /* kept */ {Amount}" in view["filter"]
    assert titles(await rep.get(f"/o/visit?view={made['id']}")) == []  # it shows no titles
    assert "Amount" in await rep.get(f"/o/visit?view={made['id']}")
    versions = (await office.admin.get("/versions"))["versions"]
    await office.admin.post(f"/versions/{versions[1]['number']}/restore", {}, status=200)
    (view,) = (await office.rep.get("/views/visit"))["views"]
    assert (view["columns"], view["filter"]) == (body["columns"], body["filter"])


async def test_a_field_that_goes_takes_its_column_but_no_condition(
    office: Office, rep: Browser
) -> None:
    body = {"name": "Mine", "columns": ["name", "title", "amount"], "filter": ""}
    columns = await office.rep.post("/views/visit", body)
    body = {"name": "Both", "columns": ["title"], "filter": "amount > 100 AND level = 'a'"}
    filtered = await office.rep.post("/views/visit", body)
    used = operation("list_view", "visit.high", {}, op="delete")
    await office.admin.publish([used, operation("field", "visit.amount", {}, op="delete")])
    page = await rep.get(f"/o/visit?view={columns['id']}")
    assert heads(page) == ["Name", "Title"] and len(titles(page)) == 3
    refused = await rep.get(f"/o/visit?view={filtered['id']}", 422)
    assert "This view cannot be shown to you." in refused and titles(refused) == []
    match = re.search(r'href="([^"]+)">Remove this condition', refused.text)
    assert match
    mended = await rep.get(unescape(match.group(1)))
    assert sorted(titles(mended)) == ["Big", "Small"] and "Unsaved changes" in mended
    found = (await office.rep.get("/views/visit"))["views"]
    assert [(each["usable"], each["filter"]) for each in found] == [(False, None), (True, "")]


async def test_a_shared_view_tells_no_hidden_name(office: Office, rep: Browser) -> None:
    body = {
        "name": "Secret",
        "shared": True,
        "columns": ["title", "sealed"],
        "filter": "sealed = 'x'",
        "sort": ["sealed"],
    }
    view = await office.admin.post("/views/visit", body)
    assert view["filter"] == "sealed = 'x'"
    (seen,) = (await office.rep.get("/views/visit"))["views"]
    assert (seen["columns"], seen["filter"], seen["sort"]) == (["title"], None, [])
    refused = await rep.get(f"/o/visit?view={view['id']}", 422)
    assert "sealed" not in refused and "Remove this condition" not in refused
    wrong = {"name": "", "columns": ["sealed", "nothing"], "filter": "sealed = 1 AND", "sort": 5}
    answer = await office.rep.post("/views/visit", wrong, status=422)
    assert codes(answer) == {"sort": "view.bad_value"}
    del wrong["sort"]
    answer = await office.rep.post("/views/visit", wrong, status=422)
    found: list[Any] = [each["path"] for each in answer["problems"]]
    assert found == ["name", "columns.0", "columns.1", "filter"]
    await office.rep.post("/views/ledger", {"name": "X"}, status=404)
    await office.rep.patch(f"/views/visit/{view['id']}", {"name": "Y"}, status=403)
    mine = await office.rep.patch(f"/views/visit/{view['id']}", {"pinned": True})
    assert mine["pinned"] and not (await office.admin.get("/views/visit"))["views"][0]["pinned"]


async def test_columns_and_widths_are_ones_own_until_they_are_kept(
    office: Office, rep: Browser, looker: Browser
) -> None:
    view = (await keep(rep, "Large", shared="1")).partition("view=")[2]
    drawer = await rep.get(f"/o/visit/columns?view={view}", headers=FRAGMENT)
    assert re.findall(r'name="c" value="(\w+)"', drawer.text)[:3] == ["name", "title", "site"]
    assert 'data-path="site.size"' in drawer and 'data-path="sealed"' not in drawer
    chosen = [("c", each) for each in ("name", "site.size", "title", "sealed", "nothing")]
    answer = await rep.post(f"/o/visit/views/{view}/columns", [*chosen, ("query", f"view={view}")])
    page = await rep.get(answer.headers["location"])
    assert heads(page) == ["Name", "Site Size", "Title"] and "Unsaved changes" in page
    other = await looker.get(f"/o/visit?view={view}")
    assert len(heads(other)) > 4 and 'class="st-dot st-dot-acc"' not in other.text
    given = [("w", "title:333"), ("w", "site.size:7"), ("w", "sealed:90"), ("w", "name:wide")]
    await rep.post(f"/o/visit/views/{view}/widths", given, 204)
    page = await rep.get(f"/o/visit?view={view}")
    assert re.findall(r'aria-valuenow="(\d+)"', page.text)[1] == "48"
    await rep.post(f"/o/visit/views/{view}/save", {"query": f"view={view}"})
    assert heads(await looker.get(f"/o/visit?view={view}"))[:3] == ["名称", "Site Size", "Title"]
    await looker.post(f"/o/visit/views/{view}/columns", [("c", "amount")])
    await looker.post(f"/o/visit/views/{view}/columns", {"reset": "1"})
    assert len(heads(await looker.get(f"/o/visit?view={view}"))) == 3
    await looker.post("/o/visit/views/nothing/columns", [("c", "title")], 404)


async def test_sixty_columns_are_a_list(office: Office, rep: Browser) -> None:
    drawer = await rep.get("/o/visit/columns?view=all", headers=FRAGMENT)
    paths = [("c", each) for each in re.findall(r'data-path="([\w.]+)"', drawer.text)[:60]]
    assert len(paths) == 60
    await rep.post("/o/visit/views/all/columns", paths)
    page = await rep.get("/o/visit?view=all")
    assert len(heads(page)) >= 60 and 'data-resize="name"' in page
