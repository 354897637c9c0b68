"""From a page's context to its answer: the whole page, or the one block that htmx asks for."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import SiteView, ToastView
from fieldstone.web.pages.shell import shell_of
from fieldstone.web.pages.toasts import forget_toast, toasts_of
from fieldstone.web.problems import locale_of
from fieldstone.web.templating import Templates

THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")


@lru_cache(maxsize=1)
def templates() -> Templates:
    return Templates()


def is_fragment(request: Request) -> bool:
    """htmx wants a part of the page, not the page."""
    return request.headers.get("hx-request") == "true"


def site_of(request: Request) -> SiteView:
    theme = request.cookies.get("fs_theme", "")
    density = request.cookies.get("fs_density", "")
    return SiteView(
        theme=theme if theme in THEMES else "auto",  # type: ignore[arg-type]  # one of the three
        density="compact" if density == "compact" else "comfortable",
        csrf_token=getattr(request.state, "csrf_token", ""),
        path=path_of(request),
    )


def path_of(request: Request) -> str:
    """Where the reader is, with the query: the address to come back to."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def show(
    request: Request,
    transaction: Transaction,
    template: str,
    page: Any,
    *,
    block: str = "",
    status: int = 200,
) -> Response:
    """The page inside the application's frame; `block` is what a fragment request gets of it."""
    locale = transaction.session.locale.code
    context: dict[str, Any] = {"site": site_of(request), "page": page}
    if block and is_fragment(request):
        html = templates().render_block(locale, template, block, context)
        return _with_toasts(request, transaction, HTMLResponse(html, status))
    toasts = toasts_of(request, transaction)
    shell = shell_of(request, transaction.session, transaction.snapshot)
    context["shell"] = replace(shell, toasts=toasts)
    response = HTMLResponse(templates().render(locale, template, context), status)
    if toasts:
        forget_toast(response)
    return response


def _with_toasts(request: Request, transaction: Transaction, response: Response) -> Response:
    """A fragment has no place for toasts: they travel as an event."""
    for toast in toasts_of(request, transaction):
        response.headers["hx-trigger"] = toast_event(toast)
        forget_toast(response)
    return response


def toast_event(toast: ToastView) -> str:
    detail = {"text": toast.text, "icon": toast.icon, "undo_url": toast.undo_url}
    return json.dumps({"fs:toast": detail})  # ASCII only, as a header must be


def show_fragment(
    request: Request, transaction: Transaction, template: str, page: Any, status: int = 200
) -> Response:
    """A template that is only ever a part of a page."""
    context = {"site": site_of(request), "page": page}
    html = templates().render(transaction.session.locale.code, template, context)
    return HTMLResponse(html, status)


def show_bare(request: Request, template: str, page: Any, status: int = 200) -> Response:
    """A page for somebody who is not signed in."""
    context = {"site": site_of(request), "page": page}
    return HTMLResponse(templates().render(locale_of(request), template, context), status)


def go_to(url: str) -> Response:
    """After a post: the page to look at."""
    return RedirectResponse(url, 303)


def moved_to(url: str) -> Response:
    """The same for a fragment request: what changed is more than the fragment shows."""
    return Response(status_code=204, headers={"hx-redirect": url})


def with_query(path: str, params: dict[str, str]) -> str:
    """The address with the parameters that have a value."""
    kept = {name: value for name, value in params.items() if value}
    return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path
