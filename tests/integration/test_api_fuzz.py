"""Requests that nobody would think of: from the tenant's own OpenAPI document, of scraps of
formulas, and of changes to the metadata with one thing wrong. Never a 5xx, and every answer is
of a kind that the document promises.

`FIELDSTONE_FUZZ=40 pytest tests/integration/test_api_fuzz.py` tries 40 of each operation."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
import pytest
import schemathesis
from api_world import MODEL, Prepared, copied
from conftest import TENANT, Server
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import serving

EXAMPLES = int(os.environ.get("FIELDSTONE_FUZZ", "0"))
SAMPLE = 3
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
UNDOING = frozenset({"versions.restore"})
"""Would take the objects away from the other operations."""
GENERAL = frozenset({
    "session", "query", "search", "describe", "jobs", "openapi", "metadata", "changesets",
    "versions",
})  # fmt: skip
OBJECTS = frozenset({"visit", "site", "stop", "user"})


def some(examples: int) -> Callable[[Any], Any]:
    """The same few in every run of the suite, other ones when there is time."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=not EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A running server, and ids that lead somewhere by what they are of."""

    base: str
    headers: dict[str, str]
    ids: dict[str, list[str]]

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        url = f"{self.base}/api/v1{path}"
        answer = httpx.request(method, url, headers=self.headers, timeout=30, **options)
        assert answer.status_code < 500, f"{method} {path} {options}: {answer.text}"
        return answer


