"""Publishing: metadata becomes tables, data survives, and nothing is ever half done."""

from __future__ import annotations

import asyncio
import contextlib
import random
from datetime import date
from decimal import Decimal

import pytest
from metadata_world import ACME, World, a_field, an_object, bring_back, change, delete

from fieldstone.kernel.errors import Conflict, Invalid
from fieldstone.kernel.installation import Installation
from fieldstone.metadata.changesets import components_at
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.publish import Proposal, Publication, publish
from fieldstone.metadata.restore import restored
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.tables import SYSTEM_COLUMNS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(installation: Installation) -> World:
    made = World(installation)
    await made.install_base()
    return made


def wanted_columns(snapshot: Snapshot, name: str) -> set[str]:
    shape = snapshot.objects[name]
    own = {column for field in shape.own_fields for column in field.columns.values()}
    return own | set(SYSTEM_COLUMNS)


async def test_a_new_object_is_a_table_that_takes_records_at_once(world: World) -> None:
    await world.publish(
        an_object("visit"),
        a_field("visit.planned_on", "date", required=True),
        a_field("visit.minutes", "decimal", precision=8, scale=1),
        a_field("visit.host", "user"),
        a_field("visit.guests", "many_to_many", target="user"),
    )
    snapshot = await world.snapshot()
    catalogue = await world.catalogue()
    assert catalogue["visit"] == wanted_columns(snapshot, "visit")
    assert catalogue[snapshot.objects["visit"].fields["guests"].junction] == {
        "record", "target", "position",
    }  # fmt: skip
    await world.create("visit", {"name": "One", "planned_on": "2026-11-25", "minutes": "12.5"})
    (row,) = await world.rows("visit", "name", "planned_on", "minutes")
    assert (row["name"], row["planned_on"]) == ("One", date(2026, 11, 25))
    assert row["minutes"] == Decimal("12.5")


async def test_every_problem_is_told_and_nothing_is_changed(world: World) -> None:
    before = (await world.snapshot()).version
    with pytest.raises(Invalid) as refused:
        await world.publish(
            an_object("visit"),
            a_field("visit.stage", "picklist"),
            a_field("visit.target", "lookup", target="nowhere"),
            a_field("visit.level", "picklist", values={"a": {"label": {"en": "A"}}}, default="z"),
        )
    codes = {problem.code for problem in refused.value.problems}
    assert {"metadata.picklist_empty", "metadata.mentions_unknown", "field.not_a_choice"} <= codes
    assert (await world.snapshot()).version == before
    assert "visit" not in await world.catalogue()


async def test_a_deleted_field_comes_back_with_its_data(world: World) -> None:
    await world.publish(an_object("visit"), a_field("visit.note", "text"))
    await world.create("visit", {"name": "One", "note": "kept"})
    await world.publish(delete("field", "visit.note"))
    assert "note" not in (await world.snapshot()).objects["visit"].fields
    with pytest.raises(Invalid):
        await world.create("visit", {"name": "Two", "note": "refused"})
    await world.publish(bring_back("field", "visit.note"))
    assert [row["note"] for row in await world.rows("visit", "note")] == ["kept"]


async def test_a_name_used_again_gets_a_column_of_its_own(world: World) -> None:
    await world.publish(an_object("visit"), a_field("visit.note", "text"))
    await world.create("visit", {"name": "One", "note": "old"})
    await world.publish(delete("field", "visit.note"))
    await world.publish(a_field("visit.note", "integer"))
    await world.create("visit", {"name": "Two", "note": 7})
    rows = {row["name"]: row["note"] for row in await world.rows("visit", "name", "note")}
    assert rows == {"One": None, "Two": 7}


async def test_a_change_of_type_converts_and_keeps_what_does_not(world: World) -> None:
    await world.publish(an_object("visit"), a_field("visit.size", "text"))
    await world.create(
        "visit", {"name": "a", "size": "12"}, {"name": "b", "size": "many"}, {"name": "c"}
    )
    await world.publish(change("field", "visit.size", type="integer", length=None))
    rows = {row["name"]: row["size"] for row in await world.rows("visit", "name", "size")}
    assert rows == {"a": 12, "b": None, "c": None}
    kept = (await world.catalogue())["visit"]
    assert {"size", "size_2"} <= kept


async def test_restoring_a_version_loses_no_record(world: World) -> None:
    first = (await world.publish(an_object("visit"), a_field("visit.size", "text"))).version
    await world.create("visit", {"name": "a", "size": "12"})
    await world.publish(
        change("field", "visit.size", type="integer", length=None),
        a_field("visit.extra", "text"),
    )
    await world.create("visit", {"name": "b", "size": 34, "extra": "x"})
    database = world.installation.database
    async with database.tenant(ACME) as connection:
        earlier = await components_at(connection, first)
    await publish(
        database,
        ACME,
        Publication(
            title="back",
            propose=lambda before: Proposal(components=restored(before, earlier)),
            restored_from=first,
        ),
    )
    rows = {row["name"]: row["size"] for row in await world.rows("visit", "name", "size")}
    assert rows == {"a": "12", "b": "34"}
    assert "extra" not in (await world.snapshot()).objects["visit"].fields
    await world.publish(bring_back("field", "visit.extra"))
    extras = {row["name"]: row["extra"] for row in await world.rows("visit", "name", "extra")}
    assert extras == {"a": None, "b": "x"}


