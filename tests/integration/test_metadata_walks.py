"""Whatever is published, in whatever order, and whatever version is gone back to: the tables are
what the snapshot says, and no value that a record ever held is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import Server, connected
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metadata_world import ACME, World, a_field, an_object, bring_back, change, delete
from psycopg import sql
from psycopg.rows import dict_row

from fieldstone.kernel.errors import Invalid
from fieldstone.kernel.postgres import Urls
from fieldstone.metadata.changesets import restore_version
from fieldstone.metadata.dependencies import Dependency, graph, stored_graph
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.tables import SYSTEM_COLUMNS
from fieldstone.runtime.sign_in import system_session

TYPES = ("text", "integer", "decimal", "date", "boolean", "datetime", "phone", "picklist")
VALUES = ("1", "2026-03-01", "true", "13800138000", "a", "many words", "0.50")
MOST_STEPS = 8

indexes = st.integers(0, 5)
edits = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(TYPES)),
    st.tuples(st.just("retype"), indexes, st.sampled_from(TYPES)),
    st.tuples(st.just("drop"), indexes),
    st.tuples(st.just("back"), indexes),
)
steps = st.one_of(
    st.tuples(st.just("publish"), st.lists(edits, min_size=1, max_size=3)),
    st.tuples(st.just("write"), st.sampled_from(VALUES)),
    st.tuples(st.just("restore"), indexes),
)
Held = dict[tuple[Any, str], Any]
"""(record, column) → what is stored, blanks left out."""


@pytest.fixture(scope="module")
def urls(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    with server.copied() as made:
        asyncio.run(_install(made, tmp_path_factory.mktemp("base")))
        yield made


async def _install(urls: Urls, folder: Path) -> None:
    async with connected(urls, folder) as installation:
        await World(installation).install_base()


class Walk:
    """One object, made anew for each walk in the same database."""

    def __init__(self, world: World, urls: Urls, name: str) -> None:
        self.world, self.urls, self.name = world, urls, name
        self.made: list[str] = []
        self.versions: list[int] = []
        self.records = 0

    async def begin(self) -> None:
        self.versions.append((await self.world.publish(an_object(self.name))).version)
        await self.publish([("add", "text"), ("add", "integer")])

    async def go(self, step: tuple[Any, ...]) -> None:
        await {"publish": self.publish, "write": self.write, "restore": self.restore}[step[0]](
            step[1]
        )

    async def publish(self, asked: list[tuple[Any, ...]]) -> None:
        operations = [each for one in asked for each in self._operations(one)]
        try:
            self.versions.append((await self.world.publish(*operations)).version)
        except Invalid:  # what is gone cannot be changed, what was never made cannot come back
            return

    def _operations(self, asked: tuple[Any, ...]) -> Iterator[Operation]:
        if asked[0] == "add":
            self.made.append(f"{self.name}.f{len(self.made)}")
            yield a_field(self.made[-1], asked[1], **_more(asked[1]))
            return
        name = self.made[asked[1] % len(self.made)]
        if asked[0] == "retype":
            plain = {"length": None, "precision": None, "scale": None, "values": None}
            yield change("field", name, **{**plain, "type": asked[2], **_more(asked[2])})
        else:
            yield (delete if asked[0] == "drop" else bring_back)("field", name)

    async def write(self, value: str) -> None:
        """A record with this in every field that takes it."""
        shape = (await self.world.snapshot()).objects[self.name]
        record: dict[str, Any] = {"name": f"r{self.records}"}
        for field in shape.own_fields:
            if field.name != "name":
                record[field.name] = value
                try:
                    await self.world.create(self.name, record)
                    self.records += 1
                except Invalid:
                    del record[field.name]

    async def restore(self, index: int) -> None:
        number = self.versions[index % len(self.versions)]
        published = await restore_version(
            self.world.installation.database, ACME, system_session(ACME), number, None
        )
        self.versions.append(published.version)

    def held(self) -> tuple[set[str], Held]:
        """The columns of the table, and all that is in them."""
        with psycopg.connect(self.urls.owner, row_factory=dict_row) as raw:
            cursor = raw.execute(
                sql.SQL("SELECT * FROM t_acme.{}").format(sql.Identifier(self.name))
            )
            rows = cursor.fetchall()
            columns = {each.name for each in cursor.description or ()}
        found = {
            (row["id"], column): value
            for row in rows
            for column, value in row.items()
            if value is not None
        }
        return columns, found


async def stored(world: World) -> frozenset[Dependency]:
    async with world.installation.database.tenant(ACME) as connection:
        return await stored_graph(connection)


def _more(type_: str) -> dict[str, Any]:
    values = {code: {"label": {"en": code.upper()}} for code in ("a", "b")}
    return {"values": values} if type_ == "picklist" else {}


def known_columns(snapshot: Snapshot, name: str) -> set[str]:
    """Of all fields there ever were, with those that a change of type left behind."""
    known = set(SYSTEM_COLUMNS)
    for component in (*snapshot.hidden.values(), *snapshot.components.values()):
        if component.kind == "field" and component.parent == name:
            known |= set(component.physical["columns"].values())
            for old in component.physical.get("kept", ()):
                known |= set(old["columns"].values())
    return known


async def walk(urls: Urls, folder: Path, name: str, path: list[tuple[Any, ...]]) -> None:
    async with connected(urls, folder) as installation:
        walking = Walk(World(installation), urls, name)
        await walking.begin()
        await walking.write("7")
        _, before = walking.held()
        for step in path:
            await walking.go(step)
            columns, now = walking.held()
            snapshot = await walking.world.snapshot()
            assert columns == known_columns(snapshot, name), step
            assert before.items() <= now.items(), f"{step} lost a value"
            assert len(await walking.world.rows(name)) == walking.records
            assert await stored(walking.world) == graph(snapshot), step
            before = now


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(path=st.lists(steps, min_size=3, max_size=MOST_STEPS))
def test_any_walk_keeps_tables_and_values(
    urls: Urls, tmp_path: Path, path: list[tuple[Any, ...]]
) -> None:
    name = f"walk_{next(_numbers)}"
    asyncio.run(walk(urls, tmp_path, name, path))


_numbers = iter(range(1, 100_000))
