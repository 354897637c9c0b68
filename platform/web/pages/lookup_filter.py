"""The filter of a lookup, with what it asks of the record in the form (`$record.…`) filled in
from what the form holds now. What the reader may not read is blank, as if nothing stood there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from starlette.datastructures import QueryParams

from fieldstone.formula.ast import (
    Binary,
    Call,
    InList,
    Literal,
    Node,
    Parameter,
    Unary,
    children,
)
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.formula.types import Kind
from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.scope import RECORD, type_of
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.pages.form_state import behind
from fieldstone.web.reader import Reader

NOTHING = Literal(None)
_SAMPLES: Mapping[Kind, Node] = {
    Kind.NUMBER: Literal(Decimal(0)),
    Kind.TEXT: Literal("-"),
    Kind.DATE: Call("TODAY", ()),
    Kind.DATETIME: Call("NOW", ()),
}


async def lookup_filter(
    transaction: Transaction, reader: Reader, field: Field, params: QueryParams
) -> Node | None:
    """`params`: `record.<field>` as the form has it, and `record`, the stored record it edits."""
    node = filter_of(str(field.config.get("filter") or ""))
    paths = needed(node) if node is not None else ()
    if node is None or not paths:
        return node
    stored = await _stored(transaction, reader, field.object, paths, params.get(RECORD, ""))
    values = {}
    for path in paths:
        value = await _value(transaction, reader, field.object, path, params, stored)
        values[path] = _literal(reader, field.object, path, value)
    return _bound(node, values)


@lru_cache(maxsize=2048)
def filter_of(text: str) -> Node | None:
    if not text:
        return None
    try:
        return parse(text)
    except FormulaError:
        return None


@lru_cache(maxsize=2048)
def needed(node: Node) -> tuple[Path, ...]:
    """What the filter asks of the record, each once."""
    return tuple(dict.fromkeys(_needed(node)))


def _needed(node: Node) -> Iterator[Path]:
    if isinstance(node, Parameter) and node.root == RECORD and node.path:
        yield node.path
    for each in children(node):
        yield from _needed(each)


async def _stored(
    transaction: Transaction, reader: Reader, name: str, paths: tuple[Path, ...], given: str
) -> Mapping[str, Any]:
    """The stored record's readable fields; nothing for a new one, or one that may not be seen."""
    heads = tuple(dict.fromkeys(path[0] for path in paths if reader.trail(name, path[0])))
    if not heads or not is_uuid(given):
        return {}
    try:
        return await records.get(transaction, name, UUID(given), fields=("id", *heads))
    except NotFound:
        return {}


async def _value(
    transaction: Transaction,
    reader: Reader,
    name: str,
    path: Path,
    params: QueryParams,
    stored: Mapping[str, Any],
) -> Any:
    trail = reader.trail(name, ".".join(path))
    if not trail:
        return None
    for length in (len(path), 1):
        found, value = _sent(reader, trail[length - 1], path[:length], params)
        if found and length == len(path):
            return value
        if found:
            return await _behind(transaction, trail[0], value, path)
    base = stored.get(path[0])
    return base if len(path) == 1 else await _behind(transaction, trail[0], base, path)


def _sent(reader: Reader, field: Field, path: Path, params: QueryParams) -> tuple[bool, Any]:
    """Whether the form says something of the field, and what."""
    typed = posts.read(params, field, ".".join((RECORD, *path)))
    if typed is None:
        return False, None
    try:
        return True, posts.parsed(reader, field, typed)
    except BadValue:
        return True, None


async def _behind(transaction: Transaction, link: Field, value: Any, path: Path) -> Any:
    if not isinstance(value, UUID):
        return None
    found = await behind(transaction, link.target, {value}, {path[1:]})
    return found.get((link.target, value), {}).get(path[1:])


def _bound(node: Node, values: Mapping[Path, Node]) -> Node:
    match node:
        case Parameter(root=root, path=path) if root == RECORD:
            return values.get(path, NOTHING)
        case Unary(operand=operand):
            return replace(node, operand=_bound(operand, values))
        case Binary(left=left, right=right):
            return replace(node, left=_bound(left, values), right=_bound(right, values))
        case InList(operand=operand, items=items):
            bound = tuple(_bound(each, values) for each in items)
            return replace(node, operand=_bound(operand, values), items=bound)
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(_bound(each, values) for each in arguments))
        case _:
            return node


def _literal(reader: Reader, name: str, path: Path, value: Any) -> Node:
    """As the language writes it; what it has no literal for is blank. A blank keeps its type, so
    that what compares it stays a formula."""
    if isinstance(value, UUID):
        return Literal(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return Literal(Decimal(value))
    if isinstance(value, bool | Decimal | str | date):
        return Literal(value)
    trail = reader.trail(name, ".".join(path))
    sample = _SAMPLES.get(type_of(trail[-1]).kind) if trail else None
    return NOTHING if sample is None else Call("IF", (Literal(value=False), sample, NOTHING))
