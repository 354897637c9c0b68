"""Around every request: its id, its log line and figures, strict headers, and errors as answers
instead of traces. Plain ASGI, so that nothing is buffered."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders, State
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from fieldstone.kernel import metrics
from fieldstone.kernel.db_errors import LockBusyError, StatementTimeoutError
from fieldstone.kernel.errors import AppError, TooLarge, Unavailable
from fieldstone.web.problems import http_error
from fieldstone.web.service import Service

log = structlog.get_logger("fieldstone.web")

MAX_BODY = 10 * 1024 * 1024
MAX_UPLOAD = 26 * 1024 * 1024
_GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data: blob: https:; object-src 'none'; base-uri 'none'; "
        b"frame-ancestors 'self'; form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
PRIVATE = (b"cache-control", b"private, no-store")
VARY = "Cookie, Authorization"

Answer = Callable[[Request, AppError], Awaitable[Response]]


class Edge:
    """The outermost layer. `answer` makes the page or document for an error; `service` is what
    handlers find as `request.app.state.service`. A bare router stands below, not Starlette's
    application, whose own error layer answers before this one can."""

    def __init__(self, app: ASGIApp, answer: Answer, service: Service) -> None:
        self._app = app
        self._answer = answer
        self.state = State({"service": service})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["app"] = self
        request = Request(scope, receive)
        request_id = _request_id(scope)
        request.state.request_id = request_id
        started = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _headers(message.get("headers", ()), request_id, scope)
            await send(message)

        bound = bind_contextvars(request_id=request_id)
        limited = _limited(request, receive)
        try:
            await self._app(scope, limited, sending)
        except Exception as error:  # the edge: nothing may leave as a trace
            if status:
                raise
            response = await self._refusal(request, error)
            await response(scope, limited, sending)
        finally:
            reset_contextvars(**bound)
            _note(request, scope, status or 500, time.perf_counter() - started)

    async def _refusal(self, request: Request, error: Exception) -> Response:
        known = _as_app_error(error)
        if known.status >= 500 and not isinstance(known, Unavailable):
            log.exception("request failed", path=request.url.path)
        return await self._answer(request, known)


def _request_id(scope: Scope) -> str:
    """The one that was sent along, if it is fit for a log; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            return given if _GIVEN_ID.match(given) else secrets.token_hex(16)
    return secrets.token_hex(16)


def _as_app_error(error: Exception) -> AppError:
    if isinstance(error, AppError):
        return error
    if isinstance(error, HTTPException):
        return http_error(error.status_code)
    if isinstance(error, LockBusyError):
        return Unavailable("busy")
    if isinstance(error, StatementTimeoutError):
        return Unavailable("too_slow")
    return AppError("internal")


def _limited(request: Request, receive: Receive) -> Receive:
    """Refuses a body that is larger than allowed as soon as that shows."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            _refuse_large(request, seen)
        return message

    return receiving


def _refuse_large(request: Request, size: int) -> None:
    multipart = request.headers.get("content-type", "").startswith("multipart/")
    limit = MAX_UPLOAD if multipart else MAX_BODY
    if size > limit:
        raise TooLarge("body_too_large", limit=limit // 1024 // 1024)


def _headers(
    given: Iterable[tuple[bytes, bytes]], request_id: str, scope: Scope
) -> list[tuple[bytes, bytes]]:
    headers = [*given, (b"x-request-id", request_id.encode())]
    names = {name for name, _ in headers}
    headers.extend(each for each in HEADERS if each[0] not in names)
    if not scope["path"].startswith("/static/"):
        if PRIVATE[0] not in names:
            headers.append(PRIVATE)
        if b"vary" in names:
            MutableHeaders(raw=headers).add_vary_header(VARY)
        else:
            headers.append((b"vary", VARY.encode()))
    return headers


def _note(request: Request, scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    template = getattr(route, "path", "") or "unmatched"
    metrics.note_request(request.method, template, status, seconds)
    session = getattr(request.state, "session", None)
    log.info(
        "request",
        method=request.method,
        path=template,
        status=status,
        ms=round(seconds * 1000, 1),
        tenant=session.tenant.key if session else "",
        request_id=request.state.request_id,
    )
