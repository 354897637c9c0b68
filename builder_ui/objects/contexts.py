"""The `page` of each template about objects."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import NoteView, ProblemView, TagView
from fieldstone_builder.contexts import ChoiceView, EntryView, GroupView, InputView, TabView


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """`found` are the fields that a search found in it."""

    label: str
    other: str
    api_name: str
    url: str
    icon: str
    color: str
    records: str
    fields: str
    origin: str
    tag: TagView | None = None
    found: tuple[EntryView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsPage:
    rows: tuple[ObjectRow, ...]
    search: str
    url: str
    new_url: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadView:
    """What stands around every page about one object."""

    name: str
    label: str
    other: str
    icon: str
    color: str
    objects: tuple[EntryView, ...]
    tabs: tuple[TabView, ...]
    search_url: str
    tag: TagView | None = None
    note: NoteView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form of setup: inputs in groups, what is wrong, and its buttons' addresses."""

    action: str
    cancel_url: str
    problems: tuple[ProblemView, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    submit: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectForm:
    """The names, looks and features of an object; `icons` by theme."""

    form: FormView
    names: tuple[InputView, ...]
    api: InputView
    icons: tuple[tuple[str, tuple[str, ...]], ...]
    icon: str
    colors: tuple[ChoiceView, ...]
    color: str
    numbering: tuple[InputView, ...]
    numbered: bool
    number_sample: str
    features: tuple[InputView, ...]
    search: tuple[ChoiceView, ...] = ()
    access: tuple[InputView, ...] = ()
    always: str = ""
    """Who has all rights on it anyway."""
    apps: InputView | None = None
    description: InputView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObjectPage:
    object: ObjectForm


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    label: str
    text: str
    sub: str = ""
    url: str = ""
    """Where it can be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    head: HeadView
    object: ObjectForm
    facts: tuple[FactView, ...]
    delete_url: str = ""
    delete_question: str = ""
    undo_url: str = ""
    undo_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """`fill` is the id of the cell that the fill rate is put into."""

    label: str
    api_name: str
    icon: str
    type: str
    origin: str
    url: str = ""
    fill: str = ""
    marks: tuple[str, ...] = ()
    tag: TagView | None = None
    current: bool = False
    required: bool = False
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsView:
    """The table of fields beside which a field is edited."""

    rows: tuple[FieldRow, ...]
    chips: tuple[TabView, ...]
    new_url: str
    fill_url: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillView:
    """A cell of the table of fields."""

    id: str
    percent: int
    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    label: str
    api_name: str
    url: str
    type: str
    icon: str
    other: str
    other_url: str
    other_icon: str
    other_color: str
    rule: str
    tag: TagView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsPage:
    head: HeadView
    outgoing: tuple[RelationRow, ...]
    incoming: tuple[RelationRow, ...]
    new_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeView:
    name: str
    label: str
    other: str
    inputs: tuple[InputView, ...]
    action: str
    tag: TagView | None = None
    is_default: bool = False
    open: bool = False
    delete_url: str = ""
    problems: tuple[ProblemView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypesPage:
    head: HeadView
    types: tuple[RecordTypeView, ...]
    new: RecordTypeView


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part of a layout in words: a section, lines, a related list."""

    label: str
    text: str
    items: tuple[tuple[str, bool], ...]
    """(label, is it there?)"""
    url: str = ""
    """The page of the condition under which it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    id: str
    label: str
    api_name: str
    origin: str
    parts: tuple[PartView, ...]
    facts: tuple[FactView, ...] = ()
    tag: TagView | None = None
    edit_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutsPage:
    head: HeadView
    new_url: str
    groups: tuple[tuple[str, str, tuple[DocumentView, ...]], ...]
    """(kind, heading, documents)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedByPage:
    head: HeadView
    groups: tuple[GroupView, ...]
