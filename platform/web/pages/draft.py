"""A form between two requests: the record it edits, what was typed over it, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData, QueryParams

from fieldstone.kernel import clock
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field, Object
from fieldstone.runtime import records
from fieldstone.runtime.save.batch import Action, Batch
from fieldstone.runtime.save.defaults import (
    default_record_type,
    fields_with_defaults,
    first_value,
    first_values_need,
)
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.contexts import ValueView
from fieldstone.web.layouts import Layout
from fieldstone.web.posted import Posted
from fieldstone.web.reader import Reader
from fieldstone.web.selection import file_infos
from fieldstone.web.value_views import NOTHING_LINKED, Cell, Linked, value_view
from fieldstone.web.views import FILES

TOUCHED = "_touched"
Problems = Mapping[str, tuple[str, ...]]
"""What is wrong, by input name; "" is the record itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`row` is what is stored, or what a new record begins with; `typed` what was posted,
    `touched` the fields that somebody changed by hand, `hidden` the sections that do not hold
    now. `link` is the field of a line that points at the record above it."""

    object: Object
    layout: Layout
    row: Mapping[str, Any]
    typed: Mapping[str, Posted] = attribute(default_factory=dict)
    problems: Problems = attribute(default_factory=dict)
    linked: Linked = NOTHING_LINKED
    id: UUID | None = None
    prefix: str = ""
    link: str = ""
    touched: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    @property
    def new(self) -> bool:
        return self.id is None

    @property
    def currency(self) -> str:
        return str(self.row.get("currency_code") or "")


def value_in(reader: Reader, draft: Draft, field: Field) -> ValueView:
    """What stands in the field: as typed, else as stored."""
    typed = draft.typed.get(field.name)
    if typed is None:
        return stored_view(reader, draft, field)
    try:
        value = posts.parsed(reader, field, typed)
    except BadValue:
        return posts.typed_view(typed)
    return value_view(reader, Cell(field=field, value=value, row=draft.row, linked=draft.linked))


def stored_view(reader: Reader, draft: Draft, field: Field) -> ValueView:
    cell = Cell(
        field=field,
        value=draft.row.get(field.name),
        key=field.name,
        row=draft.row,
        linked=draft.linked,
    )
    return value_view(reader, cell)


def stored_posted(reader: Reader, draft: Draft, field: Field) -> Posted:
    """What an untouched form would send."""
    return Posted.of_view(field, stored_view(reader, draft, field))


def is_changed(reader: Reader, draft: Draft, field: Field) -> bool:
    """Whether the typed value differs from the stored one."""
    typed = draft.typed.get(field.name)
    if typed is None:
        return False
    before = stored_posted(reader, draft, field)
    return posts.digest(reader, field, typed) != posts.digest(reader, field, before)


def to_save(draft: Draft, field: Field) -> Any:
    """The typed value for the pipeline. Links to records that this reader may not see are not
    in the form, and stay."""
    value = posts.given(field, draft.typed[field.name])
    if field.junction:
        held = draft.row.get(field.name) or ()
        unseen = [each for each in held if (field.target, each) not in draft.linked.names]
        return [*value, *map(str, unseen)]
    return value


def changed(reader: Reader, draft: Draft) -> dict[str, Any]:
    """What a stored record is to be given."""
    fields = [draft.object.fields[name] for name in draft.typed]
    return {
        field.name: to_save(draft, field) for field in fields if is_changed(reader, draft, field)
    }


def filled(reader: Reader, draft: Draft) -> dict[str, Any]:
    """What a new record brings; what the form left blank from the start is for the defaults,
    what somebody made blank stays so."""
    fields = [draft.object.fields[name] for name in draft.typed]
    return {
        field.name: to_save(draft, field)
        for field in fields
        if not draft.typed[field.name].blank
        or is_changed(reader, draft, field)
        or field.name in draft.touched
    }


def editable(reader: Reader, field: Field, placed: Mapping[str, Any], *, new: bool) -> bool:
    """May this reader fill the field in, here?"""
    rights = reader.rights.of(field.object)
    if field.read_only or placed.get("read_only") or field.name not in rights.editable:
        return False
    fixed = field.type.name == "master_detail" and field.config.get("reparentable") is False
    return new or not fixed


def form_fields(reader: Reader, draft: Draft) -> Iterable[tuple[Field, Mapping[str, Any]]]:
    """The fields of the layout's visible sections that may be filled in, each once."""
    seen: set[str] = set()
    for section in draft.layout.sections:
        if section.name in draft.hidden:
            continue
        for name, placed in section.fields:
            field = draft.object.fields.get(name)
            if field is None or name in seen or not _readable(reader, field):
                continue
            seen.add(name)
            if editable(reader, field, placed, new=draft.new):
                yield field, placed


