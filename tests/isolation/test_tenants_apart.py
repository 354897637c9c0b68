"""Two organisations in one database: with the other's ids every route answers what it answers
for ids of nothing, byte for byte but for the request's own number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from api_world import Caller, World
from conftest import TENANT
from starlette.routing import BaseRoute, Mount, Route, Router

pytestmark = pytest.mark.anyio

NOTHING = UUID("01990000-0000-7000-8000-00000000dead")
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
BODIES: dict[str, Any] = {"POST": {}, "PATCH": {"version": 1}, "PUT": {"name": "X"}}
OPEN = frozenset({"/healthz", "/readyz", "/metrics", "/api/v1/session", "/preferences"})
"""Routes that answer anybody alike and take no id."""


def routes_of(app: Any) -> Iterator[Route]:
    """All routes of the application, whatever stands around the router."""
    while not isinstance(app, Router):
        app = getattr(app, "_app", None) or app.app
    yield from _leaves(app.routes)


def _leaves(routes: list[BaseRoute]) -> Iterator[Route]:
    for each in routes:
        if isinstance(each, Mount):
            yield from _leaves(each.routes or [])
        elif isinstance(each, Route):
            yield each


@dataclass
class Foreign:
    """Ids of the first organisation by what routes call them."""

    ids: dict[str, str] = field(default_factory=dict)


@pytest.fixture
async def foreign(world: World) -> Foreign:
    """One of everything that has an id, in the first organisation."""
    admin = world.caller("admin")
    site = await admin.post("/records/site", {"name": "SECRET-A", "code": "SECRET-A"})
    visit = await admin.post("/records/visit", {"title": "SECRET-A", "site": site["id"]})
    await admin.delete(f"/records/visit/{visit['id']}")
    draft = await admin.post("/changesets", {"title": "SECRET-A", "operations": []})
    me = (await admin.get("/session"))["user_id"]
    return Foreign({"site": site["id"], "visit": visit["id"], "user": me, "changeset": draft["id"]})


def probes(route: Route, foreign: Foreign) -> Iterator[tuple[str, str]]:
    """(the address with a foreign id, the same with the id of nothing)."""
    names = PARAMETER.findall(route.path)
    fixed = {"object": "site", "kind": "object", "field": "code", "number": "9999"}
    varied = [name for name in names if name not in fixed]
    if not varied:
        return
    objects = ("site", "visit", "user") if "object" in names else ("site",)
    for object_name in objects:
        for foreign_id in (foreign.ids[object_name], foreign.ids["changeset"]):
            filled = [
                {**fixed, "object": object_name, **dict.fromkeys(varied, value)}
                for value in (foreign_id, str(NOTHING))
            ]
            yield tuple(_filled(route.path, values) for values in filled)  # type: ignore[misc]  # two


def _filled(path: str, values: dict[str, str]) -> str:
    return PARAMETER.sub(lambda match: values[match.group(1)], path)


def same_but_numbers(answer: httpx.Response, identity: str) -> tuple[int, str]:
    """Status and body without the request's number and the id that was asked for."""
    text = answer.text.replace(identity, "ID")
    text = text.replace(answer.headers["x-request-id"], "REQUEST")
    return answer.status_code, re.sub(r'nonce="[^"]*"', "", text)


async def test_every_route_with_the_others_ids(world: World, foreign: Foreign) -> None:
    stranger = world.caller("admin", world.prepared.other.key)
    await stranger.get("/session")
    probed = 0
    for route in routes_of(world.app):
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            for theirs, nothing in probes(route, foreign):
                asked = [
                    await stranger.http.request(method, path, json=BODIES.get(method))
                    for path in (theirs, nothing)
                ]
                identity = theirs.split("/")
                ids = [part for part in identity if part in foreign.ids.values()]
                first = same_but_numbers(asked[0], ids[0] if ids else "")
                second = same_but_numbers(asked[1], str(NOTHING))
                assert first == second, f"{method} {theirs}"
                assert first[0] < 500, f"{method} {theirs}: {first}"
                assert "SECRET-A" not in first[1], f"{method} {theirs}"
                probed += 1
    assert probed > 20
    untouched = await world.caller("admin").get(f"/records/site/{foreign.ids['site']}")
    assert (untouched["version"], untouched["name"]) == (1, "SECRET-A")


