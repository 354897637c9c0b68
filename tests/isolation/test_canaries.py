"""Deliberately broken builds: what the checks of this folder are worth. Each check passes on the
program as it is and must fail when the wall that it looks at is taken down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from api_world import World

from fieldstone.metadata.joins import Joins
from fieldstone.metadata.scope import ObjectScope
from fieldstone.runtime import compile as compiler
from fieldstone.runtime import groups, records
from fieldstone.runtime.access import Grant
from fieldstone.runtime.compile import Compiling
from fieldstone.runtime.save import lock, parse

pytestmark = pytest.mark.anyio

Check = Callable[[World], Awaitable[None]]
Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    """Statements that were compiled with a wall down must not outlive the test."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for cache in (compiler._cache, records._counts, groups._cache):
        cache.clear()


async def the_bin_stays_out(world: World) -> None:
    admin = world.caller("admin")
    site = await admin.post("/records/site", {"name": "gone"})
    await admin.delete(f"/records/site/{site['id']}")
    found = await admin.get("/records/site", count="exact")
    assert (found["records"], found["count"]) == ([], 0)


async def the_filter_narrows(world: World) -> None:
    admin = world.caller("admin")
    await admin.post("/records/site", {"records": [{"name": "a"}, {"name": "b"}]})
    found = (await admin.get("/records/site", filter="name = 'a'"))["records"]
    assert [each["name"] for each in found] == ["a"]


async def a_hidden_field_cannot_sort(world: World) -> None:
    await world.caller("rep").get("/records/visit", status=422, sort="sealed")


async def a_hidden_field_cannot_filter(world: World) -> None:
    await world.caller("rep").get("/records/visit", status=422, filter="sealed = 'x'")


async def a_hidden_field_cannot_group(world: World) -> None:
    body = {"object": "visit", "group_by": ["sealed"]}
    await world.caller("rep").post("/query", body, status=422)


async def a_stale_change_is_refused(world: World) -> None:
    admin = world.caller("admin")
    site = await admin.post("/records/site", {"name": "a"})
    path = f"/records/site/{site['id']}"
    await admin.patch(path, {"size": 1, "version": 1})
    await admin.patch(path, {"size": 2, "version": 1}, status=409)


async def a_read_only_field_stays(world: World) -> None:
    admin, rep = world.caller("admin"), world.caller("rep")
    visit = await admin.post("/records/visit", {"fixed": "a"})
    await rep.patch(f"/records/visit/{visit['id']}", {"fixed": "b"}, status=422)


async def history_keeps_silent(world: World) -> None:
    admin, rep = world.caller("admin"), world.caller("rep")
    visit = await admin.post("/records/visit")
    path = f"/records/visit/{visit['id']}"
    await admin.patch(path, {"sealed": "deep", "title": "t"})
    assert "deep" not in str(await rep.get(f"{path}/history"))


async def the_catalogue_is_narrow(world: World) -> None:
    fields = (await world.caller("rep").get("/describe/visit"))["fields"]
    assert "sealed" not in {each["name"] for each in fields}


def no_row_predicate(patch: pytest.MonkeyPatch) -> None:
    def all_rows(state: Compiling) -> Compiling:
        return replace(state, joins=Joins(state.snapshot, state.grant.object.name))

    _swap(patch, compiler.add_row_predicates, all_rows)


def no_filter(patch: pytest.MonkeyPatch) -> None:
    _swap(patch, compiler.check_filter, lambda state: state)


def _swap(patch: pytest.MonkeyPatch, old: Any, new: Any) -> None:
    passes = tuple(new if each is old else each for each in compiler.PASSES)
    assert passes != compiler.PASSES
    patch.setattr(compiler, "PASSES", passes)


def no_readability(patch: pytest.MonkeyPatch) -> None:
    def open_scope(snapshot: Any, grant: Any) -> ObjectScope:
        return ObjectScope(snapshot, grant.object.name)

    patch.setattr(compiler, "scope_of", open_scope)
    patch.setattr(groups, "scope_of", open_scope)


def no_version_check(patch: pytest.MonkeyPatch) -> None:
    def compare(batch: Any, change: Any, row: Any) -> None:
        change.before = lock.row_to_record(batch.shape, row)

    patch.setattr(lock, "_compare", compare)


def no_field_rights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parse, "_writable", lambda batch, field: True)


def everything_is_readable(patch: pytest.MonkeyPatch) -> None:
    def fields(grant: Any) -> tuple[Any, ...]:
        return tuple(grant.object.fields.values())

    patch.setattr(Grant, "fields", fields)


CANARIES: tuple[tuple[Check, Break], ...] = (
    (the_bin_stays_out, no_row_predicate),
    (the_filter_narrows, no_filter),
    (a_hidden_field_cannot_sort, no_readability),
    (a_hidden_field_cannot_filter, no_readability),
    (a_hidden_field_cannot_group, no_readability),
    (a_stale_change_is_refused, no_version_check),
    (a_read_only_field_stays, no_field_rights),
    (history_keeps_silent, everything_is_readable),
    (the_catalogue_is_narrow, everything_is_readable),
)


@pytest.mark.parametrize(
    ("check", "broken"), CANARIES, ids=[f"{c.__name__}-{b.__name__}" for c, b in CANARIES]
)
async def test_a_wall_that_is_down_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, check: Check, broken: Break
) -> None:
    await check(world)
    with monkeypatch.context() as patch:
        broken(patch)
        _forget()
        with pytest.raises(AssertionError):
            await check(world)
    _forget()
