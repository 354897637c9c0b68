"""The ASGI application: routes inside the edge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from fieldstone.kernel.errors import AppError
from fieldstone.web.api.bodies import dumps
from fieldstone.web.middleware import Edge
from fieldstone.web.page_routes import page_routes
from fieldstone.web.pages.errors import error_page
from fieldstone.web.problems import error_json
from fieldstone.web.routes import api_routes
from fieldstone.web.service import Service

STATIC = Path(__file__).parent / "static"


def build_app(service: Service, extra: Sequence[BaseRoute] = ()) -> ASGIApp:
    """`extra` are the routes of the layers above (the builder) and of operations."""
    routes: list[BaseRoute] = [*api_routes(), *page_routes(), *extra]
    STATIC.mkdir(exist_ok=True)
    routes.append(Mount("/static", StaticFiles(directory=STATIC), name="static"))
    return Edge(Router(routes), answer_error, service)


def wants_json(request: Request) -> bool:
    path = request.url.path
    if path.startswith("/api/") and not path.startswith("/api/docs"):
        return True
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


async def answer_error(request: Request, error: AppError) -> Response:
    headers = {"retry-after": "2"} if error.status == 503 else {}
    if wants_json(request):
        return Response(
            dumps(error_json(error, request)),
            error.status,
            headers,
            media_type="application/problem+json",
        )
    return error_page(request, error, headers)
