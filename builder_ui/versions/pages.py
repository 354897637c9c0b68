"""/setup/versions: what was published, by whom; each version open to look at, to compare with
another and to go back to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata import changesets
from fieldstone.metadata.changesets import Version
from fieldstone.metadata.components import Component
from fieldstone.metadata.diff import Change, diff
from fieldstone.metadata.operations import Components
from fieldstone.metadata.store import snapshot_of
from fieldstone.runtime import records
from fieldstone.web.contexts import LinkView, NoteView
from fieldstone_builder import links
from fieldstone_builder.changes import property_changes
from fieldstone_builder.contexts import CrumbView, EntryView, GroupView
from fieldstone_builder.desk import Desk
from fieldstone_builder.marks import action_tag
from fieldstone_builder.publish.contexts import ChangeRow
from fieldstone_builder.screen import show
from fieldstone_builder.usage import ICONS
from fieldstone_builder.versions.contexts import (
    ComparePage,
    VersionPage,
    VersionRow,
    VersionsPage,
)
from fieldstone_builder.words import Words

MOST_DETAILED = 400
"""With more changes than these, a page names them and does not take them apart."""

MOST_LINKS = 5
MOST_OPEN = 80
"""With more differences than these, each kind is folded at first."""

Authors = Mapping[tuple[str, UUID], str]


async def list_versions(desk: Desk) -> Response:
    page = VersionsPage(rows=await version_rows(desk), compare_url=f"{links.VERSIONS}/compare")
    crumbs = (CrumbView(label=desk.say("Versions")),)
    return show(desk, "versions.html", page, crumbs=crumbs)


async def version_rows(desk: Desk) -> tuple[VersionRow, ...]:
    found = await changesets.versions(desk.transaction.connection)
    authors = await _authors(desk, found)
    return tuple(_row(desk, each, authors) for each in found)


async def _authors(desk: Desk, found: Sequence[Version]) -> Authors:
    ids = {each.published_by for each in found if each.published_by is not None}
    return await records.names(desk.transaction, {"user": ids}) if ids else {}


def _row(desk: Desk, version: Version, authors: Authors) -> VersionRow:
    current = version.number == desk.before.version
    url = links.version_url(version.number)
    back = ""
    if version.restored_from is not None:
        back = desk.say("Back to version %(number)s", {"number": version.restored_from})
    note = desk.words.text(version.title)
    who = authors.get(("user", version.published_by), "") if version.published_by else ""
    return VersionRow(
        number=version.number,
        title=note or back or desk.say("Version %(number)s", {"number": version.number}),
        who=who or (desk.say("The system") if version.published_by is None else ""),
        when=desk.words.moment(version.published_at),
        url=url,
        compare_url="" if current else compare_url(version.number, desk.before.version),
        restore_url="" if current else f"{url}/restore",
        restored_from=back if note else "",
        current=current,
    )


def compare_url(older: int, newer: int) -> str:
    return f"{links.VERSIONS}/compare?from={older}&to={newer}"


def number_of(text: str) -> int:
    """Raises NotFound."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise NotFound("version_not_found", number=text[:20])
    return int(text)


async def version_row(desk: Desk, number: int) -> VersionRow:
    """Raises NotFound."""
    rows = {row.number: row for row in await version_rows(desk)}
    if number in rows:
        return rows[number]
    await changesets.components_at(desk.transaction.connection, number)
    return VersionRow(number=number, title="", who="", when="", url=links.version_url(number))


async def show_version(desk: Desk) -> Response:
    number = number_of(desk.path("number"))
    connection = desk.transaction.connection
    after = await changesets.components_at(connection, number)
    before = await changesets.components_at(connection, number - 1) if number > 1 else {}
    row = await version_row(desk, number)
    then = Desk(
        request=desk.request,
        transaction=desk.transaction,
        draft=desk.draft,
        words=_words_at(desk, after, number),
    )
    rows = change_rows(then, diff(before, after)) if before else ()
    search = desk.asked("q").strip()[:100]
    page = VersionPage(
        version=row,
        changes=rows,
        changes_title=desk.words.count(
            "%(count)s change to the version before",
            "%(count)s changes to the version before",
            len(rows),
        ),
        groups=_groups(then, after.values(), search.casefold()),
        search=search,
        url=row.url,
        note=_done_note(desk, row, before) if desk.asked("new") == "1" else None,
        previous_url=links.version_url(number - 1) if number > 1 else "",
        next_url=links.version_url(number + 1) if number < desk.before.version else "",
    )
    crumbs = (
        CrumbView(label=desk.say("Versions"), url=links.VERSIONS),
        CrumbView(label=desk.say("Version %(number)s", {"number": number})),
    )
    return show(desk, "version.html", page, crumbs=crumbs, block="components")


