"""Choices for forms: records that a link may point at, and the regions below one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.ast import Binary, FieldRef, Literal, Node
from fieldstone.kernel.errors import NotFound
from fieldstone.metadata.field_types import regions
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime import records
from fieldstone.runtime.query import Query, Sort
from fieldstone.runtime.search import narrowed
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer
from fieldstone.web.layouts import compact_fields
from fieldstone.web.pages.lookup_filter import lookup_filter
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of, fields_of, linked_of, shown
from fieldstone.web.value_views import Linked

MOST = 20
SUB_FIELDS = 2
ACTIVE = Binary("=", FieldRef(("is_active",)), Literal(value=True))


async def find_linked(request: Request, transaction: Transaction) -> Response:
    """?q=: records that the field may hold, beside what the form holds now (?record.…=). A field
    of several objects says which by ?target=."""
    reader = Reader.of(transaction)
    params = request.path_params
    field = transaction.grant(params["object"]).object.fields.get(params["field"])
    if field is None or not reader.rights.may_read(field.object, field.name):
        raise NotFound
    target = _target(request, field)
    own = await lookup_filter(transaction, reader, field, request.query_params)
    words = request.query_params.get("q", "")
    return answer(await _found(transaction, reader, target, words, own))


async def find_records(request: Request, transaction: Transaction) -> Response:
    """?q=: records of one object."""
    reader = Reader.of(transaction)
    words = request.query_params.get("q", "")
    return answer(await _found(transaction, reader, request.path_params["target"], words, None))


def _target(request: Request, field: Field) -> str:
    targets = field.config.get("targets")
    if targets is None:
        return field.target
    wanted = request.query_params.get("target", "")
    if wanted not in targets:
        raise NotFound
    return wanted


async def _found(
    transaction: Transaction, reader: Reader, target: str, words: str, own: Node | None
) -> list[dict[str, Any]]:
    """Newest first while nothing is typed, by name afterwards."""
    shape = transaction.grant(target).object
    columns = columns_of(reader, target, compact_fields(reader.snapshot, target)[:SUB_FIELDS])
    condition = own
    if target == USER_OBJECT and reader.rights.may_read(target, "is_active"):
        condition = records.both(condition, ACTIVE)
    by_name = words.strip() or shape.name == USER_OBJECT
    query = Query(
        object=target,
        fields=fields_of(reader, columns),
        filter=condition,
        sort=(Sort(path="name") if by_name else Sort(path="modified_at", descending=True),),
        limit=MOST,
    )
    page = await records.fetch(transaction, await narrowed(transaction, query, words))
    linked = await linked_of(transaction, columns, page.records)
    return [_choice(reader, columns, row, linked) for row in page.records]


def _choice(
    reader: Reader, columns: tuple[Column, ...], row: dict[str, Any], linked: Linked
) -> dict[str, Any]:
    return {
        "value": row["id"],
        "label": row["name"] or reader.say("(no name)"),
        "sub": " / ".join(_subs(reader, columns, row, linked)),
    }


def _subs(
    reader: Reader, columns: tuple[Column, ...], row: dict[str, Any], linked: Linked
) -> Iterator[str]:
    for column in columns:
        text = str(shown(reader, column, row, linked).text)
        if text:
            yield text


async def list_regions(request: Request, _transaction: Transaction) -> Response:
    """?parent=: the divisions below; the provinces of a blank one."""
    parent = request.query_params.get("parent", "")
    found = regions.children(parent)
    return answer([{"code": each.code, "label": each.name} for each in found])
