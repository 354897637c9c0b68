"""Who reads whom, as one graph of a snapshot, and the same graph as rows of the tenant.

The rows are written by the transaction that publishes, so they hold for the published version
and for nothing else; a draft is asked in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, column, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Boolean, Text, TypeEngine, Uuid

from fieldstone.formula.ast import Literal
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.paths import field_paths, record_paths
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked, walk
from fieldstone.formula.types import Kind
from fieldstone.kernel.db import Connection
from fieldstone.kernel.sql import statement
from fieldstone.kernel.system_tables import dependency as table
from fieldstone.kernel.system_tables import state as state_table
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.formula_texts import FormulaText, formulas_of
from fieldstone.metadata.references import Reference, mentions, path_references, paths_in
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot


class Relation(StrEnum):
    """How the one needs the other. `PRIOR`: as it was before a save; `ROLLUP`: through a related
    list; `MENTION`: by its name alone, as a layout shows a field."""

    VALUE = "value"
    PRIOR = "prior"
    ROLLUP = "rollup"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Dependency:
    """The `place` in the document of `user` names `target`, or one `value` of that picklist. A
    formula reaches it over `links`, fields joined by dots; all by the ids of components."""

    user: UUID
    place: str
    target: UUID
    links: str = ""
    value: str = ""
    relation: Relation = Relation.MENTION
    hard: bool = False
    volatile: bool = False


@per_snapshot()
def graph(snapshot: Snapshot) -> frozenset[Dependency]:
    found: dict[tuple[object, ...], Dependency] = {}
    for component in snapshot.components.values():
        for each in _of(component, snapshot):
            found.setdefault((each.user, each.place, each.target, each.links, each.value), each)
    return frozenset(found.values())


def _of(component: Component, snapshot: Snapshot) -> Iterator[Dependency]:
    for each in mentions(component, snapshot):
        relation = Relation.MENTION
        if component.body.get("type") == "rollup" and each.path in ("child", "via", "field"):
            relation = Relation.ROLLUP
        yield from _made(snapshot, component, each, relation)
    for mention, code in _values_in(component):
        yield from _made(snapshot, component, mention, value=code)
    for formula in formulas_of(snapshot, component):
        yield from _of_formula(component, formula, snapshot)


def _of_formula(
    component: Component, formula: FormulaText, snapshot: Snapshot
) -> Iterator[Dependency]:
    try:
        checked: Checked | None = formula.checked()
    except FormulaError:
        checked = None  # of a field that is gone since: what it names counts all the same
    volatile = checked is not None and checked.volatile
    for path, lists in _paths_of(formula):
        scope = formula.scope
        if not lists:
            scope = ObjectScope(snapshot, scope.record_object)
        relation = Relation.VALUE
        if lists and scope.relation(path[0]) is not None:
            relation = Relation.ROLLUP
        elif checked is not None and path in checked.old and path not in checked.fields:
            relation = Relation.PRIOR
        for each in path_references(scope, path, formula.place, lists=lists):
            yield from _made(snapshot, component, each, relation, volatile=volatile)
    for field, code in _values_beside(formula.scope, checked) if checked is not None else ():
        mention = Reference(("field", field), formula.place)
        yield from _made(snapshot, component, mention, Relation.VALUE, value=code)


def _values_in(component: Component) -> Iterator[tuple[Reference, str]]:
    """Stages of paths, and values that are offered with another one."""
    body = component.body
    if component.kind == "path":
        field = ("field", f"{component.parent}.{body['field']}")
        for code in body["stages"]:
            yield Reference(field, f"stages.{code}"), code
    if component.kind == "field" and body.get("depends_on"):
        field = ("field", f"{component.parent}.{body['depends_on']}")
        for other, value in (body.get("values") or {}).items():
            for code in value.get("when") or ():
                yield Reference(field, f"values.{other}.when"), code


def _values_beside(scope: ObjectScope, checked: Checked) -> Iterator[tuple[str, str]]:
    """Choices that a formula names beside the picklist: (field, value)."""
    for each in walk(checked.root):
        codes = [
            operand.node.value
            for operand in each.operands
            if isinstance(operand.node, Literal) and isinstance(operand.node.value, str)
        ]
        for operand in each.operands if codes else ():
            if operand.type.kind not in (Kind.PICKLIST, Kind.MULTI_PICKLIST):
                continue
            for path in field_paths(operand.node):  # as it is, or PRIORVALUE of it
                trail = scope.trail(path)
                if trail and trail[-1].type.name in _PICKLISTS:
                    name = f"{trail[-1].object}.{trail[-1].name}"
                    yield from ((name, code) for code in codes)


def _paths_of(formula: FormulaText) -> Iterator[tuple[Path, bool]]:
    yield from ((path, True) for path in paths_in(formula.text, field_paths))
    if formula.scope.record_object:
        yield from ((path, False) for path in paths_in(formula.text, record_paths))


def _made(
    snapshot: Snapshot,
    component: Component,
    reference: Reference,
    relation: Relation = Relation.MENTION,
    *,
    value: str = "",
    volatile: bool = False,
) -> Iterator[Dependency]:
    """Nothing for what is no component, such as the fields that every record has."""
    target = _known(snapshot, reference.target)
    if target is None or target is component:
        return
    links = (_known(snapshot, ("field", each)) for each in reference.links)
    yield Dependency(
        user=component.id,
        place=reference.path,
        target=target.id,
        links=".".join(str(each.id) for each in links if each is not None),
        value=value,
        relation=relation,
        hard=reference.hard,
        volatile=volatile,
    )


def _known(snapshot: Snapshot, key: Key) -> Component | None:
    return snapshot.components.get(key) or snapshot.hidden.get(key)


@dataclass(frozen=True, slots=True)
class Use:
    component: Component
    place: str


def uses_of(snapshot: Snapshot, target: Key, value: str = "") -> list[Use]:
    """Of an object, a field, a value set …, or of one value of a picklist field: each component
    and place once, the target itself and its parts aside."""
    found = _known(snapshot, target)
    return _uses(snapshot, target, _by_target(snapshot).get((found.id, value), ())) if found else []


@per_snapshot()
def _by_target(snapshot: Snapshot) -> Mapping[tuple[UUID, str], list[tuple[UUID, str]]]:
    found: dict[tuple[UUID, str], list[tuple[UUID, str]]] = {}
    for each in graph(snapshot):
        found.setdefault((each.target, each.value), []).append((each.user, each.place))
    return found


def _uses(snapshot: Snapshot, target: Key, found: Iterable[tuple[UUID, str]]) -> list[Use]:
    users = _by_id(snapshot)
    parts_of = target[1] if target[0] == "object" else None
    uses = [Use(users[user], place) for user, place in set(found) if user in users]
    uses = [each for each in uses if parts_of is None or each.component.parent != parts_of]
    return sorted(uses, key=lambda each: (each.component.key, each.place))


@per_snapshot()
def _by_id(snapshot: Snapshot) -> Mapping[UUID, Component]:
    return {each.id: each for each in snapshot.components.values()}


_PICKLISTS = ("picklist", "multi_picklist")


async def store_graph(connection: Connection, snapshot: Snapshot) -> None:
    """Makes the rows those of this snapshot. For the transaction that publishes it."""
    wanted, stored = graph(snapshot), await stored_graph(connection)
    gone, new = stored - wanted, wanted - stored
    if gone:
        await connection.run(_REMOVE, {"rows": _documents(gone)})
    if new:
        await connection.run(_ADD, {"rows": _documents(new)})
    await connection.run(_MARK, {"graph_version": snapshot.version})


async def stored_graph(connection: Connection) -> frozenset[Dependency]:
    return frozenset(_row(each) for each in await connection.fetch_tuples(_ALL))


def _row(row: tuple[UUID, str, UUID, str, str, str, bool, bool]) -> Dependency:
    user, place, target, links, value, relation, hard, volatile = row
    return Dependency(user, place, target, links, value, Relation(relation), hard, volatile)


def _documents(found: Iterable[Dependency]) -> list[Mapping[str, object]]:
    return [
        {
            "user_id": str(each.user),
            "place": each.place,
            "target_id": str(each.target),
            "links": each.links,
            "value": each.value,
            "relation": each.relation.value,
            "hard": each.hard,
            "volatile": each.volatile,
        }
        for each in found
    ]


async def stored_uses(
    connection: Connection, snapshot: Snapshot, target: Key, value: str = ""
) -> list[Use]:
    """The same of what is published, from the rows. An organisation that has published nothing
    since it has the table is asked in memory."""
    if await connection.value(_VERSION) != snapshot.version:
        return uses_of(snapshot, target, value)
    params = {"target": snapshot.components[target].id, "value": value}
    rows = await connection.fetch_tuples(_USES, params)
    return _uses(snapshot, target, [(user, place) for user, place in rows])


_c = table.c
_KEY = (_c.user_id, _c.place, _c.target_id, _c.links, _c.value)
_COLUMNS = (*_KEY, _c.relation, _c.hard, _c.volatile)
_TYPES: Mapping[str, TypeEngine[Any]] = {
    "user_id": Uuid(),
    "target_id": Uuid(),
    "hard": Boolean(),
    "volatile": Boolean(),
}
_GIVEN = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB()))
    .table_valued(*(column(each.name, _TYPES.get(each.name, Text())) for each in _COLUMNS))
    .alias("given")
    .render_derived(with_types=True)
)
_ALL = statement(select(*_COLUMNS))
_ADD = statement(
    insert(table).from_select(
        [each.name for each in _COLUMNS],
        select(*(_GIVEN.c[each.name] for each in _COLUMNS)),
    )
)
_REMOVE = statement(delete(table).where(and_(*(each == _GIVEN.c[each.name] for each in _KEY))))
_MARK = statement(update(state_table).values(graph_version=bindparam("graph_version")))
_VERSION = statement(select(state_table.c.graph_version))
_USES = statement(
    select(_c.user_id, _c.place)
    .distinct()
    .where(
        _c.target_id == bindparam("target", type_=Uuid()),
        _c.value == bindparam("value", type_=Text()),
    )
)
