"""What the command palette and the rail offer: places, things to make, what is kept and what was
opened last. Asked for when the palette opens, or once a page has been drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.pinyin import spelled
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer
from fieldstone.web.contexts import NavItem
from fieldstone.web.pages.favourites import favourite_items
from fieldstone.web.pages.rendering import show_fragment
from fieldstone.web.pages.shell import SETUP, App, app_item, apps_of, current_app, item_of, url_of
from fieldstone.web.pages.visits import recent_items
from fieldstone.web.reader import Reader
from fieldstone.web.search_contexts import MineView

IN_RAIL = 3


async def show_palette(request: Request, transaction: Transaction) -> Response:
    """[{"label", "items": [{"label", "url", "icon", "color", "sub", "keys"}]}]. `keys`: other
    words that find the item."""
    reader = Reader.of(transaction)
    groups = (
        (reader.say("Favourites"), await favourite_items(transaction, reader)),
        (reader.say("Recent"), await recent_items(request, transaction, reader)),
        (reader.say("Go to"), tuple(_places(request, reader))),
        (reader.say("New"), tuple(_makes(reader))),
    )
    return answer(
        [
            {"label": label, "items": [_entry(item) for item in items]}
            for label, items in groups
            if items
        ]
    )


def _entry(item: NavItem) -> dict[str, Any]:
    name = item.url.strip("/").split("/")[1:2]
    return {
        "label": item.label,
        "url": item.url,
        "icon": item.icon,
        "color": item.color,
        "sub": item.sub,
        "keys": " ".join((*spelled(item.label), *name)).strip().lower(),
    }


def _places(request: Request, reader: Reader) -> Iterator[NavItem]:
    """Home, every module once, the apps, setup."""
    apps = apps_of(reader)
    yield NavItem(label=reader.say("Home"), url="/", icon="home")
    modules: dict[str, NavItem] = {}
    for item in _modules(request, reader, apps):
        modules.setdefault(item.url, item)
    yield from modules.values()
    if len(apps) > 1:
        yield from (app_item(reader, app, None) for app in apps)
    if "manage_metadata" in reader.rights.system:
        yield NavItem(label=reader.say("Setup"), url=SETUP, icon="settings")


def _modules(request: Request, reader: Reader, apps: tuple[App, ...]) -> Iterator[NavItem]:
    """Those of the current app first, under the names that the apps give them."""
    current = current_app(request, apps)
    for app in sorted(apps, key=lambda each: each is not current):
        for name, body in app.items:
            if url := url_of(reader, name, body):
                yield item_of(reader, name, body, url, request.url.path)
    for name, shape in reader.snapshot.objects.items():
        if shape.features.get("in_menu") and (url := url_of(reader, name, {})):
            yield item_of(reader, name, {}, url, request.url.path)


def _makes(reader: Reader) -> Iterator[NavItem]:
    for name, shape in reader.snapshot.objects.items():
        if reader.may("create", name) and shape.master is None and shape.features.get("in_menu"):
            label = reader.say("New %(object)s", {"object": reader.noun(name)})
            yield NavItem(label=label, url=f"/o/{name}/new", icon=shape.icon, color=shape.color)


async def show_mine(request: Request, transaction: Transaction) -> Response:
    """The part of the rail that needs the database."""
    reader = Reader.of(transaction)
    mine = MineView(
        favourites=(await favourite_items(transaction, reader))[:IN_RAIL],
        recents=(await recent_items(request, transaction, reader))[:IN_RAIL],
    )
    return show_fragment(request, transaction, "fragments/mine.html", mine)
