"""What a plan would do to live data: rows that break a new rule, values in use, and every
component that mentions what goes away. Counts see all rows; samples are ids, which the edge
shows only as far as the reader may read the records."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, func, select, true

from fieldstone.formula.binds import bind_needs, bind_values
from fieldstone.formula.context import Context
from fieldstone.formula.faults import FormulaError
from fieldstone.kernel import clock
from fieldstone.kernel.db import Connection
from fieldstone.kernel.system_tables import state
from fieldstone.metadata.calendar import with_calendar
from fieldstone.metadata.components import Component
from fieldstone.metadata.dependencies import uses_of
from fieldstone.metadata.diff import Action, Change
from fieldstone.metadata.formula_texts import formulas_of
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.lookup_filters import seen_from_record
from fieldstone.metadata.plan import Plan, removed_values
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.tables import junction_of, table_of
from fieldstone.metadata.trial import tried

SAMPLE = 5
TRYING = 0.5
"""Seconds in which changes of type are tried on the records; the next look goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """`code` is a message id; `count` the records concerned; `sample` ids of some of them;
    `values` [(shown value, count)] where values matter; `users` what mentions the subject.
    For rights that people lose, the values are names such as `visit`, `visit:edit`,
    `visit.amount` and `:export`, and the counts are people.
    `severity`: info, warning (rows break the new rule), danger (something goes away)."""

    code: str
    subject: tuple[str, str]
    count: int = 0
    severity: str = "info"
    params: Mapping[str, Any] = field(default_factory=dict)
    sample: tuple[UUID, ...] = ()
    values: tuple[tuple[str, int], ...] = ()
    users: tuple[Component, ...] = ()

    @property
    def records_of(self) -> tuple[str, str]:
        """The object whose records are counted, and the field whose values; a permission set's
        are the people who hold it."""
        kind, name = self.subject
        if kind == "permission_set":
            return USER_OBJECT, ""
        owner, _, local = name.partition(".")
        return owner, local if kind == "field" else ""


async def impact_of(connection: Connection, plan: Plan) -> list[Impact]:
    found: list[Impact] = []
    converted = partial(_converted, until=monotonic() + TRYING)
    shown = {step.change.after.id for step in plan.steps}
    for change in plan.changes:
        if change.after.id not in shown:
            continue
        for finder in (
            _removed, _field_rules, _values_removed, converted, _rule_broken, _filter_broken,
        ):  # fmt: skip
            found.extend([each async for each in finder(connection, change, plan)])
    order = {"danger": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda each: order[each.severity])


async def _removed(connection: Connection, change: Change, plan: Plan) -> AsyncIterator[Impact]:
    if change.action is not Action.DELETE:
        return
    target = change.after.key
    users = {each.component.key: each.component for each in uses_of(plan.before, target)}
    staying = tuple(each for key, each in users.items() if key in plan.after.components)
    if staying:
        yield Impact(
            code="impact.used_by",
            subject=target,
            count=len(staying),
            severity="warning",
            users=staying,
        )
    count = await _rows_holding(connection, change, plan.before)
    if count is not None:
        code = "impact.object_hidden" if change.kind == "object" else "impact.field_hidden"
        yield Impact(code=code, subject=target, count=count, severity="danger")


async def _rows_holding(connection: Connection, change: Change, before: Snapshot) -> int | None:
    if change.kind == "object":
        return await _count(
            connection,
            select(func.count())
            .select_from(table_of(before, change.name))
            .where(table_of(before, change.name).c.deleted_at.is_(None)),
        )
    if change.kind != "field":
        return None
    field_ = before.objects[change.after.parent].fields[change.after.local_name]
    if field_.junction:
        junction = junction_of(before, field_.object, field_.name)
        return await _count(connection, select(func.count(junction.c.record.distinct())))
    if not field_.column:
        return None  # a formula holds no values
    table = table_of(before, field_.object)
    return await _count(
        connection,
        select(func.count())
        .select_from(table)
        .where(table.c.deleted_at.is_(None), table.c[field_.column].is_not(None)),
    )


