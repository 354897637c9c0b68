"""Query → SQL. Each pass is a pure function in the tuple below; there is no way to compile a
query without a Grant. A statement is made once for each shape of query, snapshot and rights;
the values of filters and cursors are bound at every call."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Numeric, TypeEngine, Uuid

from fieldstone.formula.ast import Node
from fieldstone.formula.binds import Bind, bind_needs, bind_values
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.lift import Lifted, lift
from fieldstone.formula.typed import Checked, Needs, needs_of
from fieldstone.formula.types import BOOLEAN
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.field_types import displayed
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import junction_of
from fieldstone.runtime.access import Grant
from fieldstone.runtime.cursor import refuse_foreign
from fieldstone.runtime.filter_problems import formula_problems, located
from fieldstone.runtime.formula_outputs import FormulaOutput, formula_columns
from fieldstone.runtime.ordering import sort_keys
from fieldstone.runtime.paging import Rows, page
from fieldstone.runtime.query import MAX_LIMIT, Query
from fieldstone.runtime.search_condition import search_conditions, search_params, search_shape
from fieldstone.runtime.suggest import not_usable, unknown_field

Trail = tuple[Field, ...]
LONGEST_LABEL = 54  # PostgreSQL's 63 less room for an ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One selected name and the fields on the way to it."""

    name: str
    trail: Trail

    @property
    def field(self) -> Field:
        return self.trail[-1]

    @property
    def label(self) -> str:
        """The name as the database can carry it; a longer one is put back afterwards."""
        fits = len(self.name) <= LONGEST_LABEL
        return self.name if fits else f"{self.name[:20]}__{zlib.crc32(self.name.encode())}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """`polymorphic` and `masked` name outputs that need a last touch in Python."""

    statement: Statement
    outputs: tuple[Output, ...]
    binds: tuple[Bind, ...]
    sort_names: tuple[str, ...]
    sort_kinds: tuple[type, ...] = ()
    polymorphic: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    shortened: tuple[tuple[str, str], ...] = ()
    """Labels and the names they stand for."""
    formulas: tuple[FormulaOutput, ...] = ()
    needs: Needs = Needs.NOTHING
    """What must be known to bind its values and to compute its formulas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiling:
    """What the passes hand on."""

    query: Query
    snapshot: Snapshot
    grant: Grant
    outputs: tuple[Output, ...] = ()
    formulas: tuple[FormulaOutput, ...] = ()
    sorts: tuple[tuple[Trail, bool], ...] = ()
    checked: Checked | None = None
    problems: tuple[Problem, ...] = ()
    joins: Joins | None = None
    """Of the filter and the order."""
    shown: Joins | None = None
    """Of what is selected: others, where that lies beyond links or is computed."""
    conditions: tuple[ColumnElement[bool], ...] = ()
    select: Select[Any] = field(default_factory=select)
    names: tuple[str, ...] = ()
    kinds: tuple[type, ...] = ()

    @property
    def scope(self) -> ObjectScope:
        return scope_of(self.snapshot, self.grant)


def scope_of(snapshot: Snapshot, grant: Grant) -> ObjectScope:
    return ObjectScope(snapshot, grant.object.name, grant.rights.may_read)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its statement. For `params_of` the context must know what that needs."""

    query: Query
    compiled: Compiled
    lifted: Lifted | None
    scope: ObjectScope


def compile_query(query: Query, snapshot: Snapshot, grant: Grant) -> Asked:
    """Raises Invalid with every unknown name."""
    lifted = lifted_of(query.filter)
    blanks = None if query.after is None else tuple(value is None for value in query.after)
    filter_shape = lifted.shape if lifted else None
    shape = replace(search_shape(query), filter=filter_shape, filter_text="", after=blanks, limit=0)
    scope = scope_of(snapshot, grant)
    try:
        compiled = _cached(shape, snapshot, grant)
    except Invalid as error:
        raise located(error, query.filter_text, scope) from error
    return Asked(query, compiled, lifted, scope)


def params_of(asked: Asked, context: Context) -> dict[str, Any]:
    """The values to run the statement with. Raises Invalid for literals that do not fit."""
    query, compiled = asked.query, asked.compiled
    try:
        params = filter_params(compiled.binds, asked.lifted, context)
    except Invalid as error:
        raise located(error, query.filter_text, asked.scope) from error
    refuse_foreign(query.after or (), compiled.sort_kinds)
    params["row_limit"] = min(query.limit, MAX_LIMIT) + 1
    params.update(search_params(query))
    for index, value in enumerate(query.after or ()):
        if value is not None:
            params[f"after{index}"] = value
    return params


def lifted_of(asked: Node | Lifted | None) -> Lifted | None:
    """The filter with its literals taken out."""
    return asked if asked is None or isinstance(asked, Lifted) else lift(asked)


def filter_params(
    binds: tuple[Bind, ...], lifted: Lifted | None, context: Context
) -> dict[str, Any]:
    """The values of the filter's binds. Raises FormulaError for a literal that does not fit."""
    return bind_values(binds, lifted.values if lifted else (), context)


