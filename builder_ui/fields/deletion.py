"""…/fields/{field}/delete: what hangs on a field, and its end in the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from fieldstone.formula.ast import Call, FieldRef, Unary
from fieldstone.kernel.errors import Problem
from fieldstone.metadata.dependencies import uses_of
from fieldstone.runtime import records
from fieldstone.runtime.query import COUNT_CAP, Query
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import check, faults, key_of
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.contexts import EditorView
from fieldstone_builder.fields.editor import editor_view, where_of
from fieldstone_builder.fields.entry import Entry
from fieldstone_builder.fields.pages import stored
from fieldstone_builder.fields.table import with_editor
from fieldstone_builder.usage import used_groups


async def ask_delete(desk: Desk) -> Response:
    """What hangs on the field; where something still needs it, that and no question."""
    entry = stored(desk)
    operations = edits.delete(desk.before, desk.draft.operations, entry.key)
    problems = check(desk.before, operations, [entry.key]).problems
    return with_editor(desk, entry.object, await _deletion(desk, entry, problems))


async def delete_field(desk: Desk) -> Response:
    entry = stored(desk)
    operations = edits.delete(desk.before, desk.draft.operations, entry.key)
    problems = check(desk.before, operations, [entry.key]).problems
    if problems:
        view = await _deletion(desk, entry, problems)
        return with_editor(desk, entry.object, view, status=422)
    await desk.keep(operations)
    base = links.object_url(entry.object.name, "fields")
    return toasts.leave(base, "deleted" if entry.published else "undone")


async def _deletion(desk: Desk, entry: Entry, problems: Sequence[Problem]) -> EditorView:
    view = editor_view(desk, entry)
    if problems:
        return replace(_refusal(desk, entry, problems, view), step="delete")
    return replace(view, step="delete", delete_question=await _held(desk, entry))


def _refusal(desk: Desk, entry: Entry, problems: Sequence[Problem], view: EditorView) -> EditorView:
    """Those that need the field, each once and with a way to it; other reasons in words."""
    keys = {key_of(desk, each) for each in problems}
    users = [each for each in uses_of(desk.after, entry.key) if each.component.key in keys]
    named = {each.component.key for each in users}
    others = [each for each in problems if key_of(desk, each) not in named]
    told = faults(desk, others, entry.key, where_of(entry))
    return replace(view, problems=told.summary(), needed_by=used_groups(desk, users))


async def _held(desk: Desk, entry: Entry) -> str:
    held = await _records_holding(desk, entry)
    words = f"{COUNT_CAP:,}+" if held > COUNT_CAP else f"{held:,}"
    return (
        desk.words.count(
            "%(count)s record holds a value; it is kept and comes back with the field.",
            "%(count)s records hold a value; they are kept and come back with the field.",
            held,
        ).replace(f"{held:,}", words)
        if held
        else _none_holds(desk, entry)
    )


def _none_holds(desk: Desk, entry: Entry) -> str:
    if "is_blank" in entry.kind.operators:
        return desk.say("No record holds a value.")
    return desk.say("What records hold is kept and comes back with the field.")


async def _records_holding(desk: Desk, entry: Entry) -> int:
    """Counted up to the cap of counts; a field that filters cannot name is not counted."""
    counted = desk.rights.may_read(entry.object.name, entry.name)
    if entry.published is None or not counted or "is_blank" not in entry.kind.operators:
        return 0
    filled = Unary("NOT", Call("ISBLANK", (FieldRef((entry.name,)),)))
    return await records.count(desk.transaction, Query(object=entry.object.name, filter=filled))
