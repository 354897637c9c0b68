"""An object to write formulas about: a field of every kind, and references to walk along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from fieldstone.formula.ast import Value
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.context import Context
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Named, Path, Relation
from fieldstone.formula.typed import moved
from fieldstone.formula.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    OPAQUE,
    TEXT,
    TIME,
    Kind,
    Type,
)
from fieldstone.formula.usage import Usage

STATUS = Type(kind=Kind.PICKLIST, values=("new", "open", "won", "lost"))
COLORS = Type(kind=Kind.MULTI_PICKLIST, values=("red", "green", "blue"))
MONEY = Type(kind=Kind.NUMBER, scale=2, digits=16)
TASK = Type(kind=Kind.REFERENCE, target="task")
PERSON = Type(kind=Kind.REFERENCE, target="person")
LINE = Type(kind=Kind.REFERENCE, target="line")

FIELDS: Mapping[str, Mapping[str, tuple[str, Type]]] = {
    "task": {
        "id": ("Id", TASK),
        "name": ("Name", TEXT),
        "nickname": ("Nick Name", TEXT),
        "amount": ("Amount", MONEY),
        "quantity": ("数量", Type(kind=Kind.NUMBER, scale=0, digits=18)),
        "ratio": ("Ratio", Type(kind=Kind.NUMBER, scale=4, digits=8, percent=True)),
        "factor": ("Factor", Type(kind=Kind.NUMBER, scale=6)),
        "is_done": ("Done", BOOLEAN),
        "status": ("Status", STATUS),
        "colors": ("Colours", COLORS),
        "due": ("Due Date", DATE),
        "updated": ("Updated", DATETIME),
        "alarm": ("Alarm", TIME),
        "owner": ("Owner", PERSON),
        "parent": ("Parent", TASK),
        "watchers": ("Watchers", Type(kind=Kind.REFERENCES, target="person")),
        "sketch": ("Sketch", OPAQUE),
        "place": ("Place", Type(kind=Kind.LOCATION)),
    },
    "person": {
        "id": ("Id", PERSON),
        "name": ("Full Name", TEXT),
        "email": ("E-mail", TEXT),
        "boss": ("Boss", PERSON),
    },
    "line": {
        "id": ("Id", LINE),
        "name": ("Name", TEXT),
        "amount": ("Amount", MONEY),
        "status": ("Status", STATUS),
        "done_on": ("Done On", DATE),
        "task": ("Task", TASK),
    },
}
PARAMETERS: Mapping[tuple[str, Path], Type] = {
    ("user", ("id",)): PERSON,
    ("user", ("name",)): TEXT,
    ("user", ("record",)): Type(kind=Kind.REFERENCE),
    ("user", ("since",)): DATETIME,
    ("user", ("level",)): Type(kind=Kind.NUMBER, scale=0, digits=3),
    ("org", ("currency",)): TEXT,
}


@dataclass(frozen=True)
class SampleScope:
    """Implements fieldstone.formula.scope.Scope."""

    object: str = "task"

    def resolve(self, path: Path) -> Named | None:
        owner: str | None = self.object
        found = None
        for step in path:
            found = self._step(owner, step)
            if found is None:
                return None
            owner = found.type.target
        return found

    def names(self, path: Path) -> Iterable[Named]:
        end = self.resolve(path)
        owner = end.type.target if end else (self.object if not path else None)
        fields = FIELDS.get(owner or "", {})
        return [
            Named(name=name, label=label, type=type_) for name, (label, type_) in fields.items()
        ]

    def parameter(self, root: str, path: Path) -> Type | None:
        return PARAMETERS.get((root, path))

    def relation(self, name: str) -> Relation | None:
        known = self.relations()
        return next((each for each in known if name in (each.name, each.label)), None)

    def relations(self) -> list[Relation]:
        """Lines point at tasks."""
        if self.object != "task":
            return []
        inner = replace(self, object="line")
        return [Relation(key=LINES, name="lines", label="Order Lines", scope=inner)]

    def _step(self, owner: str | None, step: str) -> Named | None:
        for name, (label, type_) in FIELDS.get(owner or "", {}).items():
            if step.lower() == name or step == label:
                return Named(name=name, label=label, type=type_)
        return None


LINES = "line.task"
SCOPE = SampleScope()
ANN = UUID("018f0000-0000-7000-8000-00000000000a")
BOB = UUID("018f0000-0000-7000-8000-00000000000b")
NOW = datetime(2024, 5, 15, 10, 30, tzinfo=UTC)
CONTEXT = Context(
    now=NOW,
    timezone="UTC",
    parameters={
        ("user", ("id",)): ANN,
        ("user", ("name",)): "Ann",
        ("user", ("record",)): BOB,
        ("user", ("since",)): date(2024, 5, 1),
        ("user", ("level",)): Decimal(0),
        ("org", ("currency",)): None,
    },
)


def line(
    name: str | None, amount: str | None, status: str | None, done_on: date | None
) -> Mapping[Path, Value]:
    return {
        ("name",): name,
        ("amount",): None if amount is None else Decimal(amount),
        ("status",): status,
        ("done_on",): done_on,
    }


RECORD: Mapping[Path, Value] = {
    ("name",): "Fieldstone",
    ("amount",): Decimal("1250.50"),
    ("quantity",): Decimal(3),
    ("ratio",): Decimal("40"),
    ("factor",): Decimal("0.333333"),
    ("is_done",): False,
    ("status",): "open",
    ("colors",): frozenset({"red", "green"}),
    ("due",): date(2024, 5, 31),
    ("updated",): datetime(2024, 5, 14, 23, 15, tzinfo=UTC),
    ("alarm",): time(7, 30),
    ("owner",): ANN,
    (LINES,): (
        line("a", "10", "won", date(2024, 3, 1)),
        line("b", "20.50", "won", date(2024, 1, 1)),
        line("c", "30", "open", date(2024, 2, 1)),
        line(None, None, "open", None),
    ),  # type: ignore[dict-item]  # the records of a list
    ("place",): {"lat": 31.2304, "lng": 121.4737},  # type: ignore[dict-item]  # as such a field holds it
}
"""The record that the examples of the functions speak of; what is missing is blank."""

COMPUTED: Mapping[str, tuple[str, Type]] = {
    "total": ("amount * quantity", Type(kind=Kind.NUMBER, scale=2, digits=16)),
    "share": ("amount / quantity / 7", Type(kind=Kind.NUMBER, scale=4, digits=8, percent=True)),
    "double": ("total + total", Type(kind=Kind.NUMBER, scale=1, digits=16)),
    "above": ("parent.total - BLANKVALUE(total, 0)", Type(kind=Kind.NUMBER)),
    "greeting": ('name & " " & parent.name', TEXT),
    "deadline": ("due + quantity", DATE),
    "is_late": ("due < TODAY()", BOOLEAN),
    "counted": ("amount + quantity", Type(kind=Kind.NUMBER, scale=2, digits=16)),
    "billed": ("SUM(lines.amount)", MONEY),
    "huge": ("amount * 999999999999", Type(kind=Kind.NUMBER, scale=0, digits=16)),
}
ZEROES = frozenset({"counted"})
"""Whose formulas take a blank number for 0."""


@dataclass(frozen=True)
class WithComputed(SampleScope):
    """The sample object with fields that are formulas."""

    def resolve(self, path: Path) -> Named | None:
        name = path[-1].lower() if path else ""
        owner = super().resolve(path[:-1]) if len(path) > 1 else None
        target = owner.type.target if owner else self.object if len(path) == 1 else ""
        if name not in COMPUTED or target != "task":
            return super().resolve(path)
        text, type_ = COMPUTED[name]
        blanks: Blanks = "zero" if name in ZEROES else "blank"
        scope = replace(self, object="task")
        formula = check(parse(text), scope, blanks=blanks, usage=Usage.FIELD).root
        return Named(name=name, label="", type=type_, formula=moved(formula, path[:-1]))


COMPUTED_SCOPE = WithComputed()
