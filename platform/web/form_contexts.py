"""The `page` of forms: whole ones, their lines and conflicts, and what changes while one types.
What they are made of stands in contexts.py."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import (
    FieldValue,
    FieldView,
    NoteView,
    ProblemView,
    SectionView,
    ValueView,
)
from fieldstone.web.page_contexts import ChangeView, ColumnView


@dataclass(frozen=True, slots=True, kw_only=True)
class SubRow:
    """A line of a sub-table; `index` "__n__" marks the pattern new lines are made from.
    Hidden inputs "<table>.<index>.id" and ".delete" say which lines are old and which go."""

    index: str
    cells: tuple[FieldValue, ...]
    id: str = ""
    version: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalView:
    """The sum of a number column, kept up to date in the browser."""

    column: str
    label: str
    text: str = ""
    unit: str = ""
    scale: int = 2
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubTable:
    name: str
    label: str
    item_label: str
    columns: tuple[ColumnView, ...]
    rows: tuple[SubRow, ...]
    pattern: SubRow
    totals: tuple[TotalView, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictItem:
    """A field that both changed. Posts `input_name` with "mine" or "theirs"."""

    field: FieldView
    input_name: str
    mine: ValueView
    theirs: ValueView


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """Somebody saved first. `others` are fields that only they changed: those values stay."""

    who: str
    when: str
    items: tuple[ConflictItem, ...] = ()
    others: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """A form that posts to `action`. `draft_key` names the copy kept in the browser."""

    title: str
    action: str
    plural: str
    list_url: str
    cancel_url: str
    sections: tuple[SectionView, ...]
    sub_tables: tuple[SubTable, ...] = ()
    warned: bool = False
    """The problems only warn: one may save all the same."""
    problems: tuple[ProblemView, ...] = ()
    notes: tuple[NoteView, ...] = ()
    conflict: ConflictView | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    save_and_new: bool = False
    draft_key: str = ""
    state_url: str = ""
    """Answers a POST of the form with fragments/form_state.html."""
    watch: tuple[str, ...] = ()
    """Input names that others depend on; "lines.*.product" stands for every line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStateView:
    """What changed in a form while somebody filled it in: (section, does it hold?), fields and
    cells of lines with another value."""

    sections: tuple[tuple[str, bool], ...] = ()
    fields: tuple[FieldValue, ...] = ()
    cells: tuple[FieldValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEdit:
    """One field edited in place: fragments/field_edit.html."""

    item: FieldValue
    action: str
    cancel_url: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """A cell of a list edited where it stands: fragments/cell_edit.html. Without `item` the cell
    cannot be edited, and `told` says why; with it, `told` is what is wrong. `was` marks the value
    that the editor began with. With `theirs` somebody else was faster, and saving keeps mine."""

    label: str
    action: str
    item: FieldValue | None = None
    version: str = ""
    was: str = ""
    told: str = ""
    typed: str = ""
    """What was typed for a record that is gone, so that it can be taken along."""
    theirs: ValueView | None = None
