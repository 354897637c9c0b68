"""Texts that are easily got wrong, and a scope of fields that hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fieldstone.formula.scope import Named, Path, Relation
from fieldstone.formula.types import BOOLEAN, NUMBER, TEXT, Kind, Type

FIELDS = {
    "t": TEXT,
    "u": TEXT,
    "v": TEXT,
    "n": NUMBER,
    "m": NUMBER,
    "b": BOOLEAN,
    "r": Type(kind=Kind.REFERENCE, target="thing"),
}
ODD = (
    "aAbBzZ09 _-'\".%\\/\n\r\t\u00a0"
    "ßẞİıſKÅéÉŉǆǅΐΣσςάЖжﬁﬃᾳ"
    "e\u0301\u0308\u200d\u00ad"
    "石头客户한글アイ"
    "\u0627\u0644\u05e9\u05dc\u202e"
    "😀𝔘𐐀𐐨🇨🇳"
)
"""Case that changes the length, marks that combine, scripts of all directions, beyond 16 bits."""


@dataclass(frozen=True)
class TextScope:
    """Implements fieldstone.formula.scope.Scope."""

    def resolve(self, path: Path) -> Named | None:
        type_ = FIELDS.get(path[0]) if len(path) == 1 else None
        return Named(name=path[0], label="", type=type_) if type_ else None

    def names(self, path: Path) -> Iterable[Named]:
        return [] if path else [Named(name=name, label="", type=FIELDS[name]) for name in FIELDS]

    def parameter(self, root: str, path: Path) -> Type | None:
        return None

    def relation(self, name: str) -> Relation | None:
        return None

    def relations(self) -> Iterable[Relation]:
        return ()
