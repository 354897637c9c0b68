"""People with a browser: they sign in through the form, keep cookies, and post what pages hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from api_world import BASE_URL, PASSWORD, Caller, World, label, operation
from api_world import field as a_field
from conftest import TENANT

from fieldstone.kernel.db import Connection

Values = list[tuple[str, str]]

MODEL = [
    a_field("stop.quantity", "decimal", precision=8, scale=2, required=True, default=1),
    a_field("stop.remark", "text", length=40),
    operation(
        "layout",
        "visit.standard",
        {
            "label": label("Standard"),
            "sections": {
                "main": {
                    "label": label("Basics", "基本信息"),
                    "fields": [
                        "name", "title", "level", "kinds", "host", "site", "amount", "share",
                        "active", "planned_on", "starts_at", "owner",
                    ],
                },
                "active": {
                    "label": label("While active"),
                    "visible_when": "active = TRUE",
                    "fields": ["clock", "took"],
                },
                "sealed": {"label": label("Sealed part"), "fields": ["sealed"]},
                "more": {
                    "label": label("More"),
                    "fields": [
                        "note", "body", "email", "phone", "url", "number", "quantity", "about",
                        "guests", "paper", "picture", "signed", "person", "address", "region",
                        "place", "stars", "colour", "data", "pin", "fixed",
                    ],
                },
            },
            "sub_tables": {
                "stops": {
                    "object": "stop",
                    "field": "visit",
                    "columns": ["name", "quantity", "remark"],
                }
            },
        },
    ),
    operation(
        "layout",
        "site.standard",
        {
            "label": label("Standard"),
            "sections": {
                "main": {
                    "label": label("Basics"),
                    "fields": [
                        "name", "code", "phone", "size", "budget", "memo", "parent", "owner",
                    ],
                }
            },
            "related_lists": {
                "visits": {
                    "object": "visit",
                    "field": "site",
                    "columns": ["title", "amount", "sealed"],
                    "sort": ["title"],
                },
                "ledgers": {"object": "ledger", "field": "site", "columns": ["name"]},
            },
        },
    ),
    operation(
        "list_view",
        "visit.all",
        {
            "label": label("All of them", "全部"),
            "columns": ["name", "title", "site", "level", "amount", "sealed", "host"],
            "sort": ["number"],
            "order": 1,
        },
    ),
    operation(
        "list_view",
        "visit.high",
        {
            "label": label("High"),
            "columns": ["name", "title"],
            "filter": "level = 'a' AND amount > 100",
            "order": 2,
        },
    ),
    operation("compact_layout", "visit.default", {"fields": ["title", "level", "site"]}),
    operation("compact_layout", "site.default", {"fields": ["code", "memo"]}),
    operation(
        "path",
        "visit.default",
        {
            "field": "level",
            "stages": {
                "a": {"kind": "open", "requires": ["title"]},
                "b": {"kind": "open"},
                "c": {"kind": "won"},
            },
        },
    ),
    operation("app", "main", {"label": label("Field work"), "items": ["visit", "site", "ledger"]}),
]  # fmt: skip


class _Reader(HTMLParser):
    """The fields of the form that saves, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: Values = []
        self._inside = self._pattern = False
        self._select: tuple[str, bool] | None = None
        self._chosen: list[str] | None = None
        self._first: str | None = None
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "data-save" in given
        self._pattern = self._pattern or tag == "template"
        begin = {
            "input": self._input,
            "select": self._begin_select,
            "option": self._option,
            "textarea": self._begin_area,
        }.get(tag)
        if begin is not None and self._inside and not self._pattern:
            begin(given)

    def _begin_select(self, given: Mapping[str, str]) -> None:
        if given.get("name"):
            self._select, self._chosen, self._first = (given["name"], "multiple" in given), [], None

    def _option(self, given: Mapping[str, str]) -> None:
        if self._chosen is None:
            return
        value = given.get("value", "")
        self._first = value if self._first is None else self._first
        if "selected" in given:
            self._chosen.append(value)

    def _begin_area(self, given: Mapping[str, str]) -> None:
        if given.get("name"):
            self._area, self._text = given["name"], ""

    def _input(self, given: Mapping[str, str]) -> None:
        name, kind = given.get("name"), given.get("type", "text")
        ticked = kind not in ("checkbox", "radio") or "checked" in given
        if name and ticked and kind not in ("submit", "file") and "disabled" not in given:
            self.values.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._pattern = False
        elif tag == "form":
            self._inside = False
        elif tag == "select" and self._select is not None:
            name, many = self._select
            chosen = self._chosen or ([] if many else [self._first or ""])
            self.values.extend((name, each) for each in chosen)
            self._select = self._chosen = None
        elif tag == "textarea" and self._area is not None:
            self.values.append((self._area, self._text.removeprefix("\n")))
            self._area = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page as it came."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The text of the page's main part."""
        main = self.text.partition('<main class="st-main"')[2] or self.text
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())[:1500]

    @property
    def form(self) -> Values:
        reader = _Reader()
        reader.feed(self.text)
        return reader.values

    def __contains__(self, words: str) -> bool:
        return words in self.text


