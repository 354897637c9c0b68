"""Finding the record that an external id names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal
from fieldstone.kernel.errors import BadRequest, Invalid, Problem
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.query import Query
from fieldstone.runtime.records import fetch
from fieldstone.runtime.transaction import Transaction


async def find_by(
    transaction: Transaction, object_name: str, field_name: str, value: str
) -> UUID | None:
    """Raises BadRequest when the field may not be read or does not tell records apart, Invalid
    for a value that the field cannot hold."""
    grant = transaction.grant(object_name)
    field = grant.object.fields.get(field_name)
    if field is None or field_name not in grant.readable or not field.unique:
        raise BadRequest("not_an_external_id", field=field_name[:80])
    parsed = _parsed(field, value, transaction)
    left, right = FieldRef((field_name,)), Literal(parsed)
    if field.config.get("case_insensitive"):
        condition = Binary("=", Call("LOWER", (left,)), Literal(str(parsed).lower()))
    else:
        condition = Binary("=", left, right)
    page = await fetch(
        transaction, Query(object=object_name, fields=("id",), filter=condition, limit=1)
    )
    return page.records[0]["id"] if page.records else None


def _parsed(field: Field, value: str, transaction: Transaction) -> Any:
    try:
        parsed = field.type.parse(value, transaction.session.locale, field.config)
    except BadValue as error:
        raise Invalid("record_invalid", problems=[error.problem(field.name)]) from error
    if parsed is None:
        problem = Problem(code="field.required", path=field.name)
        raise Invalid("record_invalid", problems=[problem])
    return parsed
