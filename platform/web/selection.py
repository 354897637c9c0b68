"""What a page must ask for to show some fields: dotted names for links, and in one go what no
join can give (names behind ids of several objects, stored files)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fieldstone.formula.ast import FieldRef, InList, Literal
from fieldstone.kernel.errors import NotFound
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.query import MAX_LIMIT, Query
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import ValueView
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, FileInfo, Linked, value_view
from fieldstone.web.views import FILES

FILE_OBJECT = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field to show. `key` is its dotted name from the object of the page."""

    key: str
    trail: tuple[Field, ...]

    @property
    def field(self) -> Field:
        return self.trail[-1]


def columns_of(reader: Reader, object_name: str, keys: Iterable[str]) -> tuple[Column, ...]:
    """Those of the names that exist and may be read, each once."""
    found = []
    for key in dict.fromkeys(keys):
        trail = reader.trail(object_name, key)
        if trail:
            found.append(Column(key=key, trail=trail))
    return tuple(found)


def fields_of(reader: Reader, columns: Sequence[Column]) -> tuple[str, ...]:
    """The names a query has to select so that these columns can be shown."""
    wanted = ["id", "name", "version"]
    for column in columns:
        wanted.append(column.key)
        head = column.key.rpartition(".")[0]
        if column.field.is_reference and reader.may_read_name(column.field.target):
            wanted.append(f"{column.key}.name")
        if column.field.type.name == "currency":
            code = f"{head}.currency_code" if head else "currency_code"
            if reader.trail(column.trail[0].object, code):
                wanted.append(code)
        if column.field.type.name in FILES and head:
            wanted.append(f"{head}.id")
    return tuple(dict.fromkeys(wanted))


async def linked_of(
    transaction: Transaction, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]
) -> Linked:
    """Names and files that the rows hold only ids of; asks nothing when there are none."""
    wanted: dict[str, set[UUID]] = {}
    files: set[UUID] = set()
    for column in columns:
        for row in rows:
            _gather(column.field, row.get(column.key), wanted, files)
    names = await records.names(transaction, wanted) if wanted else {}
    return Linked(names=names, files=await file_infos(transaction, files))


def _gather(field: Field, value: Any, wanted: dict[str, set[UUID]], files: set[UUID]) -> None:
    if value is None:
        return
    if field.type.name in FILES:
        files.update(value if isinstance(value, list) else [value])
    elif "_object" in field.columns:
        wanted.setdefault(value["object"], set()).add(value["id"])
    elif field.junction:
        wanted.setdefault(field.target, set()).update(value)


async def file_infos(transaction: Transaction, files: set[UUID]) -> Mapping[UUID, FileInfo]:
    if not files or FILE_OBJECT not in transaction.snapshot.objects:
        return {}
    ids = tuple(Literal(str(each)) for each in sorted(files)[:MAX_LIMIT])
    query = Query(
        object=FILE_OBJECT,
        fields=("id", "name", "size", "media_type"),
        filter=InList(FieldRef(("id",)), ids),
        limit=MAX_LIMIT,
    )
    try:
        page = await records.fetch(transaction, query)
    except NotFound:
        return {}
    return {
        row["id"]: FileInfo(
            name=row["name"] or "",
            size=row["size"] or 0,
            picture=str(row["media_type"] or "").startswith("image/"),
        )
        for row in page.records
    }


def shown(
    reader: Reader,
    column: Column,
    row: Mapping[str, Any],
    linked: Linked,
    *,
    amounts: bool = False,
) -> ValueView:
    return value_view(
        reader,
        Cell(
            field=column.field,
            value=row.get(column.key),
            key=column.key,
            row=row,
            linked=linked,
            amounts=amounts,
        ),
    )
