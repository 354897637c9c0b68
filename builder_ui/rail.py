"""The frame of setup: the application's own, with the list of setup pages in its rail."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.web.contexts import NavGroup, NavItem, ShellView
from fieldstone.web.pages.shell import shell_of
from fieldstone_builder import links
from fieldstone_builder.desk import Desk


def setup_shell(desk: Desk) -> ShellView:
    session = desk.transaction.session
    shell = shell_of(desk.request, session, desk.before)
    return replace(
        shell,
        app=desk.say("Setup"),
        groups=groups_of(desk),
        apps=(),
        new_items=(),
        mine_url="",
        setup_url="",
        search_url="",
    )


def groups_of(desk: Desk) -> tuple[NavGroup, ...]:
    count = desk.draft.count
    back = NavItem(label=desk.say("Back to the app"), url="/", icon="arrow-left")
    return (
        NavGroup(items=(back,)),
        NavGroup(
            label=desk.say("Build"),
            items=(
                _item(desk, desk.say("Objects and fields"), links.OBJECTS, icon="box"),
                _item(desk, desk.say("Value sets"), links.VALUE_SETS, icon="list-details"),
                _item(desk, desk.say("Words"), links.TERMS, icon="language"),
            ),
        ),
        NavGroup(
            label=desk.say("Data and release"),
            items=(
                _item(
                    desk,
                    desk.say("Publish"),
                    links.PUBLISH,
                    icon="rocket",
                    count=str(count) if count else "",
                ),
                _item(desk, desk.say("Versions"), links.VERSIONS, icon="history"),
                _item(desk, desk.say("Recycle bin"), links.BIN, icon="trash"),
            ),
        ),
    )


def _item(desk: Desk, label: str, url: str, *, icon: str, count: str = "") -> NavItem:
    path = desk.request.url.path
    return NavItem(
        label=label,
        url=url,
        icon=icon,
        current=path == url or path.startswith(f"{url}/"),
        count=count,
    )
