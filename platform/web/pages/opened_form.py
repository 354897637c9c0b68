"""A form as it is opened, and as it comes back: the record, its lines, and what holds in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request

from fieldstone.formula.scope import Path
from fieldstone.kernel.errors import NotFound
from fieldstone.runtime.access import Grant
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.form_contexts import ConflictView
from fieldstone.web.layouts import layout_of
from fieldstone.web.pages.draft import Draft, form_fields, new_row, read_fields, read_touched
from fieldstone.web.pages.form_computed import computed_draft, computed_tables, paths_of
from fieldstone.web.pages.form_state import (
    FormState,
    form_state,
    form_states,
    given,
    shown_draft,
    watched,
)
from fieldstone.web.pages.lines import Line, Table, posted_tables, tables_of
from fieldstone.web.pages.record import open_record
from fieldstone.web.pages.record_page import Opened, title_of
from fieldstone.web.reader import Reader

BODY_FIELDS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a form shows. `kept` is what its address brought along."""

    draft: Draft
    tables: tuple[Table, ...] = ()
    conflict: ConflictView | None = None
    kept: tuple[tuple[str, str], ...] = ()
    title: str = ""
    version: int | None = None


def granted(request: Request, transaction: Transaction, action: str) -> Grant:
    grant = transaction.grant(request.path_params["object"])
    grant.require(action)
    return grant


async def new_form(
    request: Request, transaction: Transaction, reader: Reader, data: FormData | None = None
) -> Form:
    shape = granted(request, transaction, "create").object
    row = await new_row(transaction, reader, shape.name)
    chosen = request.query_params.get("record_type", "")
    if data is not None and data.get("record_type"):
        chosen = str(data["record_type"])
    if chosen in shape.record_types:
        row["record_type"] = chosen
    layout = layout_of(reader.snapshot, shape.name, str(row.get("record_type") or ""))
    noun = {"object": reader.noun(shape.name)}
    return Form(
        draft=Draft(object=shape, layout=layout, row=row),
        tables=await tables_of(transaction, reader, layout, None),
        kept=tuple(request.query_params.items()),
        title=reader.say("New %(object)s", noun),
    )


async def edit_form(request: Request, transaction: Transaction, reader: Reader) -> Form:
    grant = granted(request, transaction, "edit")
    record_id: UUID = request.path_params["id"]
    opened = await open_record(transaction, reader, grant.object.name, record_id)
    if opened.deleted:
        raise NotFound("record_not_found", object=grant.object.name)
    return Form(
        draft=_draft_of(opened),
        tables=await tables_of(transaction, reader, opened.layout, record_id),
        title=title_of(reader, opened.row),
        version=opened.row["version"],
    )


def _draft_of(opened: Opened) -> Draft:
    return Draft(
        object=opened.object,
        layout=opened.layout,
        row=opened.row,
        linked=opened.linked,
        id=opened.id,
    )


def posted_form(reader: Reader, form: Form, data: FormData) -> Form:
    typed = read_fields(reader, form.draft, data)
    draft = replace(form.draft, typed=typed, touched=read_touched(form.draft, typed, data))
    return replace(form, draft=draft, tables=posted_tables(reader, form.tables, data))


async def with_state(transaction: Transaction, reader: Reader, form: Form) -> Form:
    """The form with what its state hides left out, and what it fills in where nobody typed."""
    state = await form_state(transaction, reader, form.draft)
    draft = _filled(reader, shown_draft(form.draft, state), state)
    fresh = [line for line in _lines(form) if line.draft.new]
    drafts = [line.draft for line in fresh]
    states = await form_states(transaction, reader, drafts, state.values) if fresh else []
    known = {
        line.draft.prefix: replace(line, draft=_filled(reader, line.draft, own))
        for line, own in zip(fresh, states, strict=True)
    }
    tables = tuple(
        replace(table, lines=tuple(known.get(line.draft.prefix, line) for line in table.lines))
        for table in form.tables
    )
    draft = await computed_draft(transaction, reader, draft)
    tables = await computed_tables(transaction, reader, draft, tables)
    return replace(form, draft=draft, tables=tables)


def _lines(form: Form) -> Iterator[Line]:
    for table in form.tables:
        yield from table.lines


def _filled(reader: Reader, draft: Draft, state: FormState) -> Draft:
    """What is hidden is left to the defaults of saving."""
    shown = {field.name for field, _ in form_fields(reader, draft)}
    defaults = {name: one for name, one in given(reader, draft, state).items() if name in shown}
    return replace(draft, typed={**draft.typed, **defaults})


def watched_inputs(reader: Reader, form: Form) -> tuple[str, ...]:
    """Input names that others depend on; "lines.*.product" stands for every line."""
    names = {path[0] for path in _watched(reader, form.draft)}
    for table in form.tables:
        start = f"{table.children.name}.*."
        for path in _watched(reader, table.pattern):
            above = path[0] == table.pattern.link and len(path) > 1
            names.add(path[1] if above else start + path[0])
    return tuple(sorted(names))


def _watched(reader: Reader, draft: Draft) -> frozenset[Path]:
    """What the form may show: a change of anything else is nobody's here to make."""
    paths = watched(reader, draft) | paths_of(reader, draft)
    return frozenset(path for path in paths if reader.trail(draft.object.name, path[0]))
