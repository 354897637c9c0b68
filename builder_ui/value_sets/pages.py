"""/setup/value-sets: lists of values that several picklists share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound, Problem
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.components import Component
from fieldstone.metadata.dependencies import uses_of
from fieldstone.runtime import field_stats
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, Where, check, faults
from fieldstone_builder.contexts import CrumbView, EntryView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.contexts import SharedValue
from fieldstone_builder.fields.values import (
    Value,
    blank_rows,
    document,
    read_values,
    values_of,
    values_view,
)
from fieldstone_builder.inputs import merged_text, text_inputs, typed, typed_text
from fieldstone_builder.marks import origin, state_tag
from fieldstone_builder.names import name_problem, new_name
from fieldstone_builder.objects.contexts import FormView
from fieldstone_builder.screen import show, show_fragment
from fieldstone_builder.usage import used_groups
from fieldstone_builder.value_sets.contexts import SetPage, SetRow, SetsPage

KIND = "value_set"
SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEntry:
    """A value set as its form has it."""

    name: str
    body: Mapping[str, Any]
    values: tuple[Value, ...]
    known: Component | None = None


async def list_sets(desk: Desk) -> Response:
    search = desk.asked("q").strip()[:100].casefold()
    used = _uses(desk)
    rows = [
        _row(desk, component, used.get(component.name, 0))
        for component in desk.after.of_kind(KIND)
        if _matches(component, search)
    ]
    page = SetsPage(
        rows=tuple(sorted(rows, key=lambda row: desk.words.sort_key(row.label))),
        search=desk.asked("q"),
        url=links.VALUE_SETS,
        new_url=links.NEW_VALUE_SET,
    )
    crumbs = (CrumbView(label=desk.say("Value sets")),)
    return show(desk, "value_sets.html", page, crumbs=crumbs, block="rows")


def _uses(desk: Desk) -> dict[str, int]:
    """How many fields use each set."""
    found: dict[str, int] = {}
    for field in desk.after.of_kind("field"):
        name = str(field.body.get(KIND) or "")
        found[name] = found.get(name, 0) + 1
    return found


def _matches(component: Component, search: str) -> bool:
    body = component.body
    texts = [component.name, *(body.get("label") or {}).values()]
    for item in (body.get("values") or {}).values():
        texts.extend((item.get("label") or {}).values())
    return not search or any(search in str(text).casefold() for text in texts)


def _row(desk: Desk, component: Component, used: int) -> SetRow:
    values = [
        SharedValue(
            label=desk.words.text(item.get("label")) or code, color=str(item.get("color") or "gray")
        )
        for code, item in ordered(component.body.get("values"))
        if not item.get("deleted")
    ]
    return SetRow(
        label=desk.words.label(component),
        other=desk.words.other(component.body.get("label")),
        api_name=component.name,
        url=links.value_set_url(component.name),
        values=tuple(values[:SHOWN]),
        more=max(0, len(values) - SHOWN),
        used=desk.words.count("%(count)s field", "%(count)s fields", used) if used else "",
        origin=origin(desk, component.pack),
        tag=state_tag(desk, desk.draft.state(KIND, component.name)),
    )


async def new_set(desk: Desk) -> Response:
    return _page(desk, SetEntry(name="", body={}, values=blank_rows(3)), Faults())


async def edit_set(desk: Desk) -> Response:
    return _page(desk, _stored(desk), Faults())


def _stored(desk: Desk) -> SetEntry:
    component = desk.after.get(KIND, desk.path("name"))
    if component is None:
        raise NotFound("component_not_found", kind=KIND, name=desk.path("name")[:100])
    return SetEntry(
        name=component.name,
        body=component.body,
        values=values_of(component.body),
        known=component,
    )


async def save_set(desk: Desk) -> Response:
    """A new one without {name} in the address."""
    start = _stored(desk) if "name" in desk.request.path_params else None
    entry = _read(desk, await desk.form(), start)
    key = (KIND, entry.name)
    operations = edits.put(desk.before, desk.draft.operations, key, entry.body)
    problems = [*_problems(desk, entry), *check(desk.before, operations, [key]).problems]
    if problems:
        return _page(desk, entry, faults(desk, problems, key, _where(entry)), status=422)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(links.value_set_url(entry.name), "kept" if changed else "same")


def _read(desk: Desk, form: FormData, start: SetEntry | None) -> SetEntry:
    current = start.body if start else {}
    rows = read_values(form, current, None)
    label = merged_text(current.get("label"), typed_text(form, "label"))
    published = desk.before.get(KIND, start.name) if start else None
    body = {
        **current,
        "label": label,
        "values": document(rows, current, published.body if published else {}),
    }
    name = start.name if start else new_name(desk, KIND, "", typed(form, "name"), label)
    return SetEntry(name=name, body=body, values=rows, known=start.known if start else None)


def _problems(desk: Desk, entry: SetEntry) -> list[Problem]:
    path = f"{KIND}.{entry.name}"
    key, label = (KIND, entry.name), entry.body["label"]
    found = [None if entry.known else name_problem(desk, key, entry.name, label)]
    if not entry.body.get("label"):
        found.append(Problem(code="setup.label_missing", path=f"{path}.label"))
    if not any(not (each.removed or each.blank) for each in entry.values):
        found.append(Problem(code="metadata.picklist_empty", path=f"{path}.values"))
    for each in entry.values:
        if not (each.label or each.blank):
            found.append(Problem(code="setup.label_missing", path=f"{path}.values.{each.code}"))
    return [each for each in found if each is not None]


def _where(entry: SetEntry) -> Where:
    indexes = {each.code: each.index for each in entry.values}

    def where(place: str) -> str:
        head, _, rest = place.partition(".")
        code = rest.partition(".")[0]
        return f"v.{indexes[code]}.label" if head == "values" and code in indexes else head

    return where


async def delete_set(desk: Desk) -> Response:
    entry = _stored(desk)
    key = (KIND, entry.name)
    operations = edits.delete(desk.before, desk.draft.operations, key)
    problems = check(desk.before, operations, [key]).problems
    if problems:
        return _page(desk, entry, faults(desk, problems, key, _where(entry)), status=422)
    await desk.keep(operations)
    return toasts.leave(links.VALUE_SETS, "deleted" if key in desk.before.components else "undone")


async def show_set_uses(desk: Desk) -> Response:
    """For each value, in how many records of all the fields that use the set it stands."""
    name = desk.path("name")
    totals: dict[str, int] = {}
    for shape in desk.before.objects.values():
        for field in shape.own_fields:
            if field.config.get(KIND) == name and desk.rights.may_read(shape.name, field.name):
                found = await field_stats.uses(desk.transaction, shape.name, field.name)
                for code, count in found.items():
                    totals[code] = totals.get(code, 0) + count
    words = tuple(
        (code, desk.words.count("%(count)s record", "%(count)s records", count))
        for code, count in totals.items()
    )
    return show_fragment(desk, "value_uses.html", words)


def _page(desk: Desk, entry: SetEntry, told: Faults, status: int = 200) -> Response:
    url = links.value_set_url(entry.name) if entry.known else links.VALUE_SETS
    published = desk.before.get(KIND, entry.name) if entry.known else None
    state = desk.draft.state(KIND, entry.name)
    title = desk.words.text(entry.body.get("label")) or desk.say("New value set")
    key = (KIND, entry.name)
    page = SetPage(
        title=title,
        form=FormView(
            action=url,
            cancel_url=links.VALUE_SETS,
            problems=told.summary(),
            submit=desk.say("Save to the draft") if entry.known else desk.say("Add to the draft"),
            is_new=entry.known is None,
        ),
        names=_names(desk, entry, told),
        api=_api(desk, entry, told),
        values=values_view(
            desk,
            entry.values,
            published.body if published else {},
            told,
            uses_url=f"{url}/uses" if published else "",
        ),
        sets=_entries(desk, entry.name),
        used=used_groups(desk, uses_of(desk.after, key)) if entry.known else (),
        tag=state_tag(desk, state),
        delete_url=f"{url}/delete" if entry.known else "",
        delete_question=desk.say(
            "Delete the value set %(name)s with the next publishing?",
            {"name": desk.words.quoted(title)},
        ),
        undo_url=f"{links.DRAFT}/undo" if state else "",
        undo_name=f"{KIND}:{entry.name}",
    )
    crumbs = (
        CrumbView(label=desk.say("Value sets"), url=links.VALUE_SETS),
        CrumbView(label=title),
    )
    return show(desk, "value_set.html", page, crumbs=crumbs, status=status)


def _entries(desk: Desk, current: str) -> tuple[EntryView, ...]:
    found = [
        EntryView(
            label=desk.words.label(each),
            url=links.value_set_url(each.name),
            current=each.name == current,
            tag=state_tag(desk, desk.draft.state(KIND, each.name)),
        )
        for each in desk.after.of_kind(KIND)
    ]
    return tuple(sorted(found, key=lambda each: desk.words.sort_key(each.label)))


def _names(desk: Desk, entry: SetEntry, told: Faults) -> tuple[InputView, ...]:
    words = {"zh_CN": desk.say("Chinese name"), "en": desk.say("English name")}
    label = entry.body.get("label")
    return text_inputs(desk, "label", words, label, told, required=True, max_length=80)


def _api(desk: Desk, entry: SetEntry, told: Faults) -> InputView:
    return InputView(
        name="name",
        label=desk.say("API name"),
        values=(("", entry.name),),
        read_only=entry.known is not None,
        placeholder=desk.say("made from the label"),
        problems=told.at("name"),
        max_length=40,
    )
