"""Grouping and aggregates over the records that the session may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Integer, Numeric

from fieldstone.formula.ast import Call, FieldRef, Node
from fieldstone.formula.binds import Bind, bind_needs
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import compile as compiler
from fieldstone.runtime.compile import Compiling, as_json_column, groupable, scope_of
from fieldstone.runtime.filter_problems import located
from fieldstone.runtime.ordering import in_order, sort_keys
from fieldstone.runtime.query import Aggregate, GroupQuery, Query, Sort
from fieldstone.runtime.records import context_for
from fieldstone.runtime.suggest import not_usable
from fieldstone.runtime.transaction import Transaction

FUNCTIONS = ("COUNT", "SUM", "MIN", "MAX", "AVG", "COUNT_DISTINCT")
NUMERIC = frozenset({"integer", "decimal", "percent", "currency", "rating", "duration"})
UNORDERED = frozenset({
    "boolean", "user", "lookup", "master_detail", "polymorphic", "multi_picklist", "person_name",
})  # fmt: skip
"""Types of which no value is the smallest."""
MAX_GROUPS = 2000
MAX_COLUMNS = 100


def parse_aggregate(name: str, text: str) -> Aggregate:
    """ "SUM(amount)" → SUM over amount. Raises Invalid."""
    try:
        node = parse(text)
    except FormulaError as error:
        raise Invalid.one("query.bad_aggregate", f"aggregates.{name}", text=text[:80]) from error
    fits = isinstance(node, Call) and node.function in FUNCTIONS and len(node.arguments) <= 1
    if not isinstance(node, Call) or not fits:
        raise Invalid.one("query.bad_aggregate", f"aggregates.{name}", text=text[:80])
    if not node.arguments:
        if node.function != "COUNT":
            raise Invalid.one("query.bad_aggregate", f"aggregates.{name}", text=text[:80])
        return Aggregate(name=name, function="COUNT")
    argument = node.arguments[0]
    if not isinstance(argument, FieldRef):
        raise Invalid.one("query.bad_aggregate", f"aggregates.{name}", text=text[:80])
    return Aggregate(name=name, function=node.function, path=".".join(argument.path))


async def group(transaction: Transaction, query: GroupQuery) -> list[dict[str, Any]]:
    """One row a group: the group's values and the aggregates by their names."""
    lifted = compiler.lifted_of(query.filter)
    try:
        made, binds = _statement(transaction, query, lifted.shape if lifted else None)
        context = await context_for(transaction, bind_needs(binds))
        params = compiler.filter_params(binds, lifted, context)
    except Invalid as error:
        scope = scope_of(transaction.snapshot, transaction.grant(query.object))
        raise located(error, query.filter_text, scope) from error
    params["row_limit"] = min(query.limit, MAX_GROUPS)
    names = (*dict.fromkeys(query.group_by), *(each.name for each in query.aggregates))
    rows = await transaction.connection.fetch_tuples(made, params)
    return [dict(zip(names, row, strict=False)) for row in rows]


Made = tuple[Statement, tuple[Bind, ...]]
Trails = Mapping[str, tuple[Field, ...]]
_cache: dict[Any, Made] = {}


def _statement(transaction: Transaction, query: GroupQuery, shape: Node | None) -> Made:
    grant = transaction.grant(query.object)
    key = (
        grant.rights, shape,
        query.object, query.group_by, query.aggregates, query.sort, query.json,
    )  # fmt: skip
    if key not in _cache:
        if len(_cache) >= compiler.CACHED:
            _cache.clear()
        _cache[key] = _build(transaction, query, shape)
    return _cache[key]


def _build(transaction: Transaction, query: GroupQuery, shape: Node | None) -> Made:
    grant = transaction.grant(query.object)
    scope = scope_of(transaction.snapshot, grant)
    state = Compiling(
        query=Query(object=query.object, fields=("id",), filter=shape),
        snapshot=transaction.snapshot,
        grant=grant,
    )
    state = compiler.check_filter(state)
    groups = {name: scope.trail(tuple(name.split("."))) for name in query.group_by}
    measured = {
        each.name: scope.trail(tuple(each.path.split("."))) if each.path else ()
        for each in query.aggregates
    }
    problems = [*state.problems, *_problems(query, scope, groups, measured)]
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return _select(state, groups, measured, query)