async def _field_rules(connection: Connection, change: Change, plan: Plan) -> AsyncIterator[Impact]:
    """Rows that break what the field newly demands."""
    owner = change.after.parent
    if not _keeps_columns(change) or owner not in plan.before.objects:
        return
    after = plan.after.objects[owner].fields[change.after.local_name]
    before = plan.before.objects[owner].fields.get(change.was)
    if after.required and not (before and before.required):
        yield await _missing(connection, after, before, plan)
    if before is None or not before.column:
        return
    table = table_of(plan.before, owner)
    column = table.c[before.column]
    if after.unique and not before.unique:
        async for each in _duplicates(connection, after, table, column):
            yield each
    async for each in _too_long(connection, after, before, table):
        yield each


def _keeps_columns(change: Change) -> bool:
    return change.kind == "field" and not change.after.deleted and not change.reshaped


async def _too_long(
    connection: Connection, after: Field, before: Field, table: Table
) -> AsyncIterator[Impact]:
    length = after.config.get("length")
    if length and length < before.config.get("length", length + 1):
        condition = func.char_length(table.c[before.column]) > length
        params = {"length": length}
        async for each in _breaking(connection, after, table, condition, "impact.too_long", params):
            yield each


async def _missing(
    connection: Connection, after: Field, before: Field | None, plan: Plan
) -> Impact:
    table = table_of(plan.before, after.object)
    condition: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None)]
    if before is not None and before.column:
        condition.append(table.c[before.column].is_(None))
    count = await _count(connection, select(func.count()).select_from(table).where(*condition))
    return Impact(
        code="impact.required_missing",
        subject=("field", f"{after.object}.{after.name}"),
        count=count,
        severity="warning" if count else "info",
        sample=await _sample(connection, table, and_(*condition)),
    )


async def _duplicates(
    connection: Connection, after: Field, table: Table, column: ColumnElement[Any]
) -> AsyncIterator[Impact]:
    value = func.lower(column) if after.config.get("case_insensitive") else column
    groups = (
        select(value.label("value"), func.count().label("n"))
        .where(table.c.deleted_at.is_(None), value.is_not(None))
        .group_by(value)
        .having(func.count() > 1)
        .subquery()
    )
    total = await _count(connection, select(func.count()).select_from(groups))
    if total:
        rows = await connection.fetch(select(groups).order_by(groups.c.n.desc()).limit(SAMPLE))
        yield Impact(
            code="impact.duplicates",
            subject=("field", f"{after.object}.{after.name}"),
            count=total,
            severity="danger",
            values=tuple((str(row["value"]), row["n"]) for row in rows),
        )


async def _breaking(  # one call shape for every rule on a column
    connection: Connection,
    after: Field,
    table: Table,
    condition: ColumnElement[bool],
    code: str,
    params: Mapping[str, Any],
) -> AsyncIterator[Impact]:
    where = and_(table.c.deleted_at.is_(None), condition)
    count = await _count(connection, select(func.count()).select_from(table).where(where))
    if count:
        yield Impact(
            code=code,
            subject=("field", f"{after.object}.{after.name}"),
            count=count,
            severity="warning",
            params=params,
            sample=await _sample(connection, table, where),
        )


async def _values_removed(
    connection: Connection, change: Change, plan: Plan
) -> AsyncIterator[Impact]:
    removed = removed_values(change)
    if not removed:
        return
    for field_ in _fields_of_values(change, plan.before):
        if not field_.column or field_.object not in plan.before.objects:
            continue
        table = table_of(plan.before, field_.object)
        column = table.c[field_.column]
        many = field_.type.name == "multi_picklist"
        for code in removed:
            name = f"{field_.object}.{field_.name}"
            users = [each.component for each in uses_of(plan.before, ("field", name), code)]
            staying = tuple(each for each in users if each.key in plan.after.components)
            if staying:
                yield Impact(
                    code="impact.value_named",
                    subject=("field", name),
                    count=len(staying),
                    severity="warning",
                    params={"value": code},
                    users=staying,
                )
            condition = column.contains([code]) if many else column == code
            params = {"value": code}
            async for each in _breaking(
                connection, field_, table, condition, "impact.value_in_use", params
            ):
                yield each


def _fields_of_values(change: Change, before: Snapshot) -> list[Field]:
    if change.kind == "field":
        field_ = before.objects[change.after.parent].fields.get(change.was)
        return [field_] if field_ else []
    return [
        field_
        for shape in before.objects.values()
        for field_ in shape.own_fields
        if field_.config.get("value_set") == change.name
    ]


