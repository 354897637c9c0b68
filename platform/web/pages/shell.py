"""The frame around every page: apps, their modules in the tenant's words, and what is offered
to this person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Any

from starlette.requests import Request

from fieldstone.kernel.session import Session
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.components import Component
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import INBOX_OBJECT, USER_OBJECT
from fieldstone.web.contexts import NavGroup, NavItem, ShellView, UserView
from fieldstone.web.reader import Reader
from fieldstone.web.templating import hue, initials

APP_COOKIE = "fs_app"
SETUP = "/setup"
MOST_NEW = 8
HOME_KEY = "g h"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app as its document says it: items are objects, or links of their own."""

    name: str
    body: Mapping[str, Any]
    items: tuple[tuple[str, Mapping[str, Any]], ...]


def shell_of(request: Request, session: Session, snapshot: Snapshot) -> ShellView:
    """Asks the database nothing."""
    reader = Reader.at(session, snapshot)
    apps = apps_of(reader)
    current = current_app(request, apps)
    path = request.url.path
    items = _items(reader, current, path)
    may_set_up = "manage_metadata" in reader.rights.system
    home = NavItem(
        label=reader.say("Home"), url="/", icon="home", current=path == "/", key=HOME_KEY
    )
    groups = [
        NavGroup(items=(home,)),
        NavGroup(label=_app_label(reader, current), items=with_keys(items)),
    ]
    return ShellView(
        org=session.organization or session.tenant.key,
        app=_app_label(reader, current),
        user=UserView(
            name=session.user_name,
            account=session.account,
            initials=initials(session.user_name),
            color=hue(session.user_name),
        ),
        groups=tuple(group for group in groups if group.items),
        apps=tuple(app_item(reader, app, current) for app in apps),
        new_items=new_items(reader, current),
        setup_url=SETUP if may_set_up else "",
        places_url=f"{SETUP}/places" if may_set_up else "",
        profile_url=f"/o/{USER_OBJECT}/{session.user_id}"
        if reader.may("read", USER_OBJECT)
        else "",
        inbox=_inbox(reader, path),
        search_url="/search",
        mine_url="/mine",
        sign_out_url="/sign-out",
    )


def _inbox(reader: Reader, path: str) -> NavItem | None:
    if not reader.may("read", INBOX_OBJECT):
        return None
    return item_of(reader, INBOX_OBJECT, {"icon": "inbox"}, f"/o/{INBOX_OBJECT}", path)


def apps_of(reader: Reader) -> tuple[App, ...]:
    """The apps in which this person may open something; one of all modules when none is."""
    found = tuple(app for app in _apps(reader.snapshot) if _visible(reader, app))
    return found or (_everything(reader.snapshot),)


@per_snapshot()
def _apps(snapshot: Snapshot) -> tuple[App, ...]:
    return tuple(_app(component) for component in snapshot.of_kind("app"))


def _app(component: Component) -> App:
    body = component.body
    return App(name=component.name, body=body, items=tuple(ordered(body.get("items"))))


@per_snapshot()
def _everything(snapshot: Snapshot) -> App:
    """Every object that has a place in the menu."""
    names = [
        name
        for name, shape in snapshot.objects.items()
        if shape.features.get("in_menu") is not False and shape.master is None
    ]
    label = {"en": "All modules", "zh_CN": "全部模块"}
    return App(name="", body={"label": label}, items=tuple((name, {}) for name in names))


def _visible(reader: Reader, app: App) -> bool:
    return any(url_of(reader, name, body) for name, body in app.items)


def url_of(reader: Reader, name: str, body: Mapping[str, Any]) -> str:
    """Where the item leads; empty when it may not be opened."""
    if body.get("url"):
        return str(body["url"])
    return f"/o/{name}" if reader.may("read", name) else ""


def current_app(request: Request, apps: tuple[App, ...]) -> App | None:
    """The app chosen last, unless the page's object is only found in another one."""
    chosen = request.cookies.get(APP_COOKIE, "")
    named = next((app for app in apps if app.name == chosen), apps[0] if apps else None)
    object_name = request.path_params.get("object", "")
    if not object_name or named is None or _holds(named, object_name):
        return named
    return next((app for app in apps if _holds(app, object_name)), named)


def _holds(app: App, object_name: str) -> bool:
    return any(name == object_name for name, _ in app.items)


def _app_label(reader: Reader, app: App | None) -> str:
    return reader.text(app.body.get("label")) if app is not None else ""


def app_item(reader: Reader, app: App, current: App | None) -> NavItem:
    return NavItem(
        label=_app_label(reader, app),
        url=f"/app/{app.name}",
        icon=str(app.body.get("icon") or "apps"),
        color=str(app.body.get("color") or "blue"),
        current=app is current,
    )


def _items(reader: Reader, app: App | None, path: str) -> tuple[NavItem, ...]:
    found = []
    for name, body in app.items if app is not None else ():
        url = url_of(reader, name, body)
        if url:
            found.append(item_of(reader, name, body, url, path))
    return tuple(found)


def with_keys(items: tuple[NavItem, ...]) -> tuple[NavItem, ...]:
    """`g` and a letter for each: of its address if one is free, so that it is the same in every
    language."""
    taken = {HOME_KEY[-1]}
    found = []
    for item in items:
        name = item.url.rpartition("/")[2]
        letter = next((each for each in name + ascii_lowercase if _fit(each, taken)), "")
        taken.add(letter)
        found.append(replace(item, key=f"g {letter}" if letter else ""))
    return tuple(found)


def _fit(letter: str, taken: set[str]) -> bool:
    return letter in ascii_lowercase and letter not in taken


def item_of(reader: Reader, name: str, body: Mapping[str, Any], url: str, path: str) -> NavItem:
    shape = reader.snapshot.objects.get(name)
    label = reader.text(body.get("label")) or (reader.noun(name, "plural") if shape else name)
    return NavItem(
        label=label,
        url=url,
        icon=str(body.get("icon") or (shape.icon if shape else "link")),
        color=shape.color if shape else "gray",
        current=path == url or path.startswith(f"{url}/"),
    )


def new_items(reader: Reader, app: App | None) -> tuple[NavItem, ...]:
    """What may be created here, in the order of the app."""
    names = [name for name, _ in (app.items if app is not None else ())]
    return tuple(
        NavItem(
            label=reader.noun(name),
            url=f"/o/{name}/new",
            icon=reader.shape(name).icon,
            color=reader.shape(name).color,
        )
        for name in names
        if reader.may("create", name) and reader.shape(name).master is None
    )[:MOST_NEW]
