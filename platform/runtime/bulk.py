"""One change of many records: what is chosen, a trial that changes nothing, and one step after
the other through the save pipeline. What a step found is a value, so that a job can go on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from fieldstone.formula.lift import Lifted
from fieldstone.kernel import clock
from fieldstone.kernel.errors import Invalid, Problem, TooLarge
from fieldstone.metadata.values import to_json
from fieldstone.runtime import records
from fieldstone.runtime.query import MAX_LIMIT, Query
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.save.parse import parse
from fieldstone.runtime.save.pipeline import PIPELINE, Options, Pipeline, Saved
from fieldstone.runtime.save.remove import delete, restore
from fieldstone.runtime.transaction import Transaction

STEP = 1000
"""Records of one transaction."""
TRIED, LONGEST_TRIAL = 5000, 2.0
"""A trial ends after so many records or seconds."""
MOST_IDS = 10_000
MOST = 100_000
LISTED = 200
"""So many records that were left out are named; all are counted."""
ACTIONS = {Action.UPDATE: "edit", Action.DELETE: "delete", Action.RESTORE: "delete"}
Problems = Mapping[UUID, Sequence[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """`values` as the API sends them. Which records: `ids`, or all that `filter` keeps."""

    object: str
    action: Action
    values: Mapping[str, Any] = field(default_factory=dict)
    ids: tuple[UUID, ...] | None = None
    filter: str = ""

    def as_json(self) -> dict[str, Any]:
        ids = None if self.ids is None else [str(each) for each in self.ids]
        return {
            "object": self.object,
            "action": self.action.value,
            "values": dict(self.values),
            "ids": ids,
            "filter": self.filter,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Bulk:
        ids = None if data["ids"] is None else tuple(UUID(each) for each in data["ids"])
        action = Action(data["action"])
        return cls(**{**data, "action": action, "ids": ids})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far it is: `at` is where the next step begins. `reasons` are problems with a count,
    `failures` name the records; both as JSON."""

    at: str = ""
    seen: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    reasons: tuple[Mapping[str, Any], ...] = ()
    failures: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        lists = {"reasons": list(self.reasons), "failures": list(self.failures)}
        counts = ("at", "seen", "changed", "unchanged", "failed")
        return {**{name: getattr(self, name) for name in counts}, **lists}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        known = {name: data[name] for name in cls.__slots__ if name in data}
        lists = {name: tuple(data.get(name) or ()) for name in ("reasons", "failures")}
        return cls(**{**known, **lists})

    def with_problems(self, found: Problems, names: Mapping[UUID, str]) -> Tally:
        reasons = {_key(each): dict(each) for each in self.reasons}
        failures = list(self.failures)
        for identity, problems in found.items():
            for each in problems:
                told = told_problem(each)
                reasons.setdefault(_key(told), {**told, "count": 0})["count"] += 1
            if len(failures) < LISTED:
                told_all = [told_problem(each) for each in problems]
                failures.append(
                    {"id": str(identity), "name": names.get(identity, ""), "problems": told_all}
                )
        return replace(
            self,
            failed=self.failed + len(found),
            reasons=tuple(reasons.values()),
            failures=tuple(failures),
        )


