"""What a form shows while it is filled in: which sections hold, what untouched fields are given,
and which values a picklist offers. The page and its answers to every change of a field others
depend on are both made from here.

Hidden sections keep what is stored: their fields are neither sent nor saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fieldstone.formula.ast import FieldRef, InList, Literal
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked, needs_of
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime import records
from fieldstone.runtime.query import MAX_LIMIT, Query
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.layouts import Layout, checked_formula, is_visible
from fieldstone.web.pages.draft import Draft, form_fields
from fieldstone.web.posted import Posted
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, value_view

Values = Mapping[Path, Any]
Linked = Mapping[tuple[str, UUID], Mapping[Path, Any]]
"""(object, id) → what the formulas read there, by the rest of the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """`values` is the record as the form has it now, with what was read behind its links;
    `hidden` are names of sections; `options` the codes that a dependent picklist offers."""

    values: Values
    hidden: frozenset[str] = frozenset()
    defaults: Mapping[str, Any]
    options: Mapping[str, frozenset[str]]


async def form_state(transaction: Transaction, reader: Reader, draft: Draft) -> FormState:
    """Of a draft: an object, its layout, the stored row and what was posted over it."""
    return (await form_states(transaction, reader, [draft]))[0]


async def form_states(
    transaction: Transaction, reader: Reader, drafts: Sequence[Draft], above: Values | None = None
) -> list[FormState]:
    """All of them with one query for each linked object. `above` is the record whose lines these
    are."""
    needs = needs_of(formula for draft in drafts for formula in formulas(reader, draft))
    context = await records.context_for(transaction, needs)
    values = [_with_above(draft, values_of(reader, draft), above or {}) for draft in drafts]
    linked = await _linked(transaction, reader, drafts, values)
    return [
        _state(reader, draft, _with_linked(draft, own, linked), context)
        for draft, own in zip(drafts, values, strict=True)
    ]


def _state(reader: Reader, draft: Draft, values: dict[Path, Any], context: Context) -> FormState:
    defaults: dict[str, Any] = {}
    for field, formula in _defaults(reader, draft):
        defaults[field.name] = values[(field.name,)] = _computed(
            reader, field, formula, values, context
        )
    row = {".".join(path): value for path, value in values.items()}
    hidden = frozenset(
        section.name
        for section in draft.layout.sections
        if not is_visible(reader.snapshot, draft.object.name, section.visible_when, row, context)
    )
    return FormState(
        values=values,
        hidden=hidden,
        defaults=defaults,
        options=dict(_options(draft, values)),
    )


def values_of(reader: Reader, draft: Draft) -> dict[Path, Any]:
    """The record as the form has it; what cannot be read as a value is blank."""
    values: dict[Path, Any] = {
        (name,): _plain(value) for name, value in draft.row.items() if "." not in name
    }
    for name, typed in draft.typed.items():
        try:
            value = posts.parsed(reader, draft.object.fields[name], typed)
        except BadValue:
            value = None
        values[(name,)] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    """Several choices are a set for formulas."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    return value


def _with_above(draft: Draft, values: dict[Path, Any], above: Values) -> dict[Path, Any]:
    """A line reads the record above it through its link, stored or not."""
    if draft.link:
        values.update({(draft.link, *path): value for path, value in above.items()})
    return values


@per_snapshot()
def _formula(snapshot: Snapshot, object_name: str, text: str) -> Checked | None:
    try:
        return checked_formula(snapshot, object_name, text)
    except FormulaError:
        return None


def _defaults(reader: Reader, draft: Draft) -> Iterator[tuple[Field, Checked]]:
    """Fields of a new record that a formula over other fields fills, until somebody types."""
    if not draft.new:
        return
    for field, _ in form_fields(reader, draft):
        text = str(field.config.get("default_formula") or "")
        formula = _formula(reader.snapshot, draft.object.name, text) if text else None
        if formula is not None and formula.fields and field.name not in draft.touched:
            yield field, formula


def conditions(snapshot: Snapshot, layout: Layout, object_name: str) -> Iterator[Checked]:
    """When the sections of the layout are shown."""
    for section in layout.sections:
        formula = (
            _formula(snapshot, object_name, section.visible_when) if section.visible_when else None
        )
        if formula is not None:
            yield formula


def formulas(reader: Reader, draft: Draft) -> Iterator[Checked]:
    """Everything that the form's state is computed from."""
    yield from conditions(reader.snapshot, draft.layout, draft.object.name)
    for _, formula in _defaults(reader, draft):
        yield formula


