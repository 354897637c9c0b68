"""Paths for those who may change the metadata: components, changesets, versions."""

from __future__ import annotations

from typing import Any

from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.operations import OPS
from fieldstone.web.openapi.general import API
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

KIND: Schema = {"type": "string", "enum": list(KINDS)}
NUMBER: Schema = {"type": "integer", "minimum": 0}
COMPONENT = "fieldstone.component"
OPERATION = "fieldstone.operation"
CHANGESET = "fieldstone.changeset"
REVIEW = "fieldstone.review"
PUBLISHED = "fieldstone.published"


def operations(reader: Reader) -> dict[str, dict[str, Operation]]:
    """By path and method."""
    return {**_components(reader), **_changesets(reader), **_versions(reader)}


def schemas() -> dict[str, Any]:
    component = {
        **dict.fromkeys(("name", "pack", "pack_version"), TEXT),
        "kind": KIND,
        "changed": listing(TEXT),
        "deleted": FLAG,
        "body": {"type": "object"},
    }
    operation = {
        "op": {"type": "string", "enum": list(OPS)},
        "kind": KIND,
        "name": TEXT,
        "body": {"type": "object"},
    }
    changeset = {
        "id": ID,
        "title": TEXT,
        "status": {"type": "string", "enum": ["draft", "published", "discarded"]},
        "base_version": NUMBER,
        "published_version": or_null({"type": "integer"}),
        "created_by": or_null(ID),
        "created_at": INSTANT,
        "operations": listing(reference(OPERATION)),
    }
    published = {
        "version": NUMBER,
        "notices": listing(reference(f"{PROBLEM}.entry")),
        "pending_indexes": listing(TEXT),
        "job": or_null(ID),
    }
    return {
        COMPONENT: mapping(component, ("kind", "name", "body")),
        OPERATION: mapping(operation, ("op", "kind", "name")),
        CHANGESET: mapping(changeset, ("id", "status")),
        REVIEW: _review(),
        PUBLISHED: mapping(published, ("version",)),
    }


def _review() -> dict[str, Any]:
    step = mapping(
        dict.fromkeys(("action", "kind", "name", "description", "risk"), TEXT),
        ("kind", "name", "description", "risk"),
    )
    impact = mapping(
        {
            **dict.fromkeys(("code", "severity", "kind", "name", "message"), TEXT),
            "count": COUNT,
            "params": {"type": "object"},
            "sample": listing(ID),
            "values": listing({"type": "object"}),
            "used_by": listing({"type": "object"}),
        },
        ("code", "severity", "count", "message"),
    )
    plan = mapping(
        {"risk": TEXT, "operations": listing(step), "impact": listing(impact)},
        ("operations", "impact"),
    )
    found = listing(reference(f"{PROBLEM}.entry"))
    return mapping({"plan": plan, "problems": found, "notices": found}, ("plan", "problems"))


_USE = mapping({"kind": KIND, "name": TEXT, "label": TEXT, "place": TEXT})


def _components(reader: Reader) -> dict[str, dict[str, Operation]]:
    tag = reader.say("Metadata")
    return {
        f"{API}/metadata/{{kind}}": {
            "get": Operation(
                id="metadata.list",
                tag=tag,
                summary=reader.say("Published components of a kind"),
                parameters=(
                    in_path("kind", KIND),
                    in_query("object", TEXT, reader.say("Only those of one object")),
                    in_query("deleted", FLAG, reader.say("Those that can be restored")),
                ),
                answers={"200": mapping({"components": listing(reference(COMPONENT))})},
                refuses=("403", "404"),
            )
        },
        f"{API}/metadata/{{kind}}/{{name}}": {
            "get": Operation(
                id="metadata.show",
                tag=tag,
                summary=reader.say("One published component"),
                parameters=(in_path("kind", KIND), in_path("name", TEXT)),
                answers={"200": reference(COMPONENT)},
                refuses=("403", "404"),
            )
        },
        f"{API}/metadata/{{kind}}/{{name}}/uses": {
            "get": Operation(
                id="metadata.uses",
                tag=tag,
                summary=reader.say("Where a component is used"),
                parameters=(
                    in_path("kind", KIND),
                    in_path("name", TEXT),
                    in_query("value", TEXT, reader.say("One choice of a picklist field")),
                ),
                answers={"200": mapping({"uses": listing(_USE)})},
                refuses=("403", "404"),
            )
        },
    }


