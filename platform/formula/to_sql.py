"""The SQL engine: a checked formula to one SQLAlchemy expression.

What is the same for every row (literals, TODAY() - 7, $user.id) is computed in Python and bound,
so one compiled statement serves every request of the same shape. Text columns are expected to
hold NULL, never an empty text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Numeric, any_, cast, false, func, literal, true
from sqlalchemy.dialects.postgresql import ARRAY

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Unary,
    Value,
)
from fieldstone.formula.binds import Binder, Change
from fieldstone.formula.comparison import comparable
from fieldstone.formula.computed import sql_of
from fieldstone.formula.context import Context
from fieldstone.formula.faults import Fault, FormulaError
from fieldstone.formula.functions.base import Expression
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.functions.logic import all_true, any_true, exactly_all, exactly_any
from fieldstone.formula.identity import Identities
from fieldstone.formula.operators import COMPARISONS, LOGIC, OPERATIONS
from fieldstone.formula.scope import Path
from fieldstone.formula.sql_compare import (
    MIRRORED,
    as_percent,
    compared,
    equal_if_present,
    for_whole_column,
    surely_present,
)
from fieldstone.formula.sql_errors import Failing, code_of
from fieldstone.formula.sql_hoist import Hoist, Slots, settle, slotted
from fieldstone.formula.sql_limits import limited
from fieldstone.formula.sql_lists import Related, SqlList
from fieldstone.formula.sql_numbers import HUNDREDTH, may_overflow, numeric, overflow, snapped
from fieldstone.formula.sql_pair import (
    Sql,
    blank,
    certain,
    column_type,
    joined,
    negated,
    settled,
    valued,
)
from fieldstone.formula.sql_text import concatenated
from fieldstone.formula.typed import Checked, Over, Typed
from fieldstone.formula.types import Kind

Column = Callable[[Path], ColumnElement[Any]]
"""The column of a field, from the alias that its path is joined under."""


def to_sql(
    checked: Checked,
    column: Column,
    binder: Binder,
    hoist: Hoist | None = None,
    related: Related | None = None,
) -> ColumnElement[Any]:
    """The formula's value; NULL where it is blank or an error. `hoist`: where parts go that are
    needed several times; `related`: where the records of related lists are. Raises FormulaError
    for a function that only Python knows, and for a formula whose SQL would be too large."""
    before, root = frozenset(binder.found), checked.root
    value = snapped(valued(_Compiler(column, binder, related).pair(root)), root.type)
    _finish(binder, before, hoist, value)
    return value


def to_sql_with_error(
    checked: Checked,
    column: Column,
    binder: Binder,
    hoist: Hoist | None = None,
    related: Related | None = None,
) -> tuple[ColumnElement[Any], ColumnElement[Any] | None]:
    """The formula's value and the code of its error: one of faults.FAILURES, NULL where there is
    none; None when the formula cannot fail."""
    before, root = frozenset(binder.found), checked.root
    pair = _Compiler(column, binder, related).pair(root)
    value, code = snapped(valued(pair), root.type), code_of(pair.guard)
    _finish(binder, before, hoist, *((value,) if code is None else (value, code)))
    return value, code


def condition(
    checked: Checked,
    column: Column,
    binder: Binder,
    hoist: Hoist | None = None,
    related: Related | None = None,
) -> ColumnElement[bool]:
    """For WHERE: TRUE exactly where the formula is true; NULL and FALSE both mean it is not."""
    before = frozenset(binder.found)
    test = settled(_Compiler(column, binder, related).truth(checked.root))
    _finish(binder, before, hoist, test)
    return test


def _finish(
    binder: Binder, before: frozenset[str], hoist: Hoist | None, *made: ColumnElement[Any]
) -> None:
    used = (*settle(hoist, *made), *made)
    limited(*used)
    binder.drop_unused(before, *used)


@dataclass(frozen=True, slots=True)
class _Compiler:
    column: Column
    binder: Binder
    related: Related | None = None
    slots: Slots = field(default_factory=Slots)
    identities: Identities = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "identities", Identities(self.binder.prefix))

    def pair(self, typed: Typed) -> Sql:
        if typed.constant:
            return self.constant(typed)
        if typed.column:
            return self.stored(typed)
        key = (self.identities.of(typed), "exact")
        return self.slots.shared(key, lambda: _PAIRS[type(typed.node)](self, typed))

    def truth(self, typed: Typed) -> Sql:
        """For a condition: the value may be NULL where the exact one is FALSE."""
        reader = None if typed.constant else _TRUTHS.get(type(typed.node))
        if reader is None:
            return self.pair(typed)
        key = (self.identities.of(typed), "relaxed")
        return self.slots.shared(key, lambda: reader(self, typed))

    def constant(self, typed: Typed) -> Sql:
        if typed.type.kind in _ONLY_PYTHON and isinstance(typed.node, Call):
            raise _python_only(typed, typed.node.function)
        if isinstance(typed.node, Literal) and isinstance(typed.node.value, bool):
            return Sql(true() if typed.node.value else false())
        if isinstance(typed.node, Literal) and typed.node.value is None:
            return Sql(blank(typed.type))
        pair = self.bound(typed, column_type(typed.type), _as_stored)
        if typed.type.kind in (Kind.NUMBER, Kind.BOOLEAN):
            # the driver sends their NULL without a type, and a CASE of such is taken for a text
            return Sql(cast(pair.value, column_type(typed.type)), pair.guard)
        return pair

    def bound(self, typed: Typed, kind: Any, change: Change) -> Sql:
        guard = None
        if typed.fails:
            guard = Failing(self.binder.failure(typed), lambda: self.binder.code(typed))
        return Sql(self.binder.value(typed, kind, change), guard)

    def field(self, typed: Typed) -> Sql:
        pair = sql_of(self.pair(typed.operands[0]), typed) if typed.operands else self.stored(typed)
        if not typed.zero:
            return pair
        number = func.coalesce(pair.value, literal(0, Numeric), type_=Numeric)
        return joined((pair,), number, null_in_null_out=False)

    def old(self, typed: Typed) -> Sql:
        """As if the record were saved again unchanged."""
        return self.pair(typed.operands[0])

    def stored(self, typed: Typed) -> Sql:
        value = self.column(_path(typed))
        if typed.type.kind is not Kind.NUMBER:
            return Sql(value)
        if typed.type.percent:
            return Sql(value * literal(HUNDREDTH, Numeric))
        return Sql(numeric(value))

    def unary(self, typed: Typed) -> Sql:
        operator = typed.node.operator if isinstance(typed.node, Unary) else ""
        pair = self.pair(typed.operands[0])
        if operator == "NOT":
            return joined((pair,), negated(pair.value))
        return pair if operator == "+" else joined((pair,), -pair.value)

    def binary(self, typed: Typed) -> Sql:
        sign = _sign(typed)
        if sign in LOGIC:
            parts = [self.truth(operand) for operand in _chain(typed, (sign,))]
            return exactly_all(parts) if sign == "AND" else exactly_any(parts)
        if sign in COMPARISONS:
            return self.comparison(typed, sign, relaxed=False)
        return self.arithmetic(typed, sign)

    def arithmetic(self, typed: Typed, sign: str) -> Sql:
        if typed.type.kind is Kind.TEXT:
            parts = [self.pair(operand) for operand in _chain(typed, ("+", "&"))]
            value = concatenated(*(part.value for part in parts))
            return joined(parts, value, null_in_null_out=False)
        left, right = typed.operands
        operation = OPERATIONS[sign, left.type.kind, right.type.kind]
        if operation.to_sql is None:
            raise _python_only(typed, sign)
        types = (left.type, right.type, typed.type)
        return operation.to_sql(self.pair(left), self.pair(right), types)

    def binary_truth(self, typed: Typed) -> Sql:
        sign = _sign(typed)
        if sign in LOGIC:
            parts = [self.truth(operand) for operand in _chain(typed, (sign,))]
            return all_true(parts) if sign == "AND" else any_true(parts)
        return self.comparison(typed, sign, relaxed=True)

    def comparison(self, typed: Typed, sign: str, *, relaxed: bool) -> Sql:
        left, right = typed.operands
        if left.constant:
            left, right, sign = right, left, MIRRORED[sign]
        if relaxed and sign == "=" and left.type.kind is Kind.TEXT and surely_present(right):
            return equal_if_present(self.pair(left), self.constant(right))
        if right.constant and left.column:
            special = self.column_test(left, right, sign, relaxed=relaxed)
            if special is not None:
                return special
        if right.constant and left.type.kind is Kind.NUMBER:
            other = self.bound(right, Numeric(), comparable)
        else:
            other = self.compared_value(right)
        return compared(sign, left.type.kind, self.compared_value(left), other)

    def compared_value(self, typed: Typed) -> Sql:
        pair = self.pair(typed)
        return Sql(snapped(pair.value, typed.type), pair.guard, pair.blank_on_error)

    def column_test(self, field: Typed, constant: Typed, sign: str, *, relaxed: bool) -> Sql | None:
        """A comparison of a bare column with a bind, where the general one would compute
        something of the column and so keep its index from being used."""
        if field.type.kind is not Kind.NUMBER:
            return None
        column = self.column(_path(field))
        if field.type.percent:
            percent = self.bound(constant, Numeric(), as_percent)
            return compared(sign, Kind.NUMBER, Sql(column), percent)
        whole = for_whole_column(sign, column)
        if whole is None or (sign == "=" and not relaxed):
            return None
        return compared(sign, Kind.NUMBER, Sql(column), self.bound(constant, *whole))

    def within(self, typed: Typed) -> Sql:
        pair = self.within_truth(typed)
        return Sql(certain(pair.value), pair.guard, pair.guard is None)

    def within_truth(self, typed: Typed) -> Sql:
        operand, *items = typed.operands
        if all(item.constant and not item.fails for item in items):
            return self.within_array(operand, tuple(items))
        pairs = [self.compared_value(item) for item in items]
        subject = self.compared_value(operand)
        value = subject.value.in_([pair.value for pair in pairs])
        can_fail = any(pair.guard is not None for pair in pairs)
        return joined((subject, *pairs), value, null_in_null_out=not can_fail)

    def within_array(self, operand: Typed, items: tuple[Typed, ...]) -> Sql:
        """One array bind, so that the length of the list does not change the statement."""
        subject, kind = self.compared_value(operand), column_type(operand.type)
        change: Change = _as_is
        if operand.column and operand.type.kind is Kind.NUMBER:
            column = self.column(_path(operand))
            whole = for_whole_column("=", column)
            if operand.type.percent:
                subject, change = Sql(column), as_percent
            elif whole is not None:
                subject, (kind, change) = Sql(column), whole
        array = self.binder.several(items, ARRAY(kind), change)
        return joined((subject,), subject.value == any_(array))

    def call(self, typed: Typed) -> Sql:
        return self._called(typed, relaxed=False)

    def call_truth(self, typed: Typed) -> Sql:
        return self._called(typed, relaxed=True)

    def list(self, typed: Typed, over: Over) -> Sql:
        """One value from a sub-select over the records of the list."""
        if self.related is None:
            raise _python_only(typed, _function(typed))
        rows = self.related(over.path, over.relation)
        inner = _Compiler(rows.column, self.binder)
        trees = [inner.pair(tree) if tree else None for tree in (over.value, over.order)]
        chosen = settled(inner.truth(over.condition)) if over.condition else None
        separator = self.pair(typed.operands[0]) if typed.operands else None
        call = SqlList(typed, rows, trees[0], chosen, trees[1], separator)
        value = slotted(call.built(), (self.identities.of(typed), "list"))
        own = overflow(value) if may_overflow(typed.type) else None
        return joined([separator] if separator else [], value, own)

    def _called(self, typed: Typed, *, relaxed: bool) -> Sql:
        if typed.over is not None:
            return self.list(typed, typed.over)
        name = typed.node.function if isinstance(typed.node, Call) else ""
        function = FUNCTIONS[name]
        build = function.condition if relaxed and function.condition else function.to_sql
        if build is None:
            raise _python_only(typed, name)
        return build(_SqlCall(self, typed))


@dataclass(frozen=True, slots=True)
class _SqlCall:
    """Implements functions.base.SqlCall."""

    compiler: _Compiler
    typed: Typed

    def pair(self, index: int) -> Sql:
        return self.compiler.pair(self.typed.operands[index])

    def pairs(self) -> tuple[Sql, ...]:
        return tuple(self.compiler.pair(operand) for operand in self.typed.operands)

    def truth(self, index: int) -> Sql:
        return self.compiler.truth(self.typed.operands[index])

    def computed(self, index: int, kind: Any, change: Callable[[Value], Any]) -> Sql:
        return self.compiler.bound(self.typed.operands[index], kind, change)

    def several(self, first: int, kind: Any) -> Expression:
        return self.compiler.binder.several(self.typed.operands[first:], kind, _as_is)

    def from_context(self, name: str, kind: Any, read: Callable[[Context], Any]) -> Expression:
        return self.compiler.binder.named(
            name, kind, lambda context, _lifted: read(context), self.typed.needs
        )


def _as_is(value: Value) -> Any:
    return value


def _as_stored(value: Value) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _path(typed: Typed) -> Path:
    return typed.node.path if isinstance(typed.node, FieldRef) else ()


def _sign(typed: Typed) -> str:
    return typed.node.operator if isinstance(typed.node, Binary) else ""


def _function(typed: Typed) -> str:
    return typed.node.function if isinstance(typed.node, Call) else ""


def _chain(typed: Typed, signs: tuple[str, ...]) -> list[Typed]:
    """a & b & c as one row of operands; what is constant stays in one piece."""
    parts: list[Typed] = []
    current = typed
    while not current.constant and _sign(current) in signs and current.type == typed.type:
        current, last = current.operands
        parts.append(last)
    return [current, *reversed(parts)]


_ONLY_PYTHON = frozenset({Kind.LOCATION, Kind.LINK, Kind.PICTURE})
"""What is made of several values and has no type in SQL."""


def _python_only(typed: Typed, name: str) -> FormulaError:
    params = {"function": name}
    return FormulaError(
        (Fault(code="NOT_ALLOWED_IN_CONTEXT", span=typed.node.span, params=params),)
    )


Reader = Callable[[_Compiler, Typed], Sql]

_PAIRS: Mapping[type[Node], Reader] = {
    FieldRef: _Compiler.field,
    Parameter: _Compiler.old,
    Unary: _Compiler.unary,
    Binary: _Compiler.binary,
    InList: _Compiler.within,
    Call: _Compiler.call,
}
_TRUTHS: Mapping[type[Node], Reader] = {
    Binary: _Compiler.binary_truth,
    InList: _Compiler.within_truth,
    Call: _Compiler.call_truth,
}