def watched(reader: Reader, draft: Draft) -> frozenset[Path]:
    """The paths that others depend on; the first step is a field of the form."""
    untouched = replace(draft, touched=frozenset())
    return frozenset(path for each in formulas(reader, untouched) for path in each.fields)


def _computed(
    reader: Reader, field: Field, formula: Checked, values: Values, context: Context
) -> Any:
    """Blank where it cannot be computed, as when the record is saved."""
    try:
        result = evaluate(formula, values, context)
        return field.type.parse(result, reader.locale, field.config)
    except (EvaluationError, BadValue, ArithmeticError):
        return None


def _options(draft: Draft, values: Values) -> Iterator[tuple[str, frozenset[str]]]:
    for field in draft.object.fields.values():
        over = field.config.get("depends_on")
        if not over:
            continue
        chosen = values.get((over,))
        chosen = chosen if isinstance(chosen, frozenset) else {chosen}
        yield (
            field.name,
            frozenset(
                code
                for code, value in field.values.items()
                if not value.get("when") or chosen & set(value["when"])
            ),
        )


def given(reader: Reader, draft: Draft, state: FormState) -> dict[str, Posted]:
    """The defaults as an untouched form would send them."""
    found = {}
    for name, value in state.defaults.items():
        field = draft.object.fields[name]
        cell = Cell(field=field, value=value, row=draft.row, linked=draft.linked)
        found[name] = Posted.of_view(field, value_view(reader, cell))
    return found


# ---- what lies behind links -------------------------------------------------------------------


async def _linked(
    transaction: Transaction,
    reader: Reader,
    drafts: Sequence[Draft],
    values: Sequence[Values],
) -> Linked:
    wanted: dict[str, tuple[set[UUID], set[Path]]] = {}
    for draft, own in zip(drafts, values, strict=True):
        for path in {path for each in formulas(reader, draft) for path in each.fields}:
            head = draft.object.fields.get(path[0])
            record_id = own.get(path[:1])
            if path in own or head is None or not isinstance(record_id, UUID):
                continue
            if len(path) > 1 and reader.trail(draft.object.name, ".".join(path)):
                ids, rests = wanted.setdefault(head.target, (set(), set()))
                ids.add(record_id)
                rests.add(path[1:])
    found: dict[tuple[str, UUID], Mapping[Path, Any]] = {}
    for target, (ids, rests) in wanted.items():
        found.update(await behind(transaction, target, ids, rests))
    return found


async def behind(
    transaction: Transaction, target: str, ids: set[UUID], rests: set[Path]
) -> dict[tuple[str, UUID], Mapping[Path, Any]]:
    """Values of linked records, of those that this session may read."""
    query = Query(
        object=target,
        fields=("id", *(".".join(rest) for rest in sorted(rests))),
        filter=InList(FieldRef(("id",)), tuple(Literal(str(each)) for each in sorted(ids))),
        limit=MAX_LIMIT,
    )
    page = await records.fetch(transaction, query)
    return {
        (target, row["id"]): {rest: _plain(row[".".join(rest)]) for rest in rests}
        for row in page.records
    }


def _with_linked(draft: Draft, values: dict[Path, Any], linked: Linked) -> dict[Path, Any]:
    for path, record_id in list(values.items()):
        head = draft.object.fields.get(path[0])
        if len(path) == 1 and head is not None and isinstance(record_id, UUID):
            behind = linked.get((head.target, record_id), {})
            values.update({(*path, *rest): value for rest, value in behind.items()})
    return values


def shown_draft(draft: Draft, state: FormState) -> Draft:
    """The draft as its state leaves it: what was sent for hidden sections does not count."""
    hidden = replace(draft, hidden=state.hidden)
    return replace(hidden, typed=dict(_visible(hidden, draft.typed.items())))


def _visible(draft: Draft, typed: Iterable[tuple[str, Posted]]) -> Iterator[tuple[str, Posted]]:
    shown = {
        name
        for section in draft.layout.sections
        if section.name not in draft.hidden
        for name, _ in section.fields
    }
    for name, one in typed:
        if name in shown:
            yield name, one
