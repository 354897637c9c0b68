"""The context of a record's page: head, path, sections, related lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any
from uuid import UUID

from fieldstone.formula.context import Context
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.web.contexts import FieldValue, SectionView, TagView
from fieldstone.web.layouts import Layout, Section, compact_fields, is_visible, layouts_of
from fieldstone.web.page_contexts import RecordPage
from fieldstone.web.pages.path_view import path_of, path_view, paths_of
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of, shown
from fieldstone.web.value_views import NOTHING_LINKED, Linked, record_url
from fieldstone.web.views import FILES, field_view

_NEEDS_LABEL = FILES | {"picklist", "boolean", "integer", "decimal", "percent", "duration"}
_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record as it was read for its page."""

    object: Object
    row: Mapping[str, Any]
    layout: Layout
    context: Context
    linked: Linked = NOTHING_LINKED
    columns: Mapping[str, Column] = attribute(default_factory=dict)
    deleted: bool = False

    @property
    def id(self) -> UUID:
        found: UUID = self.row["id"]
        return found

    @property
    def url(self) -> str:
        return record_url(self.object.name, self.id)

    @property
    def record_type(self) -> str:
        return str(self.row.get("record_type") or "")


@per_snapshot()
def names_for_page(snapshot: Snapshot, object_name: str) -> tuple[str, ...]:
    """Every field that a page of this object may show or decide by, whatever the record type."""
    shape = snapshot.objects[object_name]
    names = ["name", "record_type", "currency_code", "modified_at", "modified_by"]
    names.extend(compact_fields(snapshot, object_name))
    for layout in layouts_of(snapshot, object_name):
        for section in layout.sections:
            names.extend(name for name, _ in section.fields)
            names.extend(_PATH.findall(section.visible_when))
    for path in paths_of(snapshot, object_name):
        names.append(str(path["field"]))
        for stage in path["stages"].values():
            names.extend(stage.get("requires") or ())
    known = (name for name in names if name.partition(".")[0] in shape.fields)
    return tuple(dict.fromkeys(known))


def page_columns(reader: Reader, object_name: str) -> tuple[Column, ...]:
    return columns_of(reader, object_name, names_for_page(reader.snapshot, object_name))


def record_page(reader: Reader, opened: Opened, **parts: Any) -> RecordPage:
    """`parts`: what the handler adds: related lists, history, notes, the tab."""
    shape, name = opened.object, opened.object.name
    may_edit = reader.may("edit", name) and not opened.deleted
    may_delete = reader.may("delete", name)
    return RecordPage(
        object=name,
        id=str(opened.id),
        title=title_of(reader, opened.row),
        label=reader.noun(name),
        plural=reader.noun(name, "plural"),
        list_url=f"/o/{name}",
        url=opened.url,
        icon=shape.icon,
        color=shape.color,
        tags=tuple(_tags(reader, opened)),
        highlights=tuple(_highlights(reader, opened)),
        path=parts.pop("path", None) or _path(reader, opened),
        sections=tuple(_sections(reader, opened)),
        history_url=f"{opened.url}?tab=history" if shape.features.get("history", True) else "",
        edit_url=f"{opened.url}/edit" if may_edit else "",
        delete_url=f"{opened.url}/delete" if may_delete and not opened.deleted else "",
        restore_url=f"{opened.url}/restore" if may_delete and opened.deleted else "",
        **parts,
    )


def title_of(reader: Reader, row: Mapping[str, Any]) -> str:
    return str(row.get("name") or "") or reader.say("(no name)")


def _compact(reader: Reader, opened: Opened) -> Iterator[Column]:
    for name in compact_fields(reader.snapshot, opened.object.name):
        if name in opened.columns:
            yield opened.columns[name]


def _tags(reader: Reader, opened: Opened) -> Iterator[TagView]:
    """Picklist values of the few fields that matter; the path shows its own field itself."""
    path = path_of(reader, opened.object.name, opened.record_type)
    for column in _compact(reader, opened):
        value = shown(reader, column, opened.row, opened.linked)
        on_path = path is not None and column.key == path["field"]
        if column.field.type.name == "picklist" and not value.blank and not on_path:
            yield TagView(label=str(value.text), color=value.color)


def _highlights(reader: Reader, opened: Opened) -> Iterator[FieldValue]:
    """Values that say what they are without a label."""
    for column in _compact(reader, opened):
        if column.field.type.name not in _NEEDS_LABEL:
            yield shown_field(reader, opened, column.field)


def shown_field(
    reader: Reader, opened: Opened, field: Field, placed: Mapping[str, Any] | None = None
) -> FieldValue:
    currency = str(opened.row.get("currency_code") or "")
    return FieldValue(
        field=field_view(reader, field, placed=placed, currency=currency),
        value=shown(reader, opened.columns[field.name], opened.row, opened.linked),
        edit_url=_edit_url(reader, opened, field, placed or {}),
    )


def _edit_url(reader: Reader, opened: Opened, field: Field, placed: Mapping[str, Any]) -> str:
    rights = reader.rights.of(opened.object.name)
    free = "edit" in rights.actions and field.name in rights.editable and not field.read_only
    if opened.deleted or not free or placed.get("read_only"):
        return ""
    return f"{opened.url}/field/{field.name}"


def _sections(reader: Reader, opened: Opened) -> Iterator[SectionView]:
    """Sections that hold under their condition and have a field this reader may see."""
    for section in opened.layout.sections:
        if not _holds(reader, opened, section):
            continue
        items = tuple(_items(reader, opened, section))
        if items:
            yield SectionView(
                name=section.name,
                label=reader.text(section.label),
                items=items,
                columns=section.columns,
                collapsed=section.collapsed,
            )


def shown_sections(reader: Reader, opened: Opened) -> frozenset[str]:
    """Names of the sections whose condition holds."""
    return frozenset(
        section.name for section in opened.layout.sections if _holds(reader, opened, section)
    )


def _holds(reader: Reader, opened: Opened, section: Section) -> bool:
    return is_visible(
        reader.snapshot, opened.object.name, section.visible_when, opened.row, opened.context
    )


def _items(reader: Reader, opened: Opened, section: Section) -> Iterator[FieldValue]:
    for name, placed in section.fields:
        if name in opened.columns:
            yield shown_field(reader, opened, opened.columns[name].field, placed)


def _path(reader: Reader, opened: Opened) -> Any:
    return path_view(reader, opened.object.name, opened.row, opened.url, deleted=opened.deleted)


def by_key(columns: Sequence[Column]) -> Mapping[str, Column]:
    return {column.key: column for column in columns}
