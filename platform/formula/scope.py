"""What a formula may name. The language knows no objects, only a Scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from fieldstone.formula.ast import Path as Path
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One thing that can stand at the end of a path. `name` is the API name.

    `formula`: the field is computed. Its tree has been checked already, and its paths begin at
    the record where the resolved path begins (`typed.moved(root, path[:-1])` moves them).
    The field's value is the tree's, rounded to the decimals of `type`; the kind is the same."""

    name: str
    label: str
    type: Type
    formula: Typed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """The records of another object that point at this one by one of their fields. `key` tells
    it from all others and holds a sign that no API name has; `name` is how formulas call it."""

    key: str
    name: str
    label: str
    scope: Scope


class Scope(Protocol):
    """Resolves names for one object. A name the asker may not read is a name that does not
    exist: both answer None."""

    def resolve(self, path: Path) -> Named | None:
        """The field at the end of the path; each earlier step is a reference. Case-blind on
        API names, exact on labels."""

    def names(self, path: Path) -> Iterable[Named]:
        """Everything that may follow this path, for suggestions and completion."""

    def parameter(self, root: str, path: Path) -> Type | None:
        """The type of `$user.id`, `$org.currency` …; None when there is no such thing."""

    def relation(self, name: str) -> Relation | None:
        """The related list of this name. A field of the same name comes first."""

    def relations(self) -> Iterable[Relation]:
        """Every related list, for suggestions and completion."""
