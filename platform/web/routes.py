"""Every route of the web layer, in one list. Handlers of `tenant` routes run inside one
transaction of the request's tenant, with its session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fieldstone.web.api import (
    bulk,
    changesets,
    describe,
    formula,
    metadata,
    openapi,
    query,
    records,
    search,
    session,
    views,
)
from fieldstone.web.service import Handler, in_transaction

V1 = "/api/v1"


def tenant_route(path: str, handler: Handler, *methods: str) -> Route:
    return Route(path, _InTenant(handler), methods=list(methods or ("GET",)))


class _InTenant:
    """An application by itself: around a function Starlette would lay its own handling of errors,
    which the edge does."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.__name__ = handler.__name__

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response = await in_transaction(request, self._handler)
        finally:
            await request.close()  # files of a posted form
        await response(scope, receive, send)


def open_route(
    path: str, endpoint: Callable[[Request], Awaitable[Response]], *methods: str
) -> Route:
    """A route that needs no session."""
    return Route(path, endpoint, methods=list(methods or ("GET",)))


def api_routes() -> Sequence[Route]:
    one = f"{V1}/records/{{object}}/{{id}}"
    many = f"{V1}/records/{{object}}"
    return (  # looked at in this order, so what is asked most comes first
        tenant_route(one, records.get_record),
        tenant_route(one, records.update_record, "PATCH"),
        tenant_route(many, records.list_records),
        tenant_route(many, records.create_records, "POST"),
        tenant_route(many, records.update_records, "PATCH"),
        tenant_route(f"{many}/by/{{field}}/{{value}}", records.upsert_record, "PUT"),
        tenant_route(one, records.delete_record, "DELETE"),
        tenant_route(f"{one}/restore", records.restore_record, "POST"),
        tenant_route(f"{one}/history", records.record_history),
        open_route(f"{V1}/session", session.start_session, "POST"),
        tenant_route(f"{V1}/session", session.show_session),
        tenant_route(f"{V1}/session", session.end_session, "DELETE"),
        tenant_route(f"{V1}/query", query.run_query, "POST"),
        tenant_route(f"{V1}/bulk/{{object}}", bulk.change_records, "POST"),
        tenant_route(f"{V1}/jobs/{{id}}/undo", bulk.undo_change, "POST"),
        tenant_route(f"{V1}/search", search.search_records),
        tenant_route(f"{V1}/formula/check", formula.check_formula, "POST"),
        tenant_route(f"{V1}/formula/evaluate", formula.evaluate_formula, "POST"),
        tenant_route(f"{V1}/formula/functions", formula.list_functions),
        tenant_route(f"{V1}/formula/names", formula.list_names),
        tenant_route(f"{V1}/views/{{object}}", views.list_views),
        tenant_route(f"{V1}/views/{{object}}", views.create_view, "POST"),
        tenant_route(f"{V1}/views/{{object}}/{{id}}", views.update_view, "PATCH"),
        tenant_route(f"{V1}/views/{{object}}/{{id}}", views.delete_view, "DELETE"),
        tenant_route(f"{V1}/views/{{object}}/{{id}}/restore", views.restore_view, "POST"),
        tenant_route(f"{V1}/openapi.json", openapi.show_openapi),
        tenant_route("/api/docs", openapi.show_docs),
        open_route("/api/docs/errors", openapi.show_errors),
        tenant_route(f"{V1}/describe", describe.list_objects),
        tenant_route(f"{V1}/describe/{{object}}", describe.show_object),
        tenant_route(f"{V1}/jobs/{{id}}", describe.show_job),
        tenant_route(f"{V1}/metadata/{{kind}}", metadata.list_components),
        tenant_route(f"{V1}/metadata/{{kind}}/{{name}}", metadata.show_component),
        tenant_route(f"{V1}/metadata/{{kind}}/{{name}}/uses", metadata.show_uses),
        tenant_route(f"{V1}/changesets", changesets.list_changesets),
        tenant_route(f"{V1}/changesets", changesets.create_changeset, "POST"),
        tenant_route(f"{V1}/changesets/{{id}}", changesets.show_changeset),
        tenant_route(f"{V1}/changesets/{{id}}", changesets.discard_changeset, "DELETE"),
        tenant_route(f"{V1}/changesets/{{id}}/publish", changesets.publish_changeset, "POST"),
        tenant_route(f"{V1}/versions", changesets.list_versions),
        tenant_route(f"{V1}/versions/{{number}}", changesets.show_version),
        tenant_route(f"{V1}/versions/{{number}}/review", changesets.review_version),
        tenant_route(f"{V1}/versions/{{number}}/restore", changesets.restore_version, "POST"),
    )
