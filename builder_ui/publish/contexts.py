"""The `page` of the templates about publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldstone.web.contexts import NoteView, ProblemView, TagView, ValueView
from fieldstone_builder.changes import PropertyChange
from fieldstone_builder.contexts import EntryView, InputView


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One component's change. `undo` is what the form that takes it out of the draft posts."""

    tag: TagView
    label: str
    kind: str
    owner: str = ""
    text: str = ""
    details: tuple[PropertyChange, ...] = ()
    url: str = ""
    undo: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileView:
    number: str
    label: str
    look: Literal["", "ok", "bad", "warn", "2"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactView:
    """What one change does to live data: numbers, values, records and who uses it."""

    text: str
    look: Literal["info", "warn", "bad"]
    tiles: tuple[TileView, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, str] = ("", "")
    """What stands above the values and their numbers."""
    records: tuple[ValueView, ...] = ()
    all_url: str = ""
    users: tuple[EntryView, ...] = ()
    mark: str = ""
    """What a part of the page is called that fills in by itself, and the address that it asks
    once more as long as it is not there yet."""
    again_url: str = ""
    hidden: str = ""
    """Said in place of values and records that the reader may not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightyView:
    """A change that needs a look before it is published."""

    change: ChangeRow
    impacts: tuple[ImpactView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockerView:
    text: str
    place: str
    url: str = ""
    undo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    label: str
    text: str
    look: Literal["ok", "warn", "bad"] = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """What would be done, whatever it comes from: a draft, or the way back to a version."""

    title: str
    text: str
    blockers: tuple[BlockerView, ...] = ()
    weighty: tuple[WeightyView, ...] = ()
    plain: tuple[ChangeRow, ...] = ()
    checks: tuple[CheckView, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.weighty) + len(self.plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDraft:
    title: str
    text: str
    adopt_url: str
    discard_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPage:
    review: ReviewView | None
    notes: tuple[NoteView, ...] = ()
    action: str = ""
    note: InputView | None = None
    base_version: int = 0
    mark: str = ""
    submit: str = ""
    undo_url: str = ""
    large: str = ""
    others: tuple[OtherDraft, ...] = ()
    empty: str = ""
    versions_url: str = ""
    objects_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    job_id: str
    url: str
    publish_url: str
    version_url: str
    problems: tuple[ProblemView, ...] = ()
