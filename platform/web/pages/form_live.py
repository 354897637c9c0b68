"""What a form asks while somebody fills it in: which sections hold now, and which untouched
fields are given another value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.contexts import FieldValue
from fieldstone.web.form_contexts import FormStateView
from fieldstone.web.pages.draft import Draft, linked_for
from fieldstone.web.pages.form_computed import shown_formulas
from fieldstone.web.pages.form_page import form_item
from fieldstone.web.pages.opened_form import (
    BODY_FIELDS,
    Form,
    edit_form,
    new_form,
    posted_form,
    with_state,
)
from fieldstone.web.pages.rendering import show_fragment
from fieldstone.web.reader import Reader

TEMPLATE = "fragments/form_state.html"


async def show_new_state(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    data = await request.form(max_files=20, max_fields=BODY_FIELDS)
    form = await new_form(request, transaction, reader, data)
    return await _answer(request, transaction, reader, posted_form(reader, form, data))


async def show_edit_state(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    data = await request.form(max_files=20, max_fields=BODY_FIELDS)
    form = await edit_form(request, transaction, reader)
    return await _answer(request, transaction, reader, posted_form(reader, form, data))


async def _answer(
    request: Request, transaction: Transaction, reader: Reader, sent: Form
) -> Response:
    form = await with_state(transaction, reader, sent)
    before = {draft.prefix: draft for draft in _drafts(sent)}
    drafts = list(_drafts(form))
    linked = await linked_for(transaction, reader, drafts)
    main, *lines = (
        tuple(_changed(reader, before[draft.prefix], replace(draft, linked=linked)))
        for draft in drafts
    )
    page = FormStateView(
        sections=tuple(
            (section.name, section.name not in form.draft.hidden)
            for section in form.draft.layout.sections
            if section.visible_when
        ),
        fields=main,
        cells=tuple(cell for line in lines for cell in line),
    )
    return show_fragment(request, transaction, TEMPLATE, page)


def _drafts(form: Form) -> Iterator[Draft]:
    yield form.draft
    for table in form.tables:
        for line in table.lines:
            yield line.draft


def _changed(reader: Reader, before: Draft, draft: Draft) -> Iterator[FieldValue]:
    """Fields that now hold something else than the page sent."""
    for name, typed in draft.typed.items():
        field = draft.object.fields[name]
        was = before.typed.get(name)
        if was is None or posts.digest(reader, field, was) != posts.digest(reader, field, typed):
            yield form_item(reader, draft, field)
    for field in shown_formulas(reader, draft):
        yield form_item(reader, draft, field, {"read_only": True})
