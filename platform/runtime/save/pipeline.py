"""The save pipeline: the order of execution, as admins know it, in one visible tuple.

Stages that workflow fills are a declared protocol (`Hooks`), wired in main.py. Any problem
undoes the batch, or with `partial` leaves that record out; all problems are reported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from fieldstone.kernel import clock
from fieldstone.kernel.errors import Invalid, Problem, TooLarge
from fieldstone.kernel.ids import uuid7_many
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.save.books import books
from fieldstone.runtime.save.calendars import calendars
from fieldstone.runtime.save.defaults import defaults
from fieldstone.runtime.save.lock import lock
from fieldstone.runtime.save.lookup_filters import lookup_filters
from fieldstone.runtime.save.parse import parse
from fieldstone.runtime.save.people import people
from fieldstone.runtime.save.rules import rules
from fieldstone.runtime.save.tokens import search_tokens
from fieldstone.runtime.save.validation import validation
from fieldstone.runtime.save.written import written
from fieldstone.runtime.transaction import Transaction

MAX_RECORDS = 2000
Stage = Callable[[Batch], Awaitable[None]]


class Hooks(Protocol):
    """What the layers above add to a save. Each is called once for the whole batch."""

    async def before_save(self, batch: Batch) -> None:
        """Stage 4: may change `values` of the changes and add problems."""

    async def on_write(self, batch: Batch) -> None:
        """Stage 7: path and stage effects; the rows are written and roll-ups follow them."""

    async def after_save(self, batch: Batch) -> None:
        """Stage 8: assignment, flows, approvals, service levels."""


class NoHooks:
    """Nothing above: what the pipeline does by itself."""

    async def before_save(self, batch: Batch) -> None:
        """Nothing to add."""

    async def on_write(self, batch: Batch) -> None:
        """Nothing to add."""

    async def after_save(self, batch: Batch) -> None:
        """Nothing to add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """`changes` in the order they were given; those with problems were not saved."""

    changes: Sequence[Change]
    problems: Sequence[Problem] = ()

    @property
    def ids(self) -> list[UUID]:
        return [change.id for change in self.changes if not change.problems]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    hooks: Hooks = field(default_factory=NoHooks)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (
            parse,
            lock,
            defaults,
            self.hooks.before_save,
            rules,
            lookup_filters,
            validation,
            people,
            calendars,
            refuse_problems,
            written,
            self.hooks.on_write,
            self.hooks.after_save,
            books,
            search_tokens,
        )

    async def run(self, batch: Batch) -> Saved:
        for stage in self.stages:
            await stage(batch)
        return Saved(changes=batch.changes, problems=batch.problems())


async def refuse_problems(batch: Batch) -> None:
    """Ends the save with every problem of every record; a partial one goes on without them."""
    problems = batch.problems()
    if problems and not batch.partial:
        raise Invalid("record_invalid", problems=problems)


PIPELINE = Pipeline()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    single: bool = False
    partial: bool = False
    cause: str = ""
    ask_warnings: bool = False
    as_system: bool = False
    pipeline: Pipeline = PIPELINE


async def create(
    transaction: Transaction,
    object_name: str,
    records: Sequence[Mapping[str, Any]],
    options: Options = Options(),  # frozen
) -> Saved:
    grant = transaction.grant(object_name)
    grant.require("create")
    _refuse_too_many(records)
    ids = uuid7_many(len(records))
    changes = [
        Change(index=index, given=record, id=identity)
        for index, (record, identity) in enumerate(zip(records, ids, strict=True))
    ]
    return await _run(transaction, grant, Action.CREATE, changes, options)


async def update(
    transaction: Transaction,
    object_name: str,
    records: Sequence[tuple[UUID, int | None, Mapping[str, Any]]],
    options: Options = Options(),  # frozen
) -> Saved:
    """`records` are (id, the version the writer saw or None, changed fields)."""
    grant = transaction.grant(object_name)
    grant.require("edit")
    _refuse_too_many(records)
    changes = [
        Change(index=index, given=given, id=identity, expected_version=version)
        for index, (identity, version, given) in enumerate(records)
    ]
    return await _run(transaction, grant, Action.UPDATE, changes, options)


async def _run(
    transaction: Transaction, grant: Any, action: Action, changes: list[Change], options: Options
) -> Saved:
    batch = Batch(
        transaction=transaction,
        grant=grant,
        action=action,
        changes=changes,
        now=clock.now(),
        single=options.single,
        partial=options.partial,
        cause=options.cause,
        ask_warnings=options.ask_warnings,
        as_system=options.as_system,
    )
    return await options.pipeline.run(batch)


def _refuse_too_many(records: Sequence[Any]) -> None:
    if len(records) > MAX_RECORDS:
        raise TooLarge("too_many_records", limit=MAX_RECORDS, count=len(records))


async def run_batch(batch: Batch, pipeline: Pipeline = PIPELINE) -> Saved:
    """For remove.py, whose batches are made while it follows the links."""
    return await pipeline.run(batch)
