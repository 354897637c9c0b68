"""The OpenAPI document: valid, of the tenant's own objects, and only of what the caller has."""

from __future__ import annotations

import pytest
from api_world import World
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("account", ["admin", "rep", "looker", "nobody"])
async def test_the_document_is_valid(world: World, account: str) -> None:
    document = await world.caller(account).get("/openapi.json")
    OpenAPIV31SpecValidator(document).validate()