FRAGMENT = {"hx-request": "true"}


class Browser:
    """One person before a screen."""

    def __init__(self, world: World, **headers: str) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=world.app), base_url=BASE_URL, headers=headers
        )
        self.token = ""

    async def sign_in(self, account: str, **more: str) -> Shown:
        data = {"organization": TENANT.key, "account": account, "password": PASSWORD, **more}
        shown = _shown(await self.http.post("/sign-in", data=data))
        if shown.status == 303:
            answer = await self.http.get("/api/v1/session")
            self.token = answer.json()["csrf_token"]
        return shown

    async def get(
        self, path: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Shown:
        shown = _shown(await self.http.get(path, headers=dict(headers or {})))
        assert shown.status == status, f"{path}: {shown.status} {shown.words}"
        return shown

    async def post(
        self, path: str, data: Values | Mapping[str, str] | None = None, status: int = 303
    ) -> Shown:
        """As a form does, with the page's token."""
        pairs: Sequence[tuple[str, str]] = list(
            data.items() if isinstance(data, Mapping) else data or []
        )
        fields: dict[str, list[str]] = {}
        for name, value in [("csrf_token", self.token), *pairs]:
            if name != "csrf_token" or not fields.get("csrf_token"):
                fields.setdefault(name, []).append(value)
        shown = _shown(await self.http.post(path, data=fields))
        assert shown.status == status, f"{path}: {shown.status} {shown.words}"
        return shown


def _shown(response: httpx.Response) -> Shown:
    assert response.status_code != 500, response.text
    return Shown(
        status=response.status_code, text=response.text, headers=dict(response.headers.items())
    )


def changed(values: Values, **new: str) -> Values:
    """The form's values with others typed over them; "__" in a name stands for a point."""
    typed = {name.replace("__", "."): value for name, value in new.items()}
    kept = [(name, value) for name, value in values if name not in typed]
    return [*kept, *typed.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The organisation with its layouts, and API callers to look at what is stored."""

    world: World
    admin: Caller
    rep: Caller

    async def browser(self, account: str = "rep") -> Browser:
        browser = Browser(self.world)
        assert (await browser.sign_in(account)).status == 303
        return browser


@pytest.fixture
async def office(world: World) -> Office:
    admin = world.caller("admin")
    await admin.publish(MODEL)
    return Office(world=world, admin=admin, rep=world.caller("rep"))


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts of all queries that were waited for."""
    with _counted(monkeypatch) as texts:
        yield texts


@contextmanager
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    texts: list[str] = []
    original: Any = Connection._fetched

    async def counting(self: Connection, shape: Any, query: Any, params: Any, **how: Any) -> Any:
        texts.append(str(getattr(query, "text", query)))
        return await original(self, shape, query, params, **how)

    monkeypatch.setattr(Connection, "_fetched", counting)
    yield texts
