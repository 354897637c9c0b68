"""Formula fields in a form: computed from what is typed, for the record and for its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fieldstone.formula.scope import Path
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.computed_values import computed_values, reference_to
from fieldstone.runtime.evaluation import Computed, Values, stored, with_links
from fieldstone.runtime.formula_outputs import Failed
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.pages.draft import Draft
from fieldstone.web.pages.form_state import values_of
from fieldstone.web.pages.lines import Line, Table
from fieldstone.web.reader import Reader


async def computed_draft(transaction: Transaction, reader: Reader, draft: Draft) -> Draft:
    if not any(True for _ in shown_formulas(reader, draft)):
        return draft
    records = await _records(transaction, reader, [draft])
    found = (await computed_values(transaction, draft.object.name, records))[0]
    return _with(draft, found)


async def computed_tables(
    transaction: Transaction, reader: Reader, above: Draft, tables: Sequence[Table]
) -> tuple[Table, ...]:
    """Lines read the record above them as it is typed."""
    return tuple([await _table(transaction, reader, above, each) for each in tables])


async def _table(transaction: Transaction, reader: Reader, above: Draft, table: Table) -> Table:
    drafts = [line.draft for line in table.lines]
    if not drafts or not any(True for _ in shown_formulas(reader, table.pattern)):
        return table
    name, link = table.pattern.object.name, table.pattern.link
    known = await _seen_above(transaction, reader, above, table.pattern)
    records = await _records(transaction, reader, drafts)
    found = await computed_values(
        transaction, name, records, {(link, *path): value for path, value in known.items()}
    )
    lines: tuple[Line, ...] = tuple(
        replace(line, draft=_with(line.draft, values))
        for line, values in zip(table.lines, found, strict=True)
    )
    return replace(table, lines=lines)


async def _seen_above(
    transaction: Transaction, reader: Reader, above: Draft, pattern: Draft
) -> Mapping[Path, Any]:
    wanted = {
        path[1:] for path in paths_of(reader, pattern) if path[0] == pattern.link and len(path) > 1
    }
    records = await _records(transaction, reader, [above], wanted)
    return (await with_links(transaction, above.object.name, records, wanted))[0]


def shown_formulas(reader: Reader, draft: Draft) -> Iterator[Field]:
    """The formula fields that the form shows."""
    names = {name for section in draft.layout.sections for name, _ in section.fields}
    for field in draft.object.fields.values():
        if (
            field.formula
            and field.name in names
            and reader.rights.may_read(field.object, field.name)
        ):
            yield field


def paths_of(reader: Reader, draft: Draft) -> frozenset[Path]:
    """What the shown formula fields read."""
    found = (reference_to(reader.snapshot, field) for field in shown_formulas(reader, draft))
    return frozenset(path for each in found if each is not None for path in each.fields)


async def _records(
    transaction: Transaction,
    reader: Reader,
    drafts: Sequence[Draft],
    paths: Iterable[Path] | None = None,
) -> list[dict[str, Any]]:
    """The records as the forms have them, with what is stored of fields that the forms do not
    show."""
    first = drafts[0]
    needed = {path[:1] for path in (paths_of(reader, first) if paths is None else paths)}
    ids = [draft.id for draft in drafts if draft.id is not None]
    kept = await stored(transaction, first.object.name, ids, needed)
    return [_record(reader, draft, kept.get(draft.id, {}) if draft.id else {}) for draft in drafts]


def _record(reader: Reader, draft: Draft, kept: Values) -> dict[str, Any]:
    values = {**kept, **values_of(reader, draft)}
    return {path[0]: value for path, value in values.items() if len(path) == 1}


def _with(draft: Draft, found: Mapping[str, Computed]) -> Draft:
    row = {name: Failed(each.error) if each.error else each.value for name, each in found.items()}
    return replace(draft, row={**draft.row, **row})