def _problems(
    query: GroupQuery, scope: ObjectScope, groups: Trails, measured: Trails
) -> Iterator[Problem]:
    if len(groups) + len(query.aggregates) > MAX_COLUMNS:
        yield Problem(code="query.too_many", path="group_by", params={"limit": MAX_COLUMNS})
    for name, trail in groups.items():
        if not _usable(trail):
            yield not_usable(scope, name, f"group_by.{name[:80]}")
    for each in query.aggregates:
        yield from _measure_problems(each, scope, measured[each.name], groups)
    for sort in query.sort:
        if sort.path not in {*groups, *measured}:
            params = {"name": sort.path[:80]}
            yield Problem(code="query.sort_not_selected", path="sort", params=params)


def _usable(trail: tuple[Field, ...]) -> bool:
    return bool(trail and trail[-1].single and groupable(trail[-1]))


def _measure_problems(
    each: Aggregate, scope: ObjectScope, trail: tuple[Field, ...], groups: Trails
) -> Iterator[Problem]:
    path = f"aggregates.{each.name[:80]}"
    if each.name in groups:
        yield Problem(code="query.name_taken", path=path, params={"name": each.name[:80]})
    if not each.path:
        return
    if not _usable(trail):
        yield not_usable(scope, each.path, path)
    elif each.function in ("SUM", "AVG") and trail[-1].type.name not in NUMERIC:
        yield Problem(code="query.not_a_number", path=path, params={"name": each.path})
    elif each.function in ("MIN", "MAX") and trail[-1].type.name in UNORDERED:
        yield Problem(code="query.no_order", path=path, params={"name": each.path})


def _select(state: Compiling, groups: Trails, measured: Trails, query: GroupQuery) -> Made:
    """Columns are told apart by their places: names may be any text."""
    state = compiler.add_row_predicates(state)
    joins = state.joins
    if joins is None:
        raise Invalid("query_invalid")
    wanted = [(name, f"group_by.{name[:80]}", trail) for name, trail in groups.items()]
    paths = {each.name: (each.path, f"aggregates.{each.name[:80]}") for each in query.aggregates}
    summed = [(*paths[name], trail) for name, trail in measured.items() if trail]
    found = compiler.columns_of(joins, [*wanted, *summed])
    keys = {name: found[name] for name in groups}
    values = {each.name: _measure(each, found.get(each.path)) for each in query.aggregates}
    columns = {**keys, **values}
    shown = [
        (as_json_column(column) if query.json else column).label(f"column{index}")
        for index, column in enumerate(columns.values())
    ]
    sorts = query.sort or tuple(Sort(path=name) for name in keys)
    ordering = [
        key
        for each in sorts
        for key in (
            sort_keys(groups[each.path][-1], keys[each.path], descending=each.descending)
            if each.path in keys
            else [(values[each.path], each.descending)]
        )
    ]
    statement_ = (
        select(*(shown or [literal_column("1").label("one")]))
        .select_from(joins.source)
        .where(*state.conditions)
        .group_by(*keys.values())
        .order_by(*in_order(ordering))
        .limit(bindparam("row_limit", type_=Integer()))
    )
    return statement(statement_), joins.binder.binds


def _measure(each: Aggregate, column: ColumnElement[Any] | None) -> ColumnElement[Any]:
    """Sums and averages are decimals whatever they are of."""
    if column is None:
        return func.count()
    made: dict[str, ColumnElement[Any]] = {
        "COUNT": func.count(column),
        "SUM": func.coalesce(func.sum(column, type_=Numeric()), 0),
        "MIN": func.min(column),
        "MAX": func.max(column),
        "AVG": func.round(func.avg(column), 6, type_=Numeric()),
        "COUNT_DISTINCT": func.count(column.distinct()),
    }
    return made[each.function]
