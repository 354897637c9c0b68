"""/setup/objects/{object}/record-types: kinds of records that have their own layouts."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound, Problem
from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Object
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.contexts import InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import merged_text, text_inputs, ticked, typed, typed_text
from fieldstone_builder.marks import state_tag
from fieldstone_builder.names import name_problem, new_name
from fieldstone_builder.objects.contexts import RecordTypesPage, RecordTypeView
from fieldstone_builder.objects.head import crumbs_of, head_of
from fieldstone_builder.screen import show

KIND = "record_type"
ORDER_STEP = 16


async def show_record_types(desk: Desk) -> Response:
    return _page(desk, desk.shape())


async def save_record_type(desk: Desk) -> Response:
    """A new one without {type} in the address."""
    shape = desk.shape()
    form = await desk.form()
    current = _current(desk, shape)
    label = merged_text(current.body.get("label") if current else {}, typed_text(form, "label"))
    local = current.local_name if current else _name(desk, shape, form, label)
    key = (KIND, f"{shape.name}.{local}")
    body = _body(form, current.body if current else {"order": _next(shape)}, label)
    problems = [] if current else [name_problem(desk, key, local, label)]
    if not label:
        problems.append(Problem(code="setup.label_missing", path=f"{KIND}.{key[1]}.label"))
    operations = _with_one_default(desk, shape, local, body)
    operations = edits.put(desk.before, operations, key, body)
    found = [*(each for each in problems if each), *check(desk.before, operations, [key]).problems]
    if found:
        told = faults(desk, found, key, lambda place: place.partition(".")[0])
        return _page(desk, shape, local if current else "", body, told, status=422)
    await desk.keep(operations)
    return toasts.leave(links.object_url(shape.name, "record-types"), "kept")


def _current(desk: Desk, shape: Object) -> Component | None:
    local = desk.request.path_params.get("type", "")
    if not local:
        return None
    component = desk.after.get(KIND, f"{shape.name}.{local}")
    if component is None:
        raise NotFound("component_not_found", kind=KIND, name=local[:100])
    return component


def _name(desk: Desk, shape: Object, form: FormData, label: dict[str, str]) -> str:
    return new_name(desk, KIND, shape.name, typed(form, "name"), label)


def _next(shape: Object) -> int:
    orders = [int(body.get("order") or 0) for body in shape.record_types.values()]
    return max(orders, default=0) + ORDER_STEP


def _body(form: FormData, current: Any, label: dict[str, str]) -> dict[str, Any]:
    body = {**current, "label": label}
    for key, value in (("default", ticked(form, "default")), ("active", ticked(form, "active"))):
        body[key] = value
    if body["active"]:
        del body["active"]
    if not body["default"]:
        del body["default"]
    return body


def _with_one_default(desk: Desk, shape: Object, local: str, body: Any) -> Any:
    """A new default takes the place of the old one."""
    operations = desk.draft.operations
    if not body.get("default"):
        return operations
    for component in desk.after.of_object(KIND, shape.name):
        if component.local_name != local and component.body.get("default"):
            kept = {name: held for name, held in component.body.items() if name != "default"}
            operations = edits.put(desk.before, operations, component.key, kept)
    return operations


async def delete_record_type(desk: Desk) -> Response:
    shape = desk.shape()
    current = _current(desk, shape)
    if current is None:
        raise NotFound("component_not_found", kind=KIND, name="")
    operations = edits.delete(desk.before, desk.draft.operations, current.key)
    problems = check(desk.before, operations, [current.key]).problems
    if problems:
        told = faults(desk, problems, current.key, lambda _: "")
        return _page(desk, shape, current.local_name, current.body, told, status=422)
    await desk.keep(operations)
    return toasts.leave(links.object_url(shape.name, "record-types"), "deleted")


def _page(
    desk: Desk,
    shape: Object,
    edited: str = "",
    body: Any = None,
    told: Faults | None = None,
    status: int = 200,
) -> Response:
    """`edited` is the one whose form came back with `body` and what is wrong with it."""
    known = desk.after.of_object(KIND, shape.name)
    base = links.object_url(shape.name, "record-types")
    types = []
    for each in known:
        mine = told is not None and edited == each.local_name
        shown = body if mine else each.body
        view = _view(
            desk, each.local_name, shown, told if mine else None, f"{base}/{each.local_name}"
        )
        types.append(view)
    fresh = told is not None and not edited
    page = RecordTypesPage(
        head=head_of(desk, shape, "record-types"),
        types=tuple(types),
        new=_view(desk, "", body if fresh else {}, told if fresh else None, base),
    )
    crumbs = crumbs_of(desk, shape, desk.say("Record types"))
    return show(desk, "record_types.html", page, crumbs=crumbs, status=status)


def _view(desk: Desk, name: str, body: Any, told: Faults | None, action: str) -> RecordTypeView:
    found = told or Faults()
    words = {"zh_CN": desk.say("Chinese name"), "en": desk.say("English name")}
    labels = text_inputs(
        desk, "label", words, body.get("label"), found, required=True, max_length=80
    )
    api = InputView(
        name="name",
        label=desk.say("API name"),
        values=(("", name),),
        read_only=bool(name),
        placeholder=desk.say("made from the label"),
        problems=found.at("name"),
        max_length=40,
    )
    switches = (
        InputView(
            name="default",
            label=desk.say("Chosen at first"),
            kind="switch",
            checked=bool(body.get("default")),
        ),
        InputView(
            name="active",
            label=desk.say("Can be chosen"),
            kind="switch",
            checked=body.get("active") is not False,
        ),
    )
    component = desk.after.get(KIND, f"{desk.path('object')}.{name}") if name else None
    return RecordTypeView(
        name=name,
        label=desk.words.text(body.get("label")) or name,
        other=desk.words.other(body.get("label")),
        inputs=(*labels, api, *switches),
        action=action,
        tag=state_tag(desk, desk.draft.state(*component.key)) if component else None,
        is_default=bool(body.get("default")),
        open=told is not None,
        delete_url=f"{action}/delete" if name else "",
        problems=found.summary(),
    )
