"""/api/v1/search: records of every object the caller may read, by a text."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import BadRequest
from fieldstone.metadata import terms
from fieldstone.runtime.search import search
from fieldstone.runtime.search_tokens import words_of
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer


async def search_records(request: Request, transaction: Transaction) -> Response:
    """`?q=` → {"results": [{"object", "label", "icon", "color", "records": [{"id", "name"}],
    "more"}]}: a few records of each object; `more` tells that there are others."""
    text = request.query_params.get("q", "")
    if not words_of(text):
        raise BadRequest("search_text_missing")
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    return answer(
        {
            "results": [
                {
                    "object": found.shape.name,
                    "label": terms.noun(snapshot, found.shape.name, locale),
                    "icon": found.shape.icon,
                    "color": found.shape.color,
                    "records": [{"id": each.id, "name": each.name} for each in found.records],
                    "more": found.more,
                }
                for found in await search(transaction, text)
            ]
        }
    )
