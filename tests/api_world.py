"""An organisation to send requests to: the base pack, objects with a field of every type, and
people with different rights. Made once for a run; each test gets a copy of its database."""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from conftest import TEMPLATE, TENANT, Server, connected
from psycopg.conninfo import conninfo_to_dict
from starlette.types import ASGIApp

from fieldstone.kernel.catalogues import compile_stale
from fieldstone.kernel.db import Database
from fieldstone.kernel.i18n import CATALOGUES, translations
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.postgres import Urls
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.tenants import create_tenant
from fieldstone.main import compose
from fieldstone.metadata.packs import install, locate
from fieldstone.runtime import accounts

PASSWORD = "a long password"
BASE_URL = "http://fieldstone.test"

Body = Mapping[str, Any]
Operations = list[dict[str, Any]]


def label(text: str, chinese: str = "") -> dict[str, str]:
    return {"en": text, "zh_CN": chinese or text}


def operation(kind: str, name: str, body: Body, op: str = "create") -> dict[str, Any]:
    return {"op": op, "kind": kind, "name": name, "body": dict(body)}


def field(name: str, kind: str, /, **more: Any) -> dict[str, Any]:
    text = name.partition(".")[2].replace("_", " ").capitalize()
    return operation("field", name, {"type": kind, "label": label(text), **more})


def values(*codes: str) -> dict[str, Any]:
    return {code: {"label": label(code.upper())} for code in codes}


MODEL: Operations = [
    operation(
        "object",
        "site",
        {
            "label": label("Site", "地点"),
            "plural": label("Sites", "地点"),
            "name_field": {"type": "text", "length": 80},
            "search": ["name", "phone", "size", "code", "budget"],
            "features": {"in_menu": True},
        },
    ),
    field("site.code", "text", length=20, external_id=True, case_insensitive=True),
    field("site.phone", "phone"),
    field("site.size", "integer"),
    field("site.budget", "currency"),
    field("site.memo", "text"),
    field("site.parent", "lookup", target="site", on_delete="set_null"),
    operation(
        "object",
        "visit",
        {
            "label": label("Visit", "拜访"),
            "plural": label("Visits", "拜访"),
            "name_field": {"type": "autonumber", "format": "V-{0000}", "gapless": True},
            "search": ["name", "title", "note"],
            "features": {"in_menu": True, "history": True},
        },
    ),
    field("visit.title", "text", length=40),
    field("visit.note", "long_text", length=2000),
    field("visit.body", "rich_text"),
    field("visit.email", "email"),
    field("visit.phone", "phone"),
    field("visit.url", "url"),
    field("visit.number", "integer", indexed=True),
    field("visit.quantity", "decimal", precision=12, scale=3),
    field("visit.share", "percent"),
    field("visit.amount", "currency"),
    field("visit.active", "boolean"),
    field("visit.planned_on", "date"),
    field("visit.starts_at", "datetime"),
    field("visit.clock", "time"),
    field("visit.took", "duration"),
    field("visit.level", "picklist", values=values("a", "b", "c")),
    field("visit.kinds", "multi_picklist", values=values("x", "y", "z")),
    field("visit.host", "user"),
    field("visit.site", "lookup", target="site", on_delete="restrict"),
    field("visit.about", "polymorphic", targets=["site", "visit"]),
    field("visit.guests", "many_to_many", target="user"),
    field("visit.paper", "file"),
    field("visit.picture", "image", multiple=True),
    field("visit.signed", "signature"),
    field("visit.person", "person_name"),
    field("visit.address", "address"),
    field("visit.region", "region"),
    field("visit.place", "geo_point"),
    field("visit.stars", "rating"),
    field("visit.colour", "color"),
    field("visit.data", "json"),
    field("visit.pin", "secret"),
    field("visit.fixed", "text"),
    field("visit.sealed", "text", unique=True),
    operation(
        "object",
        "stop",
        {"label": label("Stop", "停留"), "name_field": {"type": "text", "length": 80}},
    ),
    field("stop.visit", "master_detail", target="visit"),
    operation(
        "object",
        "ledger",
        {"label": label("Ledger", "账簿"), "name_field": {"type": "text", "length": 80}},
    ),
    field("ledger.site", "lookup", target="site", on_delete="restrict"),
    operation(
        "list_view",
        "visit.by_secret",
        {"label": label("By secret"), "columns": ["name"], "filter": "sealed = 'x'"},
    ),
    operation(
        "permission_set",
        "staff",
        {
            "label": label("Staff"),
            "objects": {
                "site": {
                    "rights": ["create", "edit", "delete"],
                    "fields": {"*": "edit", "memo": "none"},
                },
                "visit": {
                    "rights": ["create", "edit", "delete"],
                    "fields": {"*": "edit", "sealed": "none", "fixed": "read"},
                },
                "stop": {"rights": ["create", "edit", "delete"], "fields": {"*": "edit"}},
            },
        },
    ),
    operation(
        "permission_set",
        "looker",
        {
            "label": label("Looker"),
            "profile": True,
            "objects": {"site": {"rights": ["read"], "fields": {"*": "read"}}},
        },
    ),
]
"""Staff may use everything of visits but `sealed` (hidden) and `fixed` (read); ledgers are the
administrator's alone; lookers read sites only."""