async def test_every_route_needs_a_session(world: World, foreign: Foreign) -> None:
    """A route that answers a stranger is open on purpose and on this list."""
    stranger = world.stranger(accept="application/json")
    for route in routes_of(world.app):
        path = _filled(route.path, dict.fromkeys(PARAMETER.findall(route.path), str(NOTHING)))
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = await stranger.http.request(method, path, json=BODIES.get(method))
            if answer.status_code == 401 or route.path in OPEN:
                continue
            assert route.path.startswith(("/api/docs/errors", "/sign-in", "/static")), (
                f"{method} {route.path} answers {answer.status_code} without a session"
            )


async def test_ids_of_the_other_in_bodies_are_ids_of_nothing(
    world: World, foreign: Foreign
) -> None:
    stranger = world.caller("admin", world.prepared.other.key)
    for theirs, nothing in (
        ({"site": foreign.ids["site"]}, {"site": str(NOTHING)}),
        ({"host": foreign.ids["user"]}, {"host": str(NOTHING)}),
        ({"owner": foreign.ids["user"]}, {"owner": str(NOTHING)}),
        ({"guests": [foreign.ids["user"]]}, {"guests": [str(NOTHING)]}),
        (
            {"about": {"object": "site", "id": foreign.ids["site"]}},
            {"about": {"object": "site", "id": str(NOTHING)}},
        ),
    ):
        told = [
            (await stranger.post("/records/visit", body, status=422))["problems"]
            for body in (theirs, nothing)
        ]
        assert told[0] == told[1]
    for identity in (foreign.ids["site"], str(NOTHING)):
        body = {"records": [{"id": identity, "name": "mine"}]}
        refused = await stranger.patch("/records/site", body, status=422)
        assert [each["code"] for each in refused["problems"]] == ["record.not_found"]


async def test_lists_and_sums_hold_only_ones_own(world: World, foreign: Foreign) -> None:
    stranger = world.caller("admin", world.prepared.other.key)
    mine = await stranger.post("/records/site", {"name": "SECRET-B", "code": "SECRET-A"})
    assert mine["code"] == "SECRET-A", "unique values are of one organisation"
    everything = json.dumps(
        [
            await stranger.get("/records/site", count="exact", limit=200),
            await stranger.get("/records/site", deleted="true"),
            await stranger.get("/records/visit", deleted="true"),
            await stranger.get("/records/user", limit=200),
            await stranger.get("/search", q="secret"),
            await stranger.post(
                "/query",
                {"object": "site", "group_by": ["name"], "aggregates": {"n": "COUNT()"}},
                status=200,
            ),
            await stranger.get("/changesets"),
            await stranger.get("/versions"),
        ]
    )
    assert "SECRET-B" in everything
    assert "SECRET-A" not in everything.replace('"code": "SECRET-A"', "")
    for identity in foreign.ids.values():
        assert identity not in everything


async def test_credentials_are_of_one_organisation(world: World) -> None:
    """A token or cookie opens the organisation that it names and no other."""
    own = world.prepared.tokens[TENANT.key, "admin"]
    other = world.prepared.other.key
    forged = own.replace(f"fs_{TENANT.key}_", f"fs_{other}_")
    assert forged != own
    assert (await Caller(world.app, own).get("/session"))["organization"] == TENANT.key
    await Caller(world.app, forged).get("/session", status=401)


async def test_the_same_cache_serves_both_with_their_own(world: World) -> None:
    """Alike metadata, alike queries, alike names: what one process remembers is kept apart."""
    callers = [world.caller("admin"), world.caller("admin", world.prepared.other.key)]
    for index, caller in enumerate(callers):
        await caller.post("/records/site", {"name": f"of {index}", "code": "same"})
    for _ in range(3):
        for index, caller in enumerate(callers):
            found = await caller.get("/records/site", filter="code = 'same'", count="exact")
            assert [each["name"] for each in found["records"]] == [f"of {index}"]
            assert found["count"] == 1