def _readable(reader: Reader, field: Field) -> bool:
    return reader.rights.may_read(field.object, field.name)


async def new_row(transaction: Transaction, reader: Reader, object_name: str) -> dict[str, Any]:
    """What a new record begins with: the defaults that the pipeline would give as well."""
    session, grant = transaction.session, transaction.grant(object_name)
    shape = grant.object
    row: dict[str, Any] = {"currency_code": session.locale.currency}
    if shape.master is None:
        row["owner"] = session.user_id
    if shape.record_types:
        row["record_type"] = default_record_type(shape)
    batch = Batch(
        transaction=transaction, grant=grant, action=Action.CREATE, changes=[], now=clock.now()
    )
    needs = first_values_need(reader.snapshot, object_name)
    context = await records.context_for(transaction, needs, is_new=True)
    for field in fields_with_defaults(reader.snapshot, object_name):
        value = first_value(batch, field, row, context)
        if value is not None and _readable(reader, field):
            row[field.name] = value
    return row


def prefilled(reader: Reader, shape: Object, params: QueryParams) -> dict[str, Posted]:
    """Values that the address brings: ?account=…"""
    found: dict[str, Posted] = {}
    for name, text in params.items():
        field = shape.fields.get(name)
        if field is None or not editable(reader, field, {}, new=True):
            continue
        if not _readable(reader, field):
            continue
        one = _from_text(field, text)
        try:
            posts.parsed(reader, field, one)
        except BadValue:
            continue
        found[name] = one
    return found


def _from_text(field: Field, text: str) -> Posted:
    if posts.is_many(field):
        return Posted(many=tuple(each for each in text.split(",") if each))
    if "_object" in field.columns:
        kind, _, record_id = text.rpartition("/")
        return Posted(raw=record_id, parts={"object": kind})
    return Posted(raw=text)


def read_fields(reader: Reader, draft: Draft, form: FormData) -> dict[str, Posted]:
    """What the form says of the fields that may be filled in."""
    found: dict[str, Posted] = {}
    for field, _ in form_fields(reader, draft):
        one = posts.read(form, field, draft.prefix + field.name)
        if one is not None:
            found[field.name] = one
    return found


def read_touched(draft: Draft, typed: Mapping[str, Posted], form: FormData) -> frozenset[str]:
    """Which of the draft's fields somebody changed by hand, as the page has kept account; of a
    page that keeps none, whatever is filled in."""
    if TOUCHED not in form:
        return frozenset(name for name, one in typed.items() if not one.blank)
    names = {str(each) for each in form.getlist(TOUCHED)}
    return frozenset(name for name in draft.object.fields if draft.prefix + name in names)


async def linked_for(transaction: Transaction, reader: Reader, drafts: Iterable[Draft]) -> Linked:
    """Names and files behind every id in the forms, stored or typed."""
    wanted: dict[str, set[UUID]] = {}
    files: set[UUID] = set()
    for draft in drafts:
        for name in {*draft.row, *draft.typed}:
            field = draft.object.fields.get(name)
            if field is not None:
                for value in _values(reader, draft, field):
                    _gather(field, value, wanted, files)
    names = await records.names(transaction, wanted) if wanted else {}
    return Linked(names=names, files=await file_infos(transaction, files))


def _values(reader: Reader, draft: Draft, field: Field) -> Iterable[Any]:
    if f"{field.name}.name" not in draft.row:
        yield draft.row.get(field.name)
    typed = draft.typed.get(field.name)
    if typed is not None:
        try:
            yield posts.parsed(reader, field, typed)
        except BadValue:
            return


def _gather(field: Field, value: Any, wanted: dict[str, set[UUID]], files: set[UUID]) -> None:
    if value is None:
        return
    if field.type.name in FILES:
        files.update(value if isinstance(value, list) else [value])
    elif "_object" in field.columns:
        wanted.setdefault(value["object"], set()).add(value["id"])
    elif field.target and (field.columns or field.junction):
        wanted.setdefault(field.target, set()).update(value if isinstance(value, list) else [value])
