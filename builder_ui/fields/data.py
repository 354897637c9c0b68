"""What records hold in a field, and what a change of its type would do to that."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata.conversion import Tally, dry_run
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import field_stats, records
from fieldstone.runtime.field_stats import Held
from fieldstone.web.contexts import ValueView
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, Linked, reference, shortened, value_view
from fieldstone_builder.checks import check, faults
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.contexts import DataView, DryRun
from fieldstone_builder.fields.editor import reshaped, where_of
from fieldstone_builder.fields.operations import field_operations
from fieldstone_builder.fields.pages import posted_of
from fieldstone_builder.fields.table import percent_of
from fieldstone_builder.screen import show_fragment

UNSHOWN = frozenset({"secret", "file", "image", "signature", "many_to_many", "polymorphic"})


async def show_data(desk: Desk) -> Response:
    field = _published(desk)
    if not desk.rights.may_read(field.object, field.name):
        view = DataView(refused=desk.say("Your own permissions do not let you see these values."))
        return show_fragment(desk, "field_data.html", view)
    held = await field_stats.held(desk.transaction, field.object, field.name)
    return show_fragment(desk, "field_data.html", await _data(desk, field, held))


def _published(desk: Desk) -> Field:
    """Raises NotFound: only what is published holds data."""
    shape = desk.before.objects.get(desk.path("object"))
    field = shape.fields.get(desk.path("field")) if shape else None
    if field is None:
        raise NotFound("component_not_found", kind="field", name=desk.path("field")[:100])
    return field


async def _data(desk: Desk, field: Field, held: Held) -> DataView:
    blank = held.rows - held.filled
    note = desk.say("Of the newest %(count)s records", {"count": f"{held.rows:,}"})
    return DataView(
        rows=f"{held.rows:,}",
        filled=f"{held.filled:,}",
        percent=percent_of(held.filled, held.rows),
        distinct=f"{held.distinct:,}",
        note=note if held.sampled else "",
        values=await _values(desk, field, held),
        empty_url=rows_url(field.object, f"ISBLANK({field.name})") if blank else "",
        widget=field.type.widget,
    )


def rows_url(object_name: str, condition: str) -> str:
    """The list of records that meet a formula."""
    return f"/o/{object_name}?filter={quote(condition)}"


async def _values(desk: Desk, field: Field, held: Held) -> tuple[tuple[ValueView, str, int], ...]:
    if field.type.name in UNSHOWN or not held.commonest:
        return ()
    reader = Reader.of(desk.transaction)
    linked = await _names(desk, field, held)
    top = held.commonest[0][1]
    return tuple(
        (_shown(reader, field, value, linked), f"{count:,}", round(100 * count / top))
        for value, count in held.commonest
    )


def _shown(reader: Reader, field: Field, value: Any, linked: Linked) -> ValueView:
    if isinstance(value, str) and not field.values and field.type.widget in _JSON:
        return ValueView(raw=value, text=value[:120])
    return shortened(value_view(reader, Cell(field=field, value=value, linked=linked)))


_JSON = frozenset({"json", "address", "person_name", "geo_point"})


async def _names(desk: Desk, field: Field, held: Held) -> Linked:
    if not field.is_reference:
        return Linked()
    ids = {value for value, _ in held.commonest if isinstance(value, UUID)}
    return Linked(names=await records.names(desk.transaction, {field.target: ids}))


async def show_uses(desk: Desk) -> Response:
    """For each value of a picklist, how many records hold it, each put into its place."""
    field = _published(desk)
    found = await field_stats.uses(desk.transaction, field.object, field.name)
    counts = {code: found.get(code, 0) for code in field.values}
    return show_fragment(desk, "value_uses.html", _counted(desk, counts))


def _counted(desk: Desk, counts: dict[str, int]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (code, desk.words.count("%(count)s record", "%(count)s records", count) if count else "")
        for code, count in counts.items()
    )


async def try_type(desk: Desk) -> Response:
    """The change of type on the values there are, without changing them."""
    entry = await posted_of(desk)
    operations = field_operations(desk, entry)
    checked = check(desk.before, operations, [entry.key])
    if entry.published is None or not reshaped(entry):
        return show_fragment(desk, "field_trial.html", None)
    if checked.problems:
        told = faults(desk, checked.problems, entry.key, where_of(entry))
        hint = " ".join(dict.fromkeys(each.text for each in told.every))
        return show_fragment(desk, "field_trial.html", _refused(hint))
    old = desk.before.objects[entry.object.name].fields[entry.name]
    new = checked.draft.after.objects[entry.object.name].fields[entry.name]
    tally = await dry_run(desk.transaction.connection, desk.before, old, new)
    return show_fragment(desk, "field_trial.html", await _trial(desk, old, tally))


def _refused(hint: str) -> DryRun:
    return DryRun(rows="", converted="", failed="", blank="", has_failed=False, hint=hint)


async def _trial(desk: Desk, field: Field, tally: Tally) -> DryRun:
    readable = desk.rights.may_read(field.object, field.name)
    return DryRun(
        rows=f"{tally.converted + tally.failed + tally.blank:,}",
        converted=f"{tally.converted:,}",
        failed=f"{tally.failed:,}",
        blank=f"{tally.blank:,}",
        has_failed=tally.failed > 0,
        failures=tuple((text, f"{n:,}") for text, n in tally.failures) if readable else (),
        records=await sample_records(desk, field.object, tally.sample) if readable else (),
    )


async def sample_records(
    desk: Desk, object_name: str, ids: tuple[UUID, ...]
) -> tuple[ValueView, ...]:
    """Links to those of the records that the reader may see."""
    if not ids:
        return ()
    names = await records.names(desk.transaction, {object_name: set(ids)})
    reader = Reader.of(desk.transaction)
    return tuple(
        reference(reader, object_name, each, names[(object_name, each)])
        for each in ids
        if (object_name, each) in names
    )
