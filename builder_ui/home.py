"""/setup: where an administrator begins."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from fieldstone_builder import links
from fieldstone_builder.contexts import EntryView
from fieldstone_builder.desk import Desk
from fieldstone_builder.screen import show
from fieldstone_builder.versions.contexts import VersionRow
from fieldstone_builder.versions.pages import version_rows

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    entries: tuple[EntryView, ...]
    versions: tuple[VersionRow, ...]
    new_object_url: str
    versions_url: str
    summary: str


async def show_home(desk: Desk) -> Response:
    after = desk.after
    objects, fields = len(after.objects), sum(1 for _ in after.of_kind("field"))
    entries = (
        EntryView(
            label=desk.say("Objects and fields"),
            url=links.OBJECTS,
            icon="box",
            color="blue",
            text=desk.say("Shape what is recorded, and how"),
        ),
        EntryView(
            label=desk.say("Value sets"),
            url=links.VALUE_SETS,
            icon="list-details",
            color="purple",
            text=desk.say("Lists of values that several fields share"),
        ),
        EntryView(
            label=desk.say("Publish"),
            url=links.PUBLISH,
            icon="rocket",
            color="amber",
            text=desk.say("See what the draft does to live data, then publish it"),
        ),
        EntryView(
            label=desk.say("Versions"),
            url=links.VERSIONS,
            icon="history",
            color="teal",
            text=desk.say("Who changed what; compare and go back"),
        ),
        EntryView(
            label=desk.say("Recycle bin"),
            url=links.BIN,
            icon="trash",
            color="gray",
            text=desk.say("Deleted objects and fields, with their data"),
        ),
    )
    page = HomePage(
        entries=entries,
        versions=(await version_rows(desk))[:SHOWN],
        new_object_url=links.NEW_OBJECT,
        versions_url=links.VERSIONS,
        summary=desk.words.joined(
            (
                desk.words.count("%(count)s object", "%(count)s objects", objects),
                desk.words.count("%(count)s field", "%(count)s fields", fields),
            )
        ),
    )
    return show(desk, "home.html", page)
