"""/sign-in and /sign-out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import AppError, Invalid, TooMany, Unauthenticated
from fieldstone.kernel.i18n import translate
from fieldstone.kernel.session import Tenant
from fieldstone.metadata import terms
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime import records
from fieldstone.runtime.query import MAX_LIMIT, Query, Sort
from fieldstone.runtime.sign_in import system_session
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.session import enter, leave, set_cookie
from fieldstone.web.conditions import parsed
from fieldstone.web.contexts import NoteView
from fieldstone.web.page_contexts import DemoAccount, SigninPage
from fieldstone.web.pages.preferences import own_path, remember, require_same_site
from fieldstone.web.pages.rendering import go_to, show_bare
from fieldstone.web.pages.visits import COOKIE as VISITS
from fieldstone.web.problems import locale_of, message, problem_json
from fieldstone.web.service import COOKIE, in_transaction, service_of

TEMPLATE = "pages/signin.html"
PATH = "/sign-in"
DEMO = "demo"
ORGANIZATION = "fs_organization"
MOST_DEMO = 8
YEAR = 365 * 24 * 3600


async def show_sign_in(request: Request) -> Response:
    if request.cookies.get(COOKIE):
        try:
            return await in_transaction(request, _go_on)
        except Unauthenticated:
            pass  # an old cookie
    return await _page(request, next_path=request.query_params.get("next", ""))


async def _go_on(request: Request, _transaction: Transaction) -> Response:
    """Somebody who is signed in already."""
    return go_to(own_path(request.query_params.get("next", "")))


async def sign_in(request: Request) -> Response:
    """A refusal shows the form again with everything but the password."""
    require_same_site(request)
    form = await request.form()
    organization, account, password = (
        str(form.get(name) or "") for name in ("organization", "account", "password")
    )
    wanted = own_path(str(form.get("next") or "/"))
    try:
        if not (organization.strip() and account.strip() and password):
            raise Invalid("sign_in_incomplete")
        signed = await enter(request, organization, account, password)
    except (Invalid, Unauthenticated, TooMany) as error:
        return await _page(
            request,
            organization=organization[:80],
            account=account[:120],
            next_path=wanted,
            error=error,
        )
    response = go_to(wanted)
    set_cookie(response, service_of(request), signed)
    key = organization.strip().lower()
    response.set_cookie(ORGANIZATION, key, max_age=YEAR, path="/", httponly=True, samesite="lax")
    return remember(response, await _preferences(request, key, signed.user_id))


@asynccontextmanager
async def _as_system(request: Request, tenant: Tenant) -> AsyncIterator[Transaction]:
    """The platform itself, where nobody is signed in yet."""
    service = service_of(request)
    async with service.database.tenant(tenant) as connection:
        yield Transaction(
            database=service.database,
            connection=connection,
            session=system_session(tenant),
            snapshot=await service.snapshots.current(connection, tenant),
        )


async def _preferences(request: Request, key: str, user_id: UUID) -> dict[str, str]:
    """Theme and density of the user record, for the cookies that pages are made with."""
    tenant = await service_of(request).directory.find(key)
    if tenant is None:
        return {}
    async with _as_system(request, tenant) as transaction:
        known = transaction.snapshot.objects[USER_OBJECT].fields
        names = tuple(name for name in ("theme", "density") if name in known)
        row = await records.get(transaction, USER_OBJECT, user_id, fields=("id", *names))
        return {name: row[name] for name in names if row[name]}


async def sign_out(request: Request, transaction: Transaction) -> Response:
    await leave(request, transaction)
    response = go_to(PATH)
    response.delete_cookie(COOKIE, path="/")
    response.delete_cookie(VISITS, path="/")
    return response


async def _page(
    request: Request,
    *,
    organization: str = "",
    account: str = "",
    next_path: str = "",
    error: AppError | None = None,
) -> Response:
    demo = await _demo(request)
    own = await _organization_of(request)
    page = SigninPage(
        action=PATH,
        organization=organization or own or (DEMO if demo else ""),
        account=account,
        next=own_path(next_path, ""),
        problem=_note(request, error) if error is not None else None,
        demo=demo,
    )
    status = 200 if error is None else 429 if isinstance(error, TooMany) else 422
    return show_bare(request, TEMPLATE, page, status)


def _note(request: Request, error: AppError) -> NoteView:
    locale = locale_of(request)
    texts = [problem_json(each, locale)["message"] for each in error.problems]
    return NoteView(
        title=message(error.code, error.params, locale),
        text=" ".join(texts),
        kind="bad",
        icon="alert-circle",
    )


async def _organization_of(request: Request) -> str:
    """By the host name, else the one used here last."""
    tenant = await service_of(request).directory.by_host(request.url.hostname or "")
    return tenant.key if tenant is not None else request.cookies.get(ORGANIZATION, "")


async def _demo(request: Request) -> tuple[DemoAccount, ...]:
    """One account for each profile of the demo organisation, where there is one."""
    service = service_of(request)
    tenant = await service.directory.find(DEMO) if service.settings.demo_password else None
    if tenant is None:
        return ()
    locale, found = locale_of(request), dict[str, DemoAccount]()
    async with _as_system(request, tenant) as transaction:
        for row in await _demo_rows(transaction):
            label = _profile_label(transaction.snapshot, row["profile"] or "", locale)
            found.setdefault(
                row["profile"] or "",
                DemoAccount(
                    account=row["account"],
                    label=label or translate(locale, "Administrator"),
                    password=service.settings.demo_password,
                ),
            )
    return tuple(found.values())[:MOST_DEMO]


async def _demo_rows(transaction: Transaction) -> list[dict[str, Any]]:
    """The people of the organisation, the first ones first."""
    if USER_OBJECT not in transaction.snapshot.objects:
        return []
    query = Query(
        object=USER_OBJECT,
        fields=("account", "profile"),
        filter=parsed("is_active = TRUE AND is_queue = FALSE"),
        sort=(Sort(path="created_at"),),
        limit=MAX_LIMIT,
    )
    return (await records.fetch(transaction, query)).records


def _profile_label(snapshot: Snapshot, profile: str, locale: str) -> str:
    component = snapshot.get("permission_set", profile)
    body = component.body if component is not None else {}
    return terms.render(body.get("label"), snapshot, locale)
