"""The values of formula fields for records in memory: just saved, or still being typed."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.formula.ast import FieldRef
from fieldstone.formula.batch import run
from fieldstone.formula.check import check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.typed import Checked, needs_of
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope, formula_of
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.evaluation import Computed, Record, Values, shown, with_links
from fieldstone.runtime.records import context_for
from fieldstone.runtime.transaction import Transaction


async def computed_values(
    transaction: Transaction,
    object_name: str,
    records: Sequence[Record],
    known: Values | None = None,
) -> list[dict[str, Computed]]:
    """For each record, the formula fields that the session may read, by name. `known` are values
    behind links that all of them see, such as those of a record that is not saved yet."""
    grant = transaction.grant(object_name)
    wanted = [
        (field, checked)
        for field in grant.fields()
        if field.formula and (checked := reference_to(transaction.snapshot, field)) is not None
    ]
    if not wanted or not records:
        return [{} for _ in records]
    paths = dict.fromkeys(path for _, checked in wanted for path in checked.fields)
    lists = [each for _, checked in wanted for each in checked.lists]
    found = await with_links(transaction, object_name, records, paths, lists)
    context = await context_for(transaction, needs_of(checked for _, checked in wanted))
    if known:
        found = [{**values, **known} for values in found]
    columns = {
        field.name: [shown(field, checked, each) for each in run(checked, found, context)]
        for field, checked in wanted
    }
    return [
        {name: column[index] for name, column in columns.items()} for index in range(len(found))
    ]


def reference_to(snapshot: Snapshot, field: Field) -> Checked | None:
    """The formula field itself as a formula; None for one that cannot be computed any more."""
    if formula_of(snapshot, field) is None:
        return None
    return _reference(snapshot, field.object, field.name)


@per_snapshot()
def _reference(snapshot: Snapshot, object_name: str, field_name: str) -> Checked | None:
    try:
        return check(FieldRef((field_name,)), ObjectScope(snapshot, object_name))
    except FormulaError:
        return None
