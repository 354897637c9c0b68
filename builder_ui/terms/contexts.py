"""The `page` of the templates about words."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import TagView
from fieldstone_builder.contexts import InputView
from fieldstone_builder.objects.contexts import FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCell:
    """What something is called in one language: the pack's word, the organisation's own, and
    whether that is missing where the other language has one. `same`: another object's, too."""

    default: str
    own: str
    missing: bool = False
    same: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    noun: str
    url: str
    icon: str
    color: str
    zh: WordCell
    en: WordCell
    shown: str
    current: bool = False
    tag: TagView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    label: str
    count: int
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChoice:
    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text of the metadata in which the word stands, and whose it is."""

    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One language's look at the new words."""

    language: str
    icon: str
    menu: str
    list_title: str
    new_button: str
    empty: str
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPanel:
    title: str
    noun: str
    icon: str
    color: str
    form: FormView
    inputs: tuple[InputView, ...]
    previews: tuple[Preview, ...]
    preview_url: str
    warnings: tuple[str, ...] = ()
    shown: str = ""
    tag: TagView | None = None
    reset_url: str = ""
    undo_url: str = ""
    undo_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPage:
    rows: tuple[TermRow, ...]
    segments: tuple[Segment, ...]
    sets: tuple[SetChoice, ...]
    search: str
    url: str
    only: str
    apply_url: str
    panel: TermPanel | None = None
