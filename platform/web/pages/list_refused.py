"""The list without its rows: a condition on what may not be read is neither obeyed nor
forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldstone.formula.ast import Node
from fieldstone.kernel.errors import Invalid
from fieldstone.web.conditions import joined, parsed, paths_of, split
from fieldstone.web.contexts import LinkView, NoteView
from fieldstone.web.page_contexts import ListPage
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_page import list_page
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.list_views import Opened
from fieldstone.web.problems import problem_json
from fieldstone.web.reader import Reader


def refused(reader: Reader, state: ListState, opened: Opened, error: Invalid) -> ListPage:
    own = state.filter is None and not state.sort
    asked = Asked(state=replace(state.at_start(), filter=""), opened=opened, columns=())
    note = _of_view(reader, state, opened) if own else _of_filter(reader, error)
    return list_page(reader, asked, Found(), note)


def _of_filter(reader: Reader, error: Invalid) -> NoteView:
    locale, snapshot = reader.locale.code, reader.snapshot
    found = [problem_json(each, locale, snapshot)["message"] for each in error.problems]
    title = reader.say("This filter cannot be used.")
    return NoteView(title=title, text=" ".join(found), kind="warn", icon="filter")


def _of_view(reader: Reader, state: ListState, opened: Opened) -> NoteView:
    """Names no field: it may be one that the reader is not to know of."""
    text = reader.say("It asks for something you may not see. Ask whoever made the view.")
    links: tuple[LinkView, ...] = ()
    if opened.mine:
        text = reader.say("One of its conditions asks for a field that is gone or hidden from you.")
        kept = [each for each in _conditions(opened) if _readable(reader, state.object, each)]
        mended = replace(state.at_start(), filter=joined(kept))
        links = (LinkView(label=reader.say("Remove this condition"), url=mended.url()),)
    title = reader.say("This view cannot be shown to you.")
    return NoteView(title=title, text=text, kind="warn", icon="lock", links=links)


def _conditions(opened: Opened) -> Sequence[Node]:
    try:
        return split(parsed(opened.view.filter))
    except Invalid:
        return ()


def _readable(reader: Reader, object_name: str, node: Node) -> bool:
    return all(reader.trail(object_name, ".".join(path)) for path in paths_of(node))
