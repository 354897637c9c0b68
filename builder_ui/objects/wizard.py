"""/setup/objects/new: an object that can be used as soon as it is published."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.components import Component
from fieldstone_builder import links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.contexts import ChoiceView, CrumbView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import typed
from fieldstone_builder.names import name_problem, new_name
from fieldstone_builder.objects.contexts import FormView, NewObjectPage
from fieldstone_builder.objects.form import FRESH, object_form, read_body, where
from fieldstone_builder.objects.numbering import numbering_problem
from fieldstone_builder.objects.starter import LEVELS, Start, has_everything, started
from fieldstone_builder.screen import show

ORDER_STEP = 16


async def show_new_object(desk: Desk) -> Response:
    app = next((each.name for each in desk.after.of_kind("app")), "")
    return _page(desk, Start(name="", body=FRESH, app=app), Faults())


async def create_object(desk: Desk) -> Response:
    form = await desk.form()
    start = _read(desk, form)
    key = ("object", start.name)
    problems = [*_problems(desk, start)]
    operations = desk.draft.operations
    if not problems:
        operations = started(desk, start)
        mine = [
            key,
            *(each for each in _keys(operations) if each not in _keys(desk.draft.operations)),
        ]
        problems.extend(check(desk.before, operations, mine).problems)
    if problems:
        return _page(desk, start, faults(desk, problems, key, where), status=422)
    await desk.keep(operations)
    return toasts.leave(links.object_url(start.name, "fields"), "kept")


def _keys(operations: Any) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for each in operations]


def _read(desk: Desk, form: FormData) -> Start:
    body = read_body(form, {**FRESH, "order": _next_order(desk)})
    sets = [each.name for each in _sets(desk)]
    return Start(
        name=new_name(desk, "object", "", typed(form, "name"), body.get("label") or {}),
        body=body,
        access={name: level for name in sets if (level := typed(form, f"access.{name}")) in LEVELS},
        app=typed(form, "app"),
    )


def _next_order(desk: Desk) -> int:
    orders = [int(each.body.get("order") or 0) for each in desk.after.of_kind("object")]
    return max(orders, default=0) + ORDER_STEP


def _problems(desk: Desk, start: Start) -> list[Problem]:
    path = f"object.{start.name}"
    found = [name_problem(desk, ("object", start.name), start.name, start.body["label"])]
    if not start.body.get("label"):
        found.append(Problem(code="setup.label_missing", path=f"{path}.label"))
    found.append(numbering_problem(path, start.body))
    return [each for each in found if each is not None]


def _sets(desk: Desk) -> list[Component]:
    """Who can be given rights here, by those who may give them."""
    if not desk.may("manage_permissions"):
        return []
    return [each for each in desk.after.of_kind("permission_set") if not has_everything(each)]


def _page(desk: Desk, start: Start, found: Faults, status: int = 200) -> Response:
    form = FormView(
        action=links.OBJECTS,
        cancel_url=links.OBJECTS,
        problems=found.summary(),
        submit=desk.say("Add to the draft"),
        is_new=True,
    )
    page = NewObjectPage(
        object=object_form(
            desk,
            start.body,
            found,
            form,
            api=_api_input(desk, start.name if found else "", found),
            access=tuple(_access_input(desk, each, start) for each in _sets(desk)),
            always=desk.words.joined(
                desk.words.label(each)
                for each in desk.after.of_kind("permission_set")
                if has_everything(each)
            ),
            apps=_app_input(desk, start.app),
        )
    )
    crumbs = (
        CrumbView(label=desk.say("Objects and fields"), url=links.OBJECTS),
        CrumbView(label=desk.say("New object")),
    )
    return show(desk, "new_object.html", page, crumbs=crumbs, status=status)


def _api_input(desk: Desk, name: str, found: Faults) -> InputView:
    return InputView(
        name="name",
        label=desk.say("API name"),
        values=(("", name),),
        help=desk.say("For formulas and interfaces; it never changes"),
        placeholder=desk.say("made from the label"),
        problems=found.at("name"),
        max_length=40,
    )


def level_words(desk: Desk) -> dict[str, str]:
    return {
        "": desk.say("No access"),
        "read": desk.say("See"),
        "edit": desk.say("See, create, edit"),
        "all": desk.say("See, create, edit, delete"),
    }


def _access_input(desk: Desk, component: Component, start: Start) -> InputView:
    level = start.access.get(component.name, "")
    choices = tuple(
        ChoiceView(value=value, label=label, chosen=value == level)
        for value, label in level_words(desk).items()
    )
    return InputView(
        name=f"access.{component.name}",
        label=desk.words.label(component),
        kind="select",
        choices=choices,
        help="" if component.body.get("profile") else desk.say("Permission set"),
    )


def _app_input(desk: Desk, chosen: str) -> InputView | None:
    apps = list(desk.after.of_kind("app"))
    if not apps:
        return None
    nowhere = ChoiceView(value="", label=desk.say("In no app"), chosen=not chosen)
    choices = tuple(
        ChoiceView(value=each.name, label=desk.words.label(each), chosen=each.name == chosen)
        for each in apps
    )
    return InputView(name="app", label=desk.say("App"), kind="select", choices=(*choices, nowhere))
