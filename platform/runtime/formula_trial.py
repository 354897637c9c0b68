"""Trying a formula on one record or on given values: its value and that of each of its parts.

Records are read with the caller's grant; what they may not read stays blank and is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from fieldstone.formula.arithmetic import rounded
from fieldstone.formula.ast import FieldRef, Literal, Path, Span, Value
from fieldstone.formula.computed import as_stored
from fieldstone.formula.context import Context
from fieldstone.formula.display import address
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.steps import steps
from fieldstone.formula.typed import Checked, Listed, walk
from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.scope import ObjectScope, type_of
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.evaluation import add_lists
from fieldstone.runtime.formula_check import Asked, Found, published
from fieldstone.runtime.suggest import unknown_field
from fieldstone.runtime.transaction import Transaction

MOST_STEPS = 200
Given = Mapping[Path, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a formula is tried on. `values` by dotted path, as somebody typed them, stand in
    place of the record's own; `expected` is what the result should be, None to ask nothing."""

    record_id: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    expected: Any = None
    compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A part of the formula and what it came to; `error` is one of faults.FAILURES. `fields`
    is where the value came from, when the part is a field."""

    start: int
    end: int
    type: Type
    value: Value = None
    error: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`unread` are the fields whose values the caller may not have; `passed` says whether the
    result is the expected one, None when nothing was expected."""

    result: Step
    steps: tuple[Step, ...]
    unread: tuple[str, ...] = ()
    passed: bool | None = None


async def tried(
    transaction: Transaction, asked: Asked, found: Found, scope: ObjectScope, sample: Sample
) -> Trial:
    """`found` is what the check found, without faults. Raises Invalid for values that their
    fields refuse, NotFound for a record that is not there or not the caller's to read."""
    checked = found.checked
    if checked is None:
        raise AssertionError
    own, unread = await _own_values(transaction, checked, scope.object, sample)
    given = _given_values(transaction, scope, sample.values)
    lists, unseen = await _own_lists(transaction, checked, scope, own)
    record = _completed({**own, **lists, **given}, checked, scope)
    context = replace(
        await records.context_for(transaction, checked.root.needs),
        is_new=sample.record_id is None,
        old=None if sample.record_id is None else _completed(own, checked, scope),
    )
    result = _result(checked, record, context, asked)
    return Trial(
        result=result,
        steps=_steps(checked, record, context, scope),
        unread=(*unread, *unseen),
        passed=_passed(transaction, result, sample, asked) if sample.compared else None,
    )


async def _own_values(
    transaction: Transaction, checked: Checked, object_name: str, sample: Sample
) -> tuple[dict[Path, Any], tuple[str, ...]]:
    """The record's values of the fields that the formula reads, by path. A draft may name fields
    that are not there yet, or that the asker may shape and not read."""
    if sample.record_id is None:
        return {}, ()
    readable = published(transaction).scope(object_name)
    wanted = tuple(dict.fromkeys((*checked.fields, *checked.old)))
    paths = [path for path in wanted if readable.trail(path)]
    names = tuple(".".join(path) for path in paths)
    row = await records.get(transaction, object_name, sample.record_id, fields=names or ("id",))
    found = {path: _plain(row.get(name)) for path, name in zip(paths, names, strict=True)}
    return found, tuple(".".join(path) for path in wanted if path not in found)


async def _own_lists(
    transaction: Transaction, checked: Checked, scope: ObjectScope, own: Mapping[Path, Any]
) -> tuple[dict[Path, Any], tuple[str, ...]]:
    """The related lists that the formula reads, as far as the caller may read all that it asks
    of their records; the names of the others."""
    may_read = transaction.grant_rights().may_read
    seen: list[Listed] = []
    unseen: list[str] = []
    for each in checked.lists:
        child, via = each.relation.split(".")
        trails = [ObjectScope(scope.snapshot, child).trail(path) for path in each.fields]
        steps = [(child, via), *((step.object, step.name) for trail in trails for step in trail)]
        if all(may_read(*step) for step in steps):
            seen.append(each)
        else:
            unseen.append(".".join((*each.path, child)))
    found = dict(own)
    try:
        context = await records.context_for(transaction, checked.root.needs)
        await add_lists(transaction, [found], seen, context)
    except FormulaError:
        return {}, tuple(".".join((*each.path, each.relation)) for each in checked.lists)
    return {each.rows: found[each.rows] for each in seen}, tuple(unseen)


