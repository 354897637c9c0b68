"""The kinds of showing a list: a table, a board by a choice, a calendar by a day. Which of them an
object has follows from its fields; a view may say how it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.validate_display import DAYS
from fieldstone.web.reader import Reader

Kind = Literal["table", "board", "calendar"]
TABLE: Kind = "table"
BOARD: Kind = "board"
CALENDAR: Kind = "calendar"

_ENDS: Mapping[str, tuple[str, ...]] = {
    "start": ("end",), "starts": ("ends",), "begin": ("end",), "begins": ("ends",),
    "from": ("to", "until"), "since": ("until",),
}  # fmt: skip
"""How the end of what lasts is named after its beginning: valid_from, valid_to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How a view opens. `kind` blank: as what is being looked at already."""

    kind: Kind | Literal[""] = ""
    by: str = ""
    until: str = ""
    card: tuple[str, ...] = ()
    folded: frozenset[str] = frozenset()


OPEN_AS_IS = Display()


def display_of(body: Mapping[str, Any]) -> Display:
    """Of the document of a list view."""
    found = body.get("display")
    if not isinstance(found, Mapping):
        return OPEN_AS_IS
    return Display(
        kind=cast(Kind, found["kind"]),
        by=str(found.get("by") or ""),
        until=str(found.get("until") or ""),
        card=tuple(found.get("card") or ()),
        folded=frozenset(found.get("folded") or ()),
    )


@per_snapshot()
def displays_of(snapshot: Snapshot, object_name: str) -> tuple[Display, ...]:
    """What the object's views say, in their order."""
    return tuple(
        display_of(component.body) for component in snapshot.of_object("list_view", object_name)
    )


def declared(reader: Reader, object_name: str, kind: Kind, by: str, view: Display) -> Display:
    """What is said of showing the object by that field: by the view, else by another one."""
    every = (view, *displays_of(reader.snapshot, object_name))
    return next((each for each in every if each.kind == kind and each.by == by), OPEN_AS_IS)


def board_fields(reader: Reader, object_name: str) -> tuple[Field, ...]:
    """The choices whose values can be the columns of a board, the most natural one first."""
    shape = reader.shape(object_name)
    found = [
        each
        for each in shape.own_fields
        if each.type.name == "picklist" and each.columns and _readable(reader, each)
    ]
    natural = _natural(reader.snapshot, object_name)
    return tuple(sorted(found, key=lambda each: natural.get(each.name, len(natural))))


@per_snapshot()
def _natural(snapshot: Snapshot, object_name: str) -> Mapping[str, int]:
    shape = snapshot.objects[object_name]
    views = [each.by for each in displays_of(snapshot, object_name) if each.kind == BOARD]
    paths = [str(each.body["field"]) for each in snapshot.of_object("path", object_name)]
    names = [*views, str(shape.features.get("kanban") or ""), *paths]
    return {name: at for at, name in enumerate(dict.fromkeys(filter(None, names)))}


def day_fields(reader: Reader, object_name: str) -> tuple[Field, ...]:
    """The days by which records can stand in a calendar, the most natural one first; last what
    only ends what another one begins."""
    shape = reader.shape(object_name)
    found = [
        each
        for each in shape.own_fields
        if each.type.name in DAYS and each.columns and _readable(reader, each)
    ]
    ends = {end for each in found if (end := _end_of(reader.snapshot, each))}
    views = reader.snapshot.of_object("list_view", object_name)
    named = [each.by for each in displays_of(reader.snapshot, object_name) if each.kind == CALENDAR]
    named += [str(each.body.get("agenda") or "") for each in views]
    return tuple(
        sorted(
            found,
            key=lambda each: (_place(named, each.name), each.name in ends, each.read_only),
        )
    )


def _place(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def end_of(reader: Reader, field: Field, view: Display) -> Field | None:
    """The field in which ends what begins in this one; None when nothing lasts, or when the
    reader may not see how long."""
    said = declared(reader, field.object, CALENDAR, field.name, view).until
    name = said or _end_of(reader.snapshot, field)
    end = reader.shape(field.object).fields.get(name)
    if end is None or end.type.name != field.type.name or not end.columns:
        return None
    return end if _readable(reader, end) else None


def _end_of(snapshot: Snapshot, field: Field) -> str:
    steps, shape = field.name.split("_"), snapshot.objects[field.object]
    for at, step in enumerate(steps):
        for end in _ENDS.get(step, ()):
            other = shape.fields.get("_".join([*steps[:at], end, *steps[at + 1 :]]))
            if other is not None and other.type.name == field.type.name:
                return other.name
    return ""


def _readable(reader: Reader, field: Field) -> bool:
    return reader.rights.may_read(field.object, field.name)
