"""/files: what people attach. A file is a record of the base pack; its content lies in the file
store. Who may read the record and field that hold it may read it, and whoever uploaded it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fieldstone.kernel.errors import AppError, BadRequest, Invalid, NotFound
from fieldstone.kernel.files import CHUNK, LARGEST, Stored
from fieldstone.kernel.ids import is_uuid
from fieldstone.runtime import records
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer
from fieldstone.web.selection import FILE_OBJECT
from fieldstone.web.service import service_of
from fieldstone.web.uploads import HEAD, SAFE_INLINE, THUMB_TYPE, media_type, picture
from fieldstone.web.views import FILES

LONGEST_NAME = 200


async def upload_file(request: Request, transaction: Transaction) -> Response:
    """One file of a multipart form → {"id", "name", "size", "url", "thumb"}."""
    transaction.grant(FILE_OBJECT).require("create")
    form = await request.form(max_files=1, max_fields=20)
    given = form.get("file")
    if not isinstance(given, UploadFile):
        raise BadRequest("file_missing")
    name = clean_name(given.filename or "")
    kind = media_type(name, await given.read(HEAD))
    await given.seek(0)
    fields = {"name": name, "media_type": kind}
    if kind in SAFE_INLINE:
        fields |= await _keep_picture(request, transaction, given)
    else:
        stored = await _put(request, transaction, _chunks(given))
        fields |= _stored_fields(stored, stored.digest)
    options = Options(single=True, as_system=True, pipeline=service_of(request).pipeline)
    record = {**fields, "owner": transaction.session.user_id}
    saved = await save.create(_as_system(transaction), FILE_OBJECT, [record], options)
    url = f"/files/{saved.ids[0]}"
    body = {"id": saved.ids[0], "name": name, "size": fields["size"], "url": url}
    if kind in SAFE_INLINE:
        body["thumb"] = f"{url}?size=thumb"
    return answer(body, 201)


def clean_name(name: str) -> str:
    """The last part of a path, without what confuses file systems; its ending survives."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in last if char.isprintable() and char not in '"<>:|?*').strip()
    if not plain:
        raise Invalid.one("file.no_name", "file")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:20]}" if dot else plain[:LONGEST_NAME]


async def _keep_picture(
    request: Request, transaction: Transaction, given: UploadFile
) -> dict[str, Any]:
    content = await given.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid.one("file.too_large", "file", limit=LARGEST // 1024 // 1024)
    made = await asyncio.to_thread(picture, content)
    stored = await _put(request, transaction, _whole(made.content))
    thumb = await _put(request, transaction, _whole(made.thumb))
    return {
        **_stored_fields(stored, f"{stored.digest} {thumb.digest}"),
        "media_type": made.media_type,
        "width": made.width,
        "height": made.height,
    }


def _stored_fields(stored: Stored, key: str) -> dict[str, Any]:
    """`storage_key` is the content's digest, for a picture followed by the small copy's."""
    return {"size": stored.size, "sha256": stored.digest, "storage_key": key}


async def _put(request: Request, transaction: Transaction, content: AsyncIterator[bytes]) -> Stored:
    return await service_of(request).files.put(transaction.session.tenant.key, content)


async def _chunks(given: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await given.read(CHUNK):
        yield chunk


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def download_file(request: Request, transaction: Transaction) -> Response:
    """`?at=object.field.record` names what holds the file; `?size=thumb`: its small copy."""
    file_id: UUID = request.path_params["id"]
    seen = await records.get(transaction, FILE_OBJECT, file_id, fields=("name", "created_by"))
    if seen["created_by"] != transaction.session.user_id:
        await _require_holder(transaction, file_id, request.query_params.get("at", ""))
    kept = await _stored_file(transaction, file_id)
    content, _, small = str(kept["storage_key"] or "").partition(" ")
    kind = str(kept["media_type"] or "application/octet-stream")
    if request.query_params.get("size") == "thumb" and small:
        content, kind = small, THUMB_TYPE
    if not content:
        raise NotFound
    files = service_of(request).files
    tenant = transaction.session.tenant.key
    if not await files.exists(tenant, content):
        raise NotFound
    return StreamingResponse(
        files.read(tenant, content), headers=_headers(str(seen["name"]), kind), media_type=kind
    )


async def _stored_file(transaction: Transaction, file_id: UUID) -> dict[str, Any]:
    fields = ("media_type", "storage_key", "record_object", "record_id")
    return await records.get(_as_system(transaction), FILE_OBJECT, file_id, fields=fields)


def _as_system(transaction: Transaction) -> Transaction:
    """Where the content lies is nobody's to read or write but ours."""
    return replace(transaction, session=replace(transaction.session, is_system=True))


async def _require_holder(transaction: Transaction, file_id: UUID, at: str) -> None:
    """Raises NotFound unless a record and field that the session may read holds the file."""
    try:
        if at and await _holds(transaction, file_id, at):
            return
        kept = await _stored_file(transaction, file_id)
        owner, record_id = str(kept["record_object"] or ""), str(kept["record_id"] or "")
        if owner in transaction.snapshot.objects and is_uuid(record_id):
            await records.get(transaction, owner, UUID(record_id), fields=("id",))
            return
    except AppError as error:
        raise NotFound("record_not_found", object=FILE_OBJECT) from error
    raise NotFound("record_not_found", object=FILE_OBJECT)


async def _holds(transaction: Transaction, file_id: UUID, at: str) -> bool:
    object_name, _, rest = at.partition(".")
    field_name, _, record_id = rest.partition(".")
    field = transaction.grant(object_name).object.fields.get(field_name)
    if field is None or field.type.name not in FILES or not is_uuid(record_id):
        return False
    row = await records.get(transaction, object_name, UUID(record_id), fields=(field_name,))
    value = row[field_name]
    return file_id in value if isinstance(value, list) else value == file_id


def _headers(name: str, kind: str) -> dict[str, str]:
    how = "inline" if kind in SAFE_INLINE else "attachment"
    return {
        "content-disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
    }
