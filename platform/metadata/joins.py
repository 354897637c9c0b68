"""The tables of one statement: one alias for each path of references, shared by all who use it,
formula fields included; and what such a statement binds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, cast, func, null, type_coerce
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
from fieldstone.formula.typed import Checked
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
    root: Any = field(init=False)
    _tables: FromClause = field(init=False)
    _laterals: Laterals = field(default_factory=Laterals)
    _aliases: dict[Path, Any] = field(default_factory=dict)
    _computed: dict[Path, InSql] = field(default_factory=dict)

    def __post_init__(self) -> None:
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
            alias = table_of(self.snapshot, link.target).alias("_".join(("j", *path))[:60])
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
        return condition(checked, self.at, self.binder, self._laterals)

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
        value, code = to_sql_with_error(checked, self.at, self.binder, self._laterals)
        value = as_stored_sql(value, checked.type)
        if checked.type.kind is Kind.NUMBER:
            value = func.round(value, whole(decimals_of(last)))
        return InSql(type_coerce(value, kind), code)


def value_type(field: Field) -> TypeEngine[Any]:
    """A computed number may have more digits than a column would take."""
    kind = field.type.columns(field.config)[""]
    return Numeric() if isinstance(kind, Numeric | BigInteger) else kind
