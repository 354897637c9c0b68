"""A tenant with the standard CRM, installed once for a run, and short ways to save and look at
its records as the platform itself or as somebody with given rights."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from conftest import Server, connected
from metadata_world import ACME

from fieldstone.kernel.errors import Invalid
from fieldstone.kernel.i18n import Locale
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.session import Session
from fieldstone.metadata.packs import install, locate
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime import records
from fieldstone.runtime.save.pipeline import Options, create, update
from fieldstone.runtime.sign_in import SYSTEM_USER, system_session
from fieldstone.runtime.transaction import Transaction

SYSTEM = Options(as_system=True)
"""Fields that people only read may be given."""
USER = Options(single=True, ask_warnings=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a refused save said: (field, message) of each problem."""

    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Crm:
    installation: Installation
    snapshot: Snapshot
    person: UUID
    """Whoever `somebody` is."""

    def somebody(self, profile: str, *sets: str, language: str = "en") -> Session:
        return Session(
            tenant=ACME,
            user_id=self.person,
            account="somebody",
            user_name="Somebody",
            locale=Locale(code=language),
            profile=profile,
            permission_sets=sets,
        )

    @asynccontextmanager
    async def transaction(self, session: Session | None) -> AsyncIterator[Transaction]:
        async with self.installation.database.tenant(ACME) as connection:
            yield Transaction(
                database=self.installation.database,
                connection=connection,
                session=session or system_session(ACME),
                snapshot=self.snapshot,
            )

    async def add(self, object_name: str, session: Session | None = None, /, **values: Any) -> UUID:
        (one,) = await self.add_all(object_name, [values], session)
        return one

    async def add_all(
        self, object_name: str, rows: list[dict[str, Any]], session: Session | None = None
    ) -> list[UUID]:
        async with self.transaction(session) as transaction:
            options = USER if session else SYSTEM
            return (await create(transaction, object_name, rows, options)).ids

    async def change(
        self, object_name: str, record: UUID, session: Session | None = None, /, **values: Any
    ) -> None:
        async with self.transaction(session) as transaction:
            options = USER if session else SYSTEM
            await update(transaction, object_name, [(record, None, values)], options)

    async def read(self, object_name: str, record: UUID) -> dict[str, Any]:
        async with self.transaction(None) as transaction:
            return await records.get(transaction, object_name, record)

    async def refusal(
        self, object_name: str, record: UUID | None, session: Session, values: Mapping[str, Any]
    ) -> Refusal:
        """Saves what must be refused."""
        with pytest.raises(Invalid) as refused:
            await self.save(object_name, record, session, values)
        return Refusal(
            told=tuple((each.path, str(each.message)) for each in refused.value.problems)
        )

    async def save(
        self, object_name: str, record: UUID | None, session: Session, values: Mapping[str, Any]
    ) -> None:
        if record is None:
            await self.add(object_name, session, **values)
        else:
            await self.change(object_name, record, session, **values)


@pytest.fixture(scope="session")
async def crm(
    server: Server, tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[Crm]:
    with server.copied() as urls:
        async with connected(urls, tmp_path_factory.mktemp("crm")) as installation:
            await install(installation.database, ACME, locate("standard_crm"))
            async with installation.database.tenant(ACME) as connection:
                snapshot = await Snapshots().current(connection, ACME)
            made = Crm(installation, snapshot, SYSTEM_USER)
            person = await made.add("user", account="somebody", name="Somebody")
            yield replace(made, person=person)
