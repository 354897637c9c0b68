"""What a formula may name. The language knows no objects, only a Scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from fieldstone.formula.types import Type

Path = tuple[str, ...]
"""Field names from the current record outwards: ("account", "owner", "email")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One thing that can stand at the end of a path. `name` is the API name."""

    name: str
    label: str
    type: Type


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
