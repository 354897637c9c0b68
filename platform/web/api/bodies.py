"""Reading JSON requests and writing JSON answers. Decimals, ids and instants as §10 of the
contract says: text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import BadRequest, NotFound
from fieldstone.metadata.values import instant

MAX_DEPTH = 50


async def read_json(request: Request) -> Any:
    """The body; {} when it is empty. Raises BadRequest for what is not JSON or nests too deep."""
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if not body:
        return {}
    if "json" not in kind:
        raise BadRequest("json_expected")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest("bad_json", line=error.lineno, column=error.colno) from error
    _refuse_deep(data)
    return data


async def read_mapping(request: Request) -> dict[str, Any]:
    data = await read_json(request)
    if not isinstance(data, dict):
        raise BadRequest("json_object_expected")
    return data


def _refuse_deep(data: Any) -> None:
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        following: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                following.extend(v for v in each.values() if isinstance(v, dict | list))
            elif isinstance(each, list):
                following.extend(v for v in each if isinstance(v, dict | list))
        if not following:
            return
        level = following
    raise BadRequest("json_too_deep", limit=MAX_DEPTH)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(type(value).__name__)


def dumps(data: Any) -> bytes:
    return orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dumps(data), status, headers, media_type="application/json")


def no_content() -> Response:
    return Response(status_code=204)


def uuid_of(text: str) -> UUID:
    """Raises NotFound: an id of another form is the id of no record."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("record_not_found") from error


def stamp(value: datetime | None) -> str | None:
    return instant(value) if value else None
