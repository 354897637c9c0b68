"""Files of a tenant, named by what is in them: the same bytes are kept once.

`LocalFiles` keeps them in a folder; another store is another class with these members."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from fieldstone.kernel.errors import NotFound, TooLarge, invariant

LARGEST = 25 * 1024 * 1024
CHUNK = 256 * 1024
DIGEST = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    digest: str
    """SHA-256 in hexadecimal: the file's name in the store."""
    size: int


class FileStore(Protocol):
    async def put(self, tenant: str, content: AsyncIterable[bytes]) -> Stored:
        """Keeps the content. Raises TooLarge as soon as it is longer than `LARGEST`."""

    def read(self, tenant: str, digest: str) -> AsyncIterator[bytes]:
        """The content in pieces. Raises NotFound."""

    async def exists(self, tenant: str, digest: str) -> bool: ...

    async def remove(self, tenant: str, digest: str) -> None:
        """Removing what is not there does no harm."""

    async def remove_all(self, tenant: str) -> None:
        """Everything of a tenant that is dropped."""


class LocalFiles:
    """`<folder>/<tenant>/<first two digits>/<digest>`. A file appears in one rename after it is
    safe on disk, so a crash leaves no half of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, tenant: str, content: AsyncIterable[bytes]) -> Stored:
        shelf = self._folder / tenant
        shelf.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=shelf, prefix="new-")
        path = Path(name)
        try:
            with os.fdopen(number, "wb") as unfinished:
                stored = await _write(unfinished, content)
            await asyncio.to_thread(_move, path, self._path(tenant, stored.digest))
        finally:
            path.unlink(missing_ok=True)
        return stored

    async def read(self, tenant: str, digest: str) -> AsyncIterator[bytes]:
        try:
            file = self._path(tenant, digest).open("rb")
        except FileNotFoundError:
            raise NotFound from None
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk

    async def exists(self, tenant: str, digest: str) -> bool:
        return self._path(tenant, digest).exists()

    async def remove(self, tenant: str, digest: str) -> None:
        self._path(tenant, digest).unlink(missing_ok=True)

    async def remove_all(self, tenant: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._folder / tenant, ignore_errors=True)

    def _path(self, tenant: str, digest: str) -> Path:
        invariant(DIGEST.match(digest), "a file is asked for by its digest")
        return self._folder / tenant / digest[:2] / digest


async def _write(file: IO[bytes], content: AsyncIterable[bytes]) -> Stored:
    digest, size = hashlib.sha256(), 0
    async for chunk in content:
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge("file.too_large", limit=LARGEST // 1024 // 1024)
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(_settle, file)
    return Stored(digest=digest.hexdigest(), size=size)


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    path.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name, too, survives a power cut
    finally:
        os.close(folder)
