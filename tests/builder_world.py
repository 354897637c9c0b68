"""An administrator before the builder, and short ways to look at the draft behind its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from api_world import Caller, World
from conftest import TENANT
from page_world import Browser, Shown, Values

from fieldstone.metadata import draft
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.operations import Operation

OBJECT = [("label.en", "Trip"), ("label.zh_CN", "出差"), ("plural.en", "Trips")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`admin` looks at pages, `api` at what they leave behind."""

    world: World
    admin: Browser
    api: Caller

    async def operations(self) -> list[Operation]:
        async with self.world.installation.database.tenant(TENANT) as connection:
            found = await draft.shared(connection)
            return list(found.operations) if found else []

    async def summary(self) -> list[str]:
        return [f"{each.op} {each.kind} {each.name}" for each in await self.operations()]

    async def operation(self, kind: str, name: str) -> dict[str, Any]:
        """What the draft says of one component."""
        found = [each for each in await self.operations() if (each.kind, each.name) == (kind, name)]
        assert found, f"{kind} {name} is not in the draft"
        return dict(found[-1].body)

    async def add_field(
        self,
        object_name: str,
        type_name: str,
        label: str,
        *more: tuple[str, str],
        status: int = 303,
    ) -> Shown:
        base = f"/setup/objects/{object_name}/fields"
        page = await self.admin.get(f"{base}/new-field?type={type_name}")
        return await self.admin.post(base, typed(page.form, ("label.en", label), *more), status)

    async def edit_field(
        self, object_name: str, field: str, *more: tuple[str, str], status: int = 303
    ) -> Shown:
        url = f"/setup/objects/{object_name}/fields/{field}"
        page = await self.admin.get(url)
        return await self.admin.post(url, typed(page.form, *more), status)

    async def publish(self, title: str = "", status: int = 303) -> Shown:
        page = await self.admin.get("/setup/publish")
        return await self.admin.post("/setup/publish", publish_form(page, title), status)

    async def undo(self, what: str) -> Shown:
        return await self.admin.post("/setup/draft/undo", [("what", what)])


def typed(form: Values, *new: tuple[str, str]) -> Values:
    """The form with other values; a value of "-" takes the input (an unticked box) out."""
    names = {name for name, _ in new}
    kept = [(name, value) for name, value in form if name not in names]
    return [*kept, *((name, value) for name, value in new if value != "-")]


def in_order(items: dict[str, Any]) -> list[str]:
    """The names of a collection's items as they stand; the store keeps no order of its own."""
    return [name for name, _ in ordered(items)]


def publish_form(page: Shown, title: str = "") -> Values:
    return [(name, hidden(page, name)) for name in ("mark", "base_version")] + [("title", title)]


def hidden(page: Shown, name: str) -> str:
    return page.text.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.fixture
async def bench(world: World) -> AsyncIterator[Bench]:
    admin = Browser(world)
    assert (await admin.sign_in("admin")).status == 303
    yield Bench(world=world, admin=admin, api=world.caller("admin"))
