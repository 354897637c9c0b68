"""What travels through the save pipeline: always a batch; one record is a batch of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.snapshot import Object
from fieldstone.runtime.access import Grant
from fieldstone.runtime.transaction import Transaction


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(slots=True, kw_only=True)
class Change:
    """One record on its way. `given` is the input; `values` the parsed fields to write; `links`
    the targets of many-to-many fields; `before` and `after` the stored rows by field name."""

    index: int
    given: Mapping[str, Any]
    id: UUID
    expected_version: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[UUID]] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)

    def problem(self, code: str, name: str = "", **params: Any) -> None:
        self.problems.append(Problem(code=code, path=name, params=params))


@dataclass(slots=True, kw_only=True)
class Batch:
    """`single` records report their problems without an index in the path. `partial`: faulty
    records are left out and reported, the others are saved. `cause` says in the history what
    made the change."""

    transaction: Transaction
    grant: Grant
    action: Action
    changes: list[Change]
    now: datetime
    single: bool = False
    partial: bool = False
    cause: str = ""
    ask_warnings: bool = False
    """Rules that only warn refuse, too: somebody is there to say that it is meant so."""
    as_system: bool = False
    """The platform itself writes (imports of packs' demo data): read-only fields are accepted."""
    rollups: Any = None
    """What rollups.py saw before the rows were written."""

    @property
    def shape(self) -> Object:
        return self.grant.object

    @property
    def good(self) -> list[Change]:
        return [change for change in self.changes if not change.problems]

    def problems(self) -> list[Problem]:
        """All problems of the batch, each with the path of its record."""
        found = []
        for change in self.changes:
            for each in change.problems:
                path = each.path if self.single else f"records.{change.index}.{each.path}"
                found.append(
                    Problem(
                        code=each.code,
                        path=path.rstrip("."),
                        params=each.params,
                        message=each.message,
                        hint=each.hint,
                    )
                )
        return found
