"""The `page` of the templates about versions and the recycle bin."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import NoteView, TagView
from fieldstone_builder.contexts import GroupView
from fieldstone_builder.publish.contexts import ChangeRow, ReviewView


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    number: int
    title: str
    who: str
    when: str
    url: str
    compare_url: str = ""
    restore_url: str = ""
    restored_from: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    rows: tuple[VersionRow, ...]
    compare_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage:
    version: VersionRow
    changes: tuple[ChangeRow, ...]
    changes_title: str
    groups: tuple[GroupView, ...]
    search: str
    url: str
    note: NoteView | None = None
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    older: VersionRow
    newer: VersionRow
    versions: tuple[VersionRow, ...]
    groups: tuple[tuple[str, tuple[ChangeRow, ...]], ...]
    title: str
    url: str
    swap_url: str
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePage:
    version: VersionRow
    review: ReviewView
    action: str
    cancel_url: str
    base_version: int
    notes: tuple[NoteView, ...] = ()
    nothing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRow:
    label: str
    api_name: str
    icon: str
    color: str
    owner: str
    text: str
    what: str
    tag: TagView | None = None
    undo: bool = False
    """It is deleted by the draft only: taking that out is enough."""
    blocked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinPage:
    groups: tuple[tuple[str, tuple[DeletedRow, ...]], ...]
    restore_url: str
    undo_url: str
