"""Grouping and aggregates over the records that the session may read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Integer

from fieldstone.formula.ast import Call, FieldRef, Node
from fieldstone.formula.binds import Bind
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import compile as compiler
from fieldstone.runtime.compile import Compiling, as_json_column, scope_of, sortable
from fieldstone.runtime.query import Aggregate, GroupQuery, Query
from fieldstone.runtime.records import context_of
from fieldstone.runtime.suggest import unknown_field
from fieldstone.runtime.transaction import Transaction

FUNCTIONS = ("COUNT", "SUM", "MIN", "MAX", "AVG", "COUNT_DISTINCT")
NUMERIC = frozenset({"integer", "decimal", "percent", "currency", "rating", "duration"})
MAX_GROUPS = 2000


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
    made, binds = _statement(transaction, query, lifted.shape if lifted else None)
    try:
        params = compiler.filter_params(binds, lifted, context_of(transaction.session))
    except FormulaError as error:
        raise Invalid("query_invalid", problems=compiler.formula_problems(error)) from error
    params["row_limit"] = min(query.limit, MAX_GROUPS)
    return await transaction.connection.fetch(made, params)


Made = tuple[Statement, tuple[Bind, ...]]
_cache: dict[Any, Made] = {}


def _statement(transaction: Transaction, query: GroupQuery, shape: Node | None) -> Made:
    grant = transaction.grant(query.object)
    key = (
        transaction.snapshot.tenant, id(transaction.snapshot), id(grant.rights), shape,
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
    problems = list(state.problems)
    groups: dict[str, tuple[Field, ...]] = {}
    for name in query.group_by:
        trail = scope.trail(tuple(name.split(".")))
        if trail and trail[-1].columns and sortable(trail[-1]):
            groups[name] = trail
        else:
            problems.append(unknown_field(scope, name, f"group_by.{name[:80]}"))
    measures: dict[str, tuple[Aggregate, tuple[Field, ...]]] = {}
    for each in query.aggregates:
        trail = scope.trail(tuple(each.path.split("."))) if each.path else ()
        if each.path and not (trail and trail[-1].columns and sortable(trail[-1])):
            problems.append(unknown_field(scope, each.path, f"aggregates.{each.name}"))
        elif each.function in ("SUM", "AVG") and trail[-1].type.name not in NUMERIC:
            problems.append(
                Problem(
                    code="query.not_a_number",
                    path=f"aggregates.{each.name}",
                    params={"name": each.path},
                )
            )
        measures[each.name] = (each, trail)
    known = {*groups, *measures}
    problems.extend(
        Problem(code="query.sort_not_selected", path="sort", params={"name": each.path[:80]})
        for each in query.sort
        if each.path not in known
    )
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return _select(state, groups, measures, query)


def _select(state: Compiling, groups: Any, measures: Any, query: GroupQuery) -> Made:
    state = compiler.add_row_predicates(state)
    joins = state.joins
    if joins is None:
        raise Invalid("query_invalid")
    keys = {name: joins.column(trail) for name, trail in groups.items()}
    values = {
        name: _measure(each, joins.column(trail) if trail else None)
        for name, (each, trail) in measures.items()
    }
    shown = [
        (as_json_column(column) if query.json else column).label(name)
        for name, column in {**keys, **values}.items()
    ]
    ordering = [
        {**keys, **values}[each.path].desc().nulls_last()
        if each.descending
        else {**keys, **values}[each.path].asc().nulls_last()
        for each in query.sort
    ] or [column.asc().nulls_last() for column in keys.values()]
    statement_ = (
        select(*(shown or [literal_column("1").label("one")]))
        .select_from(joins.source)
        .where(*state.conditions)
        .group_by(*keys.values())
        .order_by(*ordering)
        .limit(bindparam("row_limit", type_=Integer()))
    )
    return statement(statement_), state.binds


def _measure(each: Aggregate, column: ColumnElement[Any] | None) -> ColumnElement[Any]:
    if column is None:
        return func.count()
    made: dict[str, ColumnElement[Any]] = {
        "COUNT": func.count(column),
        "SUM": func.coalesce(func.sum(column), 0),
        "MIN": func.min(column),
        "MAX": func.max(column),
        "AVG": func.round(func.avg(column), 6),
        "COUNT_DISTINCT": func.count(column.distinct()),
    }
    return made[each.function]
