"""What the home page is told."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import ActionView, NavItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCard:
    label: str
    url: str
    icon: str
    color: str
    mine: int | None = None
    mine_url: str = ""
    new_url: str = ""
    new_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    label: str
    text: str
    url: str
    icon: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """`about`: the record it belongs to; `due` in words."""

    label: str
    url: str
    icon: str
    color: str
    kind: str
    due: str
    late: bool = False
    about: str = ""
    about_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanView:
    label: str
    url: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaView:
    """`lists` lead to all that has a date."""

    items: tuple[AgendaItem, ...] = ()
    spans: tuple[SpanView, ...] = ()
    lists: tuple[NavItem, ...] = ()
    more: bool = False
    due_today: int = 0
    """Late things included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItem:
    """Who did what to which record."""

    who: str
    text: str
    record: str
    url: str
    when: str
    at: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """`agenda` is None when no list of this person's has dates."""

    greeting: str
    summary: str = ""
    agenda: AgendaView | None = None
    changes: tuple[ChangeItem, ...] = ()
    modules: tuple[ModuleCard, ...] = ()
    recents: tuple[NavItem, ...] = ()
    favourites: tuple[NavItem, ...] = ()
    steps: tuple[StepView, ...] = ()
    actions: tuple[ActionView, ...] = ()