def _key(told: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(told["code"]), str(told["path"]), str(told["message"])


def told_problem(problem: Problem) -> dict[str, Any]:
    """A problem that can be kept and put into words later."""
    return {
        "code": problem.code,
        "path": problem.path,
        "params": {name: _plain(value) for name, value in problem.params.items()},
        "message": problem.message,
        "hint": problem.hint,
    }


def _plain(value: Any) -> Any:
    kept = value is None or isinstance(value, str | int | list | dict)
    return value if kept else str(value)


async def check(transaction: Transaction, bulk: Bulk) -> None:
    """Raises for what may not be done to any record: NotFound, Forbidden, Invalid with every
    value that is wrong, TooLarge."""
    transaction.grant(bulk.object).require(ACTIONS[bulk.action])
    if bulk.ids is not None and len(bulk.ids) > MOST_IDS:
        raise TooLarge("too_many_records", limit=MOST_IDS, count=len(bulk.ids))
    change = Change(index=0, given=bulk.values, id=UUID(int=0))
    batch = Batch(
        transaction=transaction,
        grant=transaction.grant(bulk.object),
        action=bulk.action,
        changes=[change],
        now=clock.now(),
        single=True,
    )
    await parse(batch)
    if change.problems:
        placed = [replace(each, path=f"set.{each.path}") for each in change.problems]
        raise Invalid("bulk_invalid", problems=placed)


async def selected(transaction: Transaction, bulk: Bulk) -> int:
    """How many were chosen. Raises Invalid for a filter with faults, TooLarge."""
    if bulk.ids is not None:
        return len(bulk.ids)
    count = await records.count(transaction, _query(bulk, ()), exact=True)
    if count > MOST:
        raise TooLarge("too_many_records", limit=MOST, count=count)
    return count


class _UndoneError(Exception):
    """Takes a trial back."""


async def trial(transaction: Transaction, bulk: Bulk, pipeline: Pipeline = PIPELINE) -> Tally:
    """What would become of the first records, down to the last rule; nothing stays changed."""
    tally = Tally()
    try:
        async with transaction.connection.savepoint():
            began = time.monotonic()
            tally = await step(transaction, bulk, tally, "trial", pipeline)
            while tally.at and tally.seen < TRIED and time.monotonic() - began < LONGEST_TRIAL:
                tally = await step(transaction, bulk, tally, "trial", pipeline)
            raise _UndoneError
    except _UndoneError:
        return tally


async def step(
    transaction: Transaction, bulk: Bulk, tally: Tally, cause: str, pipeline: Pipeline = PIPELINE
) -> Tally:
    """The next records in the order of their ids, newest first, each once: `at` of the answer is
    blank when there are no more."""
    rows, missing, at = await _following(transaction, bulk, tally)
    same = {row["id"] for row in rows if _is_so(transaction, bulk, row)}
    names = {row["id"]: str(row.get("name") or "") for row in rows}
    todo = [row["id"] for row in rows if row["id"] not in same]
    options = Options(partial=True, cause=cause, pipeline=pipeline)
    given = {each: dict(bulk.values) for each in todo}
    problems = await apply(transaction, bulk, given, options)
    gone = {each: (Problem(code="record.not_found", path="id"),) for each in missing}
    made = replace(
        tally,
        at=at,
        seen=tally.seen + len(rows) + len(missing),
        changed=tally.changed + len(todo) - len(problems),
        unchanged=tally.unchanged + len(same),
    )
    return made.with_problems({**gone, **problems}, names)


async def apply(
    transaction: Transaction, bulk: Bulk, given: Mapping[UUID, Mapping[str, Any]], options: Options
) -> Problems:
    """Saves what can be saved; a refusal that does not name its record is looked for by halves."""
    if not given:
        return {}
    try:
        async with transaction.connection.savepoint():
            saved = await _save(transaction, bulk, given, options)
    except (Invalid, TooLarge) as error:
        if len(given) == 1:
            told = error.problems or (Problem(code=error.code, params=error.params),)
            return dict.fromkeys(given, told)
        items = list(given.items())
        middle = len(items) // 2
        first = await apply(transaction, bulk, dict(items[:middle]), options)
        return {**first, **await apply(transaction, bulk, dict(items[middle:]), options)}
    return {each.id: tuple(each.problems) for each in saved.changes if each.problems}


async def _save(
    transaction: Transaction, bulk: Bulk, given: Mapping[UUID, Mapping[str, Any]], options: Options
) -> Saved:
    if bulk.action is Action.DELETE:
        return await delete(transaction, bulk.object, [(each, None) for each in given], options)
    if bulk.action is Action.RESTORE:
        return await restore(transaction, bulk.object, list(given), options)
    batch = [(identity, None, values) for identity, values in given.items()]
    return await save.update(transaction, bulk.object, batch, options)


async def _following(
    transaction: Transaction, bulk: Bulk, tally: Tally
) -> tuple[list[dict[str, Any]], list[UUID], str]:
    """The rows that the session may read, the ids of which there is none, and where to go on."""
    names = tuple(_compared(transaction, bulk))
    if bulk.ids is None:
        rows, at = await _matching(transaction, _query(bulk, names), tally.at)
        return rows, [], at
    start = int(tally.at or 0)
    ids = list(dict.fromkeys(bulk.ids))[start : start + STEP]
    rows = []
    for place in range(0, len(ids), MAX_LIMIT):
        listed = records.by_ids(ids[place : place + MAX_LIMIT])
        query = replace(_query(bulk, names), filter=listed)
        rows.extend((await records.fetch(transaction, query)).records)
    found = {row["id"] for row in rows}
    at = str(start + STEP) if len(ids) == STEP else ""
    return rows, [each for each in ids if each not in found], at


async def _matching(
    transaction: Transaction, query: Query, at: str
) -> tuple[list[dict[str, Any]], str]:
    rows: list[dict[str, Any]] = []
    after: tuple[Any, ...] | None = (UUID(at),) if at else None
    while len(rows) < STEP:
        page = await records.fetch(transaction, replace(query, after=after))
        rows.extend(page.records)
        if page.next is None:
            return rows, ""
        after = page.next
    return rows, str(after[0]) if after else ""


def _query(bulk: Bulk, names: Iterable[str]) -> Query:
    lifted: Lifted | None = records.parse_filter(bulk.filter) if bulk.ids is None else None
    return Query(
        object=bulk.object,
        fields=tuple(dict.fromkeys(("id", "name", *names))),
        filter=lifted,
        filter_text=bulk.filter if bulk.ids is None else "",
        limit=MAX_LIMIT,
        deleted=bulk.action is Action.RESTORE,
    )


def _compared(transaction: Transaction, bulk: Bulk) -> list[str]:
    """The fields whose stored value can be compared with the one that is given."""
    fields = transaction.snapshot.objects[bulk.object].fields
    comparable = (each for name in bulk.values if (each := fields.get(name)) is not None)
    return [each.name for each in comparable if each.single and each.type.name != "secret"]


def _is_so(transaction: Transaction, bulk: Bulk, row: Mapping[str, Any]) -> bool:
    """Whether the record holds every value already."""
    if bulk.action is not Action.UPDATE or set(_compared(transaction, bulk)) != set(bulk.values):
        return False
    shape, locale = transaction.snapshot.objects[bulk.object], transaction.session.locale
    for name, raw in bulk.values.items():
        each = shape.fields[name]
        if to_json(each.type.parse(raw, locale, each.config)) != to_json(row[name]):
            return False
    return True
