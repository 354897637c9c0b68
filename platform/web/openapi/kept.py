"""Paths for the list views that people keep."""

from __future__ import annotations

from typing import Any

from fieldstone.web.openapi.general import API
from fieldstone.web.openapi.parts import (
    FLAG,
    INSTANT,
    TEXT,
    Operation,
    in_path,
    listing,
    mapping,
    or_null,
    reference,
)
from fieldstone.web.openapi.values import ID, Schema
from fieldstone.web.reader import Reader

VIEW = "fieldstone.view"
_GIVEN: dict[str, Schema] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "shared": FLAG,
    "columns": listing(TEXT),
    "filter": TEXT,
    "sort": listing(TEXT),
    "pinned": FLAG,
    "default": FLAG,
}


def operations(reader: Reader, names: list[str]) -> dict[str, dict[str, Operation]]:
    """By path and method. `names` are the objects that the caller may read."""
    tag = reader.say("List views")
    of_object = in_path("object", {"type": "string", "enum": names})
    one = (of_object, in_path("id"))
    return {
        f"{API}/views/{{object}}": {
            "get": Operation(
                id="views.list",
                tag=tag,
                summary=reader.say("Your own list views and those that are shared"),
                parameters=(of_object,),
                answers={"200": mapping({"views": listing(reference(VIEW))}, ("views",))},
                refuses=("404",),
            ),
            "post": Operation(
                id="views.create",
                tag=tag,
                summary=reader.say("Keep a list view"),
                parameters=(of_object,),
                body=mapping(_GIVEN, ("name",)),
                answers={"201": reference(VIEW)},
                refuses=("404", "422"),
            ),
        },
        f"{API}/views/{{object}}/{{id}}": {
            "patch": Operation(
                id="views.update",
                tag=tag,
                summary=reader.say("Change a list view, or how you see it"),
                parameters=one,
                body=mapping(_GIVEN),
                answers={"200": reference(VIEW)},
                refuses=("403", "404", "422"),
            ),
            "delete": Operation(
                id="views.delete",
                tag=tag,
                summary=reader.say("Delete a list view"),
                parameters=one,
                answers={"204": None},
                refuses=("403", "404"),
            ),
        },
        f"{API}/views/{{object}}/{{id}}/restore": {
            "post": Operation(
                id="views.restore",
                tag=tag,
                summary=reader.say("Bring a deleted list view back"),
                parameters=one,
                answers={"200": reference(VIEW)},
                refuses=("403", "404"),
            )
        },
    }


def schemas() -> dict[str, Any]:
    view = {
        **_GIVEN,
        "id": ID,
        "filter": or_null(TEXT),
        "mine": FLAG,
        "usable": FLAG,
        "modified_at": INSTANT,
    }
    return {VIEW: mapping(view, ("id", "name", "shared", "columns", "filter", "sort"))}
