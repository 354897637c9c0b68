"""What the search page and the palette are told."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import NavItem


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceView:
    """A part of a text; `found` when it is what was looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """`place` names the field in which the words stand when that is not the name."""

    url: str
    title: tuple[PieceView, ...]
    place: str = ""
    value: tuple[PieceView, ...] = ()
    subs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroup:
    label: str
    icon: str
    color: str
    hits: tuple[HitView, ...]
    all_url: str = ""
    """The same words in this object alone; set when there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`back_url`: all objects again, on the page of one."""

    text: str = ""
    groups: tuple[HitGroup, ...] = ()
    only: str = ""
    back_url: str = ""
    recents: tuple[NavItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StarView:
    """POST `on` 1 or 0 to `url`."""

    url: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MineView:
    """The rail's part that belongs to one person."""

    favourites: tuple[NavItem, ...] = ()
    recents: tuple[NavItem, ...] = ()
