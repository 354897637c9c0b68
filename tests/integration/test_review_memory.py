"""What is looked at and not published leaves nothing behind in the process."""

from __future__ import annotations

import gc
import weakref

import pytest
from metadata_world import ACME, World, a_field, an_object, change, delete

from fieldstone.kernel.installation import Installation
from fieldstone.metadata import changesets
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.access import rights_of
from fieldstone.runtime.save.write import update_statement
from fieldstone_builder.draft import draft_of

pytestmark = pytest.mark.anyio

LOOKS = 200


@pytest.fixture
async def world(installation: Installation) -> World:
    made = World(installation)
    await made.install_base()
    await made.publish(
        an_object("visit"),
        a_field("visit.size", "text"),
        a_field("visit.note", "text"),
        a_field("visit.guests", "many_to_many", target="user"),
    )
    await made.create("visit", {"name": "One", "size": "12"})
    return made


def looked_at(index: int) -> list[Operation]:
    """Changes whose impact is counted in every way."""
    return [
        a_field(f"visit.extra_{index}", "integer", required=True),
        change("field", "visit.size", type="integer", length=None),
        change("field", "visit.note", unique=True, length=9),
        delete("field", "visit.guests"),
    ]


async def test_many_reviews_keep_no_snapshot_alive(world: World) -> None:
    seen: list[weakref.ref[Snapshot]] = []
    for index in range(LOOKS):
        async with world.installation.database.tenant(ACME) as connection:
            review = await changesets.review(connection, ACME, looked_at(index))
        assert not review.problems
        assert len(review.impact) >= 3
        seen.extend((weakref.ref(review.plan.before), weakref.ref(review.plan.after)))
        if index == 0:  # others that remember things about a snapshot
            table_of(review.plan.after, "visit")
            rights_of(review.plan.after, ("administrator",))
            update_statement(review.plan.after, "visit", ("id", "version", "name"))
        del review
    gc.collect()
    assert [each for each in seen if each() is not None] == []


async def test_drafts_in_the_builder_are_few_and_go_with_what_is_published(world: World) -> None:
    before = await world.snapshot()
    seen = [weakref.ref(draft_of(before, looked_at(index)).after) for index in range(20)]
    gc.collect()
    assert sum(each() is not None for each in seen) <= 2
    assert draft_of(before, looked_at(19)).after is seen[-1]()
    del before
    gc.collect()
    assert [each for each in seen if each() is not None] == []


async def test_a_published_snapshot_remembers(world: World) -> None:
    asked: list[str] = []

    @per_snapshot(most=2)
    def shout(snapshot: Snapshot, name: str, *, end: str = "!") -> str:
        asked.append(name)
        return f"{snapshot.objects[name].name.upper()}{end}"

    snapshot, other = await world.snapshot(), await world.snapshot()
    assert table_of(snapshot, "visit") is table_of(snapshot, "visit")
    assert [shout(snapshot, "visit"), shout(snapshot, "visit")] == ["VISIT!", "VISIT!"]
    assert shout(snapshot, "visit", end="?") == "VISIT?"
    assert asked == ["visit"] * 2
    assert shout(other, "visit") == "VISIT!"
    assert asked == ["visit"] * 3, "another snapshot knows nothing of it"
    shout(snapshot, "user")
    shout(snapshot, "visit")
    assert asked == ["visit"] * 3 + ["user", "visit"], "the third answer made it begin again"
