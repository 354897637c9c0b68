"""Searching all objects at once: a text in the search fields of the records one may read.

Every word must stand in one of the fields; a number is found as it was typed, a telephone
number however it is spaced. Compiled like every other query, with the reader's grant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal, Node
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field, Object
from fieldstone.runtime.access import Grant
from fieldstone.runtime.query import Query
from fieldstone.runtime.records import fetch
from fieldstone.runtime.transaction import Transaction

MOST_RECORDS = 5
"""Of one object; the object's own list shows the rest."""
LONGEST = 200
MOST_WORDS = 8
TEXTUAL = frozenset({"text", "long_text", "email", "phone", "url", "autonumber"})
NUMERIC = frozenset({"integer", "decimal", "currency"})
_PHONE = re.compile(r"\+?[0-9][0-9\s().-]{2,}")
_NOT_DIGITS = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one object holds: some records with id and name, and whether there are more."""

    shape: Object
    records: Sequence[Mapping[str, Any]]
    more: bool


async def search(transaction: Transaction, text: str) -> list[Found]:
    """Objects with a place in the menu first. Nothing for a text without a visible sign."""
    found = []
    for shape in _in_order(transaction):
        grant = transaction.grant(shape.name)
        condition = matching(grant, text, transaction.session.locale)
        if condition is None:
            continue
        page = await fetch(
            transaction,
            Query(
                object=shape.name,
                fields=("id", "name"),
                filter=condition,
                limit=MOST_RECORDS,
                json=True,
            ),
        )
        if page.records:
            records = [{"id": each["id"], "name": each["name"]} for each in page.records]
            found.append(Found(shape=shape, records=records, more=page.next is not None))
    return found


def _in_order(transaction: Transaction) -> list[Object]:
    rights = transaction.grant_rights()
    readable = [
        shape
        for name, shape in transaction.snapshot.objects.items()
        if "read" in rights.of(name).actions
    ]
    return sorted(readable, key=lambda shape: (not shape.features.get("in_menu"), shape.name))


def matching(grant: Grant, text: str, locale: Locale) -> Node | None:
    """Records in which the text is found; None when there is nothing to look for or in."""
    words = words_of(text)
    fields = [
        grant.object.fields[name]
        for name in grant.object.search_fields
        if name in grant.readable and grant.object.fields[name].columns
    ]
    clauses = list(_whole(fields, " ".join(words), locale))
    textual = [each for each in fields if each.type.name in TEXTUAL]
    if words and textual:
        inside = [_any([_contains(field, word) for field in textual]) for word in words]
        clauses.append(reduce(lambda left, right: Binary("AND", left, right), inside))
    return _any(clauses) if clauses else None


def words_of(text: str) -> list[str]:
    """The words to look for, in small letters, without what cannot be seen."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST])
    return shown.lower().split()[:MOST_WORDS]


def _any(clauses: Sequence[Node]) -> Node:
    return reduce(lambda left, right: Binary("OR", left, right), clauses)


def _contains(field: Field, word: str) -> Node:
    return Call("CONTAINS", (Call("LOWER", (FieldRef((field.name,)),)), Literal(word)))


def _whole(fields: Sequence[Field], text: str, locale: Locale) -> Iterator[Node]:
    """What the text as a whole may be besides words: a number, a telephone number."""
    for field in fields:
        reader = _READERS.get(field.type.name)
        clause = reader(field, text, locale) if reader and text else None
        if clause is not None:
            yield clause


def _number(field: Field, text: str, locale: Locale) -> Node | None:
    try:
        value = field.type.parse(text, locale, field.config)
    except BadValue:
        return None
    return Binary("=", FieldRef((field.name,)), Literal(Decimal(value)))


def _phone(field: Field, text: str, _: Locale) -> Node | None:
    """021-5555 0000 is stored as +862155550000: without spaces and without its first zero."""
    if not _PHONE.fullmatch(text):
        return None
    digits = _NOT_DIGITS.sub("", text).lstrip("0")
    return Call("CONTAINS", (FieldRef((field.name,)), Literal(digits))) if digits else None


_READERS: Mapping[str, Callable[[Field, str, Locale], Node | None]] = {
    **dict.fromkeys(NUMERIC, _number),
    "phone": _phone,
}
