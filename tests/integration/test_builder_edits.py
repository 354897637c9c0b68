"""The draft's operations: one for each component, none for what ends as it began."""

from __future__ import annotations

from typing import Any

import pytest
from metadata_world import World, a_field, an_object
from metadata_world import delete as deletion

from fieldstone.kernel.installation import Installation
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.snapshot import Snapshot
from fieldstone_builder.draft import draft_of
from fieldstone_builder.edits import Operations, delete, put, restore, undo

pytestmark = pytest.mark.anyio


@pytest.fixture
async def before(installation: Installation) -> Snapshot:
    """An object with two fields, a view over one of them, and a field that was deleted."""
    world = World(installation)
    await world.install_base()
    await world.publish(
        an_object("site"),
        a_field("site.code", "text", length=20),
        a_field("site.size", "integer"),
        a_field("site.gone", "text"),
        Operation(
            op="create",
            kind="list_view",
            name="site.all",
            body={"label": {"en": "All"}, "columns": ["name", "size"], "sort": ["-size"]},
        ),
    )
    await world.publish(deletion("field", "site.gone"))
    return await world.snapshot()


def body(snapshot: Snapshot, kind: str, name: str, **new: Any) -> dict[str, Any]:
    component = snapshot.get(kind, name)
    assert component is not None
    return {**component.body, **new}


def summary(operations: Operations) -> list[str]:
    return [f"{each.op} {each.kind} {each.name}" for each in operations]


def test_editing_twice_leaves_one_operation(before: Snapshot) -> None:
    key = ("field", "site.code")
    once = put(before, (), key, body(before, *key, required=True))
    twice = put(before, once, key, body(draft_of(before, once).after, *key, length=30))
    assert summary(twice) == ["update field site.code"]
    assert twice[0].body == {"required": True, "length": 30}


def test_an_edit_that_is_taken_back_leaves_none(before: Snapshot) -> None:
    key = ("field", "site.code")
    changed = put(before, (), key, body(before, *key, required=True))
    assert put(before, changed, key, body(before, *key)) == ()


def test_a_new_component_stays_one_creation(before: Snapshot) -> None:
    key = ("field", "site.new")
    text = {"type": "text", "label": {"en": "New"}}
    made = put(before, put(before, (), key, text), key, {**text, "length": 9})
    assert summary(made) == ["create field site.new"]
    assert made[0].body["length"] == 9


def test_owners_come_before_their_parts_and_deletions_last(before: Snapshot) -> None:
    operations = delete(before, (), ("field", "site.size"))
    operations = put(before, operations, ("field", "visit.day"), {"type": "date", "label": {}})
    operations = put(
        before, operations, ("object", "visit"), {"label": {}, "name_field": {"type": "text"}}
    )
    assert summary(operations) == [
        "create object visit",
        "create field visit.day",
        "delete field site.size",
    ]


def test_deleting_drops_the_edits_before(before: Snapshot) -> None:
    key = ("field", "site.code")
    changed = put(before, (), key, body(before, *key, required=True))
    assert summary(delete(before, changed, key)) == ["delete field site.code"]
    whole = delete(before, changed, ("object", "site"))
    assert summary(whole) == ["delete object site"]


def test_undoing_a_new_object_takes_its_parts_along(before: Snapshot) -> None:
    operations = put(
        before, (), ("object", "visit"), {"label": {"en": "Visit"}, "name_field": {"type": "text"}}
    )
    field = {"type": "lookup", "target": "site", "label": {"en": "Site"}}
    operations = put(before, operations, ("field", "visit.site"), field)
    back = {"type": "lookup", "target": "visit", "label": {"en": "Last visit"}}
    operations = put(before, operations, ("field", "site.last"), back)
    left = undo(before, operations, ("object", "visit"))
    assert summary(left) == ["create field site.last"]
    assert undo(before, left, ("field", "site.last")) == ()


def test_undoing_a_new_field_takes_its_mentions_along(before: Snapshot) -> None:
    field, view = ("field", "site.new"), ("list_view", "site.all")
    operations = put(before, (), field, {"type": "text", "label": {"en": "New"}})
    shown = body(before, *view)
    wanted = {**shown, "columns": {**shown["columns"], "new": {"order": 9}}, "sort": ["new"]}
    operations = put(before, operations, view, wanted)
    left = undo(before, operations, field)
    assert "new" not in draft_of(before, left).after.components[view].body["columns"]
    assert draft_of(before, left).after.components[view].body["sort"] == []
    assert undo(before, put(before, left, view, body(before, *view)), field) == ()


def test_a_mention_of_what_stays_is_left_alone(before: Snapshot) -> None:
    layout = ("layout", "site.standard")
    main = {"label": {"en": "Main"}, "fields": {"size": {}}}
    wanted = {"label": {"en": "Standard"}, "sections": {"main": main}}
    operations = put(before, (), layout, wanted)
    operations = put(before, operations, ("field", "site.new"), {"type": "text", "label": {}})
    left = undo(before, operations, ("field", "site.new"))
    assert left == (Operation(op="create", kind="layout", name="site.standard", body=wanted),)


def test_a_deleted_field_comes_back_and_can_be_edited_then(before: Snapshot) -> None:
    key = ("field", "site.gone")
    operations = restore(before, (), key)
    assert restore(before, operations, key) == operations
    after = draft_of(before, operations).after
    edited = put(before, operations, key, body(after, *key, required=True))
    assert summary(edited) == ["restore field site.gone", "update field site.gone"]
    assert draft_of(before, edited).state(*key) == "restored"
    assert draft_of(before, edited).count == 1
    assert undo(before, edited, key) == ()


def test_only_what_is_deleted_can_be_restored(before: Snapshot) -> None:
    assert restore(before, (), ("field", "site.code")) == ()
    assert restore(before, (), ("field", "site.never")) == ()
