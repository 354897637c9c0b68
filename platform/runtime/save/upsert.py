"""Finding the record that an external id names."""

from __future__ import annotations

from uuid import UUID

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal
from fieldstone.kernel.errors import BadRequest
from fieldstone.runtime.query import Query
from fieldstone.runtime.records import fetch
from fieldstone.runtime.transaction import Transaction


async def find_by(
    transaction: Transaction, object_name: str, field_name: str, value: str
) -> UUID | None:
    """Raises BadRequest when the field may not be read or does not tell records apart."""
    grant = transaction.grant(object_name)
    field = grant.object.fields.get(field_name)
    if field is None or field_name not in grant.readable or not field.unique:
        raise BadRequest("not_an_external_id", field=field_name[:80])
    parsed = field.type.parse(value, transaction.session.locale, field.config)
    left, right = FieldRef((field_name,)), Literal(parsed)
    if field.config.get("case_insensitive"):
        condition = Binary("=", Call("LOWER", (left,)), Literal(str(parsed).lower()))
    else:
        condition = Binary("=", left, right)
    page = await fetch(
        transaction, Query(object=object_name, fields=("id",), filter=condition, limit=1)
    )
    return page.records[0]["id"] if page.records else None
