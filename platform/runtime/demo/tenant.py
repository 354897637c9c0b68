"""The demo organisation: a tenant with a pack, its demo data, and people who can sign in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from fieldstone.kernel.db import Database
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import state
from fieldstone.kernel.tenants import create_tenant
from fieldstone.metadata.pack_files import read_pack
from fieldstone.metadata.packs import install, locate
from fieldstone.runtime.accounts import make_owner
from fieldstone.runtime.demo.load import DemoAccount, Progress, load_demo, loaded_packs
from fieldstone.runtime.sign_in import set_passwords

KEY = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """`accounts` is empty when the organisation was there already."""

    tenant: Tenant
    accounts: tuple[DemoAccount, ...] = ()


async def make_demo(
    database: Database, pack: str, password: str, progress: Progress | None = None
) -> Demo:
    """Makes the organisation, or finishes one that was left half made. What it is called, and
    which account owns it, stand in the pack's manifest under `demo`."""
    manifest = read_pack(locate(pack)).manifest
    about = manifest.get("demo") or {}
    tenant = await create_tenant(database, KEY, name=about.get("organization"))
    await install(database, tenant, locate(pack))
    async with database.tenant(tenant) as connection:
        settings = await connection.value(select(state.c.settings)) or {}
    if manifest["name"] in loaded_packs(settings):
        return Demo(tenant=tenant)
    report = await load_demo(database, tenant, pack, progress=progress)
    async with database.tenant(tenant) as connection:
        await set_passwords(connection, [each.user_id for each in report.accounts], password)
        for each in report.accounts:
            if each.account == about.get("owner"):
                await make_owner(connection, each.user_id)
    return Demo(tenant=tenant, accounts=report.accounts)
