"""/setup/bin: deleted objects, fields and other parts, with the way back."""

from __future__ import annotations

from starlette.responses import Response

from fieldstone.metadata import changesets
from fieldstone.metadata.changesets import Version
from fieldstone.metadata.components import Component
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.contexts import CrumbView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.types import look_of
from fieldstone_builder.inputs import typed
from fieldstone_builder.marks import state_tag
from fieldstone_builder.screen import show
from fieldstone_builder.usage import ICONS
from fieldstone_builder.versions.contexts import BinPage, DeletedRow


async def show_bin(desk: Desk) -> Response:
    versions = {
        each.number: each for each in await changesets.versions(desk.transaction.connection)
    }
    groups = []
    for kind in KINDS:
        rows = tuple(_row(desk, each, versions) for each in _deleted(desk, kind))
        if rows:
            groups.append((desk.words.kind(kind), rows))
    page = BinPage(
        groups=tuple(groups),
        restore_url=f"{links.BIN}/restore",
        undo_url=f"{links.DRAFT}/undo",
    )
    return show(desk, "bin.html", page, crumbs=(CrumbView(label=desk.say("Recycle bin")),))


def _deleted(desk: Desk, kind: str) -> list[Component]:
    """Deleted ones, and those that the draft deletes; parts of a deleted object come with it."""
    before, after = desk.before, desk.after
    gone = [
        each
        for each in (*before.hidden.values(), *before.components.values())
        if each.kind == kind and (each.key in before.hidden or each.key not in after.components)
    ]
    gone = [each for each in gone if each.key not in before.components or _is_deleted(desk, each)]
    return sorted(
        (each for each in gone if not _comes_along(desk, each)),
        key=lambda each: (each.parent, each.name),
    )


def _is_deleted(desk: Desk, component: Component) -> bool:
    return desk.draft.state(*component.key) == "deleted"


def _comes_along(desk: Desk, component: Component) -> bool:
    owner = ("object", component.parent)
    return bool(component.parent) and owner not in desk.before.components


def _row(desk: Desk, component: Component, versions: dict[int, Version]) -> DeletedRow:
    body = component.body
    state = desk.draft.state(*component.key)
    icon = str(body.get("icon") or "") or ICONS.get(component.kind, "file")
    if component.kind == "field":
        icon = look_of(str(body.get("type"))).icon
    return DeletedRow(
        label=desk.words.text(body.get("label")) or component.local_name,
        api_name=component.name,
        icon=icon,
        color=str(body.get("color") or "gray"),
        owner=desk.words.noun(component.parent) if component.parent else "",
        text="" if state == "deleted" else _when(desk, component, versions),
        what=f"{component.kind}:{component.name}",
        tag=state_tag(desk, state),
        undo=bool(state),
    )


def _when(desk: Desk, component: Component, versions: dict[int, Version]) -> str:
    version = versions.get(component.since)
    if version is None:
        return ""
    return desk.say(
        "Deleted with version %(number)s, %(when)s",
        {"number": version.number, "when": desk.words.moment(version.published_at)},
    )


async def restore_deleted(desk: Desk) -> Response:
    kind, _, name = typed(await desk.form(), "what").partition(":")
    operations = edits.restore(desk.before, desk.draft.operations, (kind, name))
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(links.BIN, "restored" if changed else "same")
