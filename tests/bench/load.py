"""A small HTTP load client: keep-alive connections, no client library in the measured path."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

Ask = tuple[str, str, Any]
"""(method, path, JSON body or None)"""


@dataclass(slots=True, kw_only=True)
class Target:
    base: str
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self, ask: Ask) -> bytes:
        method, path, body = ask
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {urlparse(self.base).netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    count: int
    errors: int
    elapsed: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.count / self.elapsed


class Wire:
    def __init__(self, target: Target) -> None:
        self._url = urlparse(target.base)

    async def open(self) -> Wire:
        host, port = str(self._url.hostname), int(self._url.port or 80)
        self._reader, self._writer = await asyncio.open_connection(host, port, limit=2**24)
        return self

    async def send(self, raw: bytes) -> tuple[int, bytes]:
        self._writer.write(raw)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        at = head.find(b"content-length:")
        if at < 0:
            return status, b""
        length = int(head[at + 15 : head.index(b"\r\n", at)])
        return status, await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


async def ask_once(target: Target, ask: Ask) -> tuple[int, Any]:
    wire = await Wire(target).open()
    status, body = await wire.send(target.raw(ask))
    wire.close()
    return status, json.loads(body) if body else None


async def measure(
    target: Target, make: Callable[[], Ask], *, seconds: float, connections: int
) -> Result:
    """As many requests as the connections can send one after the other."""
    count = errors = 0

    async def work(until: float) -> None:
        nonlocal count, errors
        wire = await Wire(target).open()
        while time.perf_counter() < until:
            status, body = await wire.send(target.raw(make()))
            if 200 <= status < 300:
                count += 1
            else:
                errors += 1
                if errors == 1:
                    print("   first error:", status, body[:300])
        wire.close()

    start = time.perf_counter()
    await asyncio.gather(*(work(start + seconds) for _ in range(connections)))
    return Result(count=count, errors=errors, elapsed=time.perf_counter() - start)
