"""People who may sign in: made by the command line, the demo and later the user pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.system_tables import state
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.sign_in import create_token as new_token
from fieldstone.runtime.sign_in import set_password, system_session
from fieldstone.runtime.transaction import Transaction


async def create_user(
    database: Database,
    tenant: Tenant,
    *,
    account: str,
    password: str,
    values: Mapping[str, Any],
    owner: bool = False,
) -> UUID:
    """`values` are fields of the user object (name, profile, language …). `owner`: cannot be
    locked out and has all rights. Raises Invalid with every problem."""
    async with database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
        transaction = Transaction(
            database=database,
            connection=connection,
            session=system_session(tenant),
            snapshot=snapshot,
        )
        given = {"name": account, **values, "account": account}
        options = Options(single=True, as_system=True, cause="setup")
        saved = await save.create(transaction, USER_OBJECT, [given], options)
        user_id = saved.ids[0]
        await set_password(connection, user_id, password)
        if owner:
            await make_owner(connection, user_id)
    return user_id


async def make_owner(connection: Connection, user_id: UUID) -> None:
    """Has all rights and cannot be locked out."""
    settings = await connection.value(select(state.c.settings)) or {}
    await connection.run(update(state).values(settings={**settings, "owner_user": str(user_id)}))


async def find_user(database: Database, tenant: Tenant, account: str) -> UUID:
    """Raises NotFound."""
    async with database.tenant(tenant) as connection:
        users = table_of(await Snapshots().current(connection, tenant), USER_OBJECT)
        found = await connection.value(
            select(users.c.id).where(func.lower(users.c.account) == account.lower())
        )
    if found is None:
        raise NotFound("account_not_found", account=account[:80])
    return UUID(str(found))


async def change_password(database: Database, tenant: Tenant, account: str, password: str) -> None:
    user_id = await find_user(database, tenant, account)
    async with database.tenant(tenant) as connection:
        await set_password(connection, user_id, password)


async def create_token(database: Database, tenant: Tenant, account: str, title: str) -> str:
    """The token's text; it cannot be shown again."""
    async with database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
        return await new_token(connection, tenant, snapshot, account=account, title=title)


async def list_users(database: Database, tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    async with database.tenant(tenant) as connection:
        users = table_of(await Snapshots().current(connection, tenant), USER_OBJECT)
        return await connection.fetch(
            select(users.c.account, users.c.name, users.c.profile, users.c.is_active)
            .where(users.c.deleted_at.is_(None))
            .order_by(users.c.account)
        )
