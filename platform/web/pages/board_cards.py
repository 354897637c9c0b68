"""A record as a card, and a column with its head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.kernel import clock
from fieldstone.kernel.i18n import translate_plural
from fieldstone.metadata.validate_display import DAYS
from fieldstone.runtime.cursor import encode
from fieldstone.runtime.query import Page
from fieldstone.web.amounts import short_amount
from fieldstone.web.board_contexts import CardLine, CardView, DueView, LaneView
from fieldstone.web.contexts import ValueView
from fieldstone.web.pages.board_lanes import CARDS, LINES, NONE, Board, Lane, lane_key
from fieldstone.web.pages.draft import editable
from fieldstone.web.pages.record_history import day_text
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, shown
from fieldstone.web.value_views import Linked, record_url, shortened
from fieldstone.web.views import NUMERIC

NO_CARDS = Page(records=[])
_MOST_SUMS = 2
_TELLING = frozenset({"percent", "integer", "decimal", "duration", "boolean", "rating"})
"""Types whose values say nothing without a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """The records of a column and what lies behind their ids."""

    page: Page = NO_CARDS
    linked: Linked
    late: bool = False
    """They are fetched when the column comes into sight."""


def lane_view(reader: Reader, board: Board, lane: Lane, dealt: Dealt) -> LaneView:
    state = board.asked.state
    cards = tuple(card_view(reader, board, lane, row, dealt.linked) for row in dealt.page.records)
    left = max(lane.count - len(cards), 0) if dealt.page.next or dealt.late else 0
    label, color = lane_label(reader, board, lane.code)
    return LaneView(
        key=lane_key(board.field, lane.code),
        code=lane.code,
        label=label,
        color=color,
        count=lane.count,
        sums=_sums(reader, board, lane),
        cards=cards,
        folded=lane.folded,
        fold_url=_fold_url(board, lane),
        more_url=_more_url(board, lane, dealt) if dealt.page.next or dealt.late else "",
        more=min(left, CARDS),
        late=dealt.late,
        new_url=_new_url(reader, board, lane) if not state.bin else "",
        offered=lane.offered,
    )


def lane_label(reader: Reader, board: Board, code: str) -> tuple[str, str]:
    if code == NONE:
        name = {"field": reader.label(board.field)}
        return reader.say("Without %(field)s", name), "gray"
    value = board.field.values.get(code, {})
    return reader.text(value.get("label")) or code, str(value.get("color") or "gray")


def _sums(reader: Reader, board: Board, lane: Lane) -> str:
    """By currency, the greatest part first; what is more than a few is only hinted at."""
    if board.amount is None:
        return ""
    totals = sorted(lane.sums, key=lambda each: -abs(each[1]))
    texts = [short_amount(reader, total, currency) for currency, total in totals[:_MOST_SUMS]]
    more = " …" if len(totals) > _MOST_SUMS else ""
    return " + ".join(texts) + more


def _fold_url(board: Board, lane: Lane) -> str:
    """The board with the column folded, or unfolded."""
    toggled = board.toggled ^ {lane.code}
    shown_ = (("by", board.field.name), ("turned", ",".join(sorted(toggled))))
    return replace(board.asked.state, shown=shown_).url()


def _more_url(board: Board, lane: Lane, dealt: Dealt) -> str:
    state = replace(board.asked.state, cursor=encode(dealt.page.next) if dealt.page.next else "")
    path, _, query = state.url().partition("?")
    params = {"lane": lane.code} if lane.code else {"unset": "1"}
    return f"{with_query(f'{path}/lane', params)}&{query}"


def _new_url(reader: Reader, board: Board, lane: Lane) -> str:
    may = reader.may("create", board.object) and lane.offered
    if not may or not editable(reader, board.field, {}, new=True):
        return ""
    return with_query(f"/o/{board.object}/new", {board.field.name: lane.code})


def card_view(
    reader: Reader, board: Board, lane: Lane, row: Mapping[str, Any], linked: Linked
) -> CardView:
    day = _day_column(board)
    lines = [each for each in board.columns if each.key != "owner" and each != day]
    owner = next((each for each in board.columns if each.key == "owner"), None)
    title = str(row.get("name") or "") or reader.say("(no name)")
    return CardView(
        id=str(row["id"]),
        url=record_url(board.object, row["id"]),
        title=title,
        version=str(row["version"]),
        lane=lane.code,
        lines=tuple(
            line
            for column in lines[:LINES]
            if (line := _line(reader, column, row, linked)) is not None
        ),
        owner=_shown_owner(reader, owner, row, linked),
        due=_due(reader, day, row, done=lane.done),
        move_url=_move_url(reader, board, row),
    )


def _line(
    reader: Reader, column: Column, row: Mapping[str, Any], linked: Linked
) -> CardLine | None:
    value = shortened(shown(reader, column, row, linked))
    kind = column.field.type.name
    if value.blank or (kind == "boolean" and not row.get(column.key)):
        return None
    return CardLine(
        label=" ".join(reader.label(each) for each in column.trail),
        value=value,
        shows_label=kind in _TELLING,
        strong=kind == "currency" and kind in NUMERIC,
    )


def _shown_owner(
    reader: Reader, column: Column | None, row: Mapping[str, Any], linked: Linked
) -> ValueView | None:
    if column is None:
        return None
    value = shown(reader, column, row, linked)
    return None if value.blank else value


def _day_column(board: Board) -> Column | None:
    return next((each for each in board.columns if each.field.type.name in DAYS), None)


def _due(
    reader: Reader, column: Column | None, row: Mapping[str, Any], *, done: bool
) -> DueView | None:
    value = row.get(column.key) if column else None
    if column is None or not isinstance(value, date):
        return None
    zone = ZoneInfo(reader.locale.timezone)
    now = clock.now().astimezone(zone)
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    label = reader.label(column.field)
    days = (now.date() - day).days
    past = value < now if isinstance(value, datetime) else days > 0
    if not past or done:
        return DueView(label=label, text=day_text(reader, day))
    if days == 0:
        return DueView(label=label, text=reader.say("Overdue today"), late=True)
    text = translate_plural(reader.locale.code, "%(count)s day late", "%(count)s days late", days)
    return DueView(label=label, text=text, late=True)


def movable(reader: Reader, board: Board) -> bool:
    may = reader.may("edit", board.object) and not board.asked.state.bin
    return may and editable(reader, board.field, {}, new=False)


def _move_url(reader: Reader, board: Board, row: Mapping[str, Any]) -> str:
    if not movable(reader, board):
        return ""
    query = board.asked.state.at_start().url().partition("?")[2]
    return f"{record_url(board.object, row['id'])}/board?{query}"
