"""The requests of docs/reference/api.md, one after the other on one organisation: each gets the
status and the parts of the answer that the page shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_world import BASE_URL, World

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs/reference/api.md"
BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)
ANYTHING = "…"


def blocks() -> list[str]:
    return BLOCK.findall(PAGE.read_text("utf-8"))


def parts(block: str) -> tuple[str, str, Any, int, Any]:
    """Method, path, body, status and the answer as the page shows it."""
    request, _, answer = block.strip().partition("\n\n")
    first, _, body = request.partition("\n")
    method, _, path = first.partition(" ")
    status, _, shown = answer.partition(" ")
    return method, path, body, int(status), json.loads(shown) if shown else None


def differences(shown: Any, got: Any, path: str = "") -> list[str]:
    """What the page promises and the answer does not hold. Lists may hold more."""
    if shown == ANYTHING:
        return [] if got not in (None, "") else [path]
    if isinstance(shown, dict) and isinstance(got, dict):
        return [
            fault
            for key, value in shown.items()
            for fault in differences(value, got.get(key), f"{path}.{key}")
        ]
    if isinstance(shown, list) and isinstance(got, list):
        if len(got) < len(shown):
            return [path]
        return [
            fault
            for index, value in enumerate(shown)
            for fault in differences(value, got[index], f"{path}.{index}")
        ]
    return [] if shown == got else [f"{path}: {shown!r} is {got!r}"]


async def test_every_request_of_the_page(world: World) -> None:
    transport = httpx.ASGITransport(app=world.app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        known: dict[str, str] = {}
        for block in blocks():
            method, path, body, status, shown = parts(block)
            for name, value in known.items():
                path, body = path.replace(f"{{{name}}}", value), body.replace(f"{{{name}}}", value)
            given = json.loads(body) if body else None
            answer = await client.request(method, path, json=given)
            assert answer.status_code == status, f"{block}\n{answer.text}"
            got = answer.json() if answer.content else None
            assert differences(shown, got) == [], f"{block}\n{answer.text}"
            if isinstance(got, dict) and status < 300:
                known.update({name: str(got[name]) for name in ("id", "next") if got.get(name)})
                if "csrf_token" in got:
                    client.headers["x-csrf-token"] = got["csrf_token"]


def test_the_page_has_requests() -> None:
    assert len(blocks()) >= 20
