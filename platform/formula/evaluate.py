"""The Python engine: a checked formula and a record to a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from fieldstone.formula.arithmetic import EXACT, snapped
from fieldstone.formula.ast import (
    NO_SPAN,
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Parameter,
    Placeholder,
    Unary,
    Value,
)
from fieldstone.formula.coerce import coerced
from fieldstone.formula.comparison import compare, equal
from fieldstone.formula.computed import value_of
from fieldstone.formula.context import Context
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.lists import Read, forgiving, gathered
from fieldstone.formula.operators import COMPARISONS, OPERATIONS
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked, Over, Typed
from fieldstone.formula.types import Kind, Type

Lifted = Sequence[Any]
"""The values of a shape's placeholders: a value, or for a lifted list a tuple of values."""


def evaluate(
    checked: Checked, record: Mapping[Path, Value], context: Context, values: Lifted = ()
) -> Value:
    """The formula's value for one record; a path that the record lacks is blank. Raises
    EvaluationError for what cannot be computed, such as a division by zero."""
    return computed(checked.root, record, context, values)


def computed(
    root: Typed, record: Mapping[Path, Value], context: Context, values: Lifted = ()
) -> Value:
    value = exact(root, record, context, values)
    return snapped(value) if isinstance(value, Decimal) else value


def exact(
    root: Typed, record: Mapping[Path, Value], context: Context, values: Lifted = ()
) -> Value:
    """With all the decimals that a part of a formula has for what stands around it."""
    with localcontext(EXACT):
        return Run(record, context, values).value(root)


@dataclass(frozen=True, slots=True)
class Run:
    record: Mapping[Path, Value]
    context: Context
    lifted: Lifted

    @property
    def before(self) -> Run:
        """The same for the record as it was before the save."""
        return Run(self.context.old or {}, self.context, self.lifted)

    def value(self, typed: Typed) -> Value:
        try:
            value = _READERS[type(typed.node)](self, typed)
        except EvaluationError as error:
            if error.span != NO_SPAN:
                raise
            raise EvaluationError(error.code, typed.node.span) from None
        return None if value == "" else value


@dataclass(frozen=True, slots=True)
class _PythonCall:
    """Implements functions.base.Call."""

    run: Run
    typed: Typed

    @property
    def context(self) -> Context:
        return self.run.context

    def value(self, index: int) -> Value:
        return self.run.value(self.typed.operands[index])

    def old(self, index: int) -> Value:
        return self.run.before.value(self.typed.operands[index])

    def values(self) -> tuple[Value, ...]:
        return tuple(self.run.value(operand) for operand in self.typed.operands)


def _literal(run: Run, typed: Typed) -> Value:
    value = typed.node.value if isinstance(typed.node, Literal) else None
    return coerced(value, typed.type, run.context.timezone)


def _field(run: Run, typed: Typed) -> Value:
    value = _formula(run, typed) if typed.operands else _stored(run, typed)
    return _ZERO if value is None and typed.zero else value


_ZERO = Decimal(0)


def _formula(run: Run, typed: Typed) -> Value:
    """A computed field; what goes wrong in it goes wrong where it is named."""
    try:
        return value_of(run.value(typed.operands[0]), typed.type)
    except EvaluationError as error:
        raise EvaluationError(error.code, typed.node.span) from None


def _stored(run: Run, typed: Typed) -> Value:
    value = run.record.get(typed.node.path) if isinstance(typed.node, FieldRef) else None
    return stored(value, typed.type)


def stored(value: Any, type_: Type) -> Value:
    """A stored value as formulas see it."""
    if type_.kind is Kind.NUMBER and value is not None:
        number = value if isinstance(value, Decimal) else Decimal(value)
        return number.scaleb(-2) if type_.percent else number
    if type_.kind is Kind.MULTI_PICKLIST:
        return frozenset(value or ()) or None
    return value  # type: ignore[no-any-return]  # a record's values are as their columns


def _parameter(run: Run, typed: Typed) -> Value:
    node = typed.node
    if typed.operands:
        return run.before.value(typed.operands[0])
    value = run.context.parameter(node.root, node.path) if isinstance(node, Parameter) else None
    return coerced(value, typed.type, run.context.timezone)


def _placeholder(run: Run, typed: Typed) -> Value:
    value = run.lifted[typed.node.index] if isinstance(typed.node, Placeholder) else None
    return coerced(value, typed.type, run.context.timezone)


def _unary(run: Run, typed: Typed) -> Value:
    value = run.value(typed.operands[0])
    operator = typed.node.operator if isinstance(typed.node, Unary) else ""
    if value is None or operator == "+":
        return value
    if operator == "NOT":
        return not value
    return EXACT.minus(value) if isinstance(value, Decimal) else None


def _binary(run: Run, typed: Typed) -> Value:
    sign = typed.node.operator if isinstance(typed.node, Binary) else ""
    left, right = typed.operands
    if sign == "AND":
        return run.value(left) is True and run.value(right) is True
    if sign == "OR":
        return run.value(left) is True or run.value(right) is True
    first, second = run.value(left), run.value(right)
    if sign in COMPARISONS:
        return compare(sign, first, second, left.type.kind)
    operation = OPERATIONS[sign, left.type.kind, right.type.kind]
    if not operation.takes_blank and (first is None or second is None):
        return None
    return operation.compute(first, second)


def _within(run: Run, typed: Typed) -> Value:
    """A blank one matches nothing, not even a blank one."""
    wanted, *items = (value for typed in typed.operands for value in several(run, typed))
    if wanted is None:
        return False
    kind = typed.operands[0].type.kind
    return any(item is not None and equal(wanted, item, kind) is True for item in items)


def several(run: Run, typed: Typed) -> Sequence[Value]:
    """The values of one item of an IN: one, or all those of a lifted list."""
    node = typed.node
    if isinstance(node, Placeholder) and node.kind.endswith("s"):
        zone = run.context.timezone
        return [coerced(value, typed.type, zone) for value in run.lifted[node.index]]
    return [run.value(typed)]


def computed_several(typed: Typed, context: Context, values: Lifted) -> Sequence[Value]:
    return several(Run({}, context, values), typed)


def _list(run: Run, typed: Typed, over: Over) -> Value:
    def read(tree: Typed | None) -> Read | None:
        if tree is None:
            return None
        return forgiving(lambda row: Run(row, run.context, run.lifted).value(tree))

    separator = run.value(typed.operands[0]) if typed.operands else None
    value, condition, order = read(over.value), read(over.condition), read(over.order)
    return gathered(typed, run.record, value, condition, order, separator)


def _call(run: Run, typed: Typed) -> Value:
    if typed.over is not None:
        return _list(run, typed, typed.over)
    name = typed.node.function if isinstance(typed.node, Call) else ""
    return FUNCTIONS[name].evaluate(_PythonCall(run, typed))


_READERS: Mapping[type[object], Callable[[Run, Typed], Value]] = {
    Literal: _literal,
    FieldRef: _field,
    Parameter: _parameter,
    Placeholder: _placeholder,
    Unary: _unary,
    Binary: _binary,
    InList: _within,
    Call: _call,
}
