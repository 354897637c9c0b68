"""The lists of records that point at a record, each read with the reader's rights to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from fieldstone.formula.ast import Binary, FieldRef, Literal
from fieldstone.runtime import records
from fieldstone.runtime.query import Page, Query
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.conditions import joined
from fieldstone.web.layouts import Children
from fieldstone.web.page_contexts import ColumnView, CountView, RelatedList, RowView
from fieldstone.web.pages.list_page import row_view
from fieldstone.web.pages.list_views import sorts_of
from fieldstone.web.pages.record_page import Opened
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of, fields_of, linked_of
from fieldstone.web.views import NUMERIC, field_view

_TELLING = frozenset({"lookup", "user", "text", "master_detail"})
COUNTED = 20
"""A related list knows its number up to here; beyond it says "20+" and links to the whole."""


async def related_lists(
    transaction: Transaction, reader: Reader, opened: Opened
) -> tuple[RelatedList, ...]:
    """One query for each list that the reader may see: first the lines, then the others."""
    if opened.deleted:
        return ()
    found = []
    lines = {each.name for each in opened.layout.sub_tables}
    for children in (*opened.layout.sub_tables, *opened.layout.related_lists):
        if _readable(reader, children):
            found.append(
                await _related(transaction, reader, opened, children, lines=children.name in lines)
            )
    return tuple(found)


def _readable(reader: Reader, children: Children) -> bool:
    return children.object in reader.snapshot.objects and reader.rights.may_read(
        children.object, children.field
    )


async def _related(
    transaction: Transaction, reader: Reader, opened: Opened, children: Children, *, lines: bool
) -> RelatedList:
    shape = reader.shape(children.object)
    columns = columns_of(reader, shape.name, ("name", *children.columns))
    belongs = child_filter(children.field, opened.id)
    query = Query(
        object=shape.name,
        fields=fields_of(reader, columns),
        filter=belongs,
        sort=sorts_of(reader, shape.name, _sort(reader, children)),
        limit=COUNTED,
        errors=True,
    )
    page = await records.fetch(transaction, query)
    linked = await linked_of(transaction, columns, page.records[: children.limit])
    heading = _heading(children, columns)
    return RelatedList(
        name=children.name,
        label=_label(reader, children),
        columns=tuple(
            _column(reader, each, is_name=at in (0, heading)) for at, each in enumerate(columns)
        ),
        rows=tuple(
            _titled(row_view(reader, columns, row, linked, shape.name, amounts=False), heading)
            for row in page.records[: children.limit]
        ),
        icon=shape.icon,
        color=shape.color,
        count=_count(page),
        new_url=_new_url(reader, opened, children, lines=lines),
        all_url=with_query(f"/o/{shape.name}", {"filter": joined([belongs])}),
        lines=lines,
    )


def _label(reader: Reader, children: Children) -> str:
    """As the layout says, else as the link does, else what the records are called."""
    field = reader.shape(children.object).fields[children.field]
    own = reader.text(children.label) or reader.text(field.config.get("related_label"))
    return own or reader.noun(children.object, "plural")


def _sort(reader: Reader, children: Children) -> str:
    """The order that the layout asks for, as far as its fields may be read."""
    kept = [each for each in children.sort if reader.trail(children.object, each.lstrip("+-"))]
    return ",".join(kept)


def _count(page: Page) -> CountView:
    return CountView(value=len(page.records), capped=page.next is not None)


def _heading(children: Children, columns: tuple[Column, ...]) -> int:
    """Which column names a row: the name, unless it is a mere number that the layout leaves out
    and there is something that says more."""
    if "name" in children.columns or columns[0].field.type.name != "autonumber":
        return 0
    telling = (at for at, each in enumerate(columns) if at and each.field.type.name in _TELLING)
    return next(telling, 0)


def _titled(row: RowView, heading: int) -> RowView:
    title = str(row.cells[heading].text) if heading else ""
    return replace(row, title=title) if title else row


def _column(reader: Reader, column: Column, *, is_name: bool) -> ColumnView:
    return ColumnView(
        field=field_view(reader, column.field),
        label=reader.label(column.field),
        is_name=is_name,
        numeric=column.field.type.name in NUMERIC,
    )


def _new_url(reader: Reader, opened: Opened, children: Children, *, lines: bool) -> str:
    """Lines are added where the record is edited; others in a form that knows their parent."""
    if not reader.may("create", children.object):
        return ""
    if lines:
        may = reader.may("edit", opened.object.name)
        return f"{opened.url}/edit#t-{children.name}" if may else ""
    field = reader.shape(children.object).fields[children.field]
    rights = reader.rights.of(children.object)
    if field.read_only or field.name not in rights.editable:
        return ""
    return with_query(f"/o/{children.object}/new", {field.name: parent_value(field, opened)})


def parent_value(field: Any, opened: Opened) -> str:
    """The record as a link to it is written in an address."""
    several = "_object" in field.columns
    return f"{opened.object.name}/{opened.id}" if several else str(opened.id)


def child_filter(field_name: str, parent: UUID) -> Binary:
    return Binary("=", FieldRef((field_name,)), Literal(str(parent)))
