"""The OpenAPI document: valid, of the tenant's own objects and words, and only of what the
caller may see and do; and the pages that show it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from api_world import Caller, World, field, label, operation
from openapi_spec_validator import OpenAPIV31SpecValidator

from fieldstone.metadata.field_types import displayed
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.results import COMPUTED
from fieldstone.web.openapi.values import VALUES
from fieldstone.web.routes import V1, api_routes

pytestmark = pytest.mark.anyio

RECORDS = f"{V1}/records"


def schema(document: Any, name: str) -> Any:
    return document["components"]["schemas"][name]


def operations(document: Any) -> dict[str, Any]:
    return {
        each["operationId"]: each
        for methods in document["paths"].values()
        for each in methods.values()
    }


@pytest.mark.parametrize("account", ["admin", "rep", "looker", "nobody"])
async def test_the_document_is_valid(world: World, account: str) -> None:
    document = await world.caller(account).get("/openapi.json")
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


def test_every_field_type_has_its_schema() -> None:
    every = set(FIELD_TYPES) - set(COMPUTED) | displayed.NAMES
    assert set(VALUES) == every, "a computed field has its result's"


async def test_every_route_of_the_api_is_described(admin: Caller) -> None:
    """A path of records stands for each object; all others stand as they are."""
    document = await admin.get("/openapi.json")
    described = {
        (_generic(path), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
    }
    served = {
        (route.path, method)
        for route in api_routes()
        if route.path.startswith(f"{V1}/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served - described == set(), "describe these in web/openapi/"
    assert described - served == set()


def _generic(path: str) -> str:
    by = re.sub(rf"^({RECORDS})/\w+/by/\w+/", r"\1/{object}/by/{field}/", path)
    return re.sub(rf"^({RECORDS}|{V1}/bulk)/\w+", r"\1/{object}", by)


async def test_an_ordinary_user_finds_what_may_be_used(admin: Caller, rep: Caller) -> None:
    whole, part = await admin.get("/openapi.json"), await rep.get("/openapi.json")
    assert {"ledger", "visit"} <= set(whole["components"]["schemas"])
    assert "visit" in part["components"]["schemas"]
    assert "ledger" not in part["components"]["schemas"]
    assert "sealed" in schema(whole, "visit")["properties"]
    assert "sealed" not in str(part)
    assert "fixed" in schema(part, "visit")["properties"]
    assert "fixed" not in schema(part, "visit.create")["properties"]
    assert "fixed" in schema(whole, "visit.create")["properties"]


async def test_paths_follow_the_rights(world: World, rep: Caller) -> None:
    ours = operations(await rep.get("/openapi.json"))
    assert {"visit.create", "visit.update", "visit.delete", "visit.restore"} <= set(ours)
    assert "user.create" not in ours
    assert "user.list" in ours
    assert not {name for name in ours if name.startswith(("metadata", "changesets", "versions"))}
    looker = operations(await world.caller("looker").get("/openapi.json"))
    assert {name for name in looker if name.startswith("site")} == {
        "site.list",
        "site.get",
        "site.history",
    }
    nobody = operations(await world.caller("nobody").get("/openapi.json"))
    assert not {name for name in nobody if name.partition(".")[0] in ("site", "visit", "user")}


async def test_what_may_be_sent(admin: Caller) -> None:
    document = await admin.get("/openapi.json")
    create, update = schema(document, "visit.create"), schema(document, "visit.update")
    assert create["properties"]["level"]["enum"] == ["a", "b", "c", None]
    assert create["properties"]["title"]["maxLength"] == 40
    assert "name" not in create["properties"], "the number is given, not sent"
    assert "created_at" not in create["properties"]
    assert "version" in update["properties"]
    assert schema(document, "site.create")["required"] == ["name"]
    assert schema(document, "stop.create")["required"] == ["name", "visit"]
    read = schema(document, "visit")
    assert read["required"] == ["id", "version"]
    assert read["properties"]["amount"]["type"] == ["string", "null"], "decimals are text"
    assert read["properties"]["guests"]["items"]["format"] == "uuid"
    assert f"{RECORDS}/site/by/code/{{value}}" in document["paths"]
    assert f"{RECORDS}/site/by/phone/{{value}}" not in document["paths"]


async def test_answers_have_the_shape_that_is_promised(admin: Caller) -> None:
    """The document's own schema, held against a record with every field filled."""
    document = await admin.get("/openapi.json")
    site = await admin.post("/records/site", {"name": "North", "code": "n1"})
    record = await admin.post(
        "/records/visit",
        {"title": "t", "amount": "5", "site": site["id"], "kinds": ["x"], "active": True},
    )
    promised = schema(document, "visit")["properties"]
    assert set(record) <= set(promised)
    for name, value in record.items():
        kinds = promised[name]["type"]
        assert _kind(value) in (kinds if isinstance(kinds, list) else [kinds]), name


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    return "null" if value is None else kinds[type(value)]


async def test_nouns_are_the_tenants(admin: Caller, world: World) -> None:
    await admin.publish(
        [
            operation(
                "term",
                "visit",
                {"label": label("Round", "查房"), "plural": label("Rounds", "查房")},
            )
        ]
    )
    english = operations(await admin.get("/openapi.json"))["visit.list"]
    assert (english["tags"], english["summary"]) == (["Rounds"], "List Rounds")
    await admin.publish(
        [
            operation(
                "permission_set", "looker", {"objects": {"visit": {"rights": ["read"]}}}, "update"
            )
        ]
    )
    chinese = operations(await world.caller("looker").get("/openapi.json"))["visit.list"]
    assert (chinese["tags"], chinese["summary"]) == (["查房"], "列出查房")


async def test_a_published_field_is_in_the_next_document(admin: Caller) -> None:
    await admin.publish([field("visit.weather", "text", help=label("How was it?"))])
    document = await admin.get("/openapi.json")
    weather = schema(document, "visit.create")["properties"]["weather"]
    assert (weather["title"], weather["description"]) == ("Weather", "How was it?")


async def test_the_page_for_people(admin: Caller, world: World) -> None:
    page = await admin.http.get("/api/docs", headers={"accept": "text/html"})
    assert page.status_code == 200, page.text
    assert 'data-url="/api/v1/openapi.json"' in page.text
    assert "/static/swagger/swagger-ui-bundle.js" in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page.text), "no inline script"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    stranger = await world.stranger().http.get("/api/docs", headers={"accept": "text/html"})
    assert stranger.status_code in (303, 401)


async def test_the_page_of_error_codes(world: World) -> None:
    for language, text in (("en", "Enter a value."), ("zh-CN", "请填写此项。")):
        stranger = world.stranger(**{"accept-language": language})
        page = await stranger.http.get("/api/docs/errors")
        assert page.status_code == 200
        assert 'id="field.required"' in page.text
        assert text in page.text
    refusal = await world.stranger().get("/session", status=401)
    assert refusal["type"] == "/api/docs/errors#unauthenticated"
    assert 'id="unauthenticated"' in page.text
