"""/api/v1/records: read, create, change, delete and restore records of any object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import BadRequest, Invalid
from fieldstone.metadata.values import to_json
from fieldstone.runtime import records
from fieldstone.runtime.computed_values import computed_values
from fieldstone.runtime.cursor import decode, encode
from fieldstone.runtime.evaluation import Computed
from fieldstone.runtime.history import history_of
from fieldstone.runtime.idempotency import once
from fieldstone.runtime.query import COUNT_CAP, MAX_LIMIT, Query, parse_sort
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.batch import Change
from fieldstone.runtime.save.pipeline import Options, Saved
from fieldstone.runtime.save.remove import delete, restore
from fieldstone.runtime.save.upsert import find_by
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, no_content, read_mapping, uuid_of
from fieldstone.web.problems import locale_of, problem_json
from fieldstone.web.service import service_of


async def list_records(request: Request, transaction: Transaction) -> Response:
    params = request.query_params
    query = Query(
        object=request.path_params["object"],
        fields=_fields(params.get("fields")),
        filter=records.parse_filter(params.get("filter")),
        filter_text=params.get("filter") or "",
        sort=parse_sort(params.get("sort", "")),
        limit=_limit(params.get("limit")),
        after=decode(params["cursor"]) if params.get("cursor") else None,
        deleted=params.get("deleted") == "true",
        json=True,
    )
    wanted = params.get("count", "none")
    if wanted not in ("none", "capped", "exact"):
        raise BadRequest("bad_count")
    page = await records.fetch(transaction, query, last=wanted == "none")
    body: dict[str, Any] = {
        "records": page.records,
        "next": encode(page.next) if page.next else None,
    }
    if wanted != "none":
        count = await records.count(transaction, query, exact=wanted == "exact")
        body["count"] = min(count, COUNT_CAP) if wanted == "capped" else count
        body["count_capped"] = wanted == "capped" and count > COUNT_CAP
    return answer(body)


def _fields(text: str | None) -> tuple[str, ...]:
    names = tuple(part.strip() for part in (text or "*").split(",") if part.strip())
    return names or ("*",)


def _limit(text: str | None) -> int:
    if text is None:
        return 50
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise BadRequest("bad_limit", limit=MAX_LIMIT)
    return int(text)


async def get_record(request: Request, transaction: Transaction) -> Response:
    params = request.query_params
    query = Query(
        object=request.path_params["object"],
        fields=_fields(params.get("fields")),
        filter=records.by_id(uuid_of(request.path_params["id"])),
        limit=1,
        deleted=params.get("deleted") == "true",
        json=True,
    )
    record = await records.get_one(transaction, query, last=True)
    return answer(record, headers={"etag": f'"{record["version"]}"'})


async def create_records(request: Request, transaction: Transaction) -> Response:
    """One record, or {"records": […]}. With an Idempotency-Key the answer is given again."""
    data = await read_mapping(request)
    batch = _batch(data)

    async def run() -> tuple[int, Any]:
        options = _options(request, single=batch is None)
        given = [data] if batch is None else batch
        object_name = request.path_params["object"]
        saved = await save.create(transaction, object_name, given, options)
        if batch is None:
            return 201, await _one(transaction, object_name, saved)
        return await _many(request, transaction, object_name, saved, created=True)

    asked = f"{request.url.path}?{request.url.query}\n".encode() + await request.body()
    status, body = await once(transaction, request.headers.get("idempotency-key"), asked, run)
    return Response(body, status, media_type="application/json")


async def update_record(request: Request, transaction: Transaction) -> Response:
    data = await read_mapping(request)
    object_name = request.path_params["object"]
    version = _expected_version(request, data)
    identity = uuid_of(request.path_params["id"])
    saved = await save.update(
        transaction, object_name, [(identity, version, data)], _options(request, single=True)
    )
    record = await _one(transaction, object_name, saved)
    return answer(record, headers={"etag": f'"{record["version"]}"'})


async def update_records(request: Request, transaction: Transaction) -> Response:
    """{"records": [{"id", "version"?, …changed fields}]}"""
    data = await read_mapping(request)
    batch = _batch(data)
    if batch is None:
        raise BadRequest("records_missing")
    given = []
    for index, record in enumerate(batch):
        try:
            identity = UUID(str(record.get("id")))
        except ValueError as error:
            raise Invalid.one("record.id_missing", f"records.{index}.id") from error
        place = f"records.{index}.version"
        given.append((identity, _version_number(record.get("version"), place), record))
    object_name = request.path_params["object"]
    saved = await save.update(transaction, object_name, given, _options(request))
    status, body = await _many(request, transaction, object_name, saved, created=False)
    return answer(body, status)


async def delete_record(request: Request, transaction: Transaction) -> Response:
    identity = uuid_of(request.path_params["id"])
    version = _expected_version(request, {})
    options = _options(request, single=True)
    await delete(transaction, request.path_params["object"], [(identity, version)], options)
    return no_content()


async def restore_record(request: Request, transaction: Transaction) -> Response:
    object_name = request.path_params["object"]
    identity = uuid_of(request.path_params["id"])
    options = _options(request, single=True)
    saved = await restore(transaction, object_name, [identity], options)
    return answer(await _one(transaction, object_name, saved))


async def upsert_record(request: Request, transaction: Transaction) -> Response:
    """Creates or changes the record whose external id has this value."""
    params = request.path_params
    data = await read_mapping(request)
    object_name = params["object"]
    field, value = params["field"], params["value"]
    found = await find_by(transaction, object_name, field, value)
    options = _options(request, single=True)
    if found is None:
        try:
            async with transaction.connection.savepoint():
                given = {**data, field: value}
                saved = await save.create(transaction, object_name, [given], options)
            return answer(await _one(transaction, object_name, saved), 201)
        except Invalid:
            found = await find_by(transaction, object_name, field, value)
            if found is None:  # else somebody has just created it
                raise
    version = _expected_version(request, data)
    saved = await save.update(transaction, object_name, [(found, version, data)], options)
    return answer(await _one(transaction, object_name, saved))


async def record_history(request: Request, transaction: Transaction) -> Response:
    object_name = request.path_params["object"]
    identity = uuid_of(request.path_params["id"])
    await records.get(transaction, object_name, identity, fields=("id",), json=True)
    entries = await history_of(transaction, object_name, identity)
    return answer(
        {
            "entries": [
                {
                    "id": entry.id,
                    "at": entry.at,
                    "action": entry.action,
                    "user_id": entry.user_id,
                    "cause": entry.cause,
                    "changes": [
                        {"field": change.field, "old": change.old, "new": change.new}
                        for change in entry.changes
                    ],
                }
                for entry in entries
            ]
        }
    )


def _batch(data: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    if "records" not in data:
        return None
    batch = data["records"]
    if not isinstance(batch, list) or not all(isinstance(each, dict) for each in batch):
        raise BadRequest("records_not_list")
    return batch


def _options(request: Request, *, single: bool = False) -> Options:
    return Options(
        single=single,
        partial=request.query_params.get("partial") == "true" and not single,
        ask_warnings=request.query_params.get("warnings") == "ask",
        pipeline=service_of(request).pipeline,
    )


def _expected_version(request: Request, data: Mapping[str, Any]) -> int | None:
    header = request.headers.get("if-match", "").strip().strip('"')
    if header and header != "*":
        if not _VERSION.fullmatch(header):
            raise BadRequest("bad_if_match")
        return int(header)
    return _version_number(data.get("version"), "version")


_VERSION = re.compile(r"[0-9]{1,10}")


def _version_number(value: Any, place: str) -> int | None:
    """None when none was sent. Raises Invalid for what is no version: to save without the check
    that was asked for could undo somebody's work."""
    if value is None:
        return None
    is_number = isinstance(value, int | str) and not isinstance(value, bool)
    if not is_number or not _VERSION.fullmatch(str(value)):
        raise Invalid.one("record.bad_version", place)
    return int(value)


