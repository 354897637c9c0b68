"""Paths that every caller has: the session, queries, search, the described model and jobs."""

from __future__ import annotations

from typing import Any

from fieldstone.runtime.search_tokens import LONGEST_QUERY
from fieldstone.web.openapi.parts import (
    COUNT,
    FLAG,
    INSTANT,
    PROBLEM,
    TEXT,
    Operation,
    in_path,
    in_query,
    listing,
    mapping,
    or_null,
    reference,
)
from fieldstone.web.openapi.values import ID, Schema
from fieldstone.web.reader import Reader

API = "/api/v1"
MAX_ROWS = 2000
ANY: Schema = {}


def operations(reader: Reader, names: list[str]) -> dict[str, dict[str, Operation]]:
    """By path and method. `names` are the objects that the caller may read."""
    return {
        f"{API}/session": _session(reader),
        f"{API}/query": {"post": _query(reader, names)},
        f"{API}/search": {"get": _search(reader)},
        f"{API}/describe": {"get": _describe_all(reader)},
        f"{API}/describe/{{object}}": {"get": _describe(reader, names)},
        f"{API}/jobs/{{id}}": {"get": _job(reader)},
        f"{API}/openapi.json": {"get": _openapi(reader)},
    }


def schemas() -> dict[str, Any]:
    """What several paths share."""
    entry = mapping(
        {
            "code": TEXT,
            "path": TEXT,
            "message": TEXT,
            "hint": TEXT,
            "line": {"type": "integer"},
            "column": {"type": "integer"},
        },
        ("code", "path", "message", "hint"),
    )
    problem = mapping(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer"},
            "code": TEXT,
            "request_id": TEXT,
            "problems": listing(reference(f"{PROBLEM}.entry")),
            "current": {"type": "object"},
            "yours": {"type": "object"},
        },
        ("type", "title", "status", "code", "request_id", "problems"),
    )
    change = mapping({"field": TEXT, "old": ANY, "new": ANY}, ("field", "old", "new"))
    history = mapping(
        {
            "id": ID,
            "at": INSTANT,
            "action": {"type": "string", "enum": ["create", "update", "delete", "restore"]},
            "user_id": or_null(ID),
            "cause": TEXT,
            "changes": listing(change),
        },
        ("id", "at", "action", "changes"),
    )
    return {PROBLEM: problem, f"{PROBLEM}.entry": entry, "fieldstone.history": history}


def _session(reader: Reader) -> dict[str, Operation]:
    tag = reader.say("Sign-in")
    credentials = mapping(
        {"organization": TEXT, "account": TEXT, "password": {**TEXT, "format": "password"}},
        ("organization", "account", "password"),
    )
    names = ("organization", "account", "name", "locale", "timezone", "profile")
    described = {
        **dict.fromkeys(names, TEXT),
        "user_id": ID,
        "permission_sets": listing(TEXT),
        "permissions": listing(TEXT),
        "metadata_version": {"type": "integer"},
        "csrf_token": TEXT,
    }
    return {
        "post": Operation(
            id="session.start",
            tag=tag,
            summary=reader.say("Sign in: sets the cookie"),
            body=credentials,
            answers={"200": mapping({"csrf_token": TEXT, "user_id": ID}, ("csrf_token",))},
            refuses=("422", "429"),
            open=True,
        ),
        "get": Operation(
            id="session.show",
            tag=tag,
            summary=reader.say("Who is signed in"),
            answers={"200": mapping(described, ("organization", "user_id", "account"))},
        ),
        "delete": Operation(
            id="session.end",
            tag=tag,
            summary=reader.say("Sign out"),
            answers={"204": None},
            refuses=("403",),
        ),
    }


def _query(reader: Reader, names: list[str]) -> Operation:
    example = {"n": "COUNT()", "total": "SUM(amount)"}
    body = mapping(
        {
            "object": {"type": "string", "enum": names},
            "filter": {"type": ["string", "object", "array", "null"]},
            "group_by": listing(TEXT),
            "aggregates": {
                "type": "object",
                "additionalProperties": TEXT,
                "examples": [example],
            },
            "sort": {"type": ["string", "array"], "items": TEXT},
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_ROWS, "default": 200},
        },
        ("object",),
    )
    return Operation(
        id="query.run",
        tag=reader.say("Queries"),
        summary=reader.say("Groups and sums over records"),
        body=body,
        answers={"200": mapping({"rows": listing({"type": "object"})}, ("rows",))},
        refuses=("403", "404", "422"),
    )


def _search(reader: Reader) -> Operation:
    record = mapping({"id": ID, "name": or_null(TEXT)}, ("id", "name"))
    result = mapping(
        {
            **dict.fromkeys(("object", "label", "icon", "color"), TEXT),
            "records": listing(record),
            "more": FLAG,
        },
        ("object", "label", "records", "more"),
    )
    wanted = {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY}
    return Operation(
        id="search",
        tag=reader.say("Queries"),
        summary=reader.say("Find a text in the records of all objects"),
        parameters=({**in_query("q", wanted), "required": True},),
        answers={"200": mapping({"results": listing(result)}, ("results",))},
    )


def _describe_all(reader: Reader) -> Operation:
    shape = {
        **dict.fromkeys(("name", "label", "plural", "icon", "color"), TEXT),
        "actions": listing(TEXT),
    }
    return Operation(
        id="describe.list",
        tag=reader.say("Model"),
        summary=reader.say("The objects you may read"),
        answers={"200": mapping({"objects": listing(mapping(shape, shape))}, ("objects",))},
    )


def _describe(reader: Reader, names: list[str]) -> Operation:
    entries = listing({"type": "object"})
    shape = {
        **dict.fromkeys(("name", "label", "plural", "icon", "color"), TEXT),
        "version": {"type": "integer"},
        "actions": listing(TEXT),
        **dict.fromkeys(("record_types", "fields", "list_views", "layouts"), entries),
    }
    return Operation(
        id="describe.show",
        tag=reader.say("Model"),
        summary=reader.say("Fields, values, views and layouts of one object"),
        parameters=(in_path("object", {"type": "string", "enum": names}),),
        answers={"200": mapping(shape, shape)},
        refuses=("404",),
    )


def _job(reader: Reader) -> Operation:
    job = {
        "id": ID,
        **dict.fromkeys(("task", "title", "status"), TEXT),
        "done": or_null(COUNT),
        "total": or_null(COUNT),
        "result": ANY,
        "created_at": INSTANT,
        "finished_at": or_null(INSTANT),
    }
    return Operation(
        id="jobs.show",
        tag=reader.say("Jobs"),
        summary=reader.say("How far a job is"),
        parameters=(in_path("id"),),
        answers={"200": mapping(job, ("id", "task", "status"))},
        refuses=("404",),
    )


def _openapi(reader: Reader) -> Operation:
    return Operation(
        id="openapi.show",
        tag=reader.say("Model"),
        summary=reader.say("This document"),
        answers={"200": {"type": "object"}},
    )