@pytest.fixture(scope="module")
def target(
    server: Server, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The server has a thread of its own, so that the tests here can wait."""
    found: list[str] = []
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        folder = tmp_path_factory.mktemp("fuzz")
        async with copied(server, prepared, folder) as world, serving(world.app) as base:
            found.append(base)
            ready.set()
            while not done.is_set():
                await anyio.sleep(0.05)

    thread = threading.Thread(target=anyio.run, args=(serve,))
    thread.start()
    assert ready.wait(30)
    headers = {"authorization": f"Bearer {prepared.tokens[TENANT.key, 'admin']}"}
    target = Target(base=found[0], headers=headers, ids={})
    _fill(target)
    yield target
    done.set()
    thread.join()


def _fill(target: Target) -> None:
    """A few records and a draft."""
    site = target.send("POST", "/records/site", json={"name": "N", "code": "k"}).json()["id"]
    rows = [{"title": "t", "level": "a", "site": site, "amount": 5}, {}]
    visits = target.send("POST", "/records/visit", json={"records": rows}).json()["records"]
    stop = target.send("POST", "/records/stop", json={"name": "S", "visit": visits[0]["id"]})
    users = target.send("GET", "/records/user").json()["records"]
    draft = target.send("POST", "/changesets", json={"operations": MODEL[:1]})
    target.ids.update(
        site=[site],
        visit=[each["id"] for each in visits],
        stop=[stop.json()["id"]],
        user=[each["id"] for each in users if each["account"] == "nobody"],
        changesets=[draft.json()["id"]],
    )


def _wanted(identity: str) -> bool:
    """All when there is time, else those of a few objects and all that are general."""
    subject = identity.partition(".")[0]
    return identity not in UNDOING and bool(EXAMPLES or subject in GENERAL | OBJECTS)


def test_every_operation(target: Target) -> None:
    schema = schemathesis.openapi.from_url(
        f"{target.base}/api/v1/openapi.json", headers=target.headers
    )
    every: Any = schema.get_all_operations()
    found = [each.ok() for each in every]
    operations = [each for each in found if _wanted(_identity(each))]
    assert len(operations) > 40
    for operation in operations:
        _try(target, operation, target.ids.get(_identity(operation).partition(".")[0], []))


def _try(target: Target, operation: Any, known: list[str]) -> None:
    """Half of the ids are of something that is there."""

    @some(EXAMPLES or SAMPLE)
    @given(case=operation.as_strategy(), place=st.integers(0, max(2 * len(known), 1)))
    def once(case: Any, place: int) -> None:
        if "id" in (case.path_parameters or {}) and place < len(known):
            case.path_parameters["id"] = known[place]
        case.call_and_validate(headers=target.headers, checks=CHECKS)

    once()


def _identity(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


SCRAPS = (
    "title", "number", "amount", "active", "planned_on", "starts_at", "clock", "level", "kinds",
    "site", "site.name", "host", "guests", "data", "pin", "zzz", "$user.id", "$org.currency",
    "LEN(", "CONTAINS(", "IF(", "ROUND(", "DATE(", "TEXT(", "INCLUDES(", "ISBLANK(", "LEFT(",
    "REPT(", "VALUE(", "ADDMONTHS(", "INPERIOD(", "CASE(", "MOD(", "POWER(", "SUBSTITUTE(",
    "(", ")", ")", ")", ",", ",", "+", "-", "*", "/", "^", "&", "=", "<>", "<", ">=", "&&", "||",
    "!", "NOT", "IN", "NULL", "TRUE", "TODAY()", "NOW()", "1", "0", "-1", "2.5", "9" * 20,
    "'a'", "''", "'%'", "'last_n_days:7'", '"x', "{", "}", "\\", "\u0000", "💥", "客户", "--", ";",
)  # fmt: skip


def test_scraps_of_formulas(target: Target) -> None:
    @some(EXAMPLES * 100 or 150)
    @given(scraps=st.lists(st.sampled_from(SCRAPS), min_size=1, max_size=12))
    def once(scraps: list[str]) -> None:
        text = " ".join(scraps)
        listed = target.send("GET", "/records/visit", params={"filter": text})
        assert listed.status_code in (200, 422)
        body = {"object": "visit", "filter": text, "aggregates": {"n": "COUNT()"}}
        summed = target.send("POST", "/query", json=body)
        assert summed.status_code == listed.status_code
        for problem in listed.json().get("problems", ()):
            assert problem["message"]

    once()


WORDS = st.sampled_from(["name", "site", "a", "text", "lookup", "user", "site.name", "1 = 1", "*"])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
KEYS = st.text(max_size=9) | WORDS
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def odd_operations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some of the model's own operations, one of them with one place overwritten."""
    found = []
    for number, each in enumerate(draw(st.lists(st.sampled_from(MODEL), min_size=1, max_size=3))):
        operation = copy.deepcopy(each)
        operation["op"] = draw(st.sampled_from(["create", "create", "update", "delete", "restore"]))
        if operation["op"] == "create":
            operation["name"] += f"_{draw(st.integers(0, 10**6))}_{number}"
        found.append(operation)
    place: Any = draw(st.sampled_from([*found, {"nowhere": None}]))
    while True:
        key = draw(st.sampled_from(sorted(place)))
        inner = place[key]
        if not isinstance(inner, dict) or not inner or draw(st.integers(0, 3)) == 0:
            place[key] = draw(JSON)
            return found
        place = inner


def test_changes_with_one_thing_wrong(target: Target) -> None:
    published = 0

    @some(EXAMPLES * 30 or 60)
    @given(operations=odd_operations())
    def once(operations: list[dict[str, Any]]) -> None:
        nonlocal published
        body = {"title": "odd", "operations": operations}
        made = target.send("POST", "/changesets", json=_sent(body))
        assert made.status_code in (201, 400, 422)
        if made.status_code != 201:
            return
        review = made.json()
        done = target.send("POST", f"/changesets/{review['id']}/publish")
        assert done.status_code in ((422,) if review["problems"] else (200, 409, 422))
        published += done.status_code == 200
        for name in ("site", "visit"):
            assert target.send("GET", f"/records/{name}").status_code in (200, 404)

    once()
    assert published, "some of them are harmless"
    for each in target.send("GET", "/describe").json()["objects"]:
        assert target.send("GET", f"/describe/{each['name']}").status_code == 200
        assert target.send("GET", f"/records/{each['name']}").status_code == 200
    assert target.send("GET", "/openapi.json").status_code == 200


def _sent(value: Any) -> Any:
    """JSON knows no NaN and no infinity."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _sent(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_sent(each) for each in value]
    return value