_cache: OrderedDict[Any, Compiled] = OrderedDict()
CACHED = 4096


def _cached(shape: Query, snapshot: Snapshot, grant: Grant) -> Compiled:
    key = (grant.rights, shape)  # rights are of one snapshot, and known by who they are
    found = _cache.get(key)
    if found is None:
        found = _run_passes(shape, snapshot, grant)
        _cache[key] = found
        if len(_cache) > CACHED:
            _cache.popitem(last=False)
    return found


def _run_passes(shape: Query, snapshot: Snapshot, grant: Grant) -> Compiled:
    state = Compiling(query=shape, snapshot=snapshot, grant=grant)
    for step in PASSES:
        state = step(state)
    outputs = state.outputs
    binds = state.joins.binder.binds if state.joins else ()
    late = (each.checked for each in state.formulas if each.checked is not None)
    return Compiled(
        statement=statement(state.select),
        outputs=outputs,
        binds=binds,
        needs=bind_needs(binds) | needs_of(late),
        sort_names=state.names,
        sort_kinds=state.kinds,
        polymorphic=tuple(o.label for o in outputs if "_object" in o.field.columns),
        masked=tuple(o.label for o in outputs if o.field.type.name == "secret"),
        shortened=tuple((o.label, o.name) for o in outputs if o.label != o.name),
        formulas=state.formulas,
    )


def resolve_names(state: Compiling) -> Compiling:
    """Every name to its fields. A name the asker may not read does not exist."""
    scope, problems = state.scope, []
    outputs: dict[str, Output] = {}
    for name in state.query.fields:
        if name == "*":
            for each in state.grant.fields():
                outputs[each.name] = Output(name=each.name, trail=(each,))
            continue
        trail = scope.trail(tuple(name.split(".")))
        if trail:
            outputs[name] = Output(name=name, trail=trail)
        else:
            problems.append(unknown_field(scope, name, f"fields.{name[:80]}"))
    for needed in ("id", "version"):
        shape = state.grant.object.fields[needed]
        outputs.setdefault(needed, Output(name=needed, trail=(shape,)))
    sorts = []
    for asked in state.query.sort:
        trail = scope.trail(tuple(asked.path.split(".")))
        if trail and trail[-1].single and sortable(trail[-1]):
            sorts.append((trail, asked.descending))
        else:
            problems.append(not_usable(scope, asked.path, "sort"))
    return replace(
        state,
        outputs=tuple(outputs.values()),
        sorts=tuple(sorts),
        problems=(*state.problems, *problems),
    )


NOT_GROUPABLE = displayed.NAMES | {
    "secret", "json", "address", "geo_point", "file", "image", "signature",
}  # fmt: skip
NOT_SORTABLE = NOT_GROUPABLE | {"multi_picklist", "person_name"}
"""A cursor holds single values."""


def sortable(each: Field) -> bool:
    return each.type.name not in NOT_SORTABLE


def groupable(each: Field) -> bool:
    return each.type.name not in NOT_GROUPABLE


def check_filter(state: Compiling) -> Compiling:
    asked = state.query.filter
    if asked is None or isinstance(asked, Lifted):
        return state
    try:
        return replace(state, checked=check(asked, state.scope, expected=BOOLEAN))
    except FormulaError as error:
        return replace(state, problems=(*state.problems, *formula_problems(error)))


def refuse_problems(state: Compiling) -> Compiling:
    if state.problems:
        raise Invalid("query_invalid", problems=state.problems)
    return state


def add_row_predicates(state: Compiling) -> Compiling:
    """Which rows: not those in the recycle bin, and only those that the filter keeps."""
    joins = Joins(state.snapshot, state.grant.object.name)
    deleted_at = joins.root.c.deleted_at
    conditions: list[ColumnElement[bool]] = [
        deleted_at.is_not(None) if state.query.deleted else deleted_at.is_(None)
    ]
    if state.checked is not None:
        conditions.append(joins.where(state.checked))
    return replace(state, joins=joins, conditions=tuple(conditions))


