"""The `page` of the templates about fields."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import FieldValue, ProblemView, TagView, ValueView
from fieldstone_builder.contexts import ChoiceView, GroupView, InputView
from fieldstone_builder.objects.contexts import FieldsView, HeadView


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeView:
    name: str
    label: str
    icon: str
    example: str = ""
    chosen: bool = False
    url: str = ""
    words: str = ""
    """What a search among the types finds it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeGroup:
    label: str
    types: tuple[TypeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A value being edited; `index` "__n__" marks the pattern that new ones are made from."""

    index: str
    code: str = ""
    labels: tuple[InputView, ...] = ()
    color: str = "gray"
    active: bool = True
    default: bool = False
    removed: bool = False
    known: bool = False
    """It is published: its code stays, and taking it away hides it."""
    when: tuple[ChoiceView, ...] = ()
    problems: tuple[str, ...] = ()
    use: str = ""
    """The id of the place that says how many records hold it."""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesView:
    rows: tuple[ValueRow, ...]
    pattern: ValueRow
    colors: tuple[ChoiceView, ...]
    uses_url: str = ""
    controlling: str = ""
    one_default: bool = True
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    name: str
    label: str
    choices: tuple[ChoiceView, ...]
    note: str = ""
    fixed: str = ""
    """Set when nothing can be chosen: why."""
    outside: bool = False
    """It may not use the object at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedValue:
    label: str
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a change of type would do to the values there are."""

    rows: str
    converted: str
    failed: str
    blank: str
    has_failed: bool
    failures: tuple[tuple[str, str], ...] = ()
    records: tuple[ValueView, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorView:
    """The form of one field. `step` is "type" while its type is still to be chosen."""

    title: str
    api_name: str
    icon: str
    action: str
    form_url: str
    close_url: str
    derive_url: str = ""
    step: str = "form"
    is_new: bool = False
    families: tuple[TypeGroup, ...] = ()
    type: TypeView | None = None
    type_note: str = ""
    """Why the type has to stay as it is."""
    dry_run_url: str = ""
    dry_run_later: bool = False
    """There are so many records that the trial waits for a click."""
    old_type: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    names: tuple[InputView, ...] = ()
    api: InputView | None = None
    help: tuple[InputView, ...] = ()
    options: tuple[InputView, ...] = ()
    source: tuple[ChoiceView, ...] = ()
    """Own values or a value set."""
    shared: tuple[SharedValue, ...] = ()
    shared_url: str = ""
    values: ValuesView | None = None
    switches: tuple[InputView, ...] = ()
    default: FieldValue | None = None
    default_formula: InputView | None = None
    preview: FieldValue | None = None
    preview_still: bool = False
    access: tuple[AccessRow, ...] = ()
    access_note: str = ""
    placement: tuple[InputView, ...] = ()
    placed: str = ""
    problems: tuple[ProblemView, ...] = ()
    tag: TagView | None = None
    undo_url: str = ""
    undo_name: str = ""
    delete_url: str = ""
    delete_question: str = ""
    needed_by: tuple[GroupView, ...] = ()
    """What forbids deleting it."""
    used_url: str = ""
    data_url: str = ""
    read_only: str = ""
    """Why nothing can be changed here: a system field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsPage:
    head: HeadView
    fields: FieldsView
    editor: EditorView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedView:
    groups: tuple[GroupView, ...]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """`refused` says why the values stay unseen."""

    rows: str = ""
    filled: str = ""
    percent: int = 0
    distinct: str = ""
    note: str = ""
    values: tuple[tuple[ValueView, str, int], ...] = ()
    """(value, how many, percent of the commonest)"""
    empty_url: str = ""
    """The list of records where it is blank."""
    refused: str = ""
    widget: str = "text"