PEOPLE: Mapping[str, Body] = {
    "admin": {"name": "Ada", "profile": "administrator", "language": "en"},
    "rep": {
        "name": "Rita",
        "profile": "standard_user",
        "permission_sets": ["staff"],
        "language": "en",
        "timezone": "Asia/Shanghai",
    },
    "looker": {"name": "Lou", "profile": "looker", "language": "zh_CN"},
    "nobody": {"name": "Nils", "language": "en"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The filled database and the API tokens of its people by tenant key and account."""

    database: str
    tokens: Mapping[tuple[str, str], str]
    other: Tenant


class Caller:
    """One person with an API token, or with whatever headers a test gives."""

    def __init__(self, app: ASGIApp, token: str = "", **headers: str) -> None:
        given = {"authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=BASE_URL,
            headers={**given, **headers},
        )

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        response = await self.http.request(method, f"/api/v1{path}", **options)
        assert response.status_code != 500, f"{method} {path}: {response.text}"
        return response

    async def get(self, path: str, status: int = 200, **params: Any) -> Any:
        return _body(await self.call("GET", path, params=params or None), status)

    async def post(self, path: str, body: Any = None, status: int = 201, **options: Any) -> Any:
        return _body(await self.call("POST", path, json=body or {}, **options), status)

    async def patch(self, path: str, body: Any, status: int = 200, **options: Any) -> Any:
        return _body(await self.call("PATCH", path, json=body, **options), status)

    async def put(self, path: str, body: Any, status: int = 200, **options: Any) -> Any:
        return _body(await self.call("PUT", path, json=body, **options), status)

    async def delete(self, path: str, status: int = 204, **options: Any) -> Any:
        return _body(await self.call("DELETE", path, **options), status)

    async def publish(self, operations: Operations, status: int = 200) -> Any:
        """The operations as one changeset, published."""
        draft = await self.post("/changesets", {"title": "test", "operations": operations})
        assert not draft["problems"], draft["problems"]
        return await self.post(f"/changesets/{draft['id']}/publish", status=status)


def _body(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    return response.json() if response.content else None


def codes(answer: Body) -> dict[str, str]:
    """The problems of a refusal: path → code."""
    return {each["path"]: each["code"] for each in answer["problems"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A copy of the prepared database with an application on it."""

    installation: Installation
    app: ASGIApp
    prepared: Prepared
    urls: Urls

    def caller(self, account: str = "admin", tenant: str = TENANT.key, **headers: str) -> Caller:
        return Caller(self.app, self.prepared.tokens[tenant, account], **headers)

    def stranger(self, **headers: str) -> Caller:
        """Somebody without a session."""
        return Caller(self.app, **headers)


@pytest.fixture(scope="session")
def prepared(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    folder = tmp_path_factory.mktemp("prepared")
    with (folder.parent.parent / "catalogues.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        compile_stale(CATALOGUES)
        translations.cache_clear()
    with server.copied(TEMPLATE) as urls:
        yield anyio.run(_prepare, urls, folder, server.worker)


async def _prepare(urls: Urls, folder: Path, worker: str) -> Prepared:
    async with connected(urls, folder) as installation:
        database = installation.database
        other = await create_tenant(database, f"globex-{worker}")
        tokens: dict[tuple[str, str], str] = {}
        for tenant in (TENANT, other):
            tokens.update(await _fill(installation, tenant))
    name = str(conninfo_to_dict(urls.login)["dbname"])
    return Prepared(database=name, tokens=tokens, other=other)


async def _fill(installation: Installation, tenant: Tenant) -> dict[tuple[str, str], str]:
    database = installation.database
    await install(database, tenant, locate("base"))
    tokens: dict[tuple[str, str], str] = {}
    for account, body in PEOPLE.items():
        tokens[tenant.key, account] = await _person(database, tenant, account, body)
        if account == "admin":  # the others have permission sets of the model
            caller = Caller(compose(installation), tokens[tenant.key, account])
            await caller.publish(MODEL)
    return tokens


async def _person(database: Database, tenant: Tenant, account: str, body: Body) -> str:
    owner = account == "admin"
    await accounts.create_user(
        database, tenant, account=account, password=PASSWORD, values=body, owner=owner
    )
    return await accounts.create_token(database, tenant, account, "test")


@asynccontextmanager
async def copied(server: Server, prepared: Prepared, folder: Path) -> AsyncIterator[World]:
    with server.copied(prepared.database) as urls:
        async with connected(urls, folder) as installation:
            app = compose(installation)
            yield World(installation=installation, app=app, prepared=prepared, urls=urls)


@pytest.fixture
async def world(
    server: Server, prepared: Prepared, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[World]:
    """A copy of the organisation for one test."""
    async with copied(server, prepared, tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
async def shared(
    server: Server,
    prepared: Prepared,
    tmp_path_factory: pytest.TempPathFactory,
    anyio_backend: str,
) -> AsyncIterator[World]:
    """One copy for all tests of a module that leave it as it is."""
    async with copied(server, prepared, tmp_path_factory.mktemp("shared")) as one:
        yield one


@pytest.fixture
def admin(world: World) -> Caller:
    return world.caller("admin")


@pytest.fixture
def rep(world: World) -> Caller:
    return world.caller("rep")
