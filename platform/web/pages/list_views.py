"""The views of an object's list: those that are published, one of everything, and those that
people keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fieldstone.kernel.i18n import Text
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.query import Sort, parse_sort
from fieldstone.runtime.saved_views import (
    NOTHING_KEPT,
    Kept,
    SavedView,
    Setting,
    kept_views,
)
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.conditions import parsed, paths_of
from fieldstone.web.layouts import compact_fields
from fieldstone.web.pages.displays import OPEN_AS_IS, Display, display_of
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of

ALL = "all"
BIN = "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`label` is blank for the views that the platform itself names; `saved` is what somebody
    keeps under its id."""

    name: str
    label: Text
    columns: tuple[str, ...]
    filter: str = ""
    sort: str = ""
    """Blank: the newest first, by id."""
    agenda: str = ""
    """The date by which its records stand on the home page."""
    saved: SavedView | None = None
    display: Display = OPEN_AS_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The view that an address means, among all that the reader has. `missing`: there is none of
    that name any more, so another one is shown."""

    view: View
    kept: Kept = NOTHING_KEPT
    missing: bool = False
    me: UUID | None = None
    """The reader's own user."""

    @property
    def setting(self) -> Setting:
        return self.kept.setting(self.view.name)

    @property
    def mine(self) -> bool:
        return self.view.saved is not None and self.view.saved.owner_id == self.me

    @property
    def columns(self) -> tuple[str, ...]:
        """As this reader has arranged them."""
        return self.setting.columns or self.view.columns


async def open_view(
    transaction: Transaction, reader: Reader, object_name: str, name: str
) -> Opened:
    """The view of that name, else the reader's default, else the first that they may use."""
    kept = await kept_views(transaction, object_name)
    known = {each.name: each for each in all_views(reader.snapshot, object_name, kept)}
    view = known.get(name) or known.get(kept.default)
    return Opened(
        view=view or view_of(reader, object_name, name),
        kept=kept,
        missing=bool(name) and name != ALL and name not in known,
        me=transaction.session.user_id,
    )


def all_views(snapshot: Snapshot, object_name: str, kept: Kept) -> tuple[View, ...]:
    return (*views_of(snapshot, object_name), *map(saved_as_view, kept.views))


def saved_as_view(saved: SavedView) -> View:
    return View(
        name=str(saved.id),
        label={},
        columns=saved.definition.columns,
        filter=saved.definition.filter,
        sort=saved.definition.sort,
        saved=saved,
    )


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
            display=display_of(component.body),
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


def of_all(reader: Reader, object_name: str) -> View:
    """The first view that leaves nothing out."""
    views = views_of(reader.snapshot, object_name)
    return next((each for each in views if not each.filter), views[-1])


def usable(reader: Reader, object_name: str, view: View) -> bool:
    """Views are checked when they are published; what is left to ask is the reader's rights."""
    return all(reader.trail(object_name, ".".join(path)) for path in paths_of(parsed(view.filter)))


def label_of(reader: Reader, view: View, object_name: str) -> str:
    if view.saved:
        return view.saved.name
    if view.label:
        return reader.text(view.label)
    if view.name == BIN:
        return reader.say("Recycle bin")
    return reader.say("All %(objects)s", {"objects": reader.noun(object_name, "plural")})


def list_columns(reader: Reader, object_name: str, names: Sequence[str]) -> tuple[Column, ...]:
    """What is to be shown as far as it may be read; the name always stands first."""
    return columns_of(reader, object_name, ("name", *(each for each in names if each != "name")))


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