async def _one(transaction: Transaction, object_name: str, saved: Saved) -> dict[str, Any]:
    return (await _all(transaction, object_name, saved.changes[:1]))[0]


async def _all(
    transaction: Transaction, object_name: str, changes: Sequence[Change]
) -> list[dict[str, Any]]:
    rows = [each.after or each.before or {} for each in changes]
    computed = await computed_values(transaction, object_name, rows)
    return [
        _shown(transaction, object_name, change, found)
        for change, found in zip(changes, computed, strict=True)
    ]


def _shown(
    transaction: Transaction, object_name: str, change: Change, computed: Mapping[str, Computed]
) -> dict[str, Any]:
    """The stored record as far as the session may read it, and what is computed from it."""
    grant = transaction.grant(object_name)
    row = change.after or change.before or {}
    shown: dict[str, Any] = {}
    for field in grant.fields():
        name = field.name
        if name in computed:
            shown[name] = to_json(computed[name].value)
        elif name in row:
            value = row[name]
            if value is not None and field.type.name == "secret":
                value = records.MASK
            shown[name] = value if type(value) in _WRITTEN_AS_THEY_ARE else to_json(value)
        elif name in change.links:
            shown[name] = change.links[name]
    return shown


_WRITTEN_AS_THEY_ARE = frozenset({NoneType, str, UUID, datetime, date, int, bool})
"""What the encoder of the answer writes as `to_json` would."""


async def _many(
    request: Request,
    transaction: Transaction,
    object_name: str,
    saved: Saved,
    *,
    created: bool,
) -> tuple[int, Any]:
    """All in order; a record that was left out stands as its problems."""
    locale, snapshot = locale_of(request), transaction.snapshot
    good = [each for each in saved.changes if not each.problems]
    shown = iter(await _all(transaction, object_name, good))
    results: list[dict[str, Any]] = []
    for change in saved.changes:
        if change.problems:
            found = [problem_json(each, locale, snapshot) for each in change.problems]
            results.append({"problems": found})
        else:
            results.append(next(shown))
    failed = any(change.problems for change in saved.changes)
    return (207 if failed else 201 if created else 200), {"records": results}
