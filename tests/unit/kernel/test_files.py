"""Files: kept once, whole or not at all, and each tenant's apart."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fieldstone.kernel.errors import InvariantError, NotFound, TooLarge
from fieldstone.kernel.files import CHUNK, LARGEST, LocalFiles

pytestmark = pytest.mark.anyio

NOWHERE = "0" * 64


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def content(files: LocalFiles, tenant: str, digest: str) -> bytes:
    return b"".join([chunk async for chunk in files.read(tenant, digest)])


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path)


async def test_what_was_put_is_read(files: LocalFiles) -> None:
    big = b"x" * (CHUNK * 2 + 7)
    stored = await files.put("acme", pieces(b"head", big))
    assert stored.size == len(big) + 4
    assert stored.digest == hashlib.sha256(b"head" + big).hexdigest()
    assert await content(files, "acme", stored.digest) == b"head" + big


async def test_the_same_bytes_are_kept_once(files: LocalFiles, tmp_path: Path) -> None:
    first = await files.put("acme", pieces(b"same"))
    assert await files.put("acme", pieces(b"sa", b"me")) == first
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


async def test_one_tenant_does_not_see_anothers_file(files: LocalFiles) -> None:
    stored = await files.put("acme", pieces(b"secret"))
    assert await files.exists("acme", stored.digest)
    assert not await files.exists("globex", stored.digest)
    with pytest.raises(NotFound):
        await content(files, "globex", stored.digest)


@pytest.mark.parametrize(
    ("size", "fits"), [(LARGEST - 1, True), (LARGEST, True), (LARGEST + 1, False)]
)
async def test_the_limit(files: LocalFiles, tmp_path: Path, size: int, fits: bool) -> None:
    chunk = b"x" * (1024 * 1024)
    parts = [chunk] * (size // len(chunk)) + [b"x" * (size % len(chunk))]
    if fits:
        assert (await files.put("acme", pieces(*parts))).size == size
        return
    with pytest.raises(TooLarge) as refused:
        await files.put("acme", pieces(*parts))
    assert refused.value.code == "file.too_large"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_an_upload_that_breaks_off_leaves_nothing(files: LocalFiles, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.put("acme", broken())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_removing(files: LocalFiles) -> None:
    one = await files.put("acme", pieces(b"one"))
    two = await files.put("acme", pieces(b"two"))
    await files.remove("acme", one.digest)
    await files.remove("acme", one.digest)
    assert not await files.exists("acme", one.digest)
    await files.remove_all("acme")
    await files.remove_all("acme")
    assert not await files.exists("acme", two.digest)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, NOWHERE + "0"])
async def test_only_a_digest_names_a_file(files: LocalFiles, digest: str) -> None:
    with pytest.raises(InvariantError):
        await files.exists("acme", digest)
    assert not await files.exists("acme", NOWHERE)
