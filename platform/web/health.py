"""For load balancers and monitoring: alive, ready, and the figures of this process."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fieldstone.kernel import metrics
from fieldstone.kernel.ready import trouble
from fieldstone.web.service import service_of


def health_routes() -> list[Route]:
    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", figures),
    ]


async def alive(_request: Request) -> Response:
    """The process answers; says nothing about the database."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """200 when requests can be served, else 503 with the reason."""
    reason = await trouble(service_of(request).database)
    if reason:
        return JSONResponse({"ready": False, "reason": reason}, 503, {"retry-after": "2"})
    return JSONResponse({"ready": True})


async def figures(request: Request) -> Response:
    text = metrics.text(service_of(request).database)
    return Response(text, media_type=metrics.CONTENT_TYPE_LATEST)
