"""/setup/draft/…: throwing the draft away and taking it back, a single change out of it, and
other open changesets into it."""

from __future__ import annotations

from starlette.responses import Response

from fieldstone.kernel.errors import Conflict
from fieldstone.metadata import changesets
from fieldstone.metadata import draft as store
from fieldstone.metadata.changesets import DRAFT, Changeset
from fieldstone.metadata.components import Key
from fieldstone.metadata.operations import Operation
from fieldstone.web.pages.rendering import go_to
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.desk import Desk
from fieldstone_builder.draft import draft_of
from fieldstone_builder.edits import Operations
from fieldstone_builder.inputs import typed
from fieldstone_builder.publish.pages import changeset_id


async def discard_draft(desk: Desk) -> Response:
    draft = desk.draft.changeset
    if draft is None:
        return go_to(links.HOME)
    await changesets.discard(desk.transaction.connection, draft.id)
    return toasts.leave(links.OBJECTS, "discarded", str(draft.id))


async def reopen_draft(desk: Desk) -> Response:
    reopened = await store.reopen(desk.transaction.connection, changeset_id(desk))
    return toasts.leave(links.OBJECTS, "reopened" if reopened else "not_reopened")


async def undo_change(desk: Desk) -> Response:
    """`what` is kind:name; `back` the page to return to."""
    form = await desk.form()
    kind, _, name = typed(form, "what").partition(":")
    operations = edits.undo(desk.before, desk.draft.operations, (kind, name))
    await desk.keep(operations)
    return toasts.leave(_back(desk, typed(form, "back"), (kind, name)), "undone")


def _back(desk: Desk, back: str, key: Key) -> str:
    """Where the form stood, unless that page goes with the change."""
    if back.startswith(links.PUBLISH) or back == links.BIN:
        return back
    if key in desk.before.components:
        return links.component_url(key) or links.OBJECTS
    return (
        links.object_url(key[1].partition(".")[0], "fields")
        if key[0] == "field"
        else (links.OBJECTS)
    )


async def discard_other(desk: Desk) -> Response:
    other = await _open(desk)
    await changesets.discard(desk.transaction.connection, other.id)
    return toasts.leave(links.PUBLISH, "discarded")


async def adopt_other(desk: Desk) -> Response:
    """Its changes go into the draft, and it is closed."""
    other = await _open(desk)
    await _adopt(desk, other)
    return toasts.leave(links.PUBLISH, "adopted")


async def resume_refused(desk: Desk) -> Response:
    """After a publishing in the background was refused: its changes are the draft again."""
    other = await changesets.get(desk.transaction.connection, changeset_id(desk))
    if other.status == DRAFT and other.title != store.TITLE:
        await _adopt(desk, other)
    code = typed(await desk.form(), "code")
    return go_to(f"{links.PUBLISH}?refused={code}" if code else links.PUBLISH)


async def _open(desk: Desk) -> Changeset:
    """Raises NotFound, and Conflict for one that is not open any more."""
    other = await changesets.get(desk.transaction.connection, changeset_id(desk))
    if other.status != DRAFT:
        raise Conflict("changeset_not_draft", details={"status": other.status})
    return other


async def _adopt(desk: Desk, other: Changeset) -> None:
    await desk.keep(merged(desk, other.operations))
    await changesets.discard(desk.transaction.connection, other.id)


def merged(desk: Desk, more: tuple[Operation, ...]) -> Operations:
    """The draft's operations with those of another changeset done after them."""
    operations = desk.draft.operations
    both = draft_of(desk.before, (*operations, *more))
    for each in more:
        key = (each.kind, each.name)
        component = both.after.get(*key)
        if each.op == "delete":
            operations = edits.delete(desk.before, operations, key)
        elif each.op == "restore":
            operations = edits.restore(desk.before, operations, key)
        elif component is not None:
            operations = edits.put(desk.before, operations, key, component.body)
        else:
            operations = (*operations, each)
    return operations
