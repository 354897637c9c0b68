"""The `page` of the templates about validation rules."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import ProblemView, TagView
from fieldstone_builder.contexts import InputView
from fieldstone_builder.objects.contexts import HeadView


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """`condition` in the words of lists where it has such words, else as a formula."""

    message: str
    api_name: str
    field: str
    condition: str
    url: str
    origin: str
    active: bool
    tag: TagView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    head: HeadView
    rows: tuple[RuleRow, ...]
    new_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """The form of one rule. `when` stands alone: it is the rule."""

    head: HeadView
    title: str
    action: str
    cancel_url: str
    when: InputView
    messages: tuple[InputView, ...]
    field: InputView
    api: InputView
    active: InputView
    warns: InputView
    after_rollups: InputView
    is_new: bool = False
    derive_url: str = ""
    tag: TagView | None = None
    undo_url: str = ""
    undo_name: str = ""
    delete_url: str = ""
    delete_question: str = ""
    problems: tuple[ProblemView, ...] = ()
