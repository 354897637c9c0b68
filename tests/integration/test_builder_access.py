"""The builder is for those who may change the metadata; everybody else is refused."""

from __future__ import annotations

import re

import pytest
from api_world import World
from page_world import Browser

from fieldstone_builder.routes import ROUTES

pytestmark = pytest.mark.anyio

PLACES = {
    "object": "visit", "field": "title", "name": "no_set", "number": "1", "type": "no_type",
    "rule": "no_rule",
    "id": "01a2018e-6552-711e-9e7a-5ee8031df934",
    "noun": "site",
    "layout": "no_layout",
}  # fmt: skip


def address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: PLACES[match.group(1)], path)


async def test_every_page_is_refused_to_those_who_may_not(shared: World) -> None:
    rep = Browser(shared)
    await rep.sign_in("rep")
    for route in ROUTES:
        for method in route.methods or ():
            if method == "GET":
                await rep.get(address(route.path), 403)
            elif method == "POST":
                await rep.post(address(route.path), status=403)


async def test_nobody_gets_in_without_signing_in(shared: World) -> None:
    stranger = Browser(shared)
    for route in ROUTES:
        if "GET" in (route.methods or ()):
            page = await stranger.get(address(route.path), 303)
            assert page.headers["location"].startswith("/sign-in")


async def test_every_page_of_an_administrator_can_be_opened(shared: World) -> None:
    """In both languages, with nothing left untranslated or unfilled."""
    admin, chinese = Browser(shared), Browser(shared)
    await admin.sign_in("admin")
    await chinese.sign_in("admin")
    missing = {"no_set", "no_type", "no_rule", "no_layout"}
    asked = {"/setup/formula": "?kind=list_view&name=visit.by_secret&place=filter"}
    for route in ROUTES:
        path = address(route.path)
        if "GET" in (route.methods or ()) and not any(each in path for each in missing):
            page = await admin.get(path + asked.get(path, ""))
            assert "%(" not in page.text and "setup." not in page.words, path


@pytest.mark.parametrize(
    "path",
    [
        "/setup/objects/nothing",
        "/setup/objects/nothing/fields",
        "/setup/objects/visit/fields/nothing",
        "/setup/objects/visit/fields/nothing/data",
        "/setup/value-sets/nothing",
        "/setup/versions/999",
        "/setup/versions/x",
        "/setup/versions/999/restore",
        "/setup/versions/compare?from=1&to=99999999999",
        "/setup/publish/jobs/nothing",
    ],
)
async def test_what_is_not_there_is_not_found(shared: World, path: str) -> None:
    admin = Browser(shared)
    await admin.sign_in("admin")
    await admin.get(path, 404)


async def test_an_api_name_is_proposed(shared: World) -> None:
    admin = Browser(shared)
    await admin.sign_in("admin")
    for query, name in (
        ("label=客户级别&kind=object", "ke_hu_ji_bie"),
        ("label=Visit&kind=object", "visit_2"),
        ("label=Title&kind=field&object=visit", "title_2"),
        ("label=Owner&kind=field&object=visit", "owner_2"),
        ("label=!!&kind=object", ""),
    ):
        answer = await admin.http.get(f"/setup/derive-name?{query}")
        assert answer.json() == {"name": name}
