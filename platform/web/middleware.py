"""Around every request: its id, its log line and figures, strict headers, and errors as answers
instead of traces. Plain ASGI, so that nothing is buffered."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders, State
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fieldstone.kernel import metrics
from fieldstone.kernel.db_errors import LockBusyError, StatementTimeoutError
from fieldstone.kernel.errors import AppError, TooLarge, Unavailable
from fieldstone.kernel.ids import uuid7
from fieldstone.web.problems import http_error
from fieldstone.web.service import Service

log = structlog.get_logger("fieldstone.web")

MAX_BODY = 10 * 1024 * 1024
MAX_UPLOAD = 26 * 1024 * 1024
_GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}

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
        given = next(
            (
                value.decode("latin-1")
                for name, value in scope["headers"]
                if name == b"x-request-id"
            ),
            "",
        )
        request_id = given if _GIVEN_ID.match(given) else uuid7().hex
        request.state.request_id = request_id
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _set_headers(
                    message, request_id, private=not request.url.path.startswith("/static/")
                )
            await send(message)

        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._guarded(request, scope, _limited(request, receive), sending)
        finally:
            seconds = time.perf_counter() - started
            _note(request, scope, status, seconds)

    async def _guarded(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # the edge: nothing may leave as a trace
            if begun:
                raise
            known = _as_app_error(error)
            if known.status >= 500 and not isinstance(known, Unavailable):
                log.exception("request failed", path=request.url.path)
            response = await self._answer(request, known)
            await response(scope, receive, send)


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
    multipart = request.headers.get("content-type", "").startswith("multipart/")
    limit = MAX_UPLOAD if multipart else MAX_BODY
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLarge("body_too_large", limit=limit // 1024 // 1024)
        return message

    return receiving


def _set_headers(message: Message, request_id: str, *, private: bool) -> None:
    headers = MutableHeaders(scope=message)
    headers["x-request-id"] = request_id
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if private:
        headers.setdefault("cache-control", "private, no-store")
        headers.add_vary_header("Cookie, Authorization")


def _note(request: Request, scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    template = getattr(route, "path", "") or "unmatched"
    metrics.REQUESTS.labels(request.method, template, status).inc()
    metrics.REQUEST_SECONDS.labels(request.method, template).observe(seconds)
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
