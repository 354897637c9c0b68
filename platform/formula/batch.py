"""The Python engine for many records: the formula is compiled to Python once and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import localcontext
from typing import Any

from fieldstone.formula.arithmetic import EXACT
from fieldstone.formula.ast import Value
from fieldstone.formula.comparison import comparable
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import Lifted, Run, evaluate, several
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.generate import generated
from fieldstone.formula.thunks import Record
from fieldstone.formula.typed import Checked, Needs, Typed

Outcome = Value | EvaluationError
Batch = Callable[[Iterable[Record]], list[Outcome]]
KEPT = 1_024


def run(
    checked: Checked,
    records: Sequence[Record],
    context: Context,
    values: Lifted = (),
    *,
    old: Sequence[Record | None] = (),
) -> list[Outcome]:
    """What `evaluate` gives for each record, or the error that it raises. `old`: the records as
    they were before the save, in the same order; `context` tells the rest for all of them."""
    made = _made(checked)
    if not old or not checked.root.needs & Needs.CHANGE:
        return _bound(made, checked, context, values)(records)
    return [
        _bound(made, checked, replace(context, old=before), values)([record])[0]
        for record, before in zip(records, old, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Made:
    """`checked` is kept so that its id stays its own."""

    checked: Checked
    make: Callable[[Context, Callable[[Record], Outcome], list[Any]], Batch]
    constants: tuple[tuple[tuple[Typed, ...], bool], ...]


_kept: OrderedDict[int, _Made] = OrderedDict()


def _made(checked: Checked) -> _Made:
    key = id(checked.root)
    found = _kept.get(key)
    if found is None or found.checked.root is not checked.root:
        found = _kept[key] = _compiled(checked)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _compiled(checked: Checked) -> _Made:
    source = generated(checked.root)
    names = dict(source.objects)
    # The text is made of letters, numbers and Python's own signs by generate.py: nothing that a
    # person wrote is in it; names of fields and values of formulas are objects beside it.
    exec(compile(source.text, "<formula>", "exec"), names)  # noqa: S102
    return _Made(checked, names["make"], tuple(source.constants))


def _bound(made: _Made, checked: Checked, context: Context, values: Lifted) -> Batch:
    def walk(record: Record) -> Outcome:
        """What went wrong, and where."""
        try:
            return evaluate(checked, record, context, values)
        except EvaluationError as error:
            return error

    with localcontext(EXACT):
        constants = [
            _constant(parts, context, values, listed=listed) for parts, listed in made.constants
        ]
        batch = made.make(context, walk, constants)

    def within(records: Iterable[Record]) -> list[Outcome]:
        with localcontext(EXACT):
            return batch(records)

    return within


def _constant(parts: tuple[Typed, ...], context: Context, values: Lifted, *, listed: bool) -> Any:
    """The value of a part without fields; of the items of an IN the set of their values."""
    walker = Run({}, context, values)
    if not listed:
        return walker.value(parts[0])
    found = [value for item in parts for value in several(walker, item)]
    return frozenset(comparable(value) for value in found if value is not None)
