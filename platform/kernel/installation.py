"""What a process starts from: settings, the database, and where files are.

Without FIELDSTONE_DATABASE_URL an installation brings its own database server; `opened` starts
it, brings all tables up to date and, at the end, stops it again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from fieldstone.kernel.db import Database
from fieldstone.kernel.embedded import EmbeddedServer, EmbeddedServerError
from fieldstone.kernel.files import FileStore, LocalFiles
from fieldstone.kernel.migrations.run import migrate_control
from fieldstone.kernel.postgres import Urls, bootstrap
from fieldstone.kernel.provision import role_of
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.tenants import Directory, migrate_tenants

NAME = re.compile(r"^[a-z][a-z0-9_]{0,20}$")  # leaves room for _t_ and a tenant's key in a role

log = structlog.get_logger(__name__)


class InstallationError(RuntimeError):
    """The process cannot start. `message` is a message id that says what to do."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    settings: Settings
    database: Database
    directory: Directory
    files: FileStore


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Installation]:
    """A ready installation: server up, tables up to date, pools open."""
    server = await asyncio.to_thread(start_server, settings)
    try:
        urls = await asyncio.to_thread(_prepare, settings, server)
        database = Database(urls.login, urls.owner, pool_size=settings.pool_size)
        await database.open()
        try:
            await _migrate_tenants(database)
            yield Installation(
                settings=settings,
                database=database,
                directory=Directory(database),
                files=LocalFiles(settings.data / "files"),
            )
        finally:
            await database.close()
    finally:
        if server is not None:
            await asyncio.to_thread(server.stop)


def start_server(settings: Settings) -> EmbeddedServer | None:
    """The private server, unless the settings name another one."""
    if settings.database_url:
        return None
    try:
        return EmbeddedServer(settings.data)
    except EmbeddedServerError as error:
        raise InstallationError(error.message, **error.params) from error
    except OSError as error:
        raise InstallationError(
            "The data folder %(folder)s cannot be used: %(reason)s. "
            "Set FIELDSTONE_DATA to another.",
            folder=settings.data,
            reason=error.strerror,
        ) from error


def _prepare(settings: Settings, server: EmbeddedServer | None) -> Urls:
    try:
        return prepare(settings, server)
    except (psycopg.OperationalError, DBAPIError) as error:
        fault = error.orig if isinstance(error, DBAPIError) else error
        raise InstallationError(
            "The database cannot be used: %(reason)s. `fieldstone doctor` says what is missing.",
            reason=str(fault).strip().splitlines()[-1].strip(),
        ) from error


def prepare(settings: Settings, server: EmbeddedServer | None) -> Urls:
    """Roles, database and control schema are there and up to date when this returns."""
    if not NAME.match(settings.installation):
        raise InstallationError(
            "FIELDSTONE_INSTALLATION is at most 21 lower-case letters, digits and underscores."
        )
    if server is not None:
        urls = bootstrap(server.admin_url, settings.installation, settings.installation)
    else:
        urls = external_urls(settings)
    migrate_control(urls.owner, role_of(urls.login))
    return urls


def external_urls(settings: Settings) -> Urls:
    if not settings.owner_url:
        raise InstallationError(
            "FIELDSTONE_DATABASE_URL is set, so FIELDSTONE_OWNER_URL must be too: the same "
            "database, as the role that may make tables. `fieldstone doctor` explains both."
        )
    return Urls(login=settings.database_url, owner=settings.owner_url)


async def _migrate_tenants(database: Database) -> None:
    for key, trouble in (await migrate_tenants(database)).items():
        log.error("tenant_not_migrated", tenant=key, trouble=trouble)
