"""The database going away: a clear answer, nothing half done, and the next request works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
import pytest
from api_world import Caller, World
from conftest import Server
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
BACKENDS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
WAITING = BACKENDS + " AND wait_event_type = 'Lock'"
IDLE = BACKENDS + " AND pid <> pg_backend_pid() AND usename = 'test_login'"


@pytest.fixture
async def superuser(server: Server) -> AsyncIterator[AsyncConnection[Any]]:
    """Sees and ends the backends of all databases."""
    async with await AsyncConnection.connect(server.admin_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def holder(server: Server, world: World) -> AsyncIterator[AsyncConnection[Any]]:
    """Holds locks in the tenant's database; what it locks is in `holder.transaction()`."""
    url = make_conninfo(server.admin_url, dbname=name_of(world))
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


@dataclass(frozen=True, slots=True)
class Hands:
    """Who holds the locks and who ends the backends that wait for them."""

    world: World
    holder: AsyncConnection[Any]
    superuser: AsyncConnection[Any]


@pytest.fixture
def hands(world: World, holder: AsyncConnection[Any], superuser: AsyncConnection[Any]) -> Hands:
    return Hands(world, holder, superuser)


def name_of(world: World) -> str:
    return str(conninfo_to_dict(world.urls.login)["dbname"])


async def terminate(superuser: AsyncConnection[Any], world: World, which: str) -> int:
    """Ends the backends; how many there were."""
    row = await (await superuser.execute(which, (name_of(world),))).fetchone()
    return int(row[0]) if row else 0


async def interrupted(hands: Hands, caller: Caller, method: str, path: str, **body: Any) -> Any:
    """The answer to a request whose backend is ended while it waits for a locked table."""
    found: list[httpx.Response] = []

    async def send() -> None:
        found.append(await caller.call(method, path, **body))

    async with hands.holder.transaction():
        mode = "SHARE" if path.startswith("/changesets") else "EXCLUSIVE"
        await hands.holder.execute(f"LOCK TABLE t_acme.site IN ACCESS {mode} MODE")
        async with anyio.create_task_group() as group:
            group.start_soon(send)
            with anyio.fail_after(20):
                while not await terminate(hands.superuser, hands.world, WAITING):
                    await anyio.sleep(0.02)
    return found[0]


@pytest.mark.parametrize(
    ("method", "body"), [("GET", {}), ("POST", {"json": {"name": "Lost"}})], ids=["read", "write"]
)
async def test_in_the_middle_of_a_request(
    world: World, hands: Hands, method: str, body: Row
) -> None:
    for language, title in (
        ("admin", "The database does not answer at the moment. Please try again."),
        ("looker", "数据库暂时没有响应，请稍后再试。"),
    ):
        caller = world.caller(language)
        if language == "looker" and method == "POST":
            continue
        await caller.get("/records/site")
        answer = await interrupted(hands, caller, method, "/records/site", **body)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.json()["title"] == title
        assert answer.headers["retry-after"] == "2"
        assert (await caller.get("/records/site"))["records"] == []
    made = await world.caller("admin").post("/records/site", {"name": "Kept"})
    assert made["version"] == 1


async def test_in_the_middle_of_a_batch_nothing_is_kept(admin: Caller, hands: Hands) -> None:
    """The write waits for the second table that it touches."""
    site = await admin.post("/records/site", {"name": "N"})
    before = await admin.get("/records/visit", count="exact")
    rows = [{"title": str(index), "site": site["id"]} for index in range(50)]
    answer = await interrupted(hands, admin, "POST", "/records/visit", json={"records": rows})
    assert answer.status_code == 503
    assert (await admin.get("/records/visit", count="exact"))["count"] == before["count"] == 0
    made = await admin.post("/records/visit", {})
    assert made["name"] == "V-0001", "the gapless number was not used up"


async def test_in_the_middle_of_publishing(admin: Caller, hands: Hands) -> None:
    body = {"type": "color", "label": {"en": "Colour"}}
    operation = {"op": "create", "kind": "field", "name": "site.colour", "body": body}
    draft = await admin.post("/changesets", {"title": "t", "operations": [operation]})
    before = (await admin.get("/session"))["metadata_version"]
    answer = await interrupted(hands, admin, "POST", f"/changesets/{draft['id']}/publish")
    assert answer.status_code == 503
    assert (await admin.get("/session"))["metadata_version"] == before
    await admin.post("/records/site", {"name": "N"})
    published = await admin.post(f"/changesets/{draft['id']}/publish", status=200)
    assert published["version"] == before + 1
    assert (await admin.post("/records/site", {"name": "N", "colour": "#fff"}))["colour"]


async def test_a_restart_between_requests(
    world: World, admin: Caller, superuser: AsyncConnection[Any]
) -> None:
    """All idle connections are gone at once; nobody needs to notice."""
    await admin.get("/records/site")
    answers: list[int] = []

    async def send() -> None:
        answers.append((await admin.call("GET", "/records/site")).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(send)
    assert await terminate(superuser, world, IDLE) >= 2
    answers.clear()
    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(send)
    assert answers == [200] * 6


async def test_when_it_cannot_be_reached_at_all(
    world: World, admin: Caller, superuser: AsyncConnection[Any]
) -> None:
    await admin.get("/records/site")
    name = sql.Identifier(name_of(world))
    await superuser.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
    await terminate(superuser, world, IDLE)
    answer = await admin.call("GET", "/records/site")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    sign_in = {"organization": "acme", "account": "rep", "password": "a long password"}
    refused = await world.stranger().post("/session", sign_in, status=503)
    assert refused["code"] == "unavailable"
    await superuser.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    with anyio.fail_after(20):
        while (await admin.call("GET", "/records/site")).status_code == 503:
            await anyio.sleep(0.1)
    await admin.post("/records/site", {"name": "N"})


async def test_a_record_that_somebody_else_holds(
    admin: Caller, holder: AsyncConnection[Any]
) -> None:
    site = await admin.post("/records/site", {"name": "N"})
    async with holder.transaction():
        await holder.execute("SELECT 1 FROM t_acme.site FOR UPDATE")
        assert (await admin.get(f"/records/site/{site['id']}"))["name"] == "N"
        refused = await admin.patch(f"/records/site/{site['id']}", {"size": 1}, status=503)
        assert refused["code"] == "busy"
    await admin.patch(f"/records/site/{site['id']}", {"size": 1})
