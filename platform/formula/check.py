"""Names and types: from a tree and a scope to a formula that both engines can compute.

Every fault is found, not only the first; what hangs on a faulty operand is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from fieldstone.formula import limits
from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Placeholder,
    Unary,
)
from fieldstone.formula.check_calls import checked_call
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import computed
from fieldstone.formula.faults import EvaluationError, Fault, FormulaError, located
from fieldstone.formula.near import nearest
from fieldstone.formula.operators import (
    COMPARISONS,
    EQUAL_KINDS,
    EQUALITY,
    LOGIC,
    OPERATIONS,
    ORDERED_KINDS,
    kinds_taken,
)
from fieldstone.formula.scope import Path, Scope
from fieldstone.formula.sql_numbers import digits_of, may_overflow, scale_of, sized
from fieldstone.formula.typed import Checked, Needs, Typed, walk
from fieldstone.formula.typing import Typing, is_blank, is_text_literal, made
from fieldstone.formula.types import (
    BLANK,
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    Kind,
    Type,
)

MAX_HOPS = 5


def check(node: Node, scope: Scope, *, expected: Type | None = None, text: str = "") -> Checked:
    """Raises FormulaError with every fault. `expected`: the kind of value that is needed, such
    as BOOLEAN for a filter. `text`: what the tree was parsed from, for lines and columns."""
    limits.measured(node)
    checker = _Checker(scope)
    root = checker.typed(node)
    if root is not None and (expected is not None or root.type.kind is Kind.BLANK):
        root = checker.adopted(root, expected or TEXT, "RESULT_TYPE")
    faults = checker.faults or (_constant_faults(root) if root is not None else [])
    if faults or root is None:
        raise FormulaError(located(faults, text) if text else faults)
    return _checked(root)
