"""/setup/objects/{object}/fields/…: adding, changing and deleting one field."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata.dependencies import uses_of
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.locks import row_estimates
from fieldstone.metadata.validate import PICKLISTS
from fieldstone.runtime import field_stats
from fieldstone_builder import links, toasts
from fieldstone_builder.checks import faults
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.contexts import EditorView
from fieldstone_builder.fields.editor import editor_view, type_step, where_of
from fieldstone_builder.fields.entry import Entry, new_entry, posted_entry, stored_entry
from fieldstone_builder.fields.operations import tried
from fieldstone_builder.fields.table import with_editor
from fieldstone_builder.fields.values import PALETTE, Value, with_codes
from fieldstone_builder.inputs import typed
from fieldstone_builder.screen import show_fragment
from fieldstone_builder.usage import used_groups

MANY_RECORDS = 50_000
"""From so many on, a change of type is tried when asked for and not while one types."""

MOST_SUGGESTED = 50


async def new_field(desk: Desk) -> Response:
    shape = desk.shape()
    wanted = desk.asked("type")
    if wanted not in FIELD_TYPES:
        return with_editor(desk, shape, type_step(desk, shape))
    return with_editor(desk, shape, editor_view(desk, new_entry(desk, shape, wanted)))


async def edit_field(desk: Desk) -> Response:
    entry = stored(desk)
    return with_editor(desk, entry.object, await _view(desk, entry))


def stored(desk: Desk) -> Entry:
    shape = desk.shape()
    component = desk.after.get("field", f"{shape.name}.{desk.path('field')}")
    if component is None:
        raise NotFound("component_not_found", kind="field", name=desk.path("field")[:100])
    return stored_entry(desk, shape, component)


async def posted_of(desk: Desk) -> Entry:
    form = await desk.form()
    if "field" in desk.request.path_params:
        return posted_entry(desk, form, stored(desk))
    wanted = typed(form, "type")
    start = new_entry(desk, desk.shape(), wanted if wanted in FIELD_TYPES else "text")
    return posted_entry(desk, form, start)


async def _view(desk: Desk, entry: Entry) -> EditorView:
    return editor_view(desk, entry, later=await _is_long(desk, entry))


async def _is_long(desk: Desk, entry: Entry) -> bool:
    shape = desk.before.objects.get(entry.object.name)
    if shape is None or entry.published is None:
        return False
    estimates = await row_estimates(desk.transaction.connection, [shape.table])
    return estimates.get(shape.table, 0) > MANY_RECORDS


async def redraw_field(desk: Desk) -> Response:
    """The same form after a choice that asks for other inputs; nothing is kept."""
    entry = await _suggested(desk, await posted_of(desk))
    return show_fragment(desk, "field_editor.html", await _view(desk, entry))


async def preview_field(desk: Desk) -> Response:
    return show_fragment(desk, "field_preview.html", editor_view(desk, await posted_of(desk)))


async def _suggested(desk: Desk, entry: Entry) -> Entry:
    """A text that becomes a picklist is offered the texts there are as values."""
    old = entry.published_body.get("type")
    wanting = (
        entry.has_choices
        and not entry.shares_values
        and not any(not each.blank for each in entry.values)
    )
    readable = desk.rights.may_read(entry.object.name, entry.name)
    if not wanting or old is None or old in PICKLISTS or not readable:
        return entry
    held = await field_stats.held(
        desk.transaction, entry.object.name, entry.name, limit=MOST_SUGGESTED
    )
    rows = [
        Value(
            index=str(index),
            code="",
            label={desk.words.code: str(value)[:200]},
            color=PALETTE[index % len(PALETTE)],
        )
        for index, (value, _) in enumerate(held.commonest)
    ]
    return replace(entry, values=with_codes(rows))


async def save_field(desk: Desk) -> Response:
    entry = await posted_of(desk)
    found = tried(desk, entry)
    if found.problems:
        told = faults(desk, found.problems, entry.key, where_of(entry))
        later = await _is_long(desk, entry)
        view = editor_view(desk, entry, told, later=later)
        return with_editor(desk, entry.object, view, status=422)
    changed = found.operations != desk.draft.operations
    await desk.keep(found.operations)
    base = links.object_url(entry.object.name, "fields")
    more = typed(await desk.form(), "then") == "new"
    return toasts.leave(
        links.new_field_url(entry.object.name) if more else base, "kept" if changed else "same"
    )


async def show_used(desk: Desk) -> Response:
    entry = stored(desk)
    groups = used_groups(desk, uses_of(desk.after, entry.key))
    return show_fragment(desk, "used.html", groups)
