"""What the board of a list is told: columns of cards, and what a moved card is answered with."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import FieldValue, LinkView, NoteView, ValueView


@dataclass(frozen=True, slots=True, kw_only=True)
class KindView:
    """A kind of showing the list."""

    label: str
    icon: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ByView:
    """A field that the records can stand by, and the same list by it."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """`label` is said aloud; it is shown where the value alone tells nothing."""

    label: str
    value: ValueView
    shows_label: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    """A day of the card; `late` when it is past and the record not yet done with."""

    label: str
    text: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    id: str
    url: str
    title: str
    version: str
    lane: str
    lines: tuple[CardLine, ...] = ()
    owner: ValueView | None = None
    due: DueView | None = None
    move_url: str = ""
    """Takes the card to another column; blank when the reader may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneView:
    """A column. `key` is fit for an HTML id, `code` the value. A folded one shows no cards;
    `more_url` answers with the next ones, at once when the column comes into sight if `late`."""

    key: str
    code: str
    label: str
    color: str
    count: int
    sums: str = ""
    cards: tuple[CardView, ...] = ()
    folded: bool = False
    fold_url: str = ""
    more_url: str = ""
    more: int = 0
    late: bool = False
    new_url: str = ""
    offered: bool = True
    """Cards may come here: the value has not been taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    by: str
    by_label: str
    summed: str = ""
    """The amount that the heads of the columns add up."""
    fields: tuple[ByView, ...] = ()
    lanes: tuple[LaneView, ...] = ()
    movable: bool = False
    why_fixed: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoved:
    """The card as it is then, and the heads of the columns it left and came to. `told` says why
    it is not where it was put."""

    card: CardView | None
    lanes: tuple[LaneView, ...] = ()
    told: NoteView | None = None
    gone: str = ""
    """The id of a card that is no longer there."""
    arrived: LaneView | None = None
    """Where somebody else put it, when it has to go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAsks:
    """The fields without which the card cannot be saved where it was put."""

    title: str
    text: str
    action: str
    items: tuple[FieldValue, ...]
    hidden: tuple[tuple[str, str], ...] = ()
    form: LinkView | None = None
