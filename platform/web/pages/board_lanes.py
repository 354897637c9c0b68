"""The columns of a board: which there are, what is in each, and the records of one of them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal, Node
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.groups import MAX_GROUPS, group
from fieldstone.runtime.query import Aggregate, GroupQuery, Page, Query
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.layouts import compact_fields
from fieldstone.web.pages.displays import BOARD, Display, declared
from fieldstone.web.pages.list import condition_of, query_of
from fieldstone.web.pages.list_asked import Asked
from fieldstone.web.pages.path_view import paths_of
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, columns_of, fields_of

NONE = ""
"""The code of the column of records without a value."""
CARDS = 50
LINES = 4
OPEN = "open"
_COUNT, _SUM = "n", "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the address asks for. `field` is the choice that makes the columns, `amount` what
    their heads add up, `columns` what a card shows; `opened` and `closed` are the columns that
    somebody has unfolded or folded."""

    asked: Asked
    field: Field
    display: Display
    amount: Field | None
    columns: tuple[Column, ...]
    toggled: frozenset[str] = frozenset()

    @property
    def object(self) -> str:
        return self.asked.state.object


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """`kind` is that of a path's stage: open, or how it ended."""

    code: str
    kind: str = OPEN
    offered: bool = True
    count: int = 0
    sums: tuple[tuple[str, Decimal], ...] = ()
    folded: bool = False

    @property
    def done(self) -> bool:
        return self.kind != OPEN


def board_of(reader: Reader, asked: Asked, field: Field, toggled: frozenset[str]) -> Board:
    display = declared(reader, asked.state.object, BOARD, field.name, asked.view.display)
    return Board(
        asked=asked,
        field=field,
        display=display,
        amount=main_amount(reader, asked.state.object),
        columns=_card_columns(reader, asked.state.object, field, display),
        toggled=toggled,
    )


def main_amount(reader: Reader, object_name: str) -> Field | None:
    """The first amount of the compact layout, else of the object."""
    fields = reader.shape(object_name).fields
    compact = [fields[name] for name in _compact(reader, object_name) if name in fields]
    for field in (*compact, *reader.shape(object_name).own_fields):
        readable = reader.rights.may_read(object_name, field.name)
        if field.type.name == "currency" and field.columns and readable:
            return field
    return None


def _compact(reader: Reader, object_name: str) -> Sequence[str]:
    return compact_fields(reader.snapshot, object_name)


def _card_columns(
    reader: Reader, object_name: str, field: Field, display: Display
) -> tuple[Column, ...]:
    """The owner beside the few fields that are shown in lines; not what the column says."""
    names = display.card or _compact(reader, object_name)
    columns = columns_of(reader, object_name, [name for name in names if name != field.name])
    lines = [each for each in columns if each.key != "owner"]
    shape = reader.shape(object_name)
    owner = columns_of(reader, object_name, ["owner"]) if shape.master is None else ()
    return (*lines[: LINES + 1], *owner)


async def lanes_of(transaction: Transaction, reader: Reader, board: Board) -> tuple[Lane, ...]:
    """In the declared order: the values that are offered, those that are not but hold records,
    and at the end what has no value. One query for all of them."""
    counted = await _counted(transaction, reader, board)
    stages = _stages(reader, board)
    lanes = [_lane(board, code, stages, counted) for code in _codes(board, stages, counted)]
    if NONE in counted:
        lanes.append(_lane(board, NONE, {}, counted))
    return tuple(lanes)


Counted = Mapping[str, tuple[int, tuple[tuple[str, Decimal], ...]]]


async def _counted(transaction: Transaction, reader: Reader, board: Board) -> Counted:
    amount = board.amount
    by_currency = amount is not None and bool(reader.trail(board.object, "currency_code"))
    aggregates = [Aggregate(name=_COUNT, function="COUNT")]
    if amount is not None:
        aggregates.append(Aggregate(name=_SUM, function="SUM", path=amount.name))
    rows = await group(
        transaction,
        GroupQuery(
            object=board.object,
            group_by=(board.field.name, "currency_code") if by_currency else (board.field.name,),
            aggregates=tuple(aggregates),
            filter=condition_of(reader, board.asked),
            limit=MAX_GROUPS,
            json=False,
        ),
    )
    found: dict[str, tuple[int, tuple[tuple[str, Decimal], ...]]] = {}
    for row in rows:
        code = row[board.field.name] or NONE
        count, sums = found.get(code, (0, ()))
        if row.get(_SUM):
            sums = (*sums, (str(row.get("currency_code") or ""), Decimal(row[_SUM])))
        found[code] = (count + row[_COUNT], sums)
    return found


def _stages(reader: Reader, board: Board) -> Mapping[str, str]:
    """Code → kind, of the paths along this field."""
    return {
        code: str(stage.get("kind") or OPEN)
        for body in paths_of(reader.snapshot, board.object)
        if body["field"] == board.field.name
        for code, stage in body["stages"].items()
    }


def _codes(board: Board, stages: Mapping[str, str], counted: Counted) -> list[str]:
    found = []
    for code, value in board.field.values.items():
        offered = value.get("active") is not False and not value.get("deleted")
        if code in counted or (offered and (code in stages or not stages)):
            found.append(code)
    return [*found, *sorted(code for code in counted if code and code not in board.field.values)]


def _lane(board: Board, code: str, stages: Mapping[str, str], counted: Counted) -> Lane:
    value = board.field.values.get(code, {})
    count, sums = counted.get(code, (0, ()))
    kind = stages.get(code, OPEN)
    if code in board.display.folded and kind == OPEN:
        kind = "done"
    known = code in board.field.values or code == NONE
    return Lane(
        code=code,
        kind=kind,
        offered=known and value.get("active") is not False and not value.get("deleted"),
        count=count,
        sums=sums,
        folded=(kind != OPEN) != (code in board.toggled),
    )


def lane_key(field: Field, code: str) -> str:
    """For an HTML id: codes may hold dots and percent signs."""
    if code == NONE:
        return "none"
    codes = list(field.values)
    return f"v{codes.index(code)}" if code in codes else f"x{zlib.crc32(code.encode())}"


def lane_query(reader: Reader, board: Board, code: str, after: tuple[Any, ...] | None) -> Query:
    """The records of one column in the order of the list."""
    query = query_of(reader, replace(board.asked, columns=board.columns))
    return replace(
        query,
        fields=(*fields_of(reader, board.columns), board.field.name),
        filter=records.both(condition_of(reader, board.asked), within_lane(board.field, code)),
        limit=CARDS,
        after=after,
    )


def within_lane(field: Field, code: str) -> Node:
    name = FieldRef((field.name,))
    if code == NONE:
        return Call("ISBLANK", (name,))
    return Binary("=", name, Literal(code))


async def lane_page(
    transaction: Transaction,
    reader: Reader,
    board: Board,
    code: str,
    after: tuple[Any, ...] | None = None,
) -> Page:
    return await records.fetch(transaction, lane_query(reader, board, code, after))
