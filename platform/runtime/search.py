"""Searching all objects at once: a text in the search fields of the records one may read.

Every word must stand in one of the fields; a number is found as it was typed, a telephone
number however it is spaced, Chinese also by its sound or the initials of it. Where there is
something is asked of the tokens at once; what is found is a query like every other, with the
reader's grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from fieldstone.kernel.sql import Statement, id_array, statement
from fieldstone.kernel.system_tables import search as tokens
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.metadata.system_fields import FAVOURITE_OBJECT
from fieldstone.runtime.access import Rights
from fieldstone.runtime.query import Query
from fieldstone.runtime.records import fetch
from fieldstone.runtime.search_condition import holds, searched, word_params
from fieldstone.runtime.search_tokens import Wanted, beginning_of, tokens_of, wanted_of
from fieldstone.runtime.transaction import Transaction

MOST_RECORDS = 5
"""Of one object; the page of one object shows more."""
MOST_OF_ONE = 50
FEW = 1000
"""Records up to which those found are asked for by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """`field` and `value`: where the words were found, when that is not the name."""

    id: UUID
    name: str
    field: Field | None = None
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one object holds: some records, and whether there are more."""

    shape: Object
    records: Sequence[Hit]
    more: bool


async def search(
    transaction: Transaction, text: str, *, only: str = "", most_objects: int = 0
) -> list[Found]:
    """Objects first whose records are called so, then those with a place in the menu; of each
    the names that begin with the text. `only`: one object, with more of its records. Nothing
    for a text without a visible sign."""
    asked = _asked(text, MOST_OF_ONE if only else MOST_RECORDS)
    if not asked.words:
        return []
    found = []
    for place in (await _places(transaction, asked, only))[: most_objects or None]:
        hits = await _in(transaction, place, asked)
        if hits.records:
            found.append(hits)
    return found


async def narrowed(transaction: Transaction, query: Query, text: str) -> Query:
    """The query for those of its records in which the text is found."""
    asked = _asked(text, 0)
    if not asked.words:
        return query
    place = next(iter(await _places(transaction, asked, query.object)), None)
    return replace(query, among=()) if place is None else _narrowed(query, place, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    words: tuple[Wanted, ...]
    beginning: Wanted | None
    most: int

    @property
    def queries(self) -> tuple[str, ...]:
        return tuple(each.tsquery for each in self.words)


def _asked(text: str, most: int) -> _Asked:
    return _Asked(wanted_of(text), beginning_of(text), most)


@dataclass(frozen=True, slots=True)
class _Place:
    """An object that has the words: in how many fields of records, and some of the records;
    those of them whose names begin with the text. The reader may not see all of them."""

    shape: Object
    named: bool
    count: int
    ids: tuple[UUID, ...]
    beginning: tuple[UUID, ...]


async def _places(transaction: Transaction, asked: _Asked, only: str) -> list[_Place]:
    readable = _readable(transaction.snapshot, transaction.grant_rights())
    readable = {
        name: each
        for name, each in readable.items()
        if name == only or not (only or name == FAVOURITE_OBJECT)
    }
    shapes = transaction.snapshot.objects
    rows = await transaction.connection.fetch_tuples(
        _statement(len(asked.words)),
        {
            "fields": id_array(field for each in readable.values() for field in each),
            "names": id_array(shapes[name].fields["name"].id for name in readable),
            "beginning": asked.beginning.tsquery if asked.beginning else "",
            **word_params(asked.queries),
        },
    )
    there = {row[0]: row[1:] for row in rows}
    found = []
    for name in readable:
        row = there.get(shapes[name].id)
        if row is not None:
            named, count, ids, beginning = row
            found.append(_Place(shapes[name], named, count, tuple(ids), tuple(beginning or ())))
    return sorted(found, key=lambda place: not place.named)


@per_snapshot()
def _readable(snapshot: Snapshot, rights: Rights) -> Mapping[str, tuple[UUID, ...]]:
    """The readable search fields of each readable object, in the order of the answer."""
    found = {
        name: tuple(each.id for each in searched(shape) if each.name in rights.of(name).readable)
        for name, shape in snapshot.objects.items()
        if "read" in rights.of(name).actions
    }
    ordered = sorted(
        found, key=lambda name: (not snapshot.objects[name].features.get("in_menu"), name)
    )
    return {name: found[name] for name in ordered if found[name]}


@lru_cache(maxsize=16)
def _statement(words: int) -> Statement:
    c = tokens.c
    mine = c.field_id == any_(bindparam("fields", type_=ARRAY(Uuid())))
    others = [
        c.record_id.in_(select(c.record_id).where(mine, holds(f"search{index}")))
        for index in range(1, words)
    ]
    named = c.field_id == any_(bindparam("names", type_=ARRAY(Uuid())))
    ids = func.array_agg(c.record_id, type_=ARRAY(Uuid()))
    return statement(
        select(
            c.object_id,
            func.bool_or(named),
            func.count(),
            ids[1:FEW],
            ids.filter(holds("beginning"))[1:FEW],
        )
        .where(mine, holds("search0"), *others)
        .group_by(c.object_id)
    )


async def _in(transaction: Transaction, place: _Place, asked: _Asked) -> Found:
    grant = transaction.grant(place.shape.name)
    fields = tuple(each for each in searched(place.shape) if each.name in grant.readable)
    names = dict.fromkeys(("id", "name", *(each.name for each in fields)))
    query = Query(object=place.shape.name, fields=tuple(names), limit=asked.most)
    rows, more = [], False
    if place.beginning:
        best = await fetch(transaction, replace(query, among=place.beginning))
        rows, more = best.records, best.next is not None
    if not more and place.count > len(rows):
        others = _narrowed(replace(query, limit=asked.most * 4), place, asked)
        page = await fetch(transaction, others)
        seen = {row["id"] for row in rows}
        rows = [*rows, *(row for row in page.records if row["id"] not in seen)]
        more = len(rows) > asked.most or page.next is not None
    ranked = sorted(rows, key=lambda row: _rank(row, fields, asked))
    hits = [_hit(row, fields, asked) for row in ranked[: asked.most]]
    return Found(shape=place.shape, records=hits, more=more)


def _narrowed(query: Query, place: _Place, asked: _Asked) -> Query:
    if place.count <= FEW:
        return replace(query, among=place.ids)
    return replace(query, search=asked.queries)


NAME_BEGINS, NAME_HOLDS, ELSEWHERE = range(3)


def _rank(row: Mapping[str, Any], fields: tuple[Field, ...], asked: _Asked) -> tuple[int, int]:
    """What begins with the text, what holds it; short names before long ones."""
    name = next((each for each in fields if each.name == "name"), None)
    if name is None or len(_met(name, row, asked)) < len(asked.words):
        return ELSEWHERE, 0
    lexemes = tokens_of(name, row["name"])
    begins = asked.beginning is not None and asked.beginning.met_by(lexemes)
    return NAME_BEGINS if begins else NAME_HOLDS, len(row["name"])


def _hit(row: Mapping[str, Any], fields: tuple[Field, ...], asked: _Asked) -> Hit:
    hit = Hit(id=row["id"], name=row["name"] or "")
    missing = frozenset(range(len(asked.words)))
    for field in sorted(fields, key=lambda each: each.name != "name"):
        met = _met(field, row, asked)
        if met & missing and field.name != "name":
            return replace(hit, field=field, value=row[field.name])
        missing -= met
        if not missing:
            break
    return hit


def _met(field: Field, row: Mapping[str, Any], asked: _Asked) -> frozenset[int]:
    lexemes = tokens_of(field, row[field.name])
    return frozenset(at for at, word in enumerate(asked.words) if word.met_by(lexemes))
