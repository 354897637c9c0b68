"""The sums under the lines of a form. The browser keeps them up to date while somebody types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from fieldstone.metadata.computed import rollups
from fieldstone.metadata.snapshot import Field
from fieldstone.web.contexts import FieldValue
from fieldstone.web.form_contexts import SubRow, TotalView
from fieldstone.web.pages.lines import Table
from fieldstone.web.reader import Reader
from fieldstone.web.views import symbol


def totals_of(
    reader: Reader, table: Table, fields: Sequence[Field], rows: Sequence[SubRow]
) -> tuple[TotalView, ...]:
    """Of the columns of money that add up to something: those that a roll-up of the record adds
    up, under its name, and those that are computed; where there are none, all of them."""
    money = [field for field in fields if field.type.name == "currency"]
    names = dict(_summed(reader, table))
    telling = [field for field in money if field.name in names or field.formula]
    chosen = telling or money
    drafts = (*(line.draft for line in table.lines), table.pattern)
    currency = drafts[0].currency or reader.locale.currency
    return tuple(
        TotalView(
            column=field.name,
            label=names.get(field.name) or reader.label(field),
            text=_text(reader, field, currency, [row.cells[fields.index(field)] for row in rows]),
            unit=symbol(reader, currency),
            scale=int(field.config.get("scale", 2)),
            main=field is chosen[-1],
        )
        for field in chosen
    )


def _summed(reader: Reader, table: Table) -> Iterator[tuple[str, str]]:
    """Fields of the lines that the record above adds up, with what it calls the sum."""
    children = table.children
    for rollup in rollups(reader.snapshot):
        above = rollup.field
        if (
            (rollup.child, rollup.via.name) == (children.object, children.field)
            and rollup.function == "sum"
            and rollup.filter is None
            and reader.rights.may_read(above.object, above.name)
        ):
            yield str(above.config["field"]), reader.label(above)


def _text(reader: Reader, field: Field, currency: str, cells: Sequence[FieldValue]) -> str:
    config: Mapping[str, object] = {**field.config, "currency_code": currency}
    total = sum((_number(cell.value.raw) for cell in cells), Decimal())
    return field.type.format(total, reader.locale, config)


def _number(raw: str) -> Decimal:
    """What nobody could read as a number does not count."""
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return Decimal()
    return value if value.is_finite() else Decimal()
