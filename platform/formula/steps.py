"""A formula computed step by step, for whoever writes one and wants to see where it goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from fieldstone.formula.arithmetic import snapped
from fieldstone.formula.ast import NO_SPAN, FieldRef, Parameter, Path, Span, Value
from fieldstone.formula.coerce import BadLiteral
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import Lifted, Run
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.typed import Checked, Typed
from fieldstone.formula.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The value of one part of the text, or the code of its error."""

    span: Span
    type: Type
    value: Value = None
    error: str = ""


def steps(
    checked: Checked, record: Mapping[Path, Value], context: Context, values: Lifted = ()
) -> tuple[Step, ...]:
    """Every part of the formula that stands in its text, outer ones first, the branches that are
    not taken included. What computed fields are made of stands in other texts."""
    run = _Remembering(record, context, values)
    found = []
    waiting = [checked.root]
    while waiting:
        typed = waiting.pop()
        if typed.node.span != NO_SPAN:
            found.append(_step(run, typed))
        if not _is_name(typed):
            waiting.extend(reversed(typed.operands))
    return tuple(found)


def _is_name(typed: Typed) -> bool:
    """A computed field, or `$old.x`: one word of the text, whatever is below it."""
    return isinstance(typed.node, FieldRef | Parameter)


def _step(run: Run, typed: Typed) -> Step:
    try:
        value = run.value(typed)
    except EvaluationError as error:
        return Step(span=typed.node.span, type=typed.type, error=error.code)
    except BadLiteral as bad:
        return Step(span=typed.node.span, type=typed.type, error=bad.code)
    shown = snapped(value) if isinstance(value, Decimal) else value
    return Step(span=typed.node.span, type=typed.type, value=shown)


@dataclass(frozen=True, slots=True)
class _Remembering(Run):
    """Computes no part twice, so that nesting costs nothing."""

    known: dict[int, Value | EvaluationError] = field(default_factory=dict)

    def value(self, typed: Typed) -> Value:
        if id(typed) not in self.known:
            try:
                self.known[id(typed)] = Run.value(self, typed)
            except EvaluationError as error:
                self.known[id(typed)] = error
        found = self.known[id(typed)]
        if isinstance(found, EvaluationError):
            raise found
        return found
