"""The tables of one statement: one alias for each path of references, shared by all who use it,
formula fields included; and what such a statement binds."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, cast, func, literal_column, null, select, type_coerce
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.types import BigInteger, Numeric, TypeEngine

from fieldstone.formula.ast import FieldRef
from fieldstone.formula.binds import Binder
from fieldstone.formula.check import check
from fieldstone.formula.computed import as_stored_sql
from fieldstone.formula.scope import Path
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.sql_numbers import whole
from fieldstone.formula.to_sql import condition, to_sql_with_error
from fieldstone.formula.typed import ID, Checked
from fieldstone.formula.types import Kind
from fieldstone.metadata.scope import ObjectScope, decimals_of, formula_of
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.tables import table_of


@dataclass(frozen=True, slots=True)
class InSql:
    """`error` is the code of what went wrong, NULL where nothing did; None: nothing can."""

    value: ColumnElement[Any]
    error: ColumnElement[Any] | None = None


@dataclass(slots=True)
class Joins:
    """Joined records in the recycle bin count as absent."""

    snapshot: Snapshot
    object: str
    binder: Binder = field(default_factory=Binder)
    alias: str = ""
    """What the object's own table is called, where the statement names it twice."""
    prefix: str = ""
    """Of the names of all tables that are joined, where the statement lies in another."""
    root: Any = field(init=False)
    _tables: FromClause = field(init=False)
    _laterals: Laterals = field(init=False)
    _aliases: dict[Path, Any] = field(default_factory=dict)
    _computed: dict[Path, InSql] = field(default_factory=dict)
    _lists: int = 0

    def __post_init__(self) -> None:
        self._laterals = Laterals(self.prefix)
        table = table_of(self.snapshot, self.object)
        self.root = table.alias(self.alias) if self.alias else table
        self._aliases[()] = self.root
        self._tables = self.root

    @property
    def source(self) -> FromClause:
        """What to select from, once everything that is selected has been asked for."""
        return self._laterals.around(self._tables)

    def column(self, trail: tuple[Field, ...], ending: str = "") -> ColumnElement[Any]:
        """The column at the end of the trail, joining what lies on the way; for a formula field
        the expression of what its column would hold."""
        if trail[-1].formula:
            return self.computed(trail).value
        alias = self.table(trail[:-1])
        found: ColumnElement[Any] = alias.c[trail[-1].columns[ending]]
        return found

    def table(self, trail: tuple[Field, ...]) -> Any:
        path = tuple(each.name for each in trail)
        if path not in self._aliases:
            parent = self.table(trail[:-1])
            link = trail[-1]
            name = _alias((self.prefix + "j", *path))
            alias = table_of(self.snapshot, link.target).alias(name)
            on = and_(alias.c.id == parent.c[link.column], alias.c.deleted_at.is_(None))
            self._tables = self._tables.outerjoin(alias, on)
            self._aliases[path] = alias
        return self._aliases[path]

    def at(self, path: Path) -> ColumnElement[Any]:
        """The column that a checked formula names. Whether the asker may read it was asked when
        the formula was checked."""
        return self.column(ObjectScope(self.snapshot, self.object).trail(path))

    def where(self, checked: Checked) -> ColumnElement[bool]:
        """TRUE exactly where the formula is true. Raises FormulaError for one that only Python
        can compute."""
        return condition(checked, self.at, self.binder, self._laterals, self.related)

    def related(self, path: Path, relation: str) -> ListRows:
        """The records of a list of the record at the end of the path."""
        self._lists += 1
        child, via = relation.split(".")
        name = f"{self.prefix}l{self._lists}"
        inner = Joins(self.snapshot, child, self.binder, name, f"{name}_")
        return ListRows(inner, via, self.at((*path, ID)))

    def computed(self, trail: tuple[Field, ...]) -> InSql:
        """A formula field's value and error. Raises FormulaError for what only Python computes."""
        path = tuple(each.name for each in trail)
        if path not in self._computed:
            self._computed[path] = self._compiled(path, trail[-1])
        return self._computed[path]

    def _compiled(self, path: Path, last: Field) -> InSql:
        """Numbers in the decimals of the field, as a stored value would be."""
        kind = value_type(last)
        if formula_of(self.snapshot, last) is None:
            return InSql(cast(null(), kind))
        checked = check(FieldRef(path), ObjectScope(self.snapshot, self.object))
        value, code = to_sql_with_error(checked, self.at, self.binder, self._laterals, self.related)
        value = as_stored_sql(value, checked.type)
        if checked.type.kind is Kind.NUMBER:
            value = func.round(value, whole(decimals_of(last)))
        return InSql(type_coerce(value, kind), code)


@dataclass(frozen=True, slots=True)
class ListRows:
    """Implements formula.sql_lists.Rows. Records in the recycle bin are in no list, and one in
    the recycle bin has none."""

    joins: Joins
    via: str
    anchor: ColumnElement[Any]

    @property
    def hoist(self) -> Laterals:
        return self.joins._laterals

    def column(self, path: Path) -> ColumnElement[Any]:
        return self.joins.at(path)

    def selected(
        self,
        value: ColumnElement[Any],
        where: Sequence[ColumnElement[Any]],
        order: Sequence[ColumnElement[Any]],
    ) -> ColumnElement[Any]:
        root, child = self.joins.root, self.joins.snapshot.objects[self.joins.object]
        query = (
            select(value)
            .select_from(self.joins.source)
            .where(
                root.c[child.fields[self.via].column] == self.anchor,
                root.c.deleted_at.is_(None),
                *where,
            )
        )
        if order:
            query = query.order_by(*order).limit(literal_column("1"))
        return query.correlate(self.anchor.table).scalar_subquery()


LONGEST_ALIAS = 60
"""PostgreSQL cuts names at 63."""


def _alias(steps: tuple[str, ...]) -> str:
    """Two long paths that begin alike stay apart."""
    name = "_".join(steps)
    return name if len(name) <= LONGEST_ALIAS else f"{name[:40]}__{zlib.crc32(name.encode())}"


def value_type(field: Field) -> TypeEngine[Any]:
    """A computed number may have more digits than a column would take."""
    kind = field.type.columns(field.config)[""]
    return Numeric() if isinstance(kind, Numeric | BigInteger) else kind
