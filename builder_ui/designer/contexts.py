"""The `page` of the layout designer."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import ProblemView, TagView


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignerPage:
    """`props` is JSON for the script: the layout, the fields and lists it may hold, its words."""

    title: str
    action: str
    cancel_url: str
    props: str
    is_new: bool = False
    problems: tuple[ProblemView, ...] = ()
    tag: TagView | None = None
    delete_url: str = ""
    delete_question: str = ""
    undo_url: str = ""
    undo_name: str = ""
