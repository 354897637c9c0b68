"""/api/v1/openapi.json, and the pages that show it and the error codes to people."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer
from fieldstone.web.error_catalogue import ErrorGroup, groups
from fieldstone.web.openapi.document import document
from fieldstone.web.pages.rendering import show_bare, site_of, templates
from fieldstone.web.problems import locale_of

DOCUMENT = "/api/v1/openapi.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsPage:
    """`url` is where the document comes from."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsPage:
    groups: tuple[ErrorGroup, ...]


async def show_openapi(_: Request, transaction: Transaction) -> Response:
    return answer(document(transaction))


async def show_docs(request: Request, transaction: Transaction) -> Response:
    """Swagger UI knows no dark theme, so this page is always light."""
    context = {
        "site": replace(site_of(request), theme="light"),
        "page": DocsPage(url=DOCUMENT),
    }
    locale = transaction.session.locale.code
    return HTMLResponse(templates().render(locale, "pages/api_docs.html", context))


async def show_errors(request: Request) -> Response:
    """Open to all: signing in, too, can be refused."""
    page = ErrorsPage(groups=groups(locale_of(request)))
    return show_bare(request, "pages/api_errors.html", page)
