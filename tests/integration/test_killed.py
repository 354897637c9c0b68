"""A process that is killed while it publishes, before each statement and after the last one: the
old version or the new one, whole; and the same changeset is published afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from api_world import Caller, World, field, label, operation
from conftest import TENANT

from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.tables import object_table

pytestmark = pytest.mark.anyio

MEMOS = {"A": "1", "B": "two", "C": None, "D": "4"}
CONVERTED = {"A": 1, "B": None, "C": None, "D": 4}
AHEAD = ("site", "memo_2")
"""The column that is filled before anything is published."""

CHANGES = [
    operation("object", "load", {"label": label("Load"), "name_field": {"type": "text"}}),
    field("load.code", "text", unique=True),
    field("load.site", "lookup", target="site"),
    field("load.people", "many_to_many", target="user"),
    field("site.extra", "integer", indexed=True),
    operation("field", "site.memo", {"type": "integer"}, op="update"),
    operation("field", "site.budget", {}, op="delete"),
]


class Victims:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def publish(self, changeset: str, number: int) -> str:
        """How it ended for a process that should die in place of that statement."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{changeset} {number}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@contextmanager
def victims(world: World) -> Iterator[Victims]:
    script = Path(__file__).with_name("dying_process.py")
    with subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, script, world.urls.login, world.urls.owner],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    ) as process:
        yield Victims(process)
        assert process.stdin is not None
        process.stdin.close()


async def sites(admin: Caller) -> dict[str, Any]:
    found = (await admin.get("/records/site", fields="name,memo"))["records"]
    return {each["name"]: each["memo"] for each in found}


async def version_when_whole(world: World) -> int:
    """The version that is published, once everything agrees with it."""
    async with world.installation.database.tenant(TENANT) as connection:
        snapshot = await Snapshots().current(connection, TENANT)
    with psycopg.connect(world.urls.owner) as raw:
        raw.execute("SET search_path TO t_acme")
        newest = raw.execute("SELECT max(number) FROM fs_version").fetchone()
        found = raw.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 't_acme' AND table_name NOT LIKE 'fs\\_%'"
        ).fetchall()
    assert newest == (snapshot.version,)
    tables = {shape.table: shape for shape in snapshot.objects.values()}
    junctions = {each.junction for each in snapshot.fields_by_id.values() if each.junction}
    promised = {
        (name, column.name)
        for name, shape in tables.items()
        for column in object_table(shape).columns
    }
    assert promised <= set(found), "nothing that is published is missing"
    kept = {("site", "memo"), ("site", "budget"), AHEAD}
    extra = {each for each in found if each not in promised and each[0] not in junctions}
    assert extra <= kept, "nothing is there before it is published but the column that is filled"
    return snapshot.version


async def test_killed_before_each_statement(world: World, admin: Caller) -> None:
    rows = [{"name": name, "memo": memo} for name, memo in MEMOS.items()]
    await admin.post("/records/site", {"records": rows})
    before = await version_when_whole(world)
    draft = await admin.post("/changesets", {"title": "All", "operations": CHANGES})
    assert not draft["problems"]
    path = f"/changesets/{draft['id']}"
    number, end = 0, "killed"
    with victims(world) as process:
        while end == "killed":
            number += 1
            end = process.publish(draft["id"], number)
            version = await version_when_whole(world)
            status = (await admin.get(path))["status"]
            assert (version, status) in ((before, "draft"), (before + 1, "published")), number
            assert await sites(admin) == (MEMOS if status == "draft" else CONVERTED), number
    assert (end, status) == ("published", "published")
    assert number > 30, "at every moment: before, among and after the statements of the tables"
    await admin.post("/records/load", {"name": "L", "code": "x"})
    again = await admin.post(f"{path}/publish", status=409)
    assert again["code"] == "changeset_not_draft"


async def test_killed_when_it_is_done(world: World, admin: Caller) -> None:
    """What was committed is there, though nobody was told."""
    draft = await admin.post("/changesets", {"operations": CHANGES})
    before = await version_when_whole(world)
    with victims(world) as process:
        assert process.publish(draft["id"], 0) == "killed"
        assert await version_when_whole(world) == before + 1
        assert process.publish(draft["id"], 0) == "changeset_not_draft"
    assert (await admin.get(f"/changesets/{draft['id']}"))["status"] == "published"


async def test_what_is_left_behind_is_in_nobodys_way(world: World, admin: Caller) -> None:
    """A column that was filled and not published: for another type, and for a field of its name."""
    rows = [{"name": name, "memo": memo} for name, memo in MEMOS.items()]
    await admin.post("/records/site", {"records": rows})
    draft = await admin.post("/changesets", {"operations": CHANGES})
    with victims(world) as process:
        number, left = 0, False
        while not left:
            number += 1
            assert process.publish(draft["id"], number) == "killed"
            left = AHEAD in columns(world)
    await admin.publish([field("site.memo_2", "boolean", default=True)])
    await admin.post("/records/site", {"name": "New"})
    assert columns(world)[AHEAD] == "boolean"
    await admin.publish([operation("field", "site.memo", {"type": "decimal"}, op="update")])
    assert await sites(admin) == {"A": "1.00", "B": None, "C": None, "D": "4.00", "New": None}
    found = (await admin.get("/records/site", fields="memo_2", filter="memo_2 = TRUE"))["records"]
    assert len(found) == 1


def columns(world: World) -> dict[tuple[str, str], str]:
    with psycopg.connect(world.urls.owner) as raw:
        rows = raw.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 't_acme'"
        ).fetchall()
    return {(table, column): kind for table, column, kind in rows}
