"""/setup/formula: one formula of any component, with all that helps to write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.datastructures import FormData
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound, Problem
from fieldstone.metadata.components import Component
from fieldstone.metadata.dependencies import uses_of
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.runtime import records
from fieldstone.runtime.query import Query, Sort
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.contexts import CrumbView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.types import look_of
from fieldstone_builder.formula.contexts import FormulaPage
from fieldstone_builder.formula.spots import Spot, spot_at, text_at, with_text
from fieldstone_builder.formula.views import page_view
from fieldstone_builder.formula.words import place_words, returns_words, usage_words
from fieldstone_builder.inputs import typed
from fieldstone_builder.screen import show
from fieldstone_builder.usage import used_groups

MOST_TESTS = 50
NOTHING = Faults()
Body = Mapping[str, Any]


async def show_formula(desk: Desk) -> Response:
    component, spot = _asked(desk)
    return await _page(desk, component, spot, component.body)


async def save_formula(desk: Desk) -> Response:
    component, spot = _asked(desk)
    form = await desk.form()
    body = with_text(component.body, spot.place, typed(form, "formula"))
    problems: list[Problem] = []
    if spot.tested:
        body, problems = _with_tests(body, form, f"{component.kind}.{component.name}.tests")
    if spot.required and not typed(form, "formula"):
        path = f"{component.kind}.{component.name}.{spot.place}"
        problems.append(Problem(code="setup.missing", path=path))
        body = with_text(body, spot.place, text_at(component.body, spot.place))
    operations = edits.put(desk.before, desk.draft.operations, component.key, body)
    problems.extend(check(desk.before, operations, [component.key]).problems)
    if problems:
        told = faults(desk, problems, component.key, lambda place: _input_of(place, spot))
        shown = with_text(body, spot.place, typed(form, "formula"))
        return await _page(desk, component, spot, shown, told, status=422)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(_back(component), "kept" if changed else "same")


def _asked(desk: Desk) -> tuple[Component, Spot]:
    """Raises NotFound for a place that holds no formula."""
    kind, name = desk.asked("kind"), desk.asked("name")
    component = desk.after.get(kind, name)
    spot = spot_at(component.key, component.body, desk.asked("place")) if component else None
    if component is None or spot is None or spot.object not in desk.after.objects:
        raise NotFound("component_not_found", kind=kind[:40], name=name[:100])
    return component, spot


def _input_of(place: str, spot: Spot) -> str:
    if place == spot.place or place.startswith(f"{spot.place}."):
        return "formula"
    return "tests" if place.partition(".")[0] == "tests" else ""


def _back(component: Component) -> str:
    return links.component_url(component.key) or links.HOME


def _with_tests(body: Body, form: FormData, path: str) -> tuple[dict[str, Any], list[Problem]]:
    """The cases as the script posts them; those without script leave them alone."""
    raw = typed(form, "tests")
    if not raw:
        return dict(body), []
    try:
        cases = _cases(orjson.loads(raw))
    except (orjson.JSONDecodeError, ValueError):
        return dict(body), [Problem(code="setup.bad_tests", path=path)]
    changed = {key: value for key, value in body.items() if key != "tests"}
    return ({**changed, "tests": cases} if cases else changed), []


def _cases(given: Any) -> list[dict[str, Any]]:
    """Raises ValueError for anything but a list of cases."""
    if not isinstance(given, list) or len(given) > MOST_TESTS:
        raise ValueError
    return [_case(each) for each in given]


def _case(given: Any) -> dict[str, Any]:
    values = given.get("values") if isinstance(given, dict) else None
    name = given.get("name") if isinstance(given, dict) else None
    if not isinstance(values, dict) or not isinstance(name, str):
        raise ValueError  # one refusal for whatever is no case
    kept = {path: value for path, value in values.items() if value not in (None, "")}
    return {"name": name[:120], "values": kept, "expected": given.get("expected")}


async def _page(
    desk: Desk,
    component: Component,
    spot: Spot,
    body: Body,
    told: Faults = NOTHING,
    status: int = 200,
) -> Response:
    groups = used_groups(desk, uses_of(desk.after, component.key))
    returns = str(body.get("returns") or "") if spot.place == "formula" else ""
    readable = _may_try(desk, spot)
    tests = body.get("tests") or []
    page = FormulaPage(
        action=links.formula_url(component.key, spot.place),
        cancel_url=_back(component),
        text=text_at(body, spot.place),
        spot=page_view(spot, body),
        label=place_words(desk, spot, body),
        hint=usage_words(desk, spot.usage),
        placeholder=EXAMPLES.get(spot.usage, ""),
        props=_props(desk, spot, tests, returns),
        tests=orjson.dumps(tests).decode(),
        tested=spot.tested,
        returns=returns_words(desk).get(returns, ""),
        lookup_url=f"/lookup-object/{spot.object}" if readable else "",
        record=await _newest(desk, spot) if readable else None,
        used=groups,
        used_count=sum(len(group.entries) for group in groups),
        problems=told.summary(),
        errors=told.at("formula"),
    )
    return show(desk, "formula.html", page, crumbs=_crumbs(desk, component, page), status=status)


EXAMPLES = {
    "validation": "AND(ISBLANK(name), owner = $user.id)",
    "filter": "owner = $user.id",
    "lookup_filter": "owner = $record.owner",
    "visibility": 'record_type = "standard"',
    "default": "TODAY() + 30",
    "formula": "IF(ISBLANK(name), 0, LEN(name))",
}


def _props(desk: Desk, spot: Spot, tests: Any, returns: str) -> str:
    icons = {name: look_of(name).icon for name in FIELD_TYPES}
    label = returns_words(desk).get(returns, "")
    props = {"icons": icons, "tests": tests if spot.tested else None, "returns_label": label}
    return orjson.dumps(props).decode()


def _may_try(desk: Desk, spot: Spot) -> bool:
    """Are there records that the reader may see?"""
    known = spot.object in desk.before.objects
    return known and "read" in desk.rights.of(spot.object).actions


async def _newest(desk: Desk, spot: Spot) -> tuple[str, str] | None:
    """The record that was changed last: most likely one that the reader knows."""
    query = Query(
        object=spot.object,
        fields=("id", "name"),
        sort=(Sort(path="modified_at", descending=True),),
        limit=1,
    )
    page = await records.fetch(desk.transaction, query)
    return next(
        ((str(row["id"]), row["name"] or desk.say("(no name)")) for row in page.records), None
    )


def _crumbs(desk: Desk, component: Component, page: FormulaPage) -> tuple[CrumbView, ...]:
    owner = component.parent
    label = desk.words.label(component)
    return (
        CrumbView(label=desk.say("Objects and fields"), url=links.OBJECTS),
        CrumbView(label=desk.words.noun(owner), url=links.object_url(owner)),
        CrumbView(label=label, url=page.cancel_url),
        CrumbView(label=page.label),
    )
