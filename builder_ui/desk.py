"""What a setup page works with: who asks, the shared draft, and the words to answer in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata import draft as store
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.snapshot import Object, Snapshot
from fieldstone.runtime.access import ACTIONS, ObjectRights, Rights, require_system
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.reader import Reader
from fieldstone.web.routes import tenant_route
from fieldstone.web.service import AfterCommit
from fieldstone_builder.draft import Draft, read_draft
from fieldstone_builder.words import Words

PERMISSION = "manage_metadata"
MOST_INPUTS = 5000


@dataclass(frozen=True, kw_only=True)
class Desk:
    request: Request
    transaction: Transaction
    draft: Draft
    words: Words

    @property
    def after(self) -> Snapshot:
        """The metadata as it will be."""
        return self.draft.after

    @property
    def before(self) -> Snapshot:
        return self.draft.before

    @property
    def rights(self) -> Rights:
        return self.transaction.grant_rights()

    @cached_property
    def reader(self) -> Reader:
        """Tells the metadata as it will be, to whom all of it is open. Never for records."""
        every = {
            name: ObjectRights(actions=frozenset(ACTIONS), readable=frozenset(shape.fields))
            for name, shape in self.after.objects.items()
        }
        return Reader(snapshot=self.after, rights=Rights(objects=every), locale=self.words.locale)

    def say(self, message: str, params: dict[str, Any] | None = None) -> str:
        return self.words.say(message, params)

    def may(self, permission: str) -> bool:
        return permission in self.rights.system

    def path(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """A parameter of the address."""
        return self.request.query_params.get(name, "")

    def shape(self) -> Object:
        """The object that the address names, as it will be. Raises NotFound."""
        shape = self.after.objects.get(self.path("object"))
        if shape is None:
            raise NotFound("object_not_found", name=self.path("object")[:60])
        return shape

    async def form(self) -> FormData:
        return await self.request.form(max_files=0, max_fields=MOST_INPUTS)

    async def keep(self, operations: Sequence[Operation]) -> None:
        """The draft shall hold these operations."""
        await store.write(
            self.transaction.connection,
            self.transaction.session,
            self.draft.changeset,
            operations,
        )


Page = Callable[[Desk], Awaitable[Response | AfterCommit]]


def reading(path: str, page: Page, *methods: str) -> Route:
    """A page that leaves the draft as it is."""
    return _route(path, page, methods or ("GET",), _nothing)


def writing(path: str, page: Page, *methods: str) -> Route:
    """A page that changes the draft: one at a time."""
    return _route(path, page, methods or ("POST",), _hold)


async def _nothing(_: Transaction) -> None:
    return


async def _hold(transaction: Transaction) -> None:
    await store.hold(transaction.connection)


def _route(
    path: str, page: Page, methods: Sequence[str], first: Callable[[Transaction], Awaitable[None]]
) -> Route:
    async def run(request: Request, transaction: Transaction) -> Response | AfterCommit:
        require_system(transaction.session, transaction.snapshot, PERMISSION)
        await first(transaction)
        return await page(await desk_of(request, transaction))

    run.__name__ = page.__name__
    return tenant_route(path, run, *methods)


async def desk_of(request: Request, transaction: Transaction) -> Desk:
    draft = await read_draft(transaction.connection, transaction.snapshot)
    words = Words(snapshot=draft.after, locale=transaction.session.locale)
    return Desk(request=request, transaction=transaction, draft=draft, words=words)
