"""A request that ended badly, as a page: inside the frame when it is known who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fieldstone.kernel.errors import AppError
from fieldstone.web.contexts import ToastView
from fieldstone.web.page_contexts import ErrorPage
from fieldstone.web.pages.rendering import (
    is_fragment,
    path_of,
    site_of,
    templates,
    toast_event,
)
from fieldstone.web.pages.shell import shell_of
from fieldstone.web.problems import error_json, locale_of

SIGN_IN = "/sign-in"
OWN_WORDS = frozenset({"internal", "not_found", "object_not_found", "forbidden", "unavailable"})
"""Codes whose sentence the page says itself."""


def error_page(request: Request, error: AppError, headers: Mapping[str, str]) -> Response:
    if error.status == 401:
        return _to_sign_in(request)
    if is_fragment(request):
        return _told(request, error, headers)
    page = ErrorPage(
        status=error.status,
        request_id=getattr(request.state, "request_id", ""),
        title=_title(request, error),
        text=_text(request, error),
        retry_url=path_of(request) if error.status == 503 and request.method == "GET" else "",
    )
    context: dict[str, Any] = {"site": site_of(request), "page": page}
    session, snapshot = (getattr(request.state, name, None) for name in ("session", "snapshot"))
    if session is not None and snapshot is not None:
        context["shell"] = shell_of(request, session, snapshot)
    html = templates().render(locale_of(request), "pages/error.html", context)
    return HTMLResponse(html, error.status, dict(headers))


def _told(request: Request, error: AppError, headers: Mapping[str, str]) -> Response:
    """What a fragment asked for stays as it is; the reason is told beside it."""
    text = " ".join((str(error_json(error, request)["title"]), _text(request, error))).strip()
    told = toast_event(ToastView(text=text, icon="alert-circle", seconds=10))
    return Response(
        status_code=error.status,
        headers={**headers, "hx-reswap": "none", "hx-trigger": told},
    )


def _to_sign_in(request: Request) -> Response:
    """The page asked for comes after signing in; what was posted cannot be repeated, but the page
    it came from has kept it."""
    if is_fragment(request):
        current = request.headers.get("hx-current-url", "")
        path = "/" + current.split("/", 3)[3] if current.count("/") >= 3 else "/"
        return Response(status_code=401, headers={"hx-redirect": sign_in_url(path)})
    if request.method == "GET":
        return RedirectResponse(sign_in_url(path_of(request)), 303)
    came = urlsplit(request.headers.get("referer", ""))
    own = came.netloc == request.url.netloc and not came.path.startswith(SIGN_IN)
    path = came._replace(scheme="", netloc="", fragment="").geturl() if own else ""
    return RedirectResponse(sign_in_url(path or "/"), 303)


def sign_in_url(path: str) -> str:
    return SIGN_IN if path == "/" else f"{SIGN_IN}?{urlencode({'next': path})}"


def _title(request: Request, error: AppError) -> str:
    if error.code in OWN_WORDS or error.status >= 500:
        return ""
    return str(error_json(error, request)["title"])


def _text(request: Request, error: AppError) -> str:
    """Every problem, in words, with what to do about it."""
    found = error_json(error, request)["problems"]
    parts = [str(each[part]) for each in found for part in ("message", "hint") if each[part]]
    return " ".join(dict.fromkeys(parts))
