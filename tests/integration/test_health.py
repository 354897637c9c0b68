"""Alive, ready, and the figures: what load balancers and monitoring ask."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from conftest import Server

from fieldstone.kernel.installation import Installation
from fieldstone.main import compose

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=compose(installation))  # type: ignore[arg-type]  # its own kind of ASGI types
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_alive(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True})


async def test_not_ready_while_the_database_is_away(
    client: httpx.AsyncClient, installation: Installation, server: Server
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(installation.database.login_url)["dbname"]
    server.run("ALTER DATABASE {} CONNECTION LIMIT 0", str(name))
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "database")
    assert answer.headers["retry-after"] == "2"
    assert (await client.get("/healthz")).status_code == 200
    server.run("ALTER DATABASE {} CONNECTION LIMIT -1", str(name))
    for _ in range(10):
        answer = await client.get("/readyz")
        if answer.status_code == 200:
            break
    assert answer.json() == {"ready": True}


async def test_not_ready_when_the_tables_are_of_another_release(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    async with installation.database.owner() as connection:
        await connection.ddl("UPDATE alembic_version SET version_num = '9999'")
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "tables")


async def test_figures_are_by_route_and_name_no_tenant(client: httpx.AsyncClient) -> None:
    await client.get("/healthz")
    text = (await client.get("/metrics")).text
    assert 'fieldstone_requests_total{method="GET",route="/healthz",status="200"}' in text
    assert 'fieldstone_pool_connections{pool="login",state="open"}' in text
    assert "acme" not in text
