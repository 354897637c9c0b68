"""Stage 3: what the input left open: system values, defaults, automatic numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked, Needs, needs_of
from fieldstone.formula.usage import Usage
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.computed import shown
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.rollup import NEVER_BLANK
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.runtime.evaluation import Values, with_links
from fieldstone.runtime.records import context_for
from fieldstone.runtime.save.autonumber import give_numbers
from fieldstone.runtime.save.batch import Action, Batch, Change


async def defaults(batch: Batch) -> None:
    session = batch.transaction.session
    for change in batch.good:
        if batch.action is Action.CREATE:
            _fill(batch, change)
            change.values.setdefault("created_at", batch.now)
            change.values.setdefault("created_by", session.user_id)
        saving = batch.action in (Action.CREATE, Action.UPDATE)
        if saving and not (batch.as_system and "modified_at" in change.values):
            change.values["modified_at"] = batch.now
            change.values["modified_by"] = session.user_id
    if batch.action is Action.CREATE:
        await _fill_computed(batch)
        await give_numbers(batch)


def _fill(batch: Batch, change: Change) -> None:
    session, shape = batch.transaction.session, batch.shape
    if shape.master is None and not session.is_system:
        change.values.setdefault("owner", session.user_id)
    change.values.setdefault("currency_code", session.locale.currency)
    record_type = default_record_type(shape)
    if record_type:
        change.values.setdefault("record_type", record_type)
    for field in shape.own_fields:
        if field.computed and field.config.get("function") in NEVER_BLANK:
            change.values[field.name] = 0
    for field in fields_with_defaults(batch.transaction.snapshot, shape.name):
        if field.name not in change.values and not field.config.get("default_formula"):
            _give(change, field, default_of(batch, field))


async def _fill_computed(batch: Batch) -> None:
    """Formulas come after what is given and fixed, and see what those before them gave. What they
    read over links is fetched for the whole batch, as far as the saver may read it: the value is
    theirs to see."""
    snapshot, shape = batch.transaction.snapshot, batch.shape
    for field in fields_with_defaults(snapshot, shape.name):
        waiting = [each for each in batch.good if field.name not in each.values]
        checked = _checked(snapshot, field)
        if not waiting or checked is None:
            continue
        records = [each.values for each in waiting]
        paths = readable_paths(batch, checked)
        found = await with_links(batch.transaction, shape.name, records, paths)
        context = await context_for(batch.transaction, checked.root.needs, is_new=True)
        locale = batch.transaction.session.locale
        for change, values in zip(waiting, found, strict=True):
            _give(change, field, computed_default(field, checked, values, context, locale))


def readable_paths(batch: Batch, checked: Checked) -> list[Path]:
    rights = batch.grant.rights
    scope = ObjectScope(batch.transaction.snapshot, batch.shape.name)
    return [
        path
        for path in checked.fields
        if batch.as_system
        or all(rights.may_read(step.object, step.name) for step in scope.trail(path))
    ]


def _give(change: Change, field: Field, value: Any) -> None:
    if value is not None:
        change.values[field.name] = value


def default_record_type(shape: Object) -> str:
    chosen = [name for name, body in shape.record_types.items() if body.get("default")]
    return next(iter(chosen or shape.record_types), "")


@per_snapshot()
def fields_with_defaults(snapshot: Snapshot, object_name: str) -> tuple[Field, ...]:
    return tuple(field for field in snapshot.objects[object_name].own_fields if _has_default(field))


def _has_default(field: Field) -> bool:
    config = field.config
    if config.get("default") is not None or config.get("default_formula"):
        return True
    if field.computed:
        return False
    if field.type.name == "boolean":
        return True
    return any(_is_default(value) for value in field.values.values())


def _is_default(value: Mapping[str, Any]) -> bool:
    """One that was taken away or switched off would be refused."""
    gone = value.get("deleted") or value.get("active") is False
    return bool(value.get("default")) and not gone


def first_values_need(snapshot: Snapshot, object_name: str) -> Needs:
    """What the context must know for `first_value`."""
    fields = fields_with_defaults(snapshot, object_name)
    found = (_checked(snapshot, field) for field in fields)
    return needs_of(each for each in found if each is not None)


def first_value(batch: Batch, field: Field, record: Mapping[str, Any], context: Context) -> Any:
    """What a form offers before anything is entered: the fixed default, or that of a formula
    that needs no other record."""
    checked = _checked(batch.transaction.snapshot, field)
    if checked is None:
        return default_of(batch, field)
    if any(len(path) > 1 for path in checked.fields):
        return None
    values: Values = {(name,): value for name, value in record.items()}
    locale = batch.transaction.session.locale
    return computed_default(field, checked, values, context, locale)


def default_of(batch: Batch, field: Field) -> Any:
    """The field's fixed default; blank when its type no longer takes it."""
    config = field.config
    if config.get("default") is not None:
        try:
            return field.type.parse(config["default"], batch.transaction.session.locale, config)
        except BadValue:
            return None
    chosen = [code for code, value in field.values.items() if _is_default(value)]
    if field.type.name == "multi_picklist":
        return chosen or None
    if chosen:
        return chosen[0]
    return False if field.type.name == "boolean" else None


def computed_default(
    field: Field, checked: Checked, values: Values, context: Context, locale: Locale
) -> Any:
    """What the field's default formula gives; blank when it fails or does not fit."""
    try:
        result = evaluate(checked, values, context)
        return field.type.parse(shown(field, result), locale, field.config)
    except (EvaluationError, BadValue):
        return None


def _checked(snapshot: Snapshot, field: Field) -> Checked | None:
    """The field's default formula; None when it has none, or one that no longer fits."""
    text = field.config.get("default_formula")
    return _formula(snapshot, field.object, str(text)) if text else None


@per_snapshot()
def _formula(snapshot: Snapshot, object_name: str, text: str) -> Checked | None:
    try:
        return check(parse(text), ObjectScope(snapshot, object_name), usage=Usage.DEFAULT)
    except FormulaError:
        return None
