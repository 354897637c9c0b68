"""What the address of a list asks for, made out, and what the database said to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from fieldstone.formula.ast import Node
from fieldstone.runtime.query import Page
from fieldstone.web.condition_words import Names
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.list_views import Opened, View, label_of
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column
from fieldstone.web.value_views import NOTHING_LINKED, Linked


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for, made out."""

    state: ListState
    opened: Opened
    columns: tuple[Column, ...]
    conditions: tuple[Node, ...] = ()

    @property
    def view(self) -> View:
        return self.opened.view

    def name(self, reader: Reader) -> str:
        """What the reader calls the view."""
        return label_of(reader, self.view, self.state.object)

    @property
    def filtered(self) -> bool:
        return bool(self.conditions or self.state.search)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the database said. `names` are those of records that conditions name; `sums` the
    totals of columns by key."""

    page: Page = attribute(default_factory=lambda: Page(records=[]))
    count: int = 0
    linked: Linked = NOTHING_LINKED
    names: Names = attribute(default_factory=dict)
    sums: Mapping[str, str] = attribute(default_factory=dict)
