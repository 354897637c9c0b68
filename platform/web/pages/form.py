"""/o/{object}/new and /o/{object}/{id}/edit: the generated form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Conflict, Invalid, Problem
from fieldstone.kernel.ids import uuid7
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.save.validation import WARNED
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import LinkView, NoteView
from fieldstone.web.form_contexts import FormPage
from fieldstone.web.pages.conflict import (
    WAS,
    conflict_view,
    fingerprint,
    fingerprint_of,
    merged,
    without_theirs,
)
from fieldstone.web.pages.draft import (
    Draft,
    changed,
    filled,
    form_fields,
    linked_for,
    prefilled,
)
from fieldstone.web.pages.form_page import form_sections, sub_table, summary
from fieldstone.web.pages.lines import Table, save_lines
from fieldstone.web.pages.opened_form import (
    BODY_FIELDS,
    Form,
    edit_form,
    new_form,
    posted_form,
    watched_inputs,
    with_state,
)
from fieldstone.web.pages.rendering import go_to, show, with_query
from fieldstone.web.pages.saving import by_input
from fieldstone.web.pages.toasts import leave_toast
from fieldstone.web.reader import Reader
from fieldstone.web.service import service_of
from fieldstone.web.value_views import record_url

TEMPLATE = "pages/form.html"
MEANT = "warnings_meant"
"""The button beside a warning that saves all the same."""


async def show_new(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    form = await new_form(request, transaction, reader)
    typed = prefilled(reader, form.draft.object, request.query_params)
    draft = replace(form.draft, typed=typed, touched=frozenset(typed))
    form = await with_state(transaction, reader, replace(form, draft=draft))
    return await _show(request, transaction, reader, form)


async def create_record(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    data = await request.form(max_files=20, max_fields=BODY_FIELDS)
    form = posted_form(reader, await new_form(request, transaction, reader, data), data)
    form = await with_state(transaction, reader, form)
    draft = form.draft
    values = filled(reader, draft)
    if draft.object.record_types:
        values.setdefault("record_type", draft.row["record_type"])
    try:
        record_id = await _save(request, transaction, reader, form, values, _asks(data))
    except Invalid as error:
        return await _show(request, transaction, reader, form, error.problems)
    name = draft.object.name
    if data.get("then") == "new":
        url = with_query(request.url.path, dict(form.kept))
        return leave_toast(go_to(url), "created", name)
    return leave_toast(go_to(record_url(name, record_id)), "created", name)


async def show_edit(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    form = await edit_form(request, transaction, reader)
    form = await with_state(transaction, reader, form)
    return await _show(request, transaction, reader, form)


async def update_record(request: Request, transaction: Transaction) -> Response:
    """A stale version is not an error but a question: whose value is to stay?"""
    reader = Reader.of(transaction)
    data = await request.form(max_files=20, max_fields=BODY_FIELDS)
    form = posted_form(reader, await edit_form(request, transaction, reader), data)
    form = await with_state(transaction, reader, form)
    draft = without_theirs(form.draft, data)
    draft = replace(draft, linked=await linked_for(transaction, reader, [draft]))
    form = replace(form, draft=draft)
    seen = _version(data)
    if seen is not None and seen != form.version:
        return await _show_conflict(request, transaction, reader, form, data)
    try:
        await _save(request, transaction, reader, form, changed(reader, draft), _asks(data))
    except Invalid as error:
        return await _show(request, transaction, reader, form, error.problems)
    except Conflict:
        fresh = await edit_form(request, transaction, reader)
        form = replace(form, draft=replace(draft, row=fresh.draft.row), version=fresh.version)
        return await _show_conflict(request, transaction, reader, form, data)
    url = record_url(draft.object.name, draft.id or "")
    return leave_toast(go_to(url), "saved", draft.object.name)


def _asks(data: FormData) -> bool:
    return data.get(MEANT) != "1"


def _version(data: FormData) -> int | None:
    text = str(data.get("version") or "")
    return int(text) if (text.isascii() and text.isdigit()) else None


async def _save(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    form: Form,
    values: dict[str, Any],
    ask: bool,  # noqa: FBT001  # whether warnings are still to be answered
) -> UUID:
    """The record and its lines, all or nothing. Raises Invalid with every problem of both."""
    options = Options(pipeline=service_of(request).pipeline, ask_warnings=ask)
    problems = _missing(reader, form.draft)
    async with transaction.connection.savepoint():
        record_id, found = await _save_record(
            transaction, form, values, replace(options, single=True)
        )
        known = {each.path for each in found}
        problems = [*found, *(each for each in problems if each.path not in known)]
        for table in form.tables:
            problems += await save_lines(transaction, reader, table, record_id, options)
        if problems:
            raise Invalid("record_invalid", problems=problems)
    return record_id


async def _save_record(
    transaction: Transaction, form: Form, values: dict[str, Any], options: Options
) -> tuple[UUID, list[Problem]]:
    """The id, or one of no record: the lines are tried even when the record itself is refused, so
    that all problems are told at once."""
    draft, name = form.draft, form.draft.object.name
    try:
        async with transaction.connection.savepoint():
            if draft.id is None:
                saved = await save.create(transaction, name, [values], options)
                return saved.ids[0], []
            if values:
                await save.update(transaction, name, [(draft.id, form.version, values)], options)
            return draft.id, []
    except Invalid as error:
        return draft.id or uuid7(), list(error.problems)


def _missing(reader: Reader, draft: Draft) -> list[Problem]:
    """What the layout, not the field, asks for."""
    return [
        Problem(code="field.required", path=field.name)
        for field, placed in form_fields(reader, draft)
        if placed.get("required")
        and not field.required
        and (typed := draft.typed.get(field.name)) is not None
        and typed.blank
    ]


async def _show_conflict(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    form: Form,
    data: FormData,
) -> Response:
    found = merged(reader, form.draft, fingerprint_of(data))
    linked = await linked_for(transaction, reader, [found.draft])
    found = replace(found, draft=replace(found.draft, linked=linked))
    view = conflict_view(reader, found, found.draft.row)
    form = replace(form, draft=found.draft, conflict=view)
    return await _show(request, transaction, reader, form)


async def _show(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    form: Form,
    problems: Sequence[Problem] = (),
) -> Response:
    drafts = [form.draft, *(line.draft for table in form.tables for line in table.lines)]
    drafts.extend(table.pattern for table in form.tables)
    linked = await linked_for(transaction, reader, drafts)
    told = by_input(reader, problems)
    draft = replace(form.draft, linked=linked, problems=told)
    tables = tuple(_with(table, linked, told) for table in form.tables)
    page = _page(reader, replace(form, draft=draft, tables=tables))
    if problems and all(each.code == WARNED for each in problems):
        page = replace(page, warned=True)
    status = 409 if form.conflict else 422 if problems else 200
    return show(request, transaction, TEMPLATE, page, status=status)


def _with(table: Table, linked: Any, problems: Any) -> Table:
    return replace(
        table,
        pattern=replace(table.pattern, linked=linked),
        lines=tuple(
            replace(line, draft=replace(line.draft, linked=linked, problems=problems))
            for line in table.lines
        ),
    )


def _page(reader: Reader, form: Form) -> FormPage:
    draft, name = form.draft, form.draft.object.name
    base = f"/o/{name}"
    url = f"{base}/new" if draft.new else f"{base}/{draft.id}/edit"
    watch = watched_inputs(reader, form)
    return FormPage(
        title=form.title,
        action=with_query(url, dict(form.kept)),
        plural=reader.noun(name, "plural"),
        list_url=base,
        cancel_url=base if draft.new else f"{base}/{draft.id}",
        sections=form_sections(reader, draft),
        sub_tables=tuple(sub_table(reader, table, draft.problems) for table in form.tables),
        problems=summary(reader, draft, form.tables, draft.problems),
        notes=_record_type_note(reader, form),
        conflict=form.conflict,
        hidden=_hidden(reader, form),
        save_and_new=draft.new,
        draft_key=url,
        state_url=f"{url.removesuffix('/edit')}/state" if watch else "",
        watch=watch,
    )


def _hidden(reader: Reader, form: Form) -> tuple[tuple[str, str], ...]:
    """What the form must bring back: the version it was made from, and what it held then."""
    draft = form.draft
    if not draft.new:
        return (
            ("version", str(form.version)),
            (WAS, fingerprint(reader, replace(draft, hidden=frozenset()))),
        )
    shown = {field.name for field, _ in form_fields(reader, draft)}
    if draft.object.record_types and "record_type" not in shown:
        return (("record_type", str(draft.row["record_type"])),)
    return ()


def _record_type_note(reader: Reader, form: Form) -> tuple[NoteView, ...]:
    """Which kind of record this will be, and the others it could be."""
    draft = form.draft
    types = {
        name: body
        for name, body in draft.object.record_types.items()
        if body.get("active") is not False
    }
    if not draft.new or len(types) < 2:
        return ()
    current = str(draft.row.get("record_type") or "")
    kept = {name: value for name, value in form.kept if name != "record_type"}
    links = tuple(
        LinkView(
            label=reader.text(body.get("label")),
            url=with_query(f"/o/{draft.object.name}/new", {**kept, "record_type": name}),
        )
        for name, body in types.items()
        if name != current
    )
    label = reader.text(types.get(current, {}).get("label"))
    note = NoteView(
        title=reader.say("Record type: %(label)s", {"label": label}),
        text=reader.say("Change to"),
        links=links,
        icon="category",
    )
    return (note,)