def _plain(value: Any) -> Any:
    """A link to one of several objects is its id, as formulas see it."""
    return value.get("id") if isinstance(value, Mapping) and "object" in value else value


def _given_values(
    transaction: Transaction, scope: ObjectScope, values: Mapping[str, Any]
) -> dict[Path, Any]:
    """Raises Invalid with every value that its field refuses."""
    found: dict[Path, Any] = {}
    problems: list[Problem] = []
    for name, raw in values.items():
        trail = scope.trail(tuple(name.split(".")))
        if not trail:
            problems.append(unknown_field(scope, name[:200], f"values.{name[:80]}"))
            continue
        last, path = trail[-1], tuple(each.name for each in trail)
        try:
            found[path] = _plain(last.type.parse(raw, transaction.session.locale, last.config))
        except BadValue as bad:
            problems.append(bad.problem(f"values.{name[:80]}"))
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return found


def _completed(record: Given, checked: Checked, scope: ObjectScope) -> dict[Path, Any]:
    """A record's own boolean is never blank."""
    found = dict(record)
    for path in (*checked.fields, *checked.old):
        trail = scope.trail(path) if len(path) == 1 and found.get(path) is None else ()
        if trail and not trail[-1].formula and type_of(trail[-1]).kind is Kind.BOOLEAN:
            found[path] = False
    return found


def _result(checked: Checked, record: Given, context: Context, asked: Asked) -> Step:
    start, end = checked.node.span
    try:
        value = evaluate(checked, record, context)
    except EvaluationError as error:
        return Step(start=start, end=end, type=checked.type, error=error.code)
    return Step(start=start, end=end, type=checked.type, value=_rounded(value, asked))


def _rounded(value: Value, asked: Asked) -> Value:
    """As it would be kept: a percentage of 0.4 is 40, so its type has two decimals more."""
    wanted = asked.expected if asked.returns else None
    scale = asked.scale if wanted is None else wanted.scale
    return rounded(value, scale) if isinstance(value, Decimal) and scale is not None else value


def _steps(
    checked: Checked, record: Given, context: Context, scope: ObjectScope
) -> tuple[Step, ...]:
    """Operands before what is made of them; literals say themselves what they are."""
    named = {
        each.node.span: scope.trail(each.node.path)
        for each in walk(checked.root)
        if isinstance(each.node, FieldRef)
    }
    literals = {each.node.span for each in walk(checked.root) if isinstance(each.node, Literal)}
    found: dict[Span, Step] = {}
    parts = sorted(steps(checked, record, context), key=lambda each: (each.span[1], -each.span[0]))
    for each in parts:
        if each.span in literals or each.span in found:
            continue
        start, end = each.span
        found[each.span] = Step(
            start=start,
            end=end,
            type=each.type,
            value=each.value,
            error=each.error,
            fields=named.get(each.span, ()),
        )
    return tuple(found.values())[-MOST_STEPS:]


def _passed(transaction: Transaction, result: Step, sample: Sample, asked: Asked) -> bool:
    """As test cases are judged when they are published. Raises Invalid for an expected value
    that is none of the result's type."""
    expected = _expected(transaction, result.type, sample.expected, asked)
    if result.error:
        return expected is None
    value = address(as_result(result.value, asked))
    value = str(value) if isinstance(value, UUID) else value
    return bool((value or None) == expected if isinstance(value, str) else value == expected)


def as_result(value: Value, asked: Asked) -> Value:
    """As a field with this result would hold it: 40 for 0.4 of a percentage."""
    return as_stored(value, asked.expected) if asked.returns and asked.expected else value


_READ_AS: Mapping[Kind, tuple[str, Mapping[str, Any]]] = {
    Kind.NUMBER: ("decimal", {"precision": 42, "scale": 18}),
    Kind.BOOLEAN: ("boolean", {}),
    Kind.DATE: ("date", {}),
    Kind.DATETIME: ("datetime", {}),
    Kind.TIME: ("time", {}),
}


def _expected(transaction: Transaction, type_: Type, raw: Any, asked: Asked) -> Any:
    """What somebody typed, as the field would hold it."""
    if raw in (None, ""):
        return None
    name, config = _READ_AS.get(type_.kind, ("text", {"length": 4000}))
    if asked.returns:
        name, config = "formula", asked.config
    try:
        return FIELD_TYPES[name].parse(raw, transaction.session.locale, config)
    except BadValue as bad:
        raise Invalid.one(bad.code, "expected", **bad.params) from None