def _words_at(desk: Desk, components: Components, number: int) -> Words:
    """Labels as they were."""
    snapshot = snapshot_of(desk.before.tenant, number, components)
    return Words(snapshot=snapshot, locale=desk.words.locale)


def _done_note(desk: Desk, row: VersionRow, before: Components) -> NoteView:
    """With ways to the lists of the objects that are new."""
    fresh = [each for each in desk.before.of_kind("object") if each.id not in before]
    return NoteView(
        title=desk.say("Version %(number)s is in force.", {"number": row.number}),
        text=desk.say("Everybody works with it from their next page on."),
        kind="ok",
        icon="circle-check",
        links=tuple(
            LinkView(label=desk.words.noun(each.name, "plural"), url=f"/o/{each.name}")
            for each in fresh[:MOST_LINKS]
        ),
    )


def change_rows(desk: Desk, changes: Iterable[Change]) -> tuple[ChangeRow, ...]:
    changes = tuple(changes)
    whole = {each.name for each in changes if each.kind == "object" and each.action != "update"}
    return tuple(
        ChangeRow(
            tag=action_tag(desk, each.action),
            label=desk.words.label(each.after),
            kind=desk.words.kind(each.kind),
            owner=desk.words.noun(each.after.parent) if each.after.parent else "",
            details=(
                ()
                if each.action == "delete" or len(changes) > MOST_DETAILED
                else property_changes(desk, each.before, each.after)
            ),
            pack=each.after.pack,
        )
        for each in changes
        if each.after.parent not in whole or each.action != "delete"
    )


def _groups(desk: Desk, components: Iterable[Component], search: str) -> tuple[GroupView, ...]:
    live = [each for each in components if not each.deleted]
    by_kind: dict[str, list[EntryView]] = {}
    for each in sorted(live, key=lambda each: each.name):
        entry = _entry(desk, each)
        texts = (entry.label, entry.api_name, entry.sub)
        if not search or any(search in text.casefold() for text in texts):
            by_kind.setdefault(each.kind, []).append(entry)
    return tuple(
        GroupView(label=desk.words.kind(kind), entries=tuple(entries))
        for kind, entries in by_kind.items()
    )


def _entry(desk: Desk, component: Component) -> EntryView:
    return EntryView(
        label=desk.words.label(component),
        sub=desk.words.noun(component.parent) if component.parent else "",
        api_name=component.name,
        icon=str(component.body.get("icon") or "") or ICONS.get(component.kind, "file"),
        color=str(component.body.get("color") or "gray"),
    )


async def compare_versions(desk: Desk) -> Response:
    """?from=3&to=7; without them the last two."""
    current = desk.before.version
    older = number_of(desk.asked("from") or str(max(1, current - 1)))
    newer = number_of(desk.asked("to") or str(current))
    connection = desk.transaction.connection
    before = await changesets.components_at(connection, older)
    after = await changesets.components_at(connection, newer)
    changes = diff(before, after)
    groups: dict[str, list[ChangeRow]] = {}
    for row in change_rows(desk, changes):
        groups.setdefault(row.kind, []).append(row)
    rows = await version_rows(desk)
    page = ComparePage(
        older=await version_row(desk, older),
        newer=await version_row(desk, newer),
        versions=rows,
        groups=tuple((kind, tuple(found)) for kind, found in groups.items()),
        title=desk.words.count("%(count)s difference", "%(count)s differences", len(changes)),
        is_long=len(changes) > MOST_OPEN,
        url=f"{links.VERSIONS}/compare",
        swap_url=compare_url(newer, older),
    )
    crumbs = (
        CrumbView(label=desk.say("Versions"), url=links.VERSIONS),
        CrumbView(label=desk.say("Compare")),
    )
    return show(desk, "compare.html", page, crumbs=crumbs)
