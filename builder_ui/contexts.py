"""What setup pages share. Like web/contexts.py: frozen, every text ready to read."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import TagView


@dataclass(frozen=True, slots=True, kw_only=True)
class StripView:
    """The line above every page while there are changes that nobody else sees yet."""

    title: str
    text: str
    review_url: str = ""
    discard_url: str = ""
    question: str = ""
    """Asked before the changes are thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrumbView:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabView:
    label: str
    url: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A line that leads somewhere: an object, a page of setup, a component that uses another."""

    label: str
    url: str = ""
    icon: str = ""
    color: str = "gray"
    text: str = ""
    sub: str = ""
    api_name: str = ""
    current: bool = False
    tag: TagView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    label: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    value: str
    label: str
    text: str = ""
    icon: str = ""
    color: str = ""
    chosen: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaSpot:
    """Where a formula stands, for the script that checks it while it is written. `…_from` name
    inputs of the same form that say it instead; `url` is its page of its own."""

    object: str
    usage: str
    record_object: str = ""
    returns: str = ""
    scale: str = ""
    blanks: str = ""
    returns_from: str = ""
    scale_from: str = ""
    blanks_from: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """One input of a form. `kind`: text number switch select list formula area choices texts.
    `values` holds what is typed: one, or for texts the languages in the reader's order."""

    name: str
    label: str
    kind: str = "text"
    values: tuple[tuple[str, str], ...] = ()
    """(language or "", what is typed)"""
    help: str = ""
    placeholder: str = ""
    required: bool = False
    read_only: bool = False
    checked: bool = False
    min: str = ""
    max: str = ""
    max_length: int | None = None
    choices: tuple[ChoiceView, ...] = ()
    problems: tuple[str, ...] = ()
    renews: bool = False
    """What else the form asks depends on this: it is drawn anew when it changes."""
    span: int = 1
    formula: FormulaSpot | None = None

    @property
    def value(self) -> str:
        return self.values[0][1] if self.values else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    label: str
    inputs: tuple[InputView, ...]
    open: bool = True
    note: str = ""
