"""Stage 3: what the input left open: system values, defaults, automatic numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.runtime.records import context_of
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
        await give_numbers(batch)


def _fill(batch: Batch, change: Change) -> None:
    session, shape = batch.transaction.session, batch.shape
    if shape.master is None and not session.is_system:
        change.values.setdefault("owner", session.user_id)
    change.values.setdefault("currency_code", session.locale.currency)
    record_type = default_record_type(shape)
    if record_type:
        change.values.setdefault("record_type", record_type)
    for field in fields_with_defaults(batch.transaction.snapshot, shape.name):
        if field.name not in change.values:
            value = default_of(batch, field, change.values)
            if value is not None:
                change.values[field.name] = value


def default_record_type(shape: Object) -> str:
    chosen = [name for name, body in shape.record_types.items() if body.get("default")]
    return next(iter(chosen or shape.record_types), "")


@lru_cache(maxsize=2048)
def fields_with_defaults(snapshot: Snapshot, object_name: str) -> tuple[Field, ...]:
    return tuple(field for field in snapshot.objects[object_name].own_fields if _has_default(field))


def _has_default(field: Field) -> bool:
    config = field.config
    if config.get("default") is not None or config.get("default_formula"):
        return True
    if field.type.name == "boolean":
        return True
    return any(_is_default(value) for value in field.values.values())


def _is_default(value: Mapping[str, Any]) -> bool:
    """One that was taken away or switched off would be refused."""
    gone = value.get("deleted") or value.get("active") is False
    return bool(value.get("default")) and not gone


def default_of(batch: Batch, field: Field, record: dict[str, Any]) -> Any:
    """The field's default; blank when its formula fails."""
    config = field.config
    snapshot, session = batch.transaction.snapshot, batch.transaction.session
    try:
        if config.get("default_formula"):
            checked = _checked(snapshot, field.object, config["default_formula"])
            values: dict[Path, Any] = {(name,): value for name, value in record.items()}
            result = evaluate(checked, values, context_of(session))
            return field.type.parse(result, session.locale, config)
        if config.get("default") is not None:
            return field.type.parse(config["default"], session.locale, config)
    except (FormulaError, BadValue, ArithmeticError):
        return None
    chosen = [code for code, value in field.values.items() if _is_default(value)]
    if field.type.name == "multi_picklist":
        return chosen or None
    if chosen:
        return chosen[0]
    return False if field.type.name == "boolean" else None


@lru_cache(maxsize=2048)
def _checked(snapshot: Snapshot, object_name: str, text: str) -> Checked:
    return check(parse(text), ObjectScope(snapshot, object_name))
