"""/api/v1/session: signing in and out, and who one is."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime.access import rights
from fieldstone.runtime.sign_in import ABSOLUTE, Refused, SignedIn, sign_in, sign_out
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, no_content, read_mapping
from fieldstone.web.service import COOKIE, Service, service_of


async def start_session(request: Request) -> Response:
    data = await read_mapping(request)
    problems = [
        Problem(code="field.required", path=name)
        for name in ("organization", "account", "password")
        if not isinstance(data.get(name), str) or not data[name]
    ]
    if problems:
        raise Invalid("sign_in_incomplete", problems=problems)
    signed = await enter(request, data["organization"], data["account"], data["password"])
    response = answer({"csrf_token": signed.csrf_token, "user_id": signed.user_id})
    set_cookie(response, service_of(request), signed)
    return response


async def enter(request: Request, organization: str, account: str, password: str) -> SignedIn:
    """Raises Refused alike for an unknown organisation, account or password."""
    service = service_of(request)
    tenant = await service.directory.find(organization.strip().lower())
    if tenant is None:
        raise Refused
    refused: Refused | None = None
    signed: SignedIn | None = None
    async with service.database.tenant(tenant) as connection:
        snapshot = await service.snapshots.current(connection, tenant)
        if USER_OBJECT not in snapshot.objects:
            raise Refused
        try:
            signed = await sign_in(
                connection,
                tenant,
                snapshot,
                account=account,
                password=password,
                ip=request.client.host if request.client else "",
                agent=request.headers.get("user-agent", ""),
            )
        except Refused as error:
            refused = error  # the count of failures is to be kept
    if signed is None:
        raise refused or Refused
    return signed


def set_cookie(response: Response, service: Service, signed: SignedIn) -> None:
    response.set_cookie(
        COOKIE,
        signed.secret,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=service.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


async def end_session(request: Request, transaction: Transaction) -> Response:
    await leave(request, transaction)
    response = no_content()
    response.delete_cookie(COOKIE, path="/")
    return response


async def leave(request: Request, transaction: Transaction) -> None:
    if transaction.session.session_id is not None:
        await sign_out(transaction.connection, transaction.session)
    service_of(request).sessions.forget(request.cookies.get(COOKIE, ""))


async def show_session(request: Request, transaction: Transaction) -> Response:
    session = transaction.session
    held = rights(session, transaction.snapshot)
    body: dict[str, Any] = {
        "organization": session.tenant.key,
        "user_id": session.user_id,
        "account": session.account,
        "name": session.user_name,
        "locale": session.locale.code,
        "timezone": session.locale.timezone,
        "profile": session.profile,
        "permission_sets": session.permission_sets,
        "permissions": sorted(held.system),
        "metadata_version": transaction.snapshot.version,
    }
    if request.state.csrf_token:
        body["csrf_token"] = request.state.csrf_token
    return answer(body)
