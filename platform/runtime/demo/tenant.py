"""The demo organisation: a tenant with a pack, its demo data, and people who can sign in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from fieldstone.kernel.db import Database
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import state
from fieldstone.kernel.tenants import create_tenant
from fieldstone.metadata.packs import install, locate
from fieldstone.runtime.accounts import make_owner
from fieldstone.runtime.demo.load import DemoAccount, Progress, load_demo, loaded_packs
from fieldstone.runtime.sign_in import set_passwords

KEY = "demo"
PACK = "standard_crm"
NAME = {"en": "Yunfan Smart Tech", "zh_CN": "云帆智能科技"}
OWNER = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """`accounts` is empty when the organisation was there already."""

    tenant: Tenant
    accounts: tuple[DemoAccount, ...] = ()


async def make_demo(database: Database, password: str, progress: Progress | None = None) -> Demo:
    """Makes the organisation, or finishes one that was left half made."""
    tenant = await create_tenant(database, KEY, name=NAME)
    await install(database, tenant, locate(PACK))
    async with database.tenant(tenant) as connection:
        settings = await connection.value(select(state.c.settings)) or {}
    if PACK in loaded_packs(settings):
        return Demo(tenant=tenant)
    report = await load_demo(database, tenant, PACK, progress=progress)
    async with database.tenant(tenant) as connection:
        await set_passwords(connection, [each.user_id for each in report.accounts], password)
        for each in report.accounts:
            if each.account == OWNER:
                await make_owner(connection, each.user_id)
    return Demo(tenant=tenant, accounts=report.accounts)
