"""`fieldstone doctor`: what it finds on a bare server, and that its own words put it right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from conftest import Server
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fieldstone.kernel import doctor
from fieldstone.kernel.catalogues import compile_stale
from fieldstone.kernel.doctor import examine
from fieldstone.kernel.findings import Finding
from fieldstone.kernel.i18n import CATALOGUES
from fieldstone.kernel.installation import InstallationError, opened
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.tenants import create_tenant, drop_tenant

pytestmark = pytest.mark.anyio


@pytest.fixture
def bare(server: Server, tmp_path: Path) -> Iterator[Settings]:
    """Settings that name a database and roles nobody has made."""
    name = f"shop_{server.worker}"
    yield Settings(
        data=tmp_path,
        database_url=_as(server.admin_url, f"{name}_web", name),
        owner_url=_as(server.admin_url, f"{name}_owner", name),
    )
    server.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    for role in (f"{name}_web", f"{name}_owner"):
        server.run("DROP ROLE IF EXISTS {}", role)


def _as(admin_url: str, user: str, database: str) -> str:
    return make_conninfo(admin_url, user=user, dbname=database, password="p'w")


def failing(settings: Settings) -> dict[str, Finding]:
    """What is wrong with the database; the machine has tests of its own."""
    machine = {"assets", "catalogues", "space", "data"}
    return {
        each.name: each for each in examine(settings) if not each.ok and each.name not in machine
    }


def obey(server: Server, finding: Finding) -> None:
    """Runs the SQL as printed."""
    for each in finding.sql:
        parts = {**conninfo_to_dict(server.admin_url), "dbname": each.database}
        with psycopg.connect(make_conninfo("", **parts), autocommit=True) as connection:
            connection.execute(each.text.encode())


async def test_a_bare_server_is_put_right_by_what_doctor_says(
    server: Server, bare: Settings
) -> None:
    assert list(failing(bare)) == ["reachable"]
    obey(server, failing(bare)["reachable"])
    assert list(failing(bare)) == ["control"]
    assert failing(bare)["control"].remedy == "fieldstone migrate"
    async with opened(bare) as installation:
        first = await create_tenant(installation.database, f"first-{server.worker}")
        assert failing(bare) == {}
        async with installation.database.owner(first) as connection:
            await connection.ddl("UPDATE fs_alembic_version SET version_num = '0000'")
        assert first.key in failing(bare)["tenants"].remedy
        await drop_tenant(installation.database, first.key)
    assert failing(bare) == {}


async def test_roles_with_too_many_rights_are_found_and_put_right(
    server: Server, bare: Settings
) -> None:
    obey(server, failing(bare)["reachable"])
    async with opened(bare):
        pass
    name = f"shop_{server.worker}"
    server.run("ALTER ROLE {} SUPERUSER INHERIT", f"{name}_web")
    server.run("ALTER ROLE {} NOCREATEROLE BYPASSRLS", f"{name}_owner")
    server.run("GRANT CONNECT, TEMPORARY ON DATABASE {} TO PUBLIC", name)
    with psycopg.connect(bare.database_url) as connection:
        connection.execute("CREATE TABLE fieldstone.mine (id integer)")
    found = failing(bare)
    assert set(found) == {"login", "owner", "owns_nothing", "public"}
    for finding in found.values():
        obey(server, finding)
    assert failing(bare) == {}


async def test_a_start_without_a_usable_database_says_what_to_do(bare: Settings) -> None:
    with pytest.raises(InstallationError, match="fieldstone doctor"):
        async with opened(bare):
            pass
    alone = bare.model_copy(update={"owner_url": ""})
    with pytest.raises(InstallationError, match="FIELDSTONE_OWNER_URL"):
        async with opened(alone):
            pass
    assert {each.name for each in examine(alone) if not each.ok} >= {"urls"}


async def test_an_owner_that_is_a_superuser_is_found(server: Server, bare: Settings) -> None:
    obey(server, failing(bare)["reachable"])
    server.run("ALTER ROLE {} SUPERUSER", f"shop_{server.worker}_owner")
    assert "owner" in failing(bare)


def test_the_machine_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_stale(CATALOGUES)
    monkeypatch.setattr(doctor, "ASSETS", tmp_path / "manifest.json")
    monkeypatch.setattr(doctor, "SPACE_NEEDED", 2**80)
    (tmp_path / "file").touch()
    found = {each.name: each for each in examine(Settings(data=tmp_path / "file" / "data"))}
    assert {name for name, each in found.items() if not each.ok} == {"data", "space", "assets"}
    assert found["assets"].remedy == "npm ci && npm run build"
    assert found["server"].ok
