"""A request that is sent again with its Idempotency-Key is done once."""

from __future__ import annotations

import anyio
import pytest
from api_world import Caller, World
from conftest import FrozenClock

pytestmark = pytest.mark.anyio

KEY = {"idempotency-key": "3f1c"}


async def count(caller: Caller, name: str = "site") -> int:
    return int((await caller.get(f"/records/{name}", count="exact"))["count"])


async def test_the_first_answer_is_given_again(admin: Caller) -> None:
    first = await admin.call("POST", "/records/site", json={"name": "N"}, headers=KEY)
    again = await admin.call("POST", "/records/site", json={"name": "N"}, headers=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert await count(admin) == 1


async def test_without_a_key_it_is_done_twice(admin: Caller) -> None:
    await admin.post("/records/site", {"name": "N"})
    await admin.post("/records/site", {"name": "N"})
    assert await count(admin) == 2


async def test_a_key_is_of_one_request(admin: Caller) -> None:
    await admin.post("/records/site", {"name": "N"}, headers=KEY)
    refused = await admin.post("/records/site", {"name": "M"}, 409, headers=KEY)
    assert refused["code"] == "idempotency_key_reused"
    other = await admin.post("/records/ledger", {"name": "N"}, 409, headers=KEY)
    assert other["code"] == "idempotency_key_reused", "the same body to another address"
    assert (await count(admin), await count(admin, "ledger")) == (1, 0)


async def test_a_key_is_of_one_person(admin: Caller, rep: Caller) -> None:
    await admin.post("/records/site", {"name": "N"}, headers=KEY)
    await rep.post("/records/site", {"name": "M"}, headers=KEY)
    assert await count(admin) == 2


async def test_a_refusal_is_not_kept(admin: Caller) -> None:
    await admin.post("/records/site", {"name": ""}, 422, headers=KEY)
    await admin.post("/records/site", {"name": "N"}, headers=KEY)
    assert await count(admin) == 1


async def test_a_partial_batch_is_kept_whole(admin: Caller) -> None:
    path, body = "/records/site?partial=true", {"records": [{"name": "N"}, {"name": ""}]}
    first = await admin.call("POST", path, json=body, headers=KEY)
    again = await admin.call("POST", path, json=body, headers=KEY)
    assert first.status_code == again.status_code == 207
    assert first.content == again.content
    assert await count(admin) == 1


async def test_at_the_same_time(world: World) -> None:
    answers: list[int] = []

    async def send() -> None:
        caller = world.caller("admin")
        answer = await caller.call("POST", "/records/site", json={"name": "N"}, headers=KEY)
        answers.append(answer.status_code)

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(send)
    assert set(answers) <= {201, 409, 503}
    assert 201 in answers
    assert await count(world.caller("admin")) == 1


async def test_a_key_is_free_again_after_a_day(admin: Caller, frozen_clock: FrozenClock) -> None:
    await admin.post("/records/site", {"name": "N"}, headers=KEY)
    frozen_clock.move(hours=25)
    await admin.post("/records/site", {"name": "M"}, headers=KEY)
    assert await count(admin) == 2


@pytest.mark.parametrize("key", ["x" * 201, "\u00e9" * 101])
async def test_a_key_that_is_too_long(admin: Caller, key: str) -> None:
    headers = {"idempotency-key": key.encode()}
    refused = await admin.post("/records/site", {"name": "N"}, 400, headers=headers)
    assert refused["code"] == "idempotency_key_too_long"
