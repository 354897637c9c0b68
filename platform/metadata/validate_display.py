"""How a list view opens must fit its fields: a board stands by a choice, a calendar by a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Field, Object, Snapshot

DAYS = ("date", "datetime")


def displays_fit(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    display = component.body.get("display") if component.kind == "list_view" else None
    shape = snapshot.objects.get(component.parent) if display else None
    if not display or shape is None:
        return
    by = shape.fields.get(display.get("by", ""))
    if display["kind"] == "board":
        yield from _board(display, by)
    if display["kind"] == "calendar":
        yield from _calendar(display, by, shape)


def _board(display: Any, by: Field | None) -> Iterator[Problem]:
    if by is None:
        return
    if by.type.name != "picklist":
        yield Problem(code="metadata.board_not_picklist", path="display.by")
        return
    for code in display.get("folded", ()):
        if code not in by.values:
            params = {"stage": code}
            yield Problem(code="metadata.stage_unknown", path="display.folded", params=params)


def _calendar(display: Any, by: Field | None, shape: Object) -> Iterator[Problem]:
    if by is not None and by.type.name not in DAYS:
        yield Problem(code="metadata.calendar_not_day", path="display.by")
    until = shape.fields.get(display.get("until", ""))
    if until is not None and (by is None or until.type.name != by.type.name):
        yield Problem(code="metadata.calendar_until_misfits", path="display.until")
