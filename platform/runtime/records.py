"""Reading records: the one door. Pages, API, exports and jobs come through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.formula.ast import Binary, FieldRef, InList, Literal, Node
from fieldstone.formula.binds import bind_needs
from fieldstone.formula.context import Context
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.lift import Lifted, lift, parse_lifted
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Needs
from fieldstone.kernel import clock
from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.kernel.session import Session
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.calendar import with_calendar
from fieldstone.runtime import compile as compiler
from fieldstone.runtime.compile import (
    Compiled,
    Compiling,
    compile_query,
    params_of,
)
from fieldstone.runtime.filter_problems import formula_problems
from fieldstone.runtime.formula_outputs import finish
from fieldstone.runtime.query import COUNT_CAP, MAX_LIMIT, Page, Query
from fieldstone.runtime.search_condition import search_params, search_shape
from fieldstone.runtime.transaction import Transaction


def context_of(
    session: Session, *, old: Mapping[Path, Any] | None = None, is_new: bool = False
) -> Context:
    """The values that formulas may ask of the session; `old` is the record before it is saved."""
    return Context(
        now=clock.now(),
        old=old,
        is_new=is_new,
        timezone=session.locale.timezone,
        permissions=_permissions(session),
        parameters={
            ("user", ("id",)): str(session.user_id),
            ("user", ("name",)): session.user_name,
            ("user", ("account",)): session.account,
            ("org", ("currency",)): session.locale.currency,
        },
    )


async def context_for(transaction: Transaction, needs: Needs, *, is_new: bool = False) -> Context:
    """The same with whatever else the formulas need that are to be computed."""
    context = context_of(transaction.session, is_new=is_new)
    connection, snapshot = transaction.connection, transaction.snapshot
    return await with_calendar(context, needs, connection, snapshot)


def _permissions(session: Session) -> frozenset[str] | None:
    """None, all of them, for the tenant's owner and for the platform itself."""
    if session.is_owner or session.is_system:
        return None
    return frozenset({session.profile, *session.permission_sets} - {""})


def parse_filter(text: str | None) -> Lifted | None:
    """Raises Invalid with every fault of the text."""
    if not text or not text.strip():
        return None
    try:
        return parse_lifted(text)
    except FormulaError as error:
        raise Invalid("filter_invalid", problems=formula_problems(error)) from error


def both(left: Node | None, right: Node | None) -> Node | None:
    """The filter that keeps what both keep."""
    if left is None or right is None:
        return left or right
    return Binary("AND", left, right)


async def fetch(transaction: Transaction, query: Query, *, last: bool = False) -> Page:
    """One page of records the session may read. After the `last` one nothing else is asked."""
    grant = transaction.grant(query.object)
    asked = compile_query(query, transaction.snapshot, grant)
    context, compiled = await context_for(transaction, asked.compiled.needs), asked.compiled
    params = params_of(asked, context)
    connection = transaction.connection
    more = any(each.lists for each in compiled.formulas)
    ask = connection.fetch_last if last and not more else connection.fetch
    rows = await ask(compiled.statement, params)
    limit = min(query.limit, MAX_LIMIT)
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = tuple(rows[-1][name] for name in compiled.sort_names)
    await finish(
        transaction, rows, compiled.formulas, context, json=query.json, errors=query.errors
    )
    _finish(rows, compiled)
    return Page(records=rows, next=following)


def _finish(rows: list[dict[str, Any]], compiled: Compiled) -> None:
    """Takes the sort keys out again and puts two-column values together."""
    for name in compiled.sort_names:
        for row in rows:
            del row[name]
    for name in compiled.polymorphic:
        for row in rows:
            target = row.pop(f"{name}__object")
            row[name] = {"object": target, "id": row[name]} if row[name] else None
    for row in rows if compiled.masked or compiled.shortened else ():
        row.update({name: MASK if row[name] else None for name in compiled.masked})
        row.update({name: row.pop(label) for label, name in compiled.shortened})


MASK = "••••••"


