"""Lines of a form: records of another object that are created, changed and removed together
with the record they belong to."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from fieldstone.kernel.errors import Invalid, NotFound, Problem
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.query import MAX_LIMIT, Query, Sort
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.save.remove import delete
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.layouts import Children, Layout, Section
from fieldstone.web.pages.draft import (
    Draft,
    changed,
    filled,
    is_changed,
    new_row,
    read_fields,
    read_touched,
)
from fieldstone.web.pages.related import child_filter
from fieldstone.web.pages.saving import line_problems
from fieldstone.web.reader import Reader
from fieldstone.web.selection import columns_of, fields_of

PATTERN = "__n__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table. `index` is its number in the form; a stored one knows its version."""

    index: str
    draft: Draft
    version: int | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    children: Children
    pattern: Draft
    lines: tuple[Line, ...] = ()


async def tables_of(
    transaction: Transaction, reader: Reader, layout: Layout, record_id: UUID | None
) -> tuple[Table, ...]:
    """The tables that this reader may fill in, with the lines that are stored."""
    found = []
    for children in layout.sub_tables:
        if not _usable(reader, children):
            continue
        pattern = await _pattern(transaction, reader, children)
        rows = await _stored(transaction, reader, children, record_id) if record_id else []
        lines = tuple(
            Line(
                index=str(index),
                draft=replace(pattern, row=row, id=row["id"], prefix=f"{children.name}.{index}."),
                version=row["version"],
            )
            for index, row in enumerate(rows)
        )
        found.append(Table(children=children, pattern=pattern, lines=lines))
    return tuple(found)


def _usable(reader: Reader, children: Children) -> bool:
    name = children.object
    may = reader.may("create", name) or reader.may("edit", name)
    return may and reader.rights.may_read(name, children.field)


async def _pattern(transaction: Transaction, reader: Reader, children: Children) -> Draft:
    shape = reader.shape(children.object)
    names = [name for name in children.columns if name != children.field]
    section = Section(name="line", label={}, fields=tuple((name, {}) for name in names))
    return Draft(
        object=shape,
        layout=Layout(sections=(section,)),
        row=await new_row(transaction, reader, shape.name),
        prefix=f"{children.name}.{PATTERN}.",
        link=children.field,
    )


async def _stored(
    transaction: Transaction, reader: Reader, children: Children, record_id: UUID
) -> list[dict[str, Any]]:
    columns = columns_of(reader, children.object, (*children.columns, "currency_code"))
    query = Query(
        object=children.object,
        fields=fields_of(reader, columns),
        filter=child_filter(children.field, record_id),
        sort=(Sort(path="created_at"),),
        limit=MAX_LIMIT,
        errors=True,
    )
    return (await records.fetch(transaction, query)).records


def posted_tables(reader: Reader, tables: Sequence[Table], form: FormData) -> tuple[Table, ...]:
    """The tables as the form has them. Raises NotFound for a line of another record."""
    return tuple(replace(table, lines=tuple(_posted(reader, table, form))) for table in tables)


def _posted(reader: Reader, table: Table, form: FormData) -> Iterator[Line]:
    stored = {line.draft.id: line for line in table.lines}
    for index in _indexes(table.children.name, form):
        prefix = f"{table.children.name}.{index}."
        identity = str(form.get(f"{prefix}id") or "")
        base = table.pattern
        known: Line | None = None
        if identity:
            known = stored.get(UUID(identity)) if is_uuid(identity) else None
            if known is None:
                raise NotFound("record_not_found", object=table.children.object)
            base = known.draft
        draft = replace(base, prefix=prefix)
        typed = read_fields(reader, draft, form)
        draft = replace(draft, typed=typed, touched=read_touched(draft, typed, form))
        line = Line(
            index=str(index),
            draft=draft,
            version=_version(form.get(f"{prefix}version")),
            removed=str(form.get(f"{prefix}delete") or "") == "1",
        )
        if known is not None or not (line.removed or _untouched(reader, line)):
            yield line


def _indexes(table: str, form: FormData) -> list[int]:
    start = re.compile(rf"{re.escape(table)}\.(\d{{1,4}})\.")
    found = {int(match.group(1)) for key in form if (match := start.match(key))}
    return sorted(found)


def _version(given: Any) -> int | None:
    text = str(given or "")
    return int(text) if (text.isascii() and text.isdigit()) else None


def _untouched(reader: Reader, line: Line) -> bool:
    """A new line in which nobody has written anything."""
    fields = [line.draft.object.fields[name] for name in line.draft.typed]
    return not any(is_changed(reader, line.draft, field) for field in fields)


async def save_lines(
    transaction: Transaction,
    reader: Reader,
    table: Table,
    record_id: UUID,
    options: Options,
) -> list[Problem]:
    """Removes, changes and creates, each as one batch; the problems stand at the inputs."""
    children, problems = table.children, []
    gone = [line for line in table.lines if line.removed and line.draft.id]
    if gone:
        pairs = [(line.draft.id, line.version) for line in gone if line.draft.id is not None]
        removing = delete(transaction, children.object, pairs, options)
        problems += await _tried(transaction, gone, table, removing)
    changes = [
        (line, values)
        for line in table.lines
        if line.draft.id and not line.removed and (values := changed(reader, line.draft))
    ]
    if changes:
        batch: list[tuple[UUID, int | None, Mapping[str, Any]]] = [
            (line.draft.id, line.version, values)
            for line, values in changes
            if line.draft.id is not None
        ]
        saving = save.update(transaction, children.object, batch, options)
        problems += await _tried(transaction, [line for line, _ in changes], table, saving)
    fresh = [line for line in table.lines if line.draft.id is None]
    if fresh:
        new = [{**filled(reader, line.draft), children.field: str(record_id)} for line in fresh]
        problems += await _tried(
            transaction, fresh, table, save.create(transaction, children.object, new, options)
        )
    return problems


async def _tried(
    transaction: Transaction, lines: Sequence[Line], table: Table, saving: Awaitable[Any]
) -> list[Problem]:
    """A refused batch is undone, and the others are tried all the same."""
    try:
        async with transaction.connection.savepoint():
            await saving
    except Invalid as error:
        rows = {at: f"{table.children.name}.{line.index}" for at, line in enumerate(lines)}
        return line_problems(error.problems, rows, table.children.field)
    return []


def shown_fields(reader: Reader, table: Table) -> tuple[Field, ...]:
    """The columns of the table: what may be filled in, and what may only be read."""
    shape = reader.shape(table.children.object)
    return tuple(
        shape.fields[name]
        for name in table.children.columns
        if name != table.children.field
        and name in shape.fields
        and reader.rights.may_read(shape.name, name)
    )
