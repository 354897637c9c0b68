"""The switcher between the kinds of showing a list, and where its views open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fieldstone.metadata.snapshot import Field
from fieldstone.web.board_contexts import ByView, KindView
from fieldstone.web.pages.displays import BOARD, CALENDAR, TABLE, Kind, board_fields, day_fields
from fieldstone.web.pages.list_asked import Asked
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.list_views import View
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader

_LOOKS: Mapping[Kind, tuple[str, str]] = {
    TABLE: ("Table", "table"),
    BOARD: ("Board", "layout-kanban"),
    CALENDAR: ("Calendar", "calendar"),
}
"""sprite icons: table layout-kanban calendar"""


def kinds_of(reader: Reader, state: ListState, view: View) -> tuple[KindView, ...]:
    """None when the object can only be shown as a table."""
    kinds = (TABLE, *_others(reader, state))
    if len(kinds) == 1:
        return ()
    current = state.kind or TABLE
    return tuple(
        KindView(
            label=reader.say(_LOOKS[kind][0]),
            icon=_LOOKS[kind][1],
            url=_url(state, view, kind),
            current=kind == current,
        )
        for kind in kinds
    )


def _others(reader: Reader, state: ListState) -> Iterator[Kind]:
    if state.bin:
        return
    if board_fields(reader, state.object):
        yield BOARD
    if day_fields(reader, state.object):
        yield CALENDAR


def _url(state: ListState, view: View, kind: Kind) -> str:
    """The same records, otherwise shown; always with the view, which would open as it likes."""
    state = replace(state.at_start(), view=view.name)
    if kind != (state.kind or TABLE):
        state = replace(state, kind="" if kind == TABLE else kind, shown=())
    return state.url()


def view_url(state: ListState, view: View) -> str:
    """Where a view opens: as it says itself, else as what is being looked at."""
    kind = view.display.kind or state.kind or TABLE
    kept = {} if view.display.kind else dict(state.shown)
    kept.pop("turned", None)
    path = state.path if kind == TABLE else f"{state.path}/{kind}"
    return with_query(path, {"view": view.name, **kept})


def chosen_field(asked: Asked, fields: Sequence[Field], kind: Kind) -> Field | None:
    """What the address asks for, else what the view is shown by, else the first that will do."""
    said, own = dict(asked.state.shown).get("by"), asked.view.display
    wanted = said or (own.by if own.kind == kind else "")
    found = next((each for each in fields if each.name == wanted), None)
    return found if found is not None or said else next(iter(fields), None)


def by_views(
    reader: Reader, state: ListState, fields: tuple[Field, ...], current: Field
) -> tuple[ByView, ...]:
    """The fields to choose among; none when there is nothing to choose."""
    if len(fields) < 2:
        return ()
    return tuple(
        ByView(
            label=reader.label(each),
            url=replace(state.at_start(), shown=(*_others_shown(state), ("by", each.name))).url(),
            current=each == current,
        )
        for each in fields
    )


def _others_shown(state: ListState) -> tuple[tuple[str, str], ...]:
    return tuple(each for each in state.shown if each[0] not in ("by", "turned"))
