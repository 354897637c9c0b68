"""What the web layer works with, and the way into a tenant for one request.

A request trusts what this process remembers of the session and the metadata, and sends the
question whether both still hold ahead of its first query; when they do not, it begins again
with fresh ones. So a change of rights or fields holds from the next request on, everywhere."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.db import Connection, Database, Watch
from fieldstone.kernel.db_errors import DeadlockError, LostBeforehandError
from fieldstone.kernel.errors import BadRequest, Forbidden, Unauthenticated
from fieldstone.kernel.files import FileStore
from fieldstone.kernel.session import Tenant
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.sql import statement
from fieldstone.kernel.system_tables import state
from fieldstone.kernel.tenants import Directory
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime.save.pipeline import PIPELINE, Pipeline
from fieldstone.runtime.sign_in import Known, KnownSessions, look_up, tenant_of_secret
from fieldstone.runtime.transaction import ShapeChangedError, Transaction

COOKIE = "fs_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_DEADLOCKS = 3
"""So often a request is tried anew when the database ends it to let another one pass."""


@dataclass(frozen=True, slots=True)
class AfterCommit:
    """What a handler answers when the rest must wait until its transaction has ended, such as
    publishing, which needs locks that the request itself would stand in the way of."""

    run: Callable[[], Awaitable[Response]]


Handler = Callable[[Request, Transaction], Awaitable[Response | AfterCommit]]

_STATE = statement(select(state.c.metadata_version, state.c.access_epoch))


@dataclass(frozen=True, kw_only=True)
class Service:
    """One per process; `request.app.state.service`."""

    database: Database
    directory: Directory
    files: FileStore
    settings: Settings
    snapshots: Snapshots = field(default_factory=Snapshots)
    sessions: KnownSessions = field(default_factory=KnownSessions)
    pipeline: Pipeline = PIPELINE


class _StaleError(Exception):
    """What this process remembered no longer holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """How a request says who it is."""

    secret: str
    bearer: bool


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def credential_of(request: Request) -> Credential:
    """Raises Unauthenticated without one, BadRequest for a cookie and a token together."""
    header = request.headers.get("authorization", "")
    cookie = request.cookies.get(COOKIE, "")
    if header:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated
        if cookie and "x-csrf-token" in request.headers:
            raise BadRequest("two_credentials")
        return Credential(secret=token.strip(), bearer=True)
    if not cookie:
        raise Unauthenticated
    return Credential(secret=cookie, bearer=False)


async def in_transaction(request: Request, handler: Handler) -> Response:
    """Runs the handler inside one transaction of the request's tenant and session."""
    service = service_of(request)
    credential = credential_of(request)
    key = tenant_of_secret(credential.secret, bearer=credential.bearer)
    tenant = await service.directory.find(key) if key else None
    if tenant is None:
        raise Unauthenticated
    await _require_same_site(request, credential)
    for _ in range(MOST_DEADLOCKS):
        try:
            result = await _fresh(request, handler, tenant, credential)
        except DeadlockError:  # nothing was done, and whom it waited for goes on
            await asyncio.sleep(random.uniform(0.01, 0.1))  # noqa: S311  # two losers meet no more
            continue
        break
    else:
        result = await _fresh(request, handler, tenant, credential)
    return await result.run() if isinstance(result, AfterCommit) else result


async def _fresh(
    request: Request, handler: Handler, tenant: Tenant, credential: Credential
) -> Response | AfterCommit:
    """Begins again when what this process remembered no longer holds."""
    try:
        return await _attempt(request, handler, tenant, credential)
    except (_StaleError, ShapeChangedError, LostBeforehandError):
        service_of(request).sessions.forget(credential.secret)
        return await _attempt(request, handler, tenant, credential)


async def _attempt(
    request: Request, handler: Handler, tenant: Tenant, credential: Credential
) -> Response | AfterCommit:
    service = service_of(request)
    known = service.sessions.get(credential.secret)
    snapshot = service.snapshots.known(tenant, known.version) if known else None
    watch = _watch(known) if known is not None and snapshot is not None else None
    async with service.database.tenant(tenant, watch) as connection:
        if known is None or snapshot is None:
            snapshot = await service.snapshots.current(connection, tenant)
            known = await _look_up(service, connection, tenant, snapshot, credential)
        await _require_token(request, known, credential)
        session = known.session
        if request.method not in SAFE_METHODS:  # what is changed notes by which request
            session = replace(session, request_id=request.state.request_id)
        request.state.session = session
        request.state.csrf_token = known.csrf_token
        request.state.snapshot = snapshot
        transaction = Transaction(
            database=service.database, connection=connection, session=session, snapshot=snapshot
        )
        try:
            return await handler(request, transaction)
        finally:
            await connection.end_watch()  # a refusal may rest on what no longer holds


def _watch(known: Known) -> Watch:
    def check(rows: list[Any]) -> None:
        expected = (known.version, known.session.access_epoch)
        if not rows or tuple(rows[0]) != expected:
            raise _StaleError

    return Watch(_STATE, check)


async def _look_up(
    service: Service,
    connection: Connection,
    tenant: Tenant,
    snapshot: Any,
    credential: Credential,
) -> Known:
    known = await look_up(connection, tenant, snapshot, credential.secret, bearer=credential.bearer)
    if known is None:
        raise Unauthenticated
    service.sessions.put(credential.secret, known)
    return known


async def _require_same_site(request: Request, credential: Credential) -> None:
    """Another site's page may not make a browser act here."""
    if credential.bearer or request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("cross_site")


async def _require_token(request: Request, known: Known, credential: Credential) -> None:
    """A cookie alone changes nothing: the page's token must come along, as a header or field."""
    if credential.bearer or request.method in SAFE_METHODS:
        return
    given = request.headers.get("x-csrf-token")
    kind = request.headers.get("content-type", "")
    if given is None and kind.startswith(("application/x-www-form", "multipart/form-data")):
        form = await request.form(max_files=20, max_fields=5000)
        given = str(form.get("csrf_token") or "")
    if not given or given != known.csrf_token:
        raise Forbidden("csrf_missing")
