"""What the head of a list shows: its views, and what can be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTab:
    label: str
    url: str
    current: bool = False
    count: str = ""
    icon: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewGroup:
    """Views of one kind in the switcher: pinned, mine, shared, published."""

    label: str
    views: tuple[ViewTab, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitcherView:
    groups: tuple[ViewGroup, ...]
    searchable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewForm:
    """The form in which a view gets a name. Posts `name`, `shared` and `query`, the list's own
    query; it is answered by itself when something is wrong."""

    kind: Literal["create", "rename"]
    url: str
    query: str
    name: str = ""
    shared: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepView:
    """What can be done with the view that is shown. Each url takes a POST with `query`; blank:
    not now, or not by this reader."""

    name: str
    query: str
    changed: bool
    create: ViewForm
    rename: ViewForm | None = None
    save_url: str = ""
    undo_url: str = ""
    """The view as it was kept."""
    pin_url: str = ""
    pinned: bool = False
    default_url: str = ""
    is_default: bool = False
    delete_url: str = ""
    shared: bool = False