async def _converted(
    connection: Connection, change: Change, plan: Plan, *, until: float
) -> AsyncIterator[Impact]:
    if not change.converts:
        return
    owner = change.after.parent
    old = plan.before.objects[owner].fields[change.was]
    new = plan.after.objects[owner].fields[change.after.local_name]
    result, rows = await tried(connection, plan.before, old, new, until)
    if not result.complete:
        yield Impact(
            code="impact.conversion_counting",
            subject=change.after.key,
            count=result.failed,
            severity="warning",
            params={"counted": result.rows, "total": rows},
        )
        return
    yield Impact(
        code="impact.conversion",
        subject=change.after.key,
        count=result.failed,
        severity="warning" if result.failed else "info",
        params={
            "converted": result.converted,
            "failed": result.failed,
            "blank": result.blank,
        },
        values=result.failures,
        sample=result.sample,
    )


async def _rule_broken(connection: Connection, change: Change, plan: Plan) -> AsyncIterator[Impact]:
    """The records that a new or changed rule would refuse if they were saved again as they are;
    none for a rule over what only this changeset brings, or that only Python can compute."""
    component = change.after
    if change.kind != "validation_rule" or component.deleted:
        return
    owner = component.parent
    if owner not in plan.before.objects or component.body.get("active") is False:
        return
    joins = Joins(plan.before, owner)
    try:
        texts = [each.checked() for each in formulas_of(plan.before, component)]
        broken = and_(*(joins.where(each) for each in texts))
    except FormulaError:
        return
    yield await _breaking_rows(connection, component, joins, broken, "impact.rule_broken")


async def _filter_broken(
    connection: Connection, change: Change, plan: Plan
) -> AsyncIterator[Impact]:
    """The records whose link a new or changed filter would not let through, were it made now;
    none where `_rule_broken` finds none either."""
    owner = change.after.parent
    if not _keeps_columns(change) or owner not in plan.before.objects:
        return
    after = plan.after.objects[owner].fields[change.after.local_name]
    before = plan.before.objects[owner].fields.get(change.was)
    if before is None or not before.column or before.target != after.target:
        return
    if _filter(before) == _filter(after):
        return
    former = replace(before, config={**before.config, "filter": _filter(after)})
    seen = seen_from_record(plan.before, former)
    if seen is None:
        return
    joins = Joins(plan.before, owner)
    try:
        fits = joins.where(seen)
    except FormulaError:
        return
    leads = joins.table((former,)).c.id.is_not(None)
    broken = and_(leads, fits.is_not(true()))
    yield await _breaking_rows(connection, change.after, joins, broken, "impact.filter_broken")


def _filter(field_: Field) -> str:
    """What its links must meet."""
    return "" if field_.config.get("filter_optional") else str(field_.config.get("filter") or "")


async def _breaking_rows(
    connection: Connection,
    component: Component,
    joins: Joins,
    broken: ColumnElement[bool],
    code: str,
) -> Impact:
    settings = await connection.value(select(state.c.settings)) or {}
    context = Context(now=clock.now(), timezone=settings.get("timezone") or "UTC")
    rows = (
        select(joins.root.c.id)
        .select_from(joins.source)
        .where(joins.root.c.deleted_at.is_(None), broken)
    )
    needs = bind_needs(joins.binder.binds)
    context = await with_calendar(context, needs, connection, joins.snapshot)
    params = bind_values(joins.binder.binds, (), context)
    count = int(await connection.value(select(func.count()).select_from(rows.subquery()), params))
    newest = rows.order_by(joins.root.c.id.desc()).limit(SAMPLE)
    sample = await connection.fetch_tuples(newest, params)
    return Impact(
        code=code,
        subject=component.key,
        count=count,
        severity="warning" if count else "info",
        sample=tuple(row[0] for row in sample),
    )


async def _count(connection: Connection, query: Select[Any]) -> int:
    return int(await connection.value(query) or 0)


async def _sample(
    connection: Connection, table: Table, where: ColumnElement[bool]
) -> tuple[UUID, ...]:
    rows = await connection.fetch(
        select(table.c.id).where(where).order_by(table.c.id.desc()).limit(SAMPLE)
    )
    return tuple(row["id"] for row in rows)
