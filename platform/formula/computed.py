"""Fields that are formulas: the type of a reference to one, and its value in both engines."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from fieldstone.formula.arithmetic import EXTERNAL_SCALE, rounded, within_limits
from fieldstone.formula.ast import FieldRef, Value
from fieldstone.formula.faults import Fault
from fieldstone.formula.sql_numbers import (
    Expression,
    digits_of,
    may_overflow,
    overflow,
    scale_of,
    to_scale,
)
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.typed import Needs, Typed
from fieldstone.formula.types import Kind, Type

MAX_NODES = 5_000
MAX_LEVELS = 10
MAX_DEPTH = 100
"""Of formulas inside one another, taken together."""
MAX_RELATIONSHIPS = 15
PERCENT = Decimal(100)


def reference(node: FieldRef, declared: Type, formula: Typed) -> Typed:
    """A reference to a computed field. Its value is the formula's, rounded to the decimals of
    the declared type as formulas see them (4 for a percentage with 2)."""
    type_ = _type(declared, formula.type)
    fails = formula.fails or may_overflow(type_)
    return Typed(node, type_, (formula,), formula.needs | Needs.FIELDS, fails)


def _type(declared: Type, inner: Type) -> Type:
    if declared.kind is not Kind.NUMBER:
        return declared
    scale = min(_scale(declared), scale_of(inner))
    digits = digits_of(inner) + (scale < scale_of(inner))  # 999.5 may become 1000
    return replace(declared, scale=scale, digits=digits)


def _scale(declared: Type) -> int:
    return min(scale_of(declared), EXTERNAL_SCALE)


def value_of(value: Value, type_: Type) -> Value:
    """The value of a computed field with the type that `reference` gave it."""
    if not isinstance(value, Decimal):
        return value
    return within_limits(rounded(value, scale_of(type_)))


def sql_of(pair: Sql, typed: Typed) -> Sql:
    """The SQL of `value_of`, above that of the formula."""
    inner = typed.operands[0].type
    if typed.type.kind is not Kind.NUMBER:
        return pair
    value = to_scale(pair.value, scale_of(inner), scale_of(typed.type))
    return joined((pair,), value, overflow(value) if may_overflow(typed.type) else None)


def as_stored(value: Value, type_: Type) -> Value:
    """The value as a stored field of this type would hold it: 0.40 as 40 for a percentage."""
    return value * PERCENT if type_.percent and isinstance(value, Decimal) else value


def as_stored_sql(value: Expression, type_: Type) -> Expression:
    return value * PERCENT if type_.percent else value


def faults_of(root: Typed) -> list[Fault]:
    """What is too much when every computed field stands for its formula."""
    if root.levels > MAX_LEVELS:
        return [Fault(code="COMPUTED_TOO_DEEP", params={"limit": MAX_LEVELS})]
    if root.size > MAX_NODES or root.depth > MAX_DEPTH:
        return [Fault(code="COMPUTED_TOO_LARGE", params={"limit": MAX_NODES})]
    return []
