"""One private database server for the whole run. Every test that asks for a database gets a copy
of a template database with one empty tenant, `acme`; a copy takes a fiftieth of a second."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from babel.messages.pofile import PoFileError
from psycopg import sql

from fieldstone.kernel import clock
from fieldstone.kernel.catalogues import CatalogueError, compile_stale
from fieldstone.kernel.db import Database
from fieldstone.kernel.embedded import EmbeddedServer
from fieldstone.kernel.files import LocalFiles
from fieldstone.kernel.i18n import CATALOGUES
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.migrations.run import migrate_control
from fieldstone.kernel.postgres import Urls, bootstrap, login_role, owner_role, urls_for
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.tenants import Directory, create_tenant

pytest_plugins = (
    "api_world",
    "page_world",
    "browser_world",
    "builder_world",
    "formula_world",
    "crm_world",
)

PREFIX = "test"
TEMPLATE = "test_template"
TENANT = Tenant(key="acme", schema="t_acme", role="test_t_acme")
FASTER = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")


def pytest_configure(config: pytest.Config) -> None:
    """Texts are read from compiled catalogues. What is wrong with one, a test of its own tells."""
    if not hasattr(config, "workerinput"):
        with suppress(CatalogueError, PoFileError):
            compile_stale(CATALOGUES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The run's database server; `worker` keeps the names of parallel workers apart."""

    admin_url: str
    worker: str
    numbers: Iterator[int]

    @contextmanager
    def copied(self, template: str = TEMPLATE) -> Iterator[Urls]:
        """A database of its own, gone afterwards."""
        name = f"{PREFIX}_{self.worker}_{next(self.numbers)}"
        self.run(
            "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy",
            *(name, owner_role(PREFIX), template),
        )
        self.run("REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        self.run("GRANT CONNECT ON DATABASE {} TO {}", name, login_role(PREFIX))
        try:
            yield urls_for(self.admin_url, PREFIX, name)
        finally:
            self.run("DROP DATABASE {} WITH (FORCE)", name)

    def run(self, command: LiteralString, *names: str) -> None:
        """A statement of the superuser; `{}` are names."""
        text = sql.SQL(command).format(*(sql.Identifier(name) for name in names))
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(text)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    with folder_for_server(f"run-{run[:12]}" if run else "") as shared:
        embedded = EmbeddedServer(shared)
        running = Server(
            admin_url=embedded.admin_url,
            worker=os.environ.get("PYTEST_XDIST_WORKER", "one"),
            numbers=itertools.count(1),
        )
        with (shared / "template.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            ready = shared / "template.ready"
            if not ready.exists():
                _make_template(running)
                ready.touch()
        yield running
        embedded.stop()


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """For a private server that a test starts."""
    with folder_for_server() as folder:
        yield folder


@contextmanager
def folder_for_server(name: str = "") -> Iterator[Path]:
    """Not among pytest's own folders: a run that begins meanwhile closes those to other users,
    and as root a server runs as another user. With a name, workers of one run share it."""
    top = Path(tempfile.gettempdir())
    folder = top / f"fieldstone-{name}" if name else Path(tempfile.mkdtemp(prefix="fieldstone-"))
    folder.mkdir(exist_ok=True)
    yield folder
    if not (folder / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _make_template(running: Server) -> None:
    with psycopg.connect(running.admin_url, autocommit=True) as connection:
        for setting in FASTER:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    urls = bootstrap(running.admin_url, PREFIX, TEMPLATE)
    migrate_control(urls.owner, login_role(PREFIX))
    asyncio.run(_fill_template(urls))


async def _fill_template(urls: Urls) -> None:
    database = Database(urls.login, urls.owner, pool_size=2)
    await database.open()
    await create_tenant(database, TENANT.key, name={"en": "Acme", "zh_CN": "顶点"})
    await database.close()


@pytest.fixture
async def installation(
    server: Server, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Installation]:
    """An installation whose database nobody else has."""
    with server.copied() as urls:
        async with connected(urls, tmp_path) as one:
            yield one


@asynccontextmanager
async def connected(urls: Urls, folder: Path) -> AsyncIterator[Installation]:
    """An installation on a database that is ready."""
    settings = Settings(
        data=folder, database_url=urls.login, owner_url=urls.owner, installation=PREFIX
    )
    database = Database(urls.login, urls.owner, pool_size=4)
    await database.open()
    try:
        yield Installation(
            settings=settings,
            database=database,
            directory=Directory(database),
            files=LocalFiles(folder / "files"),
        )
    finally:
        await database.close()


@pytest.fixture
def database(installation: Installation) -> Database:
    return installation.database


@pytest.fixture
def tenant(installation: Installation) -> Tenant:
    """The empty tenant of this test's database."""
    return TENANT


class FrozenClock:
    """Time stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def frozen_clock() -> Iterator[FrozenClock]:
    frozen = FrozenClock()
    clock.use(lambda: frozen.now)
    yield frozen
    clock.use(None)