async def get(
    transaction: Transaction,
    object_name: str,
    record_id: UUID,
    *,
    fields: tuple[str, ...] = ("*",),
    json: bool = False,
    deleted: bool = False,
) -> dict[str, Any]:
    """Raises NotFound alike for a record that is not there and one that may not be seen."""
    query = Query(
        object=object_name,
        fields=fields,
        filter=by_id(record_id),
        limit=1,
        json=json,
        deleted=deleted,
    )
    return await get_one(transaction, query)


async def get_one(transaction: Transaction, query: Query, *, last: bool = False) -> dict[str, Any]:
    """The first record of a query; raises as `get` does."""
    page = await fetch(transaction, query, last=last)
    if not page.records:
        raise NotFound("record_not_found", object=query.object)
    return page.records[0]


_BY_ID = lift(Binary("=", FieldRef(("id",)), Literal("an id"))).shape


def by_id(record_id: UUID) -> Lifted:
    return Lifted(_BY_ID, (str(record_id),))


def by_ids(ids: Sequence[UUID]) -> Node:
    """The records of these ids, as many as a page may have."""
    return InList(FieldRef(("id",)), tuple(Literal(str(each)) for each in ids))


_counts: dict[Any, tuple[Compiled, Statement]] = {}


async def count(transaction: Transaction, query: Query, *, exact: bool = False) -> int:
    """How many records match; capped at COUNT_CAP + 1 unless exact is asked for."""
    grant = transaction.grant(query.object)
    plain = replace(query, fields=("id",), sort=(), after=None)
    lifted = compiler.lifted_of(plain.filter)
    filter_shape = lifted.shape if lifted else None
    shape = replace(search_shape(plain), filter=filter_shape, filter_text="", limit=0)
    key = (grant.rights, shape, exact)
    if key not in _counts:
        if len(_counts) > compiler.CACHED:
            _counts.clear()
        _counts[key] = _count_statement(shape, transaction, exact=exact)
    compiled, counting = _counts[key]
    context = await context_for(transaction, compiled.needs)
    params = compiler.filter_params(compiled.binds, lifted, context)
    params.update(search_params(query))
    return int(await transaction.connection.value(counting, params))


def _count_statement(
    shape: Query, transaction: Transaction, *, exact: bool
) -> tuple[Compiled, Statement]:
    grant = transaction.grant(shape.object)
    state = Compiling(query=shape, snapshot=transaction.snapshot, grant=grant)
    for step in compiler.PASSES[: compiler.PASSES.index(compiler.to_select)]:
        state = step(state)
    if state.joins is None:
        raise AssertionError
    rows = select(state.joins.root.c.id).select_from(state.joins.source).where(*state.conditions)
    if not exact:
        rows = rows.limit(COUNT_CAP + 1)
    counting = statement(select(func.count()).select_from(rows.subquery()))
    binds = state.joins.binder.binds
    compiled = Compiled(
        statement=counting, outputs=(), binds=binds, needs=bind_needs(binds), sort_names=()
    )
    return compiled, counting


async def names(
    transaction: Transaction, wanted: Mapping[str, set[UUID]]
) -> dict[tuple[str, UUID], str]:
    """The display names of records by (object, id): only of those the session may read."""
    found: dict[tuple[str, UUID], str] = {}
    for object_name, ids in wanted.items():
        if not ids or object_name not in transaction.snapshot.objects:
            continue
        try:
            grant = transaction.grant(object_name)
        except NotFound:
            continue
        state = Compiling(
            query=Query(object=object_name, fields=("id", "name")),
            snapshot=transaction.snapshot,
            grant=grant,
        )
        state = compiler.add_row_predicates(state)
        if state.joins is None:
            raise AssertionError
        root = state.joins.root
        rows = await transaction.connection.fetch(
            select(root.c.id, root.c.name)
            .select_from(state.joins.source)
            .where(*state.conditions, root.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))),
            {"ids": list(ids)[:2000]},
        )
        found.update({(object_name, row["id"]): row["name"] or "" for row in rows})
    return found
