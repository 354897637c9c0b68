"""Looks at everything an installation needs and says what to do, down to the SQL. Changes nothing:
a private server is only started if it was made before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from fieldstone.kernel import catalogues
from fieldstone.kernel.doctor_database import findings
from fieldstone.kernel.embedded import EmbeddedServer
from fieldstone.kernel.findings import Finding
from fieldstone.kernel.i18n import CATALOGUES, LOCALES
from fieldstone.kernel.postgres import Urls, urls_for
from fieldstone.kernel.settings import Settings

SPACE_NEEDED = 1024**3
ASSETS = Path(__file__).parents[1] / "web" / "static" / "manifest.json"


def examine(settings: Settings) -> list[Finding]:
    """Everything, the machine first. Stops at what the rest cannot do without."""
    return [*_machine(settings), *_database(settings)]


def _machine(settings: Settings) -> Iterator[Finding]:
    yield _folder(settings.data)
    yield _space(settings.data)
    yield Finding(
        name="assets",
        ok=ASSETS.exists(),
        what="Browser assets are built",
        remedy="npm ci && npm run build",
    )
    yield Finding(
        name="catalogues",
        ok=all(catalogues.compiled(CATALOGUES, locale).exists() for locale in LOCALES),
        what="Translations are compiled",
        remedy="fieldstone i18n compile",
    )


def _folder(data: Path) -> Finding:
    nearest = next(path for path in (data.resolve(), *data.resolve().parents) if path.exists())
    return Finding(
        name="data",
        ok=nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK),
        what="The data folder %(folder)s can be written",
        params={"folder": str(data)},
        remedy=f"chown -R {os.geteuid()} {data}",
    )


def _space(data: Path) -> Finding:
    nearest = next(path for path in (data.resolve(), *data.resolve().parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    return Finding(
        name="space",
        ok=free >= SPACE_NEEDED,
        what="There is room on the disk: %(free)s MB",
        params={"free": free // 1024**2},
        remedy="Free at least 1 GB, or set FIELDSTONE_DATA to a folder on another disk.",
    )


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url:
        yield from _external(settings)
    elif (settings.data / "postgres" / "PG_VERSION").exists():
        server = EmbeddedServer(settings.data)
        try:
            name = settings.installation
            yield from findings(urls_for(server.admin_url, name, name))
        finally:
            server.stop()
    else:
        yield Finding(
            name="server", ok=True, what="The private database will be made at the first start"
        )


def _external(settings: Settings) -> Iterator[Finding]:
    both = bool(settings.owner_url)
    yield Finding(
        name="urls",
        ok=both,
        what="FIELDSTONE_DATABASE_URL and FIELDSTONE_OWNER_URL are set",
        remedy="Set FIELDSTONE_OWNER_URL to the same database, as the role that makes tables.",
    )
    if both:
        yield from findings(Urls(login=settings.database_url, owner=settings.owner_url))
