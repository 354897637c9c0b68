"""The context of a form: sections, lines, and every problem beside what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fieldstone.metadata.scope import RECORD
from fieldstone.metadata.snapshot import Field
from fieldstone.web.contexts import FieldValue, FieldView, ProblemView, SectionView, ValueView
from fieldstone.web.form_contexts import SubRow, SubTable
from fieldstone.web.page_contexts import ColumnView
from fieldstone.web.pages.draft import Draft, Problems, editable, value_in
from fieldstone.web.pages.form_totals import totals_of
from fieldstone.web.pages.lines import PATTERN, Line, Table, shown_fields
from fieldstone.web.pages.lookup_filter import filter_of, needed
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader
from fieldstone.web.views import NUMERIC, field_view, head_unit, input_id

_LINE_WIDTHS: Mapping[str, int] = {
    "integer": 72, "decimal": 92, "currency": 128, "percent": 88, "boolean": 80, "date": 140,
    "picklist": 116, "lookup": 180, "user": 160, "text": 116,
}  # fmt: skip


def form_sections(reader: Reader, draft: Draft) -> tuple[SectionView, ...]:
    """Sections in which something can be filled in; read-only fields stand where they help."""
    found = []
    for section in draft.layout.sections:
        items = tuple(_items(reader, draft, section.fields))
        if any(not item.field.read_only for item in items):
            found.append(
                SectionView(
                    name=section.name,
                    label=reader.text(section.label),
                    items=items,
                    columns=section.columns,
                    conditional=bool(section.visible_when),
                    hidden=section.name in draft.hidden,
                )
            )
    return tuple(found)


def _items(
    reader: Reader, draft: Draft, fields: Sequence[tuple[str, Mapping[str, Any]]]
) -> Iterator[FieldValue]:
    for name, placed in fields:
        field = draft.object.fields.get(name)
        if field is None or not reader.rights.may_read(field.object, name):
            continue
        free = editable(reader, field, placed, new=draft.new)
        if free or not draft.new or field.type.name == "autonumber" or field.formula:
            yield form_item(reader, draft, field, placed if free else {**placed, "read_only": True})


def form_item(
    reader: Reader, draft: Draft, field: Field, placed: Mapping[str, Any] | None = None
) -> FieldValue:
    value = value_in(reader, draft, field)
    if value.blank and draft.new and field.type.name == "autonumber":
        value = ValueView(text=reader.say("Assigned on save"))
    view = field_view(
        reader,
        field,
        prefix=draft.prefix,
        problems=draft.problems.get(draft.prefix + field.name, ()),
        placed=placed,
        currency=draft.currency,
    )
    if field.target and field.columns:
        view = _with_needs(reader, draft, field, view)
    return FieldValue(field=replace(view, touched=field.name in draft.touched), value=value)


def _with_needs(reader: Reader, draft: Draft, field: Field, view: FieldView) -> FieldView:
    """A lookup says which other fields of the form its choices depend on, and which stored record
    they are chosen for."""
    node = filter_of(str(field.config.get("filter") or ""))
    paths = needed(node) if node is not None else ()
    if not paths:
        return view
    found = []
    for path in paths:
        above = path[0] == draft.link and len(path) > 1
        length = 2 if above else 1
        trail = reader.trail(draft.object.name, ".".join(path[:length]))
        if trail:
            name = path[1] if above else draft.prefix + path[0]
            found.append((".".join((RECORD, *path[:length])), name, reader.label(trail[-1])))
    query = {RECORD: str(draft.id)} if draft.id else {}
    return replace(
        view, needs=tuple(dict.fromkeys(found)), lookup_url=with_query(view.lookup_url, query)
    )


def sub_table(reader: Reader, table: Table, problems: Problems) -> SubTable:
    children = table.children
    fields = shown_fields(reader, table)
    rows = tuple(_row(reader, line, fields, problems) for line in table.lines if not line.removed)
    return SubTable(
        name=children.name,
        label=reader.text(children.label) or reader.noun(children.object, "plural"),
        item_label=reader.noun(children.object),
        columns=tuple(_line_column(reader, field) for field in fields),
        rows=rows,
        pattern=_pattern_row(reader, table, fields),
        totals=totals_of(reader, table, fields, rows),
        problems=problems.get(children.name, ()),
    )


def _line_column(reader: Reader, field: Field) -> ColumnView:
    unit = head_unit(reader, field)
    label = reader.label(field)
    return ColumnView(
        field=field_view(reader, field),
        label=reader.say("%(label)s (%(unit)s)", {"label": label, "unit": unit}) if unit else label,
        numeric=field.type.name in NUMERIC,
        width=_LINE_WIDTHS.get(field.type.name, 160),
    )


def _row(reader: Reader, line: Line, fields: Sequence[Field], problems: Problems) -> SubRow:
    prefix = line.draft.prefix.rstrip(".")
    return SubRow(
        index=line.index,
        cells=_cells(reader, line.draft, fields),
        id=str(line.draft.id or ""),
        version=str(line.version or ""),
        problems=problems.get(prefix, ()),
    )


def _pattern_row(reader: Reader, table: Table, fields: Sequence[Field]) -> SubRow:
    return SubRow(index=PATTERN, cells=_cells(reader, table.pattern, fields))


def _cells(reader: Reader, draft: Draft, fields: Sequence[Field]) -> tuple[FieldValue, ...]:
    cells = []
    for field in fields:
        free = editable(reader, field, {}, new=draft.new)
        cells.append(form_item(reader, draft, field, {} if free else {"read_only": True}))
    return tuple(cells)


def summary(
    reader: Reader, draft: Draft, tables: Sequence[Table], problems: Problems
) -> tuple[ProblemView, ...]:
    """The list above the form: the name of each field that needs care, leading to it; what has
    no field of its own in full."""
    shown = {
        item.field.input_name: item.field.label
        for section in form_sections(reader, draft)
        if not section.hidden
        for item in section.items
    }
    found = []
    for path, texts in problems.items():
        if path in shown:
            found.append(ProblemView(text=shown[path], target=input_id(path)))
            continue
        label = _line_label(reader, tables, path)
        if label:
            found.append(ProblemView(text=label, target=input_id(path)))
        else:
            found.extend(ProblemView(text=_named(reader, draft, path, each)) for each in texts)
    return tuple(found)


def _named(reader: Reader, draft: Draft, path: str, text: str) -> str:
    """A problem of a field that this form does not show is told with the field's name."""
    field = draft.object.fields.get(path)
    if field is None or not reader.rights.may_read(field.object, field.name):
        return text
    words = {"field": reader.label(field), "problem": text}
    return reader.say("%(field)s: %(problem)s", words)


def _line_label(reader: Reader, tables: Sequence[Table], path: str) -> str:
    """ "Line 2: Discount" for the input of a line."""
    table_name, _, rest = path.partition(".")
    index, _, name = rest.partition(".")
    for table in tables:
        if table.children.name != table_name:
            continue
        visible = [line.index for line in table.lines if not line.removed]
        if index in visible and name in table.pattern.object.fields:
            label = reader.label(table.pattern.object.fields[name])
            number = visible.index(index) + 1
            return reader.say("Line %(number)s: %(field)s", {"number": number, "field": label})
    return ""
