"""Favourites: records that somebody keeps at hand, as records of the built-in object. A record's
name is read anew, with the reader's rights, whenever it is shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.ast import Binary, FieldRef, Literal, Node
from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata.system_fields import FAVOURITE_OBJECT
from fieldstone.runtime import records
from fieldstone.runtime.query import Query, Sort
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.save.remove import delete
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import NavItem
from fieldstone.web.pages.rendering import go_to, is_fragment, show_fragment
from fieldstone.web.reader import Reader
from fieldstone.web.search_contexts import StarView
from fieldstone.web.service import service_of
from fieldstone.web.value_views import record_url

MOST = 30
FIELDS = ("id", "name", "url", "record_object", "record_id")


def may_keep(reader: Reader) -> bool:
    needed = {"user", "record_object", "record_id", "url"}
    rights = reader.rights.of(FAVOURITE_OBJECT)
    return {"create", "delete"} <= rights.actions and needed <= rights.editable


async def favourite_items(transaction: Transaction, reader: Reader) -> tuple[NavItem, ...]:
    """In the order that they were put in. Two queries, and one for each object among them."""
    rows = await _kept(transaction, reader)
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        if is_uuid(row["record_id"] or ""):
            wanted.setdefault(row["record_object"] or "", set()).add(UUID(row["record_id"]))
    names = await records.names(transaction, wanted)
    return tuple(item for row in rows if (item := _item(reader, row, names)) is not None)


async def favourite_records(
    transaction: Transaction, reader: Reader
) -> tuple[tuple[str, UUID], ...]:
    return tuple(
        (row["record_object"], UUID(row["record_id"]))
        for row in await _kept(transaction, reader)
        if row["record_object"] and is_uuid(row["record_id"] or "")
    )


def _item(
    reader: Reader, row: dict[str, Any], names: dict[tuple[str, UUID], str]
) -> NavItem | None:
    object_name = row["record_object"] or ""
    if not is_uuid(row["record_id"] or ""):
        own = str(row["url"] or "").startswith("/") and not str(row["url"]).startswith("//")
        label = row["name"] or row["url"]
        return NavItem(label=label, url=row["url"], icon="star", color="amber") if own else None
    key = (object_name, UUID(row["record_id"]))
    if key not in names:
        return None
    shape = reader.shape(object_name)
    return NavItem(
        label=names[key] or reader.say("(no name)"),
        url=record_url(*key),
        icon=shape.icon,
        color=shape.color,
        sub=reader.noun(object_name),
    )


async def _kept(
    transaction: Transaction, reader: Reader, more: Node | None = None
) -> list[dict[str, Any]]:
    if not all(reader.rights.may_read(FAVOURITE_OBJECT, name) for name in ("user", *FIELDS)):
        return []
    mine = Binary("=", FieldRef(("user",)), Literal(str(transaction.session.user_id)))
    query = Query(
        object=FAVOURITE_OBJECT,
        fields=FIELDS,
        filter=records.both(mine, more),
        sort=(Sort(path="order"), Sort(path="created_at")),
        limit=MOST,
    )
    return (await records.fetch(transaction, query)).records


async def star_of(
    transaction: Transaction, reader: Reader, object_name: str, record_id: UUID
) -> StarView | None:
    """The star of a record's page; None for who may keep no favourites."""
    if not may_keep(reader):
        return None
    kept = await _kept(transaction, reader, _of(object_name, record_id))
    return StarView(url=f"{record_url(object_name, record_id)}/star", on=bool(kept))


def _of(object_name: str, record_id: UUID) -> Node:
    return Binary(
        "AND",
        Binary("=", FieldRef(("record_object",)), Literal(object_name)),
        Binary("=", FieldRef(("record_id",)), Literal(str(record_id))),
    )


async def show_star(request: Request, transaction: Transaction) -> Response:
    return await _answer(request, transaction)


async def toggle_star(request: Request, transaction: Transaction) -> Response:
    """`on` says which way, so that a click that is sent twice does no more than one."""
    reader = Reader.of(transaction)
    object_name, record_id = _named(request)
    await records.get(transaction, object_name, record_id, fields=("id",))
    wanted = str((await request.form()).get("on") or "") == "1"
    kept = await _kept(transaction, reader, _of(object_name, record_id))
    options = Options(single=True, pipeline=service_of(request).pipeline)
    if wanted and not kept:
        url = record_url(object_name, record_id)
        values = {
            "user": str(transaction.session.user_id),
            "name": reader.noun(object_name)[:200],  # the record's own is for who may read it
            "record_object": object_name,
            "record_id": str(record_id),
            "url": url,
        }
        await save.create(transaction, FAVOURITE_OBJECT, [values], options)
    elif not wanted and kept:
        await delete(transaction, FAVOURITE_OBJECT, [(each["id"], None) for each in kept], options)
    return await _answer(request, transaction)


async def _answer(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    object_name, record_id = _named(request)
    await records.get(transaction, object_name, record_id, fields=("id",))
    if request.method == "POST" and not is_fragment(request):
        return go_to(record_url(object_name, record_id))
    star = await star_of(transaction, reader, object_name, record_id)
    if star is None:
        raise NotFound
    return show_fragment(request, transaction, "fragments/star.html", star)


def _named(request: Request) -> tuple[str, UUID]:
    return request.path_params["object"], request.path_params["id"]
