"""The views of a list as tabs and in the switcher, and what its reader can do with the one they
look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from fieldstone.web.conditions import parsed, split
from fieldstone.web.list_contexts import (
    KeepView,
    SwitcherView,
    ViewForm,
    ViewGroup,
    ViewTab,
)
from fieldstone.web.pages.list_asked import Asked
from fieldstone.web.pages.list_kinds import view_url
from fieldstone.web.pages.list_views import View, all_views, label_of, list_columns, views_of
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader

TABS = 6
"""So many stand side by side; the rest is in the switcher."""
SEARCHED = 8


def tabs_of(reader: Reader, asked: Asked) -> tuple[ViewTab, ...]:
    """What is pinned, then what is published, as long as there is room; always the current one."""
    if asked.state.bin:
        return (_tab(reader, asked, asked.view),)
    pinned = _pinned(reader, asked)
    rest = [each for each in views_of(reader.snapshot, asked.state.object) if each not in pinned]
    shown = [*pinned, *rest][:TABS]
    if asked.view not in shown:
        shown = [*shown[: TABS - 1], asked.view]
    return tuple(_tab(reader, asked, each) for each in shown)


def switcher_of(reader: Reader, asked: Asked) -> SwitcherView | None:
    if asked.state.bin:
        return None
    me, pinned = asked.opened.me, _pinned(reader, asked)
    rest = [each for each in _all(reader, asked) if each not in pinned]
    groups = (
        (reader.say("Pinned"), pinned),
        (reader.say("My views"), [each for each in rest if each.saved and _is_mine(each, me)]),
        (
            reader.say("Shared views"),
            [each for each in rest if each.saved and not _is_mine(each, me)],
        ),
        (reader.say("Published views"), [each for each in rest if not each.saved]),
    )
    found = [
        ViewGroup(label=label, views=tuple(_tab(reader, asked, each) for each in views))
        for label, views in groups
        if views
    ]
    count = sum(len(each.views) for each in found)
    return SwitcherView(groups=tuple(found), searchable=count > SEARCHED) if count > 1 else None


def keep_of(reader: Reader, asked: Asked) -> KeepView | None:
    if asked.state.bin:
        return None
    view, setting, query = asked.view, asked.opened.setting, asked.state.query
    path = asked.state.path
    table = replace(asked.state.at_start(), kind="", shown=())
    url = f"{path}/views/{view.name}"
    changed, name = is_changed(reader, asked), asked.name(reader)
    saved = view.saved
    may_change = asked.opened.mine or (
        saved is not None and "manage_metadata" in reader.rights.system
    )
    rename = None
    if saved is not None and may_change:
        rename = ViewForm(
            kind="rename", url=f"{url}/rename", query=query, name=name, shared=saved.shared
        )
    return KeepView(
        name=name,
        query=query,
        changed=changed,
        create=ViewForm(kind="create", url=f"{path}/views", query=query),
        rename=rename,
        save_url=f"{url}/save" if changed and may_change else "",
        undo_url=f"{url}/undo" if changed else "",
        pin_url=f"{url}/pin",
        pinned=setting.pinned,
        columns_url=table.url().replace(path, f"{path}/columns", 1),
        widths_url=f"{url}/widths",
        default_url=f"{url}/default",
        is_default=setting.default,
        delete_url=f"{url}/delete" if may_change else "",
        shared=saved is not None and saved.shared,
    )


def is_changed(reader: Reader, asked: Asked) -> bool:
    """The list differs from its view as it was kept."""
    state, view = asked.state, asked.view
    if state.filter is not None and asked.conditions != split(parsed(view.filter)):
        return True
    if state.sort and state.sort != view.sort:
        return True
    if not asked.opened.setting.columns:
        return False
    own = list_columns(reader, state.object, view.columns)
    return own != list_columns(reader, state.object, asked.opened.columns)


def _all(reader: Reader, asked: Asked) -> Sequence[View]:
    return all_views(reader.snapshot, asked.state.object, asked.opened.kept)


def _pinned(reader: Reader, asked: Asked) -> list[View]:
    kept = asked.opened.kept
    return [each for each in _all(reader, asked) if kept.setting(each.name).pinned]


def _is_mine(view: View, me: UUID | None) -> bool:
    return view.saved is not None and view.saved.owner_id == me


def _tab(reader: Reader, asked: Asked, view: View) -> ViewTab:
    state, current = asked.state, view == asked.view
    return ViewTab(
        label=label_of(reader, view, state.object),
        url=with_query(state.path, {"bin": "1"}) if state.bin else view_url(state, view),
        current=current,
        icon=_icon(view, asked),
        changed=current and is_changed(reader, asked),
    )


def _icon(view: View, asked: Asked) -> str:
    """How it got here, where it is not published."""
    if asked.opened.kept.setting(view.name).pinned:
        return "pin"
    if view.saved is None:
        return ""
    return "users" if view.saved.shared else "lock"
