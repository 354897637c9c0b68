"""The `page` of each page template. What they are made of stands in contexts.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldstone.web.board_contexts import BoardView, KindView
from fieldstone.web.calendar_contexts import CalendarView
from fieldstone.web.contexts import (
    ActionView,
    FieldValue,
    FieldView,
    LinkView,
    NoteView,
    OptionView,
    SectionView,
    TagView,
    ValueView,
)
from fieldstone.web.list_contexts import ConditionView, KeepView, SwitcherView, ViewTab
from fieldstone.web.search_contexts import StarView

Slot = Literal["", "title", "tag", "a", "b", "c", "d"]


# ---- list -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipView:
    """A condition in words: "Close date **this year**" and the list without it."""

    label: str
    text: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """`width` in pixels, 0: takes what is left. `slot` is the place on a phone's card. `key` is
    the dotted name; `fixed` says why its cells cannot be edited where they stand."""

    field: FieldView
    label: str
    key: str = ""
    """Its dotted name from the object of the list."""
    is_name: bool = False
    numeric: bool = False
    width: int = 0
    slot: Slot = ""
    sort_url: str = ""
    sorted: Literal["", "asc", "desc"] = ""
    summary: str = ""
    """Foot of the column, with its word: "Sum 69,770,000"."""
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """`cells` stand in the order of the columns."""

    id: str
    url: str
    title: str
    cells: tuple[ValueView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """How many match. `capped`: at least this many; counting stopped there."""

    value: int
    capped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """The "add a condition" panel. GET `condition_url`?f=&op= answers with
    pages/list_condition.html; the form itself goes to `url` with `hidden`."""

    url: str
    condition_url: str
    builder_url: str
    fields: tuple[OptionView, ...]
    condition: ConditionView | None = None
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """Posts `id` of every ticked row, or `all`=1 with the list's own query, to `url`."""

    label: str
    url: str
    icon: str
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    object: str
    label: str
    plural: str
    url: str
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    icon: str = "box"
    color: str = "gray"
    views: tuple[ViewTab, ...] = ()
    switcher: SwitcherView | None = None
    keep: KeepView | None = None
    notice: NoteView | None = None
    """What the reader should know of the list before its rows."""
    chips: tuple[ChipView, ...] = ()
    count: CountView | None = None
    range_text: str = ""
    previous_url: str = ""
    next_url: str = ""
    new_url: str = ""
    import_url: str = ""
    clear_url: str = ""
    """The list without conditions; set when conditions leave no row."""
    filter: FilterView | None = None
    bulk: tuple[BulkAction, ...] = ()
    all_query: str = ""
    """The query string that means "all that match", for the bulk bar."""
    actions: tuple[ActionView, ...] = ()
    search: str = ""
    """What the list is searched for; the search form posts `search_hidden` along."""
    search_hidden: tuple[tuple[str, str], ...] = ()
    exports: tuple[LinkView, ...] = ()
    """The kinds of files that the list can be had as."""
    note: NoteView | None = None
    """Why there are no rows: the view asks for what this reader may not see."""
    kinds: tuple[KindView, ...] = ()
    """Ways to show the list, when there is more than the table."""
    board: BoardView | None = None
    calendar: CalendarView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSaved:
    """What a saved cell changed in the list: its row, and the foot of every column."""

    columns: tuple[ColumnView, ...]
    row: RowView
    bulk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """Why some records are left out, and how many."""

    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """What would become of the chosen records; only the first ones, when not all were tried."""

    selected: int
    tried: int
    possible: int
    unchanged: int
    reasons: tuple[ReasonView, ...] = ()

    @property
    def skipped(self) -> int:
        return self.tried - self.possible


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """The dialog of a bulk change: fragments/bulk.html. It posts to `url` with `hidden`, and
    `step` says what is wanted next: a field, a trial, or the change itself."""

    title: str
    url: str
    hidden: tuple[tuple[str, str], ...]
    fields: tuple[OptionView, ...] = ()
    chosen: str = ""
    item: FieldValue | None = None
    trial: TrialView | None = None
    problems: tuple[str, ...] = ()
    danger: bool = False
    go_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    name: str
    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkJobPage:
    """A bulk change that was asked for: how far it is, and what came of it."""

    id: str
    title: str
    url: str
    list_url: str
    text: str
    running: bool = False
    percent: int = 0
    failed: int = 0
    reasons: tuple[ReasonView, ...] = ()
    failures: tuple[FailureView, ...] = ()
    undo_url: str = ""


# ---- record ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    code: str
    label: str
    state: Literal["done", "now", "todo", "won", "lost"]
    url: str = ""
    """POST moves the record here."""
    guidance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathView:
    label: str
    stages: tuple[StageView, ...]
    next_label: str = ""
    missing: tuple[LinkView, ...] = ()
    days_text: str = ""
    advance_url: str = ""
    problem: str = ""
    """Why the last move was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedList:
    """Children of the record: rows of `columns` like a list, the first one the name."""

    name: str
    label: str
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    icon: str = "box"
    color: str = "gray"
    count: CountView | None = None
    new_url: str = ""
    all_url: str = ""
    lines: bool = False
    """Lines of the record: what each amounts to tells most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    label: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """`day` heads the entries of one day; `time` is shown, `at` is ISO 8601."""

    who: str
    text: str
    day: str
    time: str
    at: str
    icon: str = "pencil"
    color: str = "gray"
    changes: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    object: str
    id: str
    title: str
    label: str
    plural: str
    list_url: str
    url: str
    icon: str = "box"
    color: str = "gray"
    tags: tuple[TagView, ...] = ()
    highlights: tuple[FieldValue, ...] = ()
    path: PathView | None = None
    sections: tuple[SectionView, ...] = ()
    related: tuple[RelatedList, ...] = ()
    notes: tuple[NoteView, ...] = ()
    tab: Literal["details", "related", "history"] = "details"
    history: tuple[HistoryEntry, ...] = ()
    history_url: str = ""
    history_more_url: str = ""
    edit_url: str = ""
    delete_url: str = ""
    restore_url: str = ""
    """Set for a record in the recycle bin: the page shows it, read-only, with this way back."""
    actions: tuple[ActionView, ...] = ()
    star: StarView | None = None
    previous_url: str = ""
    next_url: str = ""
    position: str = ""


# ---- sign-in, errors ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    account: str
    label: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigninPage:
    """`demo` is empty everywhere but in the demo organisation."""

    action: str = "/signin"
    organization: str = ""
    account: str = ""
    next: str = ""
    problem: NoteView | None = None
    demo: tuple[DemoAccount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """A request that ended badly. `title` and `text` replace the words of the status."""

    status: int
    request_id: str = ""
    title: str = ""
    text: str = ""
    ask: str = ""
    """Who can help with it: the administrator's name."""
    home_url: str = "/"
    retry_url: str = ""
