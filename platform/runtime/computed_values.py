"""The values of formula fields for records in memory: just saved, or still being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fieldstone.formula.ast import FieldRef
from fieldstone.formula.check import check
from fieldstone.formula.computed import as_stored
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.typed import Checked
from fieldstone.metadata.scope import ObjectScope, decimals_of, formula_of
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.evaluation import Record, Values, with_links
from fieldstone.runtime.records import context_of
from fieldstone.runtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Computed:
    """`value` as the field would hold it; `error` is the code of what went wrong."""

    value: Any = None
    error: str = ""


async def computed_values(
    transaction: Transaction, object_name: str, records: Sequence[Record]
) -> list[dict[str, Computed]]:
    """For each record, the formula fields that the session may read, by name."""
    grant = transaction.grant(object_name)
    wanted = [
        (field, checked)
        for field in grant.fields()
        if field.formula and (checked := reference_to(transaction.snapshot, field)) is not None
    ]
    if not wanted or not records:
        return [{} for _ in records]
    paths = dict.fromkeys(path for _, checked in wanted for path in checked.fields)
    found = await with_links(transaction, object_name, records, paths)
    context = context_of(transaction.session)
    return [
        {field.name: _computed(field, checked, values, context) for field, checked in wanted}
        for values in found
    ]


def _computed(field: Field, checked: Checked, values: Values, context: Context) -> Computed:
    try:
        return Computed(
            _as_kept(as_stored(evaluate(checked, values, context), checked.type), field)
        )
    except EvaluationError as error:
        return Computed(error=error.code)


def _as_kept(value: Any, field: Field) -> Any:
    """With all the decimals of the field, as a column would give it back."""
    if not isinstance(value, Decimal):
        return value
    return Decimal(format(value, f".{decimals_of(field)}f"))


def reference_to(snapshot: Snapshot, field: Field) -> Checked | None:
    """The formula field itself as a formula; None for one that cannot be computed any more."""
    key = ("reference", field.object, field.name)
    if key not in snapshot.derived:
        snapshot.derived[key] = None
        if formula_of(snapshot, field) is not None:
            try:
                named = FieldRef((field.name,))
                snapshot.derived[key] = check(named, ObjectScope(snapshot, field.object))
            except FormulaError:
                return None
    found: Checked | None = snapshot.derived[key]
    return found
