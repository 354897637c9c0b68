"""A list's address: view, conditions, order, search and place in one URL, so that Back and a
shared link show the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request

from fieldstone.runtime.cursor import decode
from fieldstone.web.pages.rendering import with_query

PAGE = 50
DEEPEST = 20
"""How many pages back a link remembers."""
KINDS = ("board", "calendar")
SAID = ("by", "turned", "at", "span")
"""What the addresses of these kinds say besides."""


def said(params: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, params[name][:2000]) for name in SAID if params.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """`filter` None: the view's own; "" is none at all. `back` holds the cursors of the pages
    before this one, `at` how many records they had. `kind` is another kind of showing the list
    than as a table, `shown` what its address says besides."""

    object: str
    view: str = ""
    filter: str | None = None
    sort: str = ""
    search: str = ""
    cursor: str = ""
    back: tuple[str, ...] = ()
    at: int = 0
    bin: bool = False
    kind: str = ""
    shown: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, request: Request) -> ListState:
        return cls.of(request.path_params["object"], request.query_params)

    @classmethod
    def of_query(cls, object_name: str, query: str) -> ListState:
        """The list that an action was started from, by its query string."""
        given = parse_qs(query, keep_blank_values=True)
        return cls.of(object_name, {name: values[-1] for name, values in given.items()})

    @classmethod
    def of(cls, object_name: str, params: Mapping[str, str]) -> ListState:
        at = params.get("at", "")
        kind = params.get("kind", "") if params.get("kind") in KINDS else ""
        return cls(
            object=object_name,
            kind=kind,
            shown=said(params) if kind else (),
            view=params.get("view", ""),
            filter=params.get("filter"),
            sort=params.get("sort", ""),
            search=params.get("q", "").strip()[:200],
            cursor=params.get("cursor", ""),
            back=tuple(each for each in params.get("back", "").split(",") if each)[-DEEPEST:],
            at=int(at) if not kind and at.isascii() and at.isdigit() and len(at) < 9 else 0,
            bin=params.get("bin") == "1",
        )

    @property
    def path(self) -> str:
        return f"/o/{self.object}"

    @property
    def place(self) -> str:
        """Where this kind of showing the list is."""
        return f"{self.path}/{self.kind}" if self.kind else self.path

    @property
    def after(self) -> tuple[Any, ...] | None:
        """Raises BadRequest for a cursor nobody gave out."""
        return decode(self.cursor) if self.cursor else None

    def params(self) -> dict[str, str]:
        """What stays when one looks at another page or sorts anew."""
        found = {"view": self.view, "sort": self.sort, "q": self.search}
        if self.bin:
            found["bin"] = "1"
        found.update(self.shown)
        return {name: value for name, value in found.items() if value}

    def url(self) -> str:
        params = self.params()
        params.update(cursor=self.cursor, back=",".join(self.back))
        if self.at:
            params["at"] = str(self.at)
        url = with_query(self.place, params)
        if self.filter is None:
            return url
        filtered = with_query(self.place, {"filter": self.filter}).partition("?")[2] or "filter="
        return f"{url}{'&' if '?' in url else '?'}{filtered}"

    @property
    def query(self) -> str:
        """What an action on the whole list sends along, the kind of showing it included."""
        found = self.at_start().url().partition("?")[2]
        return f"kind={self.kind}&{found}" if self.kind else found

    def at_start(self) -> ListState:
        return replace(self, cursor="", back=(), at=0)

    def next_page(self, cursor: str, shown: int) -> ListState:
        trail = (*self.back, self.cursor or "-")
        return replace(self, cursor=cursor, back=trail[-DEEPEST:], at=self.at + shown)

    def previous_page(self) -> ListState:
        last = self.back[-1] if self.back else "-"
        at = max(0, self.at - PAGE) if last != "-" else 0
        return replace(self, cursor="" if last == "-" else last, back=self.back[:-1], at=at)
