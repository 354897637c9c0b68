"""/setup/objects/{object}/layouts/{layout}: the layout designer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from fieldstone.kernel.errors import BadRequest, NotFound
from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Object
from fieldstone.web.layouts import layout_of
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.designer.contexts import DesignerPage
from fieldstone_builder.designer.model import made_body, props_of, read_body
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import typed
from fieldstone_builder.marks import state_tag
from fieldstone_builder.names import name_problem, new_name
from fieldstone_builder.objects.head import crumbs_of
from fieldstone_builder.screen import show

KIND = "layout"
STANDARD = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """`known`: None for a layout that is still to be made."""

    shape: Object
    name: str
    body: Mapping[str, Any]
    known: Component | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (KIND, f"{self.shape.name}.{self.name}")


async def edit_layout(desk: Desk) -> Response:
    return _page(desk, _stored(desk))


async def new_layout(desk: Desk) -> Response:
    """Begins as the layout that pages show now."""
    shape = desk.shape()
    first = next(iter(desk.after.of_object(KIND, shape.name)), None)
    if first is None:
        return _page(desk, _Entry(shape=shape, name=STANDARD, body=_made(desk, shape)))
    body = {key: value for key, value in first.body.items() if key not in ("label", "order")}
    return _page(desk, _Entry(shape=shape, name="", body={**body, "record_types": []}))


async def save_layout(desk: Desk) -> Response:
    """A new one without {layout} in the address."""
    entry = _stored(desk) if "layout" in desk.request.path_params else await _new(desk)
    body = read_body(typed(await desk.form(), "layout"), entry.body)
    if body is None:
        raise BadRequest("json_object_expected")
    name = entry.name or new_name(desk, KIND, entry.shape.name, "", body["label"])
    entry = _Entry(shape=entry.shape, name=name, body=body, known=entry.known)
    operations = edits.put(desk.before, desk.draft.operations, entry.key, body)
    problems = list(check(desk.before, operations, [entry.key]).problems)
    if entry.known is None and (wrong := name_problem(desk, entry.key, name, body["label"])):
        problems.append(wrong)
    if problems:
        return _page(desk, entry, faults(desk, problems, entry.key, lambda _: ""), status=422)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(links.layout_url(entry.shape.name, name), "kept" if changed else "same")


async def delete_layout(desk: Desk) -> Response:
    entry = _stored(desk)
    operations = edits.delete(desk.before, desk.draft.operations, entry.key)
    problems = check(desk.before, operations, [entry.key]).problems
    if problems:
        return _page(desk, entry, faults(desk, problems, entry.key, lambda _: ""), status=422)
    await desk.keep(operations)
    was = entry.key in desk.before.components
    return toasts.leave(
        links.object_url(entry.shape.name, "layouts"), "deleted" if was else "undone"
    )


async def _new(desk: Desk) -> _Entry:
    shape = desk.shape()
    none = not desk.after.of_object(KIND, shape.name)
    return _Entry(shape=shape, name=STANDARD if none else "", body={})


def _stored(desk: Desk) -> _Entry:
    shape, name = desk.shape(), desk.path("layout")
    component = desk.after.get(KIND, f"{shape.name}.{name}")
    if component is None:
        raise NotFound("component_not_found", kind=KIND, name=name[:100])
    return _Entry(shape=shape, name=name, body=component.body, known=component)


def _made(desk: Desk, shape: Object) -> dict[str, Any]:
    return made_body(layout_of(desk.after, shape.name))


def _page(desk: Desk, entry: _Entry, found: Faults | None = None, status: int = 200) -> Response:
    shape = entry.shape
    state = desk.draft.state(*entry.key)
    title = desk.words.text(entry.body.get("label")) or desk.say("New layout")
    known = entry.known is not None
    url = links.layout_url(shape.name, entry.name) if known else links.layouts_url(shape.name)
    page = DesignerPage(
        title=title,
        action=url,
        cancel_url=links.object_url(shape.name, "layouts"),
        props=props_of(desk, shape, entry.key[1], entry.body),
        is_new=not known,
        problems=found.summary() if found else (),
        tag=state_tag(desk, state),
        delete_url=f"{url}/delete" if known else "",
        delete_question=desk.say(
            "Delete the layout %(name)s with the next publishing?",
            {"name": desk.words.quoted(title)},
        ),
        undo_url=f"{links.DRAFT}/undo" if state else "",
        undo_name=":".join(entry.key),
    )
    return show(desk, "layout.html", page, crumbs=crumbs_of(desk, shape, title), status=status)
