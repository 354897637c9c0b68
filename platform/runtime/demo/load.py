"""Demo data into a tenant: through the save pipeline as the platform itself, in one transaction.

It is there completely or not at all. Every row carries the tag `demo`, and the history names the
demo as its cause: by both the rows are found again when they are to go (remove.py)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from fieldstone.kernel import clock
from fieldstone.kernel.db import Connection, Database
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.session import Session, Tenant
from fieldstone.kernel.system_tables import state
from fieldstone.metadata.pack_files import read_pack
from fieldstone.metadata.packs import locate
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime.demo.build import Made, Stage, build, cannot_wait
from fieldstone.runtime.demo.days import Moment
from fieldstone.runtime.demo.model import Program, Row, Unmakeable
from fieldstone.runtime.demo.recipes import read_recipes
from fieldstone.runtime.epoch import bump_access_epoch
from fieldstone.runtime.query import MAX_LIMIT, Query, parse_sort
from fieldstone.runtime.records import fetch
from fieldstone.runtime.save.pipeline import MAX_RECORDS, Options, create
from fieldstone.runtime.save.pipeline import update as change
from fieldstone.runtime.sign_in import system_session
from fieldstone.runtime.transaction import Transaction

CAUSE = "demo"
SETTING = "demo"
"""In the tenant's settings: {pack: the day its demo data was loaded}."""
OPTIONS = Options(as_system=True, cause=CAUSE)

Progress = Callable[[int, int, str], None]
"""(rows done, rows in all, object)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """Somebody who can sign in once the caller has set a password."""

    user_id: UUID
    account: str
    name: str
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """`rows` by object; rows that were there already are not counted."""

    pack: str
    rows: Mapping[str, int]
    seconds: float
    accounts: tuple[DemoAccount, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@dataclass(slots=True, kw_only=True)
class _Load:
    """One load on its way. `late` are links to rows that are saved only later, by object."""

    transaction: Transaction
    options: Options
    progress: Progress | None
    total: int
    made: Counter[str] = field(default_factory=Counter)
    late: dict[str, list[tuple[Row, dict[str, Any]]]] = field(default_factory=dict)


async def load_demo(
    database: Database,
    tenant: Tenant,
    pack_name: str,
    *,
    progress: Progress | None = None,
    options: Options = OPTIONS,
) -> DemoReport:
    """`pack_name`: a built-in pack, or the path of one; it must be installed. Raises Invalid for
    recipes with problems and for a tenant that has this demo data already."""
    started = time.monotonic()
    pack = read_pack(locate(pack_name))
    program = _read(pack.demo)
    session, snapshot, existing = await _prepared(database, tenant, pack.name, program)
    moment = Moment(now=clock.now(), zone=ZoneInfo(session.locale.timezone))
    stages = await asyncio.to_thread(_built, program, moment, snapshot, existing)
    async with database.tenant(tenant) as connection:
        transaction = Transaction(
            database=database, connection=connection, session=session, snapshot=snapshot
        )
        await _claim(connection, pack.name, moment)
        total = sum(len(stage.rows) for stage in stages)
        load = _Load(transaction=transaction, options=options, progress=progress, total=total)
        await _match(load, stages)
        for stage in stages:
            await _save(load, stage)
        for object_name, late in load.late.items():
            await _fill(load, object_name, late)
        await bump_access_epoch(connection)
    return DemoReport(
        pack=pack.name,
        rows=dict(load.made),
        seconds=time.monotonic() - started,
        accounts=tuple(_accounts(stages)),
    )


def _read(files: Mapping[str, Any]) -> Program:
    read = read_recipes(files)
    if read.problems:
        raise Invalid(
            "demo_invalid",
            problems=[
                Problem(
                    code=each.problem.code,
                    path=".".join((each.file, *each.path)),
                    params=each.problem.params,
                )
                for each in read.problems
            ],
        )
    if not read.program.recipes:
        raise Invalid.one("demo.none")
    return read.program


async def _prepared(
    database: Database, tenant: Tenant, pack: str, program: Program
) -> tuple[Session, Snapshot, Mapping[str, Sequence[Mapping[str, Any]]]]:
    """Who loads, into what shape, and the tenant's own records that recipes speak of."""
    async with database.tenant(tenant) as connection:
        settings = await connection.value(select(state.c.settings)) or {}
        _refuse_second(settings, pack)
        session = system_session(tenant, settings)
        snapshot = await Snapshots().current(connection, tenant)
        for recipe in program.recipes.values():
            if recipe.object not in snapshot.objects:
                raise Invalid.one("demo.not_installed", object=recipe.object[:60])
        transaction = Transaction(
            database=database, connection=connection, session=session, snapshot=snapshot
        )
        existing = {
            recipe.name: await _records(transaction, recipe.object)
            for recipe in program.recipes.values()
            if recipe.existing
        }
    return session, snapshot, existing


