"""The `page` of the templates about value sets."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import TagView
from fieldstone_builder.contexts import EntryView, GroupView, InputView
from fieldstone_builder.fields.contexts import SharedValue, ValuesView
from fieldstone_builder.objects.contexts import FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    label: str
    other: str
    api_name: str
    url: str
    values: tuple[SharedValue, ...]
    more: int
    used: str
    origin: str
    tag: TagView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsPage:
    rows: tuple[SetRow, ...]
    search: str
    url: str
    new_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPage:
    title: str
    form: FormView
    names: tuple[InputView, ...]
    api: InputView
    values: ValuesView
    sets: tuple[EntryView, ...]
    used: tuple[GroupView, ...] = ()
    tag: TagView | None = None
    delete_url: str = ""
    delete_question: str = ""
    undo_url: str = ""
    undo_name: str = ""
