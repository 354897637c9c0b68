"""Many at once: on one record, on one number, on the metadata; and a process that dies in the
middle of publishing."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import psycopg
import pytest
from api_world import Caller, World, codes, field, label, operation
from conftest import TENANT

from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.tables import object_table

pytestmark = pytest.mark.anyio

MANY = 20
ROUNDS = 8


async def at_once(count: int, act: Callable[[int], Awaitable[Any]]) -> list[Any]:
    """What each of the calls gave, in no order."""
    found: list[Any] = []

    async def one(index: int) -> None:
        found.append(await act(index))

    async with anyio.create_task_group() as group:
        for index in range(count):
            group.start_soon(one, index)
    return found


async def test_of_many_changes_to_one_version_one_wins(world: World, admin: Caller) -> None:
    site = await admin.post("/records/site", {"name": "N", "size": 0})
    path = f"/records/site/{site['id']}"
    for version in range(1, ROUNDS + 1):

        async def change(index: int, version: int = version) -> int:
            body = {"size": version * 100 + index, "version": version}
            return (await admin.call("PATCH", path, json=body)).status_code

        statuses = Counter(await at_once(MANY, change))
        assert statuses == {200: 1, 409: MANY - 1}
        now = await admin.get(path)
        assert now["version"] == version + 1
        assert now["size"] // 100 == version
    entries = (await admin.get(f"{path}/history"))["entries"]
    sizes = [each["changes"][0] for each in reversed(entries) if each["action"] == "update"]
    assert [each["old"] for each in sizes[1:]] == [each["new"] for each in sizes[:-1]]


async def test_without_versions_no_change_is_lost(admin: Caller) -> None:
    """Everybody changes another field of the same record."""
    names = [f"n{index}" for index in range(12)]
    await admin.publish([field(f"site.{name}", "integer") for name in names])
    site = await admin.post("/records/site", {"name": "N"})
    path = f"/records/site/{site['id']}"

    async def change(index: int) -> int:
        return (await admin.call("PATCH", path, json={names[index]: index})).status_code

    assert set(await at_once(len(names), change)) == {200}
    now = await admin.get(path)
    assert [now[name] for name in names] == list(range(12))
    assert now["version"] == 13


async def test_gapless_numbers_have_no_gaps(admin: Caller) -> None:
    """Refused and undone saves use none up."""

    async def create(index: int) -> list[str]:
        if index % 4 == 0:
            await admin.post("/records/visit", {"title": "x" * 99}, status=422)
            return []
        if index % 4 == 1:
            rows = [{"title": "a"}, {"level": "zz"}, {"title": "b"}]
            path = "/records/visit?partial=true"
            made = await admin.post(path, {"records": rows}, status=207)
            return [each["name"] for each in made["records"] if "name" in each]
        return [(await admin.post("/records/visit", {"title": str(index)}))["name"]]

    names = [name for each in await at_once(40, create) for name in each]
    assert sorted(names) == [f"V-{number:04}" for number in range(1, 41)]


async def test_one_external_id_is_one_record(admin: Caller) -> None:
    async def upsert(index: int) -> int:
        body = {"name": f"S{index}", "size": index}
        return (await admin.call("PUT", "/records/site/by/code/K", json=body)).status_code

    statuses = Counter(await at_once(MANY, upsert))
    assert statuses[201] == 1
    assert set(statuses) <= {200, 201}
    assert len((await admin.get("/records/site"))["records"]) == 1


async def test_two_batches_in_opposite_order_both_finish(admin: Caller) -> None:
    rows = [{"name": str(index)} for index in range(200)]
    ids = [each["id"] for each in (await admin.post("/records/site", {"records": rows}))["records"]]

    async def change(index: int) -> int:
        order = ids if index % 2 else ids[::-1]
        body = {"records": [{"id": each, "size": index} for each in order]}
        return (await admin.call("PATCH", "/records/site", json=body)).status_code

    assert set(await at_once(6, change)) == {200}
    assert {
        each["version"] for each in (await admin.get("/records/site", limit=200))["records"]
    } == {7}


async def test_a_ring_that_two_or_more_close_at_once(admin: Caller) -> None:
    """The last one is told so; nobody is asked to try again."""
    for round_ in range(ROUNDS):
        rows = [{"name": f"{round_}-{index}"} for index in range(4)]
        made = (await admin.post("/records/site", {"records": rows}))["records"]
        a, b, c, d = (each["id"] for each in made)
        await admin.patch(f"/records/site/{b}", {"parent": c})
        await admin.patch(f"/records/site/{d}", {"parent": a})
        for moves in ([(a, c), (c, a)], [(a, b), (c, d)], [(a, d), (d, a), (c, a)]):
            answers = await at_once(len(moves), _mover(admin, moves))
            statuses = Counter(answer.status_code for answer in answers)
            assert set(statuses) == {200, 422}, moves
            assert statuses[200] >= 1
            refused = [answer.json() for answer in answers if answer.status_code == 422]
            assert all(codes(each) == {"parent": "field.ring"} for each in refused)
            await admin.patch(f"/records/site/{a}", {"parent": None})
            await admin.patch(f"/records/site/{c}", {"parent": None})


def _mover(
    caller: Caller, moves: list[tuple[str, str]]
) -> Callable[[int], Awaitable[httpx.Response]]:
    async def move(index: int) -> httpx.Response:
        child, parent = moves[index]
        return await caller.call("PATCH", f"/records/site/{child}", json={"parent": parent})

    return move


async def test_two_records_that_link_to_each_other_at_once(admin: Caller) -> None:
    await admin.publish([field("site.latest", "lookup", target="visit", on_delete="set_null")])
    for _ in range(ROUNDS):
        site = (await admin.post("/records/site", {"name": "N"}))["id"]
        visit = (await admin.post("/records/visit", {"title": "V"}))["id"]
        paths = [
            (f"/records/site/{site}", {"latest": visit}),
            (f"/records/visit/{visit}", {"site": site}),
        ]

        async def link(index: int, paths: Any = paths) -> int:
            path, body = paths[index]
            return (await admin.call("PATCH", path, json=body)).status_code

        assert await at_once(2, link) == [200, 200]


async def test_two_admins_publish_different_things_at_once(admin: Caller) -> None:
    drafts = [
        await admin.post("/changesets", {"operations": [field(f"site.x{index}", "text")]})
        for index in range(4)
    ]

    async def publish(index: int) -> int:
        answer = await admin.post(f"/changesets/{drafts[index]['id']}/publish", status=200)
        return int(answer["version"])

    before = (await admin.get("/session"))["metadata_version"]
    versions = await at_once(4, publish)
    assert sorted(versions) == [before + step for step in range(1, 5)]
    values = {f"x{index}": "v" for index in range(4)}
    made = await admin.post("/records/site", {"name": "N", **values})
    assert values.items() <= made.items()


async def test_two_admins_publish_the_same_thing_at_once(admin: Caller) -> None:
    bodies = [{"length": 100}, {"length": 200}]
    drafts = [
        await admin.post(
            "/changesets", {"operations": [operation("field", "site.memo", body, "update")]}
        )
        for body in bodies
    ]

    async def publish(index: int) -> int:
        return (await admin.call("POST", f"/changesets/{drafts[index]['id']}/publish")).status_code

    assert sorted(await at_once(2, publish)) == [200, 409]
    statuses = [(await admin.get(f"/changesets/{each['id']}"))["status"] for each in drafts]
    assert sorted(statuses) == ["draft", "published"]
    winner = bodies[statuses.index("published")]
    assert (await admin.get("/metadata/field/site.memo"))["body"]["length"] == winner["length"]


async def test_one_draft_published_twice_at_once(admin: Caller) -> None:
    draft = await admin.post("/changesets", {"operations": [field("site.once", "text")]})

    async def publish(_: int) -> int:
        return (await admin.call("POST", f"/changesets/{draft['id']}/publish")).status_code

    assert Counter(await at_once(3, publish))[200] == 1
    found = (await admin.get("/metadata/field", object="site"))["components"]
    assert [each["name"] for each in found].count("site.once") == 1


async def test_people_work_on_while_fields_come_and_go(world: World, admin: Caller) -> None:
    """Readers and writers see the old shape or the new one, never an error."""
    done, seen = anyio.Event(), Counter[int]()

    async def work(account: str) -> None:
        caller = world.caller(account)
        while not done.is_set():
            made = await caller.call("POST", "/records/visit", json={"title": "t", "number": 1})
            listed = await caller.call("GET", "/records/visit", params={"limit": 5})
            seen.update((made.status_code, listed.status_code))

    async def change() -> None:
        for index in range(6):
            await admin.publish([field(f"visit.f{index}", "integer", indexed=True)])
            await admin.publish([operation("field", f"visit.f{index}", {}, op="delete")])
        await admin.publish([operation("field", "visit.number", {"type": "text"}, "update")])
        done.set()

    async with anyio.create_task_group() as group:
        for account in ("admin", "rep", "rep"):
            group.start_soon(work, account)
        group.start_soon(change)
    assert set(seen) == {200, 201}
    await admin.publish([field("visit.last", "text")])
    numbers = {each["number"] for each in (await admin.get("/records/visit", limit=200))["records"]}
    assert numbers == {"1"}, "what was written during the conversion is converted too"


async def test_somebody_who_holds_a_record_does_not_stop_a_conversion(
    world: World, admin: Caller
) -> None:
    await admin.post("/records/site", {"records": [{"name": "A", "memo": "1"}, {"name": "B"}]})
    change = operation("field", "site.memo", {"type": "integer"}, op="update")
    draft = await admin.post("/changesets", {"operations": [change]})
    async with await psycopg.AsyncConnection.connect(world.urls.owner) as holder:
        await holder.execute("SELECT 1 FROM t_acme.site FOR UPDATE")
        async with anyio.create_task_group() as group:
            group.start_soon(_let_go, holder)
            await admin.post(f"/changesets/{draft['id']}/publish", status=200)
    found = (await admin.get("/records/site", sort="name"))["records"]
    assert [each["memo"] for each in found] == [1, None]


async def _let_go(holder: psycopg.AsyncConnection[Any]) -> None:
    """After longer than anybody waits for a lock."""
    await anyio.sleep(0.8)
    await holder.rollback()


KILLS = 8


async def test_a_process_that_is_killed_while_it_publishes(world: World, tmp_path: Path) -> None:
    """Old version or new one, whole: number, components and tables agree."""
    chance = random.Random(20261122)  # noqa: S311  # when to kill, the same in every run
    number = 0
    for _ in range(KILLS):
        script = Path(__file__).with_name("publishing_process.py")
        with (tmp_path / "out").open("w+") as output:
            process = subprocess.Popen(  # noqa: S603  # our own script
                [sys.executable, script, world.urls.login, world.urls.owner, str(number)],
                stdout=output,
                env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
            )
            with anyio.fail_after(60):
                while not output.seek(0) and not output.read():
                    await anyio.sleep(0.01)
            await anyio.sleep(chance.uniform(0.0, 0.4))
            process.kill()
            process.wait()
            output.seek(0)
            told = [int(line) for line in output]
        published = await whole(world)
        assert set(range(told[-1] + 1)) <= published, "what was told to be done is done"
        number = max(published) + 1
    await world.caller("admin").publish([field("site.after", "text")])
    await world.caller("admin").post("/records/site", {"name": "N", "after": "x", "extra_0": "y"})


async def whole(world: World) -> set[int]:
    """The numbers of the changesets that are published, after checking that each is whole."""
    database = world.installation.database
    async with database.tenant(TENANT) as connection:
        snapshot = await Snapshots().current(connection, TENANT)
    with psycopg.connect(world.urls.owner) as raw:
        raw.execute("SET search_path TO t_acme")
        newest = raw.execute("SELECT max(number) FROM fs_version").fetchone()
        tables = raw.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 't_acme' AND table_name NOT LIKE 'fs\\_%'"
        ).fetchall()
    assert newest == (snapshot.version,)
    promised = {
        (shape.table, column.name)
        for shape in snapshot.objects.values()
        for column in object_table(shape).columns
    }
    junctions = {f.junction for f in snapshot.fields_by_id.values() if f.junction}
    found = {(table, column) for table, column in tables if table not in junctions}
    assert promised == found, "no table or column too few, and none left behind"
    numbers = {int(name[5:]) for name in snapshot.objects if name.startswith("load_")}
    for each in numbers:
        assert len(snapshot.of_object("field", f"load_{each}")) == 13
        assert f"extra_{each}" in snapshot.objects["site"].fields
    return numbers


async def test_names_of_labels_are_taken_once(admin: Caller) -> None:
    """Two people who make the same field at once get one field or two names, never a fault."""
    body = {"type": "text", "label": label("Weather", "天气")}
    drafts = [
        await admin.post("/changesets", {"operations": [operation("field", "site.天气", body)]})
        for _ in range(2)
    ]

    async def publish(index: int) -> int:
        return (await admin.call("POST", f"/changesets/{drafts[index]['id']}/publish")).status_code

    statuses = sorted(await at_once(2, publish))
    assert statuses[0] == 200
    assert statuses[1] in (200, 409, 422)