async def test_two_changesets_on_one_version_merge_unless_they_touch_the_same(
    world: World,
) -> None:
    base = (await world.publish(an_object("visit"), a_field("visit.note", "text"))).version
    await world.publish(a_field("visit.one", "text"), base_version=base)
    await world.publish(a_field("visit.two", "text"), base_version=base)
    assert {"one", "two"} <= (await world.snapshot()).objects["visit"].fields.keys()
    await world.publish(change("field", "visit.note", required=True), base_version=base)
    with pytest.raises(Conflict):
        await world.publish(change("field", "visit.note", unique=True), base_version=base)


async def test_publishing_at_once_never_leaves_half(world: World) -> None:
    await world.publish(an_object("visit"))
    results = await asyncio.gather(
        *(world.publish(a_field(f"visit.f{n}", "text")) for n in range(6))
    )
    assert len({published.version for published in results}) == 6
    snapshot = await world.snapshot()
    assert {f"f{n}" for n in range(6)} <= snapshot.objects["visit"].fields.keys()
    assert (await world.catalogue())["visit"] == wanted_columns(snapshot, "visit")


async def test_unique_is_kept_by_the_database_too(world: World) -> None:
    await world.publish(
        an_object("visit"), a_field("visit.code", "text", unique=True, case_insensitive=True)
    )
    await world.create("visit", {"name": "a", "code": "X1"})
    with pytest.raises(Invalid) as refused:
        await world.create("visit", {"name": "b", "code": "x1"})
    assert [problem.code for problem in refused.value.problems] == ["field.not_unique"]
    results = await asyncio.gather(
        *(world.create("visit", {"name": "c", "code": "race"}) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(not isinstance(each, BaseException) for each in results) == 1


TYPES = ("text", "integer", "decimal", "date", "boolean", "currency", "datetime", "phone")


class Editor:
    """Random creations, changes of type, deletions and restores of one object's fields."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # the same edits in every run
        self._made: list[str] = []
        self._gone: set[str] = set()

    def bundle(self, step: int) -> list[Operation]:
        return [self._edit(f"thing.f{step}_{part}") for part in range(self._chance.randint(1, 3))]

    def _edit(self, fresh: str) -> Operation:
        live = [name for name in self._made if name not in self._gone]
        roll = self._chance.random()
        if roll > 0.85 and self._gone:
            return bring_back("field", self._gone.pop())
        if roll > 0.7 and live:
            name = self._chance.choice(live)
            self._gone.add(name)
            return delete("field", name)
        if roll > 0.5 and live:
            body = {"type": self._chance.choice(TYPES), "length": None, "precision": None}
            return change("field", self._chance.choice(live), **body, scale=None)
        self._made.append(fresh)
        return a_field(fresh, self._chance.choice(TYPES), indexed=self._chance.random() < 0.3)


def known_columns(snapshot: Snapshot, name: str) -> set[str]:
    """Of all fields there ever were, with those that a change of type left behind."""
    known = set(SYSTEM_COLUMNS)
    for component in (*snapshot.hidden.values(), *snapshot.components.values()):
        if component.kind == "field" and component.parent == name:
            known |= set(component.physical["columns"].values())
            for old in component.physical.get("kept", ()):
                known |= set(old["columns"].values())
    return known


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_edits_the_catalogue_is_the_snapshot(world: World, seed: int) -> None:
    editor = Editor(seed)
    await world.publish(an_object("thing"))
    for step in range(12):
        with contextlib.suppress(Invalid):  # what was made and deleted at once cannot come back
            await world.publish(*editor.bundle(step))
        await world.create("thing", {"name": f"r{step}"})
    snapshot = await world.snapshot()
    columns = (await world.catalogue())["thing"]
    assert wanted_columns(snapshot, "thing") <= columns
    assert known_columns(snapshot, "thing") <= columns
    assert len(await world.rows("thing")) == 12


async def test_a_field_made_and_deleted_in_one_changeset_never_was(world: World) -> None:
    await world.publish(an_object("thing"))
    await world.publish(a_field("thing.a", "text"), delete("field", "thing.a"))
    with pytest.raises(Invalid) as refused:
        await world.publish(bring_back("field", "thing.a"))
    assert [problem.code for problem in refused.value.problems] == ["metadata.not_deleted"]


async def test_a_changed_and_deleted_field_comes_back_as_published(world: World) -> None:
    await world.publish(an_object("thing"), a_field("thing.a", "text"))
    await world.create("thing", {"name": "x", "a": "kept"})
    await world.publish(
        change("field", "thing.a", type="integer", length=None), delete("field", "thing.a")
    )
    await world.publish(bring_back("field", "thing.a"))
    assert [row["a"] for row in await world.rows("thing", "a")] == ["kept"]