def add_search(state: Compiling) -> Compiling:
    if state.joins is None:
        return state
    found = search_conditions(state.query, state.grant, state.joins.root)
    return replace(state, conditions=(*state.conditions, *found))


def to_select(state: Compiling) -> Compiling:
    joins = state.joins or Joins(state.snapshot, state.grant.object.name)
    shown = joins
    if any(len(each.trail) > 1 or each.field.formula for each in state.outputs):
        shown = Joins(state.snapshot, state.grant.object.name, joins.binder)
    columns: list[ColumnElement[Any]] = []
    formulas: list[FormulaOutput] = []
    for output in state.outputs:
        if output.field.formula:
            formula, found = _formula(output, shown, state.query)
            formulas.append(formula)
            columns.extend(found)
        else:
            columns.extend(_columns(output, shown, state))
    chosen = select(*columns)
    return replace(state, joins=joins, shown=shown, select=chosen, formulas=tuple(formulas))


def _formula(
    output: Output, joins: Joins, query: Query
) -> tuple[FormulaOutput, list[ColumnElement[Any]]]:
    formula, found = formula_columns(output.label, output.trail, joins, errors=query.errors)
    if formula.checked is None:
        value = as_json_column(found[0]) if query.json else found[0]
        found = [value.label(output.label), *found[1:]]
    return formula, found


def _columns(output: Output, joins: Joins, state: Compiling) -> list[ColumnElement[Any]]:
    last = output.field
    if last.junction:
        ids = _linked(output, joins, state)
        return [(cast(ids, ARRAY(Text())) if state.query.json else ids).label(output.label)]
    found = joins.column(output.trail)
    if last.type.name == "secret":
        return [found.is_not(None).label(output.label)]
    value = as_json_column(found) if state.query.json else found
    columns: list[ColumnElement[Any]] = [value.label(output.label)]
    if "_object" in last.columns:
        columns.append(joins.column(output.trail, "_object").label(f"{output.label}__object"))
    return columns


def _linked(output: Output, joins: Joins, state: Compiling) -> ColumnElement[Any]:
    """The ids that a many-to-many field holds, in their order."""
    last = output.field
    junction = junction_of(state.snapshot, last.object, last.name).alias()
    owner = joins.table(output.trail[:-1])
    ids = (
        select(func.array_agg(aggregate_order_by(junction.c.target, junction.c.position)))
        .where(junction.c.record == owner.c.id)
        .correlate(owner)
    )
    return func.coalesce(ids.scalar_subquery(), cast([], ARRAY(Uuid())))


def as_json_column(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Decimals and ids as text, straight from the database."""
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, Numeric | Uuid):
        return cast(column, Text())
    if isinstance(kind, ARRAY) and isinstance(kind.item_type, Uuid):
        return cast(column, ARRAY(Text()))
    return column


def columns_of(
    joins: Joins, wanted: Iterable[tuple[str, str, Trail]]
) -> dict[str, ColumnElement[Any]]:
    """By name, what (name, path, trail) are sorted or grouped by. Raises Invalid with every
    formula field that only Python computes."""
    found: dict[str, ColumnElement[Any]] = {}
    problems: list[Problem] = []
    for name, path, trail in wanted:
        try:
            found[name] = joins.column(trail)
        except FormulaError:
            params = {"name": name[:80]}
            problems.append(Problem(code="query.not_in_database", path=path, params=params))
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return found


def paginate(state: Compiling) -> Compiling:
    """Sorted by what was asked and then by id, from after the last record seen."""
    joins, shown = state.joins, state.shown
    if joins is None or shown is None:
        return state
    columns = columns_of(joins, ((_dotted(trail), "sort", trail) for trail, _ in state.sorts))
    keys = [
        key
        for trail, down in state.sorts
        for key in sort_keys(trail[-1], columns[_dotted(trail)], descending=down)
    ]
    keys.append((joins.root.c.id, state.sorts[-1][1] if state.sorts else True))
    rows = Rows(joins=joins, conditions=state.conditions, keys=keys, after=state.query.after)
    kinds = tuple(column.type.python_type for column, _ in keys)
    chosen = page(state.select, shown, rows)
    return replace(state, select=chosen, names=rows.names, kinds=kinds)


def _dotted(trail: Trail) -> str:
    return ".".join(each.name for each in trail)


PASSES: tuple[Callable[[Compiling], Compiling], ...] = (
    resolve_names,
    check_filter,
    refuse_problems,
    add_row_predicates,
    add_search,
    to_select,
    paginate,
)
