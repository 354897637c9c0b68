"""Formula fields among what a query gives: their columns, the errors that stand beside them, and
those that only Python can compute, from columns fetched for them and taken out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.sql import ColumnElement

from fieldstone.formula.ast import FieldRef
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.scope import Path
from fieldstone.formula.typed import Checked, Listed
from fieldstone.metadata.joins import Joins
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.values import to_json
from fieldstone.runtime.evaluation import Computed, Values, add_lists, computed
from fieldstone.runtime.transaction import Transaction

ERROR = "__error"


@dataclass(frozen=True, slots=True)
class Failed:
    """Stands in a row for a value that could not be computed: DIV0, OVERFLOW …"""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaOutput:
    """`error` names the column of its error's code, if there is one; `checked` is set for one
    that Python computes, from the columns of `leaves`."""

    label: str
    field: Field
    error: str = ""
    checked: Checked | None = None
    leaves: tuple[tuple[Path, str], ...] = ()

    @property
    def lists(self) -> tuple[Listed, ...]:
        """Related lists whose records have to be fetched."""
        return self.checked.lists if self.checked is not None else ()


def formula_columns(
    label: str, trail: tuple[Field, ...], joins: Joins, *, errors: bool
) -> tuple[FormulaOutput, list[ColumnElement[Any]]]:
    """What the output is and what is to be selected for it, its own column first."""
    try:
        found = joins.computed(trail)
    except FormulaError:
        return _late(label, trail, joins)
    if not errors or found.error is None:
        return FormulaOutput(label=label, field=trail[-1]), [found.value]
    output = FormulaOutput(label=label, field=trail[-1], error=label + ERROR)
    return output, [found.value, found.error.label(output.error)]


def _late(
    label: str, trail: tuple[Field, ...], joins: Joins
) -> tuple[FormulaOutput, list[ColumnElement[Any]]]:
    path = tuple(each.name for each in trail)
    checked = check(FieldRef(path), ObjectScope(joins.snapshot, joins.object))
    leaves = tuple((each, f"{label}__leaf{n}") for n, each in enumerate(checked.fields))
    output = FormulaOutput(label=label, field=trail[-1], checked=checked, leaves=leaves)
    return output, [joins.at(each).label(name) for each, name in leaves]


async def finish(
    transaction: Transaction,
    rows: Sequence[dict[str, Any]],
    outputs: Sequence[FormulaOutput],
    context: Context,
    *,
    json: bool,
    errors: bool,
) -> None:
    """Puts in what Python computes, and errors in the place of values."""
    for output in outputs:
        if output.checked is None and not output.error:
            continue
        records = [{path: row.pop(name) for path, name in output.leaves} for row in rows]
        await add_lists(transaction, records, output.lists)
        for row, values in zip(rows, records, strict=True):
            found = _found(row, output, values, context)
            value = to_json(found.value) if json else found.value
            row[output.label] = Failed(found.error) if found.error and errors else value


def _found(
    row: dict[str, Any], output: FormulaOutput, values: Values, context: Context
) -> Computed:
    if output.checked is None:
        return Computed(row[output.label], row.pop(output.error) or "")
    return computed(output.field, output.checked, values, context)
