"""One field of a record, edited where it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Conflict, Invalid, NotFound, Problem
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.contexts import FieldValue
from fieldstone.web.form_contexts import FieldEdit
from fieldstone.web.pages.draft import Draft, editable, is_changed, linked_for, to_save
from fieldstone.web.pages.form_page import form_item
from fieldstone.web.pages.form_state import form_state
from fieldstone.web.pages.record import open_record
from fieldstone.web.pages.record_page import Opened, shown_field, shown_sections
from fieldstone.web.pages.rendering import moved_to, show_fragment
from fieldstone.web.pages.saving import by_input
from fieldstone.web.reader import Reader
from fieldstone.web.service import service_of

EDIT = "fragments/field_edit.html"
SHOWN = "fragments/field_shown.html"


async def show_field(request: Request, transaction: Transaction) -> Response:
    """The form of the field; with `?shown=1` the field as it stands."""
    reader = Reader.of(transaction)
    opened, field = await _opened(request, transaction, reader)
    if request.query_params.get("shown"):
        return _shown(request, transaction, reader, opened, field)
    draft = await draft_of(transaction, reader, opened)
    return await _edit(request, transaction, reader, draft, field)


async def save_field(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    opened, field = await _opened(request, transaction, reader)
    form = await request.form()
    typed = posts.read(form, field, field.name)
    draft = await draft_of(transaction, reader, opened)
    if typed is not None:
        draft = replace(draft, typed={field.name: typed})
        draft = replace(draft, linked=await linked_for(transaction, reader, [draft]))
    if not is_changed(reader, draft, field):
        return _shown(request, transaction, reader, opened, field)
    try:
        await save_typed(request, transaction, draft, field, await posted_version(request))
    except Invalid as error:
        return await _edit(request, transaction, reader, draft, field, error.problems)
    except Conflict:
        stale = Problem(code="record.stale", path=field.name)
        return await _edit(request, transaction, reader, draft, field, [stale])
    before = shown_sections(reader, opened)
    opened, field = await _opened(request, transaction, reader)
    if shown_sections(reader, opened) != before:
        return moved_to(opened.url)
    return _shown(request, transaction, reader, opened, field)


async def posted_version(request: Request) -> int | None:
    text = str((await request.form()).get("version") or "")
    return int(text) if (text.isascii() and text.isdigit()) else None


async def save_typed(
    request: Request, transaction: Transaction, draft: Draft, field: Field, version: int | None
) -> None:
    """Saves what was typed over one field; a refusal undoes only that."""
    values = {field.name: to_save(draft, field)}
    options = Options(single=True, pipeline=service_of(request).pipeline)
    async with transaction.connection.savepoint():
        batch = [(draft.row["id"], version, values)]
        await save.update(transaction, draft.object.name, batch, options)


async def _opened(
    request: Request, transaction: Transaction, reader: Reader
) -> tuple[Opened, Field]:
    """Raises NotFound for a field that is not on the page."""
    params = request.path_params
    transaction.grant(params["object"]).require("edit")
    opened = await open_record(transaction, reader, params["object"], params["id"])
    column = opened.columns.get(params["field"])
    if column is None or opened.deleted or not editable(reader, column.field, {}, new=False):
        raise NotFound
    return opened, column.field


async def draft_of(transaction: Transaction, reader: Reader, opened: Opened) -> Draft:
    draft = Draft(
        object=opened.object, layout=opened.layout, row=opened.row, id=opened.id,
        linked=opened.linked,
    )  # fmt: skip
    return replace(draft, linked=await linked_for(transaction, reader, [draft]))


def _url(draft: Draft, field: Field) -> str:
    return f"/o/{draft.object.name}/{draft.id}/field/{field.name}"


async def _edit(
    request: Request,
    transaction: Transaction,
    reader: Reader,
    draft: Draft,
    field: Field,
    problems: Sequence[Problem] = (),
) -> Response:
    url = _url(draft, field)
    item = await item_of(transaction, reader, draft, field, problems)
    page = FieldEdit(
        item=item,
        action=url,
        cancel_url=f"{url}?shown=1",
        version=str(draft.row["version"]),
    )
    status = 422 if problems else 200
    return show_fragment(request, transaction, EDIT, page, status)


async def item_of(
    transaction: Transaction,
    reader: Reader,
    draft: Draft,
    field: Field,
    problems: Sequence[Problem] = (),
) -> FieldValue:
    """The field to be edited by itself: what is wrong elsewhere is told beside it, too."""
    told = by_input(reader, problems)
    elsewhere = tuple(text for path, texts in told.items() if path != field.name for text in texts)
    told = {field.name: (*told.get(field.name, ()), *elsewhere)}
    item = form_item(reader, replace(draft, problems=told), field)
    offered = (await form_state(transaction, reader, draft)).options.get(field.name)
    return item if offered is None else _narrowed(item, offered)


def _narrowed(item: FieldValue, offered: frozenset[str]) -> FieldValue:
    """The choices that fit the record as it is stored: the field they depend on is not here."""
    options = tuple(each for each in item.field.options if each.code in offered)
    return replace(item, field=replace(item.field, options=options, depends_on=""))


def _shown(
    request: Request, transaction: Transaction, reader: Reader, opened: Opened, field: Field
) -> Response:
    placed = {
        name: place for section in opened.layout.sections for name, place in section.fields
    }.get(field.name, {})
    item = shown_field(reader, opened, field, placed)
    return show_fragment(request, transaction, SHOWN, item)
