"""List views that people keep name fields, but are no components: what a publication renames is
written anew in them, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldstone.kernel.db import Connection
from fieldstone.kernel.system_tables import saved_view, view_setting
from fieldstone.metadata.components import Component
from fieldstone.metadata.formula_texts import FormulaText
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.rename import formula_renamed
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot

Body = Mapping[str, Any]
Renamed = tuple[Component, str]
"""A field as it was, and its new name."""


async def follow_renames(connection: Connection, plan: Plan) -> None:
    renames = [
        (change.before, change.after.local_name)
        for change in plan.changes
        if change.kind == "field" and change.before and change.was != change.after.local_name
    ]
    if not renames:
        return
    objects = {shape.id: name for name, shape in plan.before.objects.items()}
    views, settings = saved_view.c, view_setting.c
    for row in await connection.fetch(select(views.id, views.object_id, views.definition)):
        body = _renamed(plan, objects.get(row["object_id"], ""), row["definition"], renames)
        if body != row["definition"]:
            values = saved_view.update().where(views.id == row["id"]).values(definition=body)
            await connection.run(values)
    for row in await connection.fetch(select(view_setting)):
        body = _renamed(plan, objects.get(row["object_id"], ""), row["settings"], renames)
        if body != row["settings"]:
            key = (
                settings.user_id == row["user_id"],
                settings.object_id == row["object_id"],
                settings.view == row["view"],
            )
            await connection.run(view_setting.update().where(*key).values(settings=body))


def _renamed(plan: Plan, object_name: str, body: Body, renames: Iterable[Renamed]) -> Body:
    """Definitions and settings alike: what one of them lacks stays away."""
    if object_name not in plan.before.objects:
        return body
    names = _Names(plan.before, plan.after, object_name)
    found = dict(body)
    if body.get("columns"):
        found["columns"] = [names.path(each) for each in body["columns"]]
    if body.get("widths"):
        found["widths"] = {names.path(each): width for each, width in body["widths"].items()}
    if body.get("sort"):
        found["sort"] = ",".join(names.signed(each) for each in body["sort"].split(","))
    if body.get("filter"):
        text = body["filter"]
        for field, local_name in _in_turn(renames):
            scope = ObjectScope(plan.before, object_name)
            text = formula_renamed(FormulaText(place="", text=text, scope=scope), field, local_name)
        found["filter"] = text
    return found


def _in_turn(renames: Iterable[Renamed]) -> list[Renamed]:
    """A name that another field gives up is taken only after that field has left it."""
    waiting, done = list(renames), []
    while waiting:
        held = {field.name for field, _ in waiting}
        free = [each for each in waiting if f"{each[0].parent}.{each[1]}" not in held]
        done.extend(free or waiting)
        waiting = [each for each in waiting if each not in free] if free else []
    return done


class _Names:
    def __init__(self, before: Snapshot, after: Snapshot, object_name: str) -> None:
        self._scope = ObjectScope(before, object_name)
        self._names: Mapping[UUID, str] = {
            identity: field.name for identity, field in after.fields_by_id.items()
        }

    def path(self, path: str) -> str:
        trail = self._scope.trail(tuple(path.split(".")))
        return ".".join(self._names.get(each.id, each.name) for each in trail) or path

    def signed(self, path: str) -> str:
        name = path.lstrip("+- ")
        return path[: len(path) - len(name)] + self.path(name)