def _refuse_second(settings: Mapping[str, Any], pack: str) -> None:
    if pack in settings.get(SETTING, {}):
        raise Invalid.one("demo.already_loaded", day=settings[SETTING][pack])


def _built(
    program: Program,
    moment: Moment,
    snapshot: Snapshot,
    existing: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Stage]:
    try:
        return build(program, moment, snapshot, existing)
    except Unmakeable as error:
        raise Invalid.one(error.code, **error.params) from error


async def _claim(connection: Connection, pack: str, moment: Moment) -> None:
    """Notes the load in the tenant's settings; of two at once the second waits here and is
    refused."""
    settings = await connection.value(select(state.c.settings).with_for_update()) or {}
    _refuse_second(settings, pack)
    loaded = {**settings.get(SETTING, {}), pack: moment.today.isoformat()}
    await connection.run(update(state).values(settings={**settings, SETTING: loaded}))


async def _records(transaction: Transaction, object_name: str) -> list[dict[str, Any]]:
    """All records of an object that the tenant has."""
    query = Query(object=object_name, sort=parse_sort("id"), limit=MAX_LIMIT)
    page = await fetch(transaction, query)
    found = list(page.records)
    while page.next is not None:
        query = Query(object=object_name, sort=parse_sort("id"), limit=MAX_LIMIT, after=page.next)
        page = await fetch(transaction, query)
        found.extend(page.records)
    return found


async def _match(load: _Load, stages: Iterable[Stage]) -> None:
    """Rows that the tenant has already take the id of what is there."""
    for stage in stages:
        match = stage.recipe.match
        if not match:
            continue
        known = {
            tuple(_key(record.get(name)) for name in match): record["id"]
            for record in await _records(load.transaction, stage.recipe.object)
        }
        for made in stage.rows:
            made.row.id = known.get(tuple(_key(made.values.get(name)) for name in match))


def _key(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


async def _save(load: _Load, stage: Stage) -> None:
    shape = load.transaction.snapshot.objects[stage.recipe.object]
    waiting = [made for made in stage.rows if made.row.id is None]
    for part in _parts(waiting):
        records = [_record(load, shape, made) for made in part]
        saved = await create(load.transaction, shape.name, records, load.options)
        for made, identity in zip(part, saved.ids, strict=True):
            made.row.id = identity
        load.made[shape.name] += len(part)
        if load.progress is not None:
            load.progress(load.made.total(), load.total, shape.name)


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), MAX_RECORDS):
        yield items[start : start + MAX_RECORDS]


def _record(load: _Load, shape: Object, made: Made) -> dict[str, Any]:
    """The row's values as the pipeline takes them. Links to rows that are not saved yet are kept
    for later; who made or changed a row is not worth a second save."""
    record = {}
    late = {}
    for name, value in made.values.items():
        known = _linked(shape.fields[name], value)
        if known is not _UNKNOWN:
            record[name] = known
        elif cannot_wait(shape.fields[name]):
            raise Invalid.one("demo.order", recipe=made.row.recipe.name, field=name, others="")
        elif name not in ("created_by", "modified_by"):
            late[name] = value
    if late:
        stamps: dict[str, Any] = {
            name: made.values[name] for name in ("modified_at", "modified_by") if name in record
        }
        load.late.setdefault(shape.name, []).append((made.row, {**late, **stamps}))
    return record


_UNKNOWN = object()


def _linked(field: Field, value: Any) -> Any:
    """A Row becomes what the field stores of it; _UNKNOWN while it has no id."""
    if isinstance(value, Row):
        if value.id is None:
            return _UNKNOWN
        return {"object": value.recipe.object, "id": value.id} if _is_any(field) else value.id
    if isinstance(value, list) and value and isinstance(value[0], Row):
        return _UNKNOWN if any(row.id is None for row in value) else [row.id for row in value]
    return value


def _is_any(field: Field) -> bool:
    return "_object" in field.columns


async def _fill(
    load: _Load, object_name: str, late: Sequence[tuple[Row, Mapping[str, Any]]]
) -> None:
    shape = load.transaction.snapshot.objects[object_name]
    for part in _parts(late):
        records = [
            (
                row.id,
                None,
                {name: _linked(shape.fields[name], value) for name, value in given.items()},
            )
            for row, given in part
            if row.id is not None
        ]
        await change(load.transaction, object_name, records, load.options)


def _accounts(stages: Iterable[Stage]) -> Iterator[DemoAccount]:
    """The people among the rows who can sign in; queues cannot."""
    for stage in stages:
        if stage.recipe.object != USER_OBJECT:
            continue
        for made in stage.rows:
            values = made.values
            if made.row.id is not None and values.get("kind") != "queue":
                yield DemoAccount(
                    user_id=made.row.id,
                    account=str(values.get("account", "")),
                    name=str(values.get("name") or ""),
                    profile=str(values.get("profile") or ""),
                )


def loaded_packs(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """The packs whose demo data a tenant has, by its settings, each with the day."""
    return dict(settings.get(SETTING, {}))
