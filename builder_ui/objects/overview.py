"""/setup/objects/{object}: what the object is called, looks like and can do."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.snapshot import Object
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import text_inputs
from fieldstone_builder.marks import origin
from fieldstone_builder.objects.contexts import FactView, FormView, OverviewPage
from fieldstone_builder.objects.counts import record_counts
from fieldstone_builder.objects.form import object_form, read_body, where
from fieldstone_builder.objects.head import crumbs_of, head_of
from fieldstone_builder.objects.numbering import numbering_problem
from fieldstone_builder.screen import show

SEARCHED = frozenset({
    "text", "long_text", "email", "phone", "url", "autonumber", "person_name", "integer",
})  # fmt: skip


async def show_overview(desk: Desk) -> Response:
    shape = desk.shape()
    return await _page(desk, shape, dict(shape.body), Faults())


async def save_overview(desk: Desk) -> Response:
    shape = desk.shape()
    key = ("object", shape.name)
    body = read_body(await desk.form(), shape.body)
    operations = edits.put(desk.before, desk.draft.operations, key, body)
    problems = [*_problems(body, shape.name), *check(desk.before, operations, [key]).problems]
    if problems:
        return await _page(desk, shape, body, faults(desk, problems, key, where), status=422)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(links.object_url(shape.name), "kept" if changed else "same")


def _problems(body: dict[str, Any], name: str) -> list[Problem]:
    path = f"object.{name}"
    found = [numbering_problem(path, body)]
    if not body.get("label"):
        found.append(Problem(code="setup.label_missing", path=f"{path}.label"))
    return [each for each in found if each is not None]


async def delete_object(desk: Desk) -> Response:
    shape = desk.shape()
    key = ("object", shape.name)
    operations = edits.delete(desk.before, desk.draft.operations, key)
    problems = check(desk.before, operations, [key]).problems
    if problems:
        found = faults(desk, problems, key, where)
        return await _page(desk, shape, dict(shape.body), found, status=422)
    await desk.keep(operations)
    known = key in desk.before.components
    return toasts.leave(links.OBJECTS, "deleted" if known else "undone")


async def _page(
    desk: Desk, shape: Object, body: dict[str, Any], found: Faults, status: int = 200
) -> Response:
    url = links.object_url(shape.name)
    form = FormView(
        action=url,
        cancel_url=url,
        problems=found.summary(),
        submit=desk.say("Save to the draft"),
    )
    state = desk.draft.state("object", shape.name)
    label = desk.words.label_of(("object", shape.name))
    page = OverviewPage(
        head=head_of(desk, shape, ""),
        object=object_form(
            desk,
            body,
            found,
            form,
            api=InputView(
                name="name",
                label=desk.say("API name"),
                values=(("", shape.name),),
                read_only=True,
            ),
            search=_search(desk, shape, body),
            description=_description(desk, body, found),
        ),
        facts=await _facts(desk, shape),
        delete_url=f"{url}/delete",
        delete_question=desk.say(
            "Delete %(name)s with the next publishing? Its records are kept and come back "
            "when it is restored.",
            {"name": desk.words.quoted(label)},
        ),
        undo_url=f"{links.DRAFT}/undo" if state in ("changed", "restored") else "",
        undo_name=f"object:{shape.name}",
    )
    return show(desk, "object.html", page, crumbs=crumbs_of(desk, shape), status=status)


def _search(desk: Desk, shape: Object, body: dict[str, Any]) -> tuple[ChoiceView, ...]:
    wanted = body.get("search") or ["name"]
    return tuple(
        ChoiceView(value=each.name, label=desk.words.text(each.label), chosen=each.name in wanted)
        for each in shape.own_fields
        if each.type.name in SEARCHED
    )


def _description(desk: Desk, body: dict[str, Any], found: Faults) -> InputView:
    own, *_ = text_inputs(
        desk,
        "description",
        {desk.words.code: desk.say("Description")},
        body.get("description"),
        found,
        kind="area",
        max_length=4000,
    )
    return own


async def _facts(desk: Desk, shape: Object) -> tuple[FactView, ...]:
    counts = await record_counts(desk, [shape.name])
    master = shape.master
    facts = [
        FactView(label=desk.say("Records"), text=counts.get(shape.name, "") or "0"),
        FactView(label=desk.say("Fields"), text=str(len(shape.own_fields))),
        FactView(label=desk.say("From"), text=origin(desk, shape.pack)),
    ]
    if master is not None:
        facts.append(FactView(label=desk.say("Part of"), text=desk.words.noun(master.target)))
    return tuple(facts)