def _changesets(reader: Reader) -> dict[str, dict[str, Operation]]:
    tag = reader.say("Changesets")
    body = mapping(
        {"title": {"type": "string"}, "operations": listing(reference(OPERATION))},
        ("operations",),
    )
    reviewed = {"allOf": [reference(CHANGESET), reference(REVIEW)]}
    one = (in_path("id"),)
    return {
        f"{API}/changesets": {
            "get": Operation(
                id="changesets.list",
                tag=tag,
                summary=reader.say("Changesets, newest first"),
                answers={"200": mapping({"changesets": listing(reference(CHANGESET))})},
                refuses=("403",),
            ),
            "post": Operation(
                id="changesets.create",
                tag=tag,
                summary=reader.say("Keep changes as a draft, with their plan and impact"),
                body=body,
                answers={"201": reviewed},
                refuses=("403", "422"),
            ),
        },
        f"{API}/changesets/{{id}}": {
            "get": Operation(
                id="changesets.show",
                tag=tag,
                summary=reader.say("One changeset; a draft with its plan as of now"),
                parameters=one,
                answers={"200": reference(CHANGESET)},
                refuses=("403", "404"),
            ),
            "delete": Operation(
                id="changesets.discard",
                tag=tag,
                summary=reader.say("Discard a draft"),
                parameters=one,
                answers={"204": None},
                refuses=("403", "404", "409"),
            ),
        },
        f"{API}/changesets/{{id}}/publish": {
            "post": Operation(
                id="changesets.publish",
                tag=tag,
                summary=reader.say("Publish a draft as the next version"),
                parameters=one,
                answers={
                    "200": reference(PUBLISHED),
                    "202": mapping({"job": ID}, ("job",)),
                },
                refuses=("403", "404", "409", "422"),
            )
        },
    }


def _versions(reader: Reader) -> dict[str, dict[str, Operation]]:
    tag = reader.say("Versions")
    version = {
        "number": NUMBER,
        "title": TEXT,
        "published_at": INSTANT,
        "published_by": or_null(ID),
        "restored_from": or_null({"type": "integer"}),
    }
    number = (in_path("number", NUMBER),)
    content = mapping({"number": NUMBER, "components": listing({"type": "object"})})
    return {
        f"{API}/versions": {
            "get": Operation(
                id="versions.list",
                tag=tag,
                summary=reader.say("Published versions, newest first"),
                answers={"200": mapping({"versions": listing(mapping(version, ("number",)))})},
                refuses=("403",),
            )
        },
        f"{API}/versions/{{number}}": {
            "get": Operation(
                id="versions.show",
                tag=tag,
                summary=reader.say("The components of a version"),
                parameters=number,
                answers={"200": content},
                refuses=("403", "404"),
            )
        },
        f"{API}/versions/{{number}}/review": {
            "get": Operation(
                id="versions.review",
                tag=tag,
                summary=reader.say("What restoring a version would do"),
                parameters=number,
                answers={"200": reference(REVIEW)},
                refuses=("403", "404"),
            )
        },
        f"{API}/versions/{{number}}/restore": {
            "post": Operation(
                id="versions.restore",
                tag=tag,
                summary=reader.say("Make the metadata what it was at a version"),
                parameters=number,
                answers={"200": reference(PUBLISHED)},
                refuses=("403", "404", "409", "422"),
            )
        },
    }
