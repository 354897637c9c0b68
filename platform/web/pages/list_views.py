"""The views of an object's list: those that are published, and one of everything."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.kernel.i18n import Text
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.query import Sort, parse_sort
from fieldstone.web.conditions import parsed, paths_of
from fieldstone.web.layouts import compact_fields
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of

ALL = "all"
BIN = "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`label` is blank for the views that the platform itself names."""

    name: str
    label: Text
    columns: tuple[str, ...]
    filter: str = ""
    sort: str = ""
    """Blank: the newest first, by id."""
    agenda: str = ""
    """The date by which its records stand on the home page."""


@per_snapshot()
def views_of(snapshot: Snapshot, object_name: str) -> tuple[View, ...]:
    """In their order; the view of everything stands last unless it is published."""
    views = [
        View(
            name=component.local_name,
            label=component.body.get("label") or {},
            columns=tuple(name for name, _ in ordered(component.body.get("columns"))),
            filter=str(component.body.get("filter") or ""),
            sort=",".join(component.body.get("sort") or ()),
            agenda=str(component.body.get("agenda") or ""),
        )
        for component in snapshot.of_object("list_view", object_name)
    ]
    if all(view.filter for view in views) and ALL not in {view.name for view in views}:
        views.append(View(name=ALL, label={}, columns=_made_columns(snapshot, object_name)))
    return tuple(views)


def _made_columns(snapshot: Snapshot, object_name: str) -> tuple[str, ...]:
    names = ("name", *compact_fields(snapshot, object_name), "owner", "modified_at")
    shape = snapshot.objects[object_name]
    return tuple(name for name in names if name != "owner" or shape.master is None)


def bin_view(snapshot: Snapshot, object_name: str) -> View:
    return View(name=BIN, label={}, columns=_made_columns(snapshot, object_name))


def view_of(reader: Reader, object_name: str, name: str) -> View:
    """The view of that name, else the first one that the reader may use."""
    views = views_of(reader.snapshot, object_name)
    open_ones = (view for view in views if usable(reader, object_name, view))
    named = next((view for view in views if view.name == name), None)
    return named or next(open_ones, views[0])


def usable(reader: Reader, object_name: str, view: View) -> bool:
    """Views are checked when they are published; what is left to ask is the reader's rights."""
    return all(reader.trail(object_name, ".".join(path)) for path in paths_of(parsed(view.filter)))


def label_of(reader: Reader, view: View, object_name: str) -> str:
    if view.label:
        return reader.text(view.label)
    if view.name == BIN:
        return reader.say("Recycle bin")
    return reader.say("All %(objects)s", {"objects": reader.noun(object_name, "plural")})


def list_columns(reader: Reader, object_name: str, view: View) -> tuple[Column, ...]:
    """What the view shows as far as it may be read; the name always stands first."""
    names = [name for name in view.columns if name != "name"]
    return columns_of(reader, object_name, ("name", *names))


def sorts_of(reader: Reader, object_name: str, text: str) -> tuple[Sort, ...]:
    """People sort links by the name they see, not by an id."""
    return tuple(
        Sort(path=_sort_path(reader, object_name, each.path), descending=each.descending)
        for each in parse_sort(text)
    )


def own_sorts(reader: Reader, object_name: str, view: View) -> tuple[Sort, ...]:
    """The view's order as far as this reader may see it: a field that is gone or hidden orders
    nothing, and is no reason to show nothing."""
    return tuple(
        each
        for each in sorts_of(reader, object_name, view.sort)
        if reader.trail(object_name, each.path)
    )


def _sort_path(reader: Reader, object_name: str, path: str) -> str:
    trail = reader.trail(object_name, path)
    if trail and trail[-1].is_reference and reader.may_read_name(trail[-1].target):
        return f"{path}.name"
    return path
