"""What something else cannot do without is not deleted: refused at review and at publishing,
with every place that needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from api_world import Caller, Operations, World, codes, field, label, operation, values
from builder_world import Bench
from page_world import Browser

pytestmark = pytest.mark.anyio

NEEDED = "metadata.mentions_deleted"
VALUE = "metadata.value_needed"

MODEL: Operations = [
    operation("value_set", "moods", {"label": label("Moods"), "values": values("glad", "sad")}),
    operation(
        "object",
        "trip",
        {
            "label": label("Trip", "出差"),
            "name_field": {"type": "text", "default_formula": "UPPER(code)"},
        },
    ),
    field("trip.code", "text"),
    field("trip.city", "text", label=label("City", "城市")),
    field("trip.days", "integer"),
    field("trip.site", "lookup", target="site", filter="size > $record.days"),
    field("trip.guide", "user", filter="department = $user.department"),
    field("trip.note", "text", default_formula="code & 'x'"),
    field("trip.mood", "picklist", value_set="moods"),
    field("trip.stage", "picklist", values=values("open", "won", "lost")),
    field(
        "trip.why",
        "picklist",
        depends_on="stage",
        values={"late": {"label": label("Late"), "when": ["lost"]}, **values("early")},
    ),
    field("trip.pace", "picklist", values=values("slow", "fast"), default="fast"),
    operation("record_type", "trip.far", {"label": label("Far")}),
    operation("record_type", "trip.near", {"label": label("Near")}),
    operation(
        "path",
        "trip.way",
        {"field": "stage", "stages": {"open": {}, "won": {"requires": ["days"]}}},
    ),
    operation("path", "trip.feeling", {"field": "mood", "stages": {"glad": {}}}),
    operation(
        "layout",
        "trip.main",
        {
            "record_types": ["far"],
            "sections": {
                "top": {
                    "label": label("Top"),
                    "fields": ["name", "note"],
                    "visible_when": "days > 1",
                }
            },
        },
    ),
    operation(
        "list_view",
        "trip.by_city",
        {"label": label("By city"), "columns": ["name"], "filter": "城市 = 'x'"},
    ),
    operation(
        "list_view",
        "trip.large",
        {"label": label("Large"), "columns": ["name"], "filter": "site.size > 5"},
    ),
    operation(
        "list_view",
        "trip.remote",
        {"label": label("Far"), "columns": ["name"], "filter": "ISPICKVAL(record_type, 'far')"},
    ),
]


def gone(kind: str, name: str) -> dict[str, Any]:
    return operation(kind, name, {}, op="delete")


def without(kind: str, name: str, code: str) -> dict[str, Any]:
    return operation(kind, name, {"values": {code: None}}, op="update")


REFUSED: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("filter", gone("field", "visit.sealed"), {"list_view.visit.by_secret.filter": NEEDED}),
    (
        "filters along a link, and of lookups",
        gone("field", "site.size"),
        {"list_view.trip.large.filter": NEEDED, "field.trip.site.filter": NEEDED},
    ),
    (
        "conditions of a layout, and $record of a lookup's filter",
        gone("field", "trip.days"),
        {"layout.trip.main.sections.top.visible_when": NEEDED, "field.trip.site.filter": NEEDED},
    ),
    (
        "default formulas, of the name too",
        gone("field", "trip.code"),
        {
            "field.trip.note.default_formula": NEEDED,
            "object.trip.name_field.default_formula": NEEDED,
        },
    ),
    (
        "controlling field and path",
        gone("field", "trip.stage"),
        {"field.trip.why.depends_on": NEEDED, "path.trip.way.field": NEEDED},
    ),
    (
        "value set",
        gone("value_set", "moods"),
        {
            "field.trip.mood.value_set": NEEDED,
            "path.trip.feeling.stages.glad": "metadata.stage_unknown",
        },
    ),
    ("object", gone("object", "visit"), {"field.stop.visit.target": NEEDED}),
    (
        "record type",
        gone("record_type", "trip.far"),
        {"list_view.trip.remote.filter": "formula.bad_picklist_value"},
    ),
    (
        "value that others go with, value of a stage",
        without("field", "trip.stage", "lost"),
        {"field.trip.why.values.late.when": VALUE},
    ),
    (
        "value of a stage",
        without("field", "trip.stage", "won"),
        {"path.trip.way.stages.won": VALUE},
    ),
    (
        "value of a set that is a stage",
        without("value_set", "moods", "glad"),
        {"path.trip.feeling.stages.glad": VALUE},
    ),
    (
        "value that is the default",
        without("field", "trip.pace", "fast"),
        {"field.trip.pace.default": VALUE},
    ),
]


@pytest.fixture(scope="module")
async def trips(shared: World) -> AsyncIterator[Caller]:
    caller = shared.caller("admin")
    await caller.publish(MODEL)
    yield caller


@pytest.mark.parametrize(
    ("change", "told"), [each[1:] for each in REFUSED], ids=[e[0] for e in REFUSED]
)
async def test_what_is_needed_stays(
    trips: Caller, change: dict[str, Any], told: dict[str, str]
) -> None:
    review = await trips.post("/changesets", {"operations": [change]})
    assert codes(review) == told
    assert all(each["message"] and "error." not in each["message"] for each in review["problems"])
    refused = await trips.post(f"/changesets/{review['id']}/publish", status=422)
    assert codes(refused) == told


async def test_a_filter_by_label_is_needed_too(trips: Caller) -> None:
    """Whether the field goes, is called otherwise, or another takes the same label."""
    for change in (
        gone("field", "trip.city"),
        operation("field", "trip.city", {"label": label("Town", "城镇")}, op="update"),
        field("trip.other", "text", label=label("Other", "城市")),
    ):
        review = await trips.post("/changesets", {"operations": [change]})
        assert list(codes(review)) == ["list_view.trip.by_city.filter"], change
        await trips.post(f"/changesets/{review['id']}/publish", status=422)


async def test_a_link_on_the_way_of_a_filter_stays_a_link(trips: Caller) -> None:
    change = operation(
        "field", "trip.site", {"type": "text", "target": None, "filter": None}, "update"
    )
    review = await trips.post("/changesets", {"operations": [change]})
    assert "list_view.trip.large.filter" in codes(review)


async def test_whoever_changes_the_users_too_may_delete(trips: Caller) -> None:
    """One changeset that takes the mention out as well; soft mentions go by themselves."""
    mend = operation("list_view", "trip.by_city", {"filter": "days > 1"}, op="update")
    review = await trips.post("/changesets", {"operations": [gone("field", "trip.city"), mend]})
    assert review["problems"] == []
    parts = [gone("list_view", "trip.remote"), gone("record_type", "trip.far")]
    review = await trips.post("/changesets", {"operations": parts})
    assert review["problems"] == [], "a layout for a record type that is gone is for none"
    review = await trips.post("/changesets", {"operations": [gone("object", "trip")]})
    assert review["problems"] == [], "what belongs to an object goes with it"


async def test_a_removed_default_fills_nothing_in(admin: Caller) -> None:
    chosen = values("a", "b")
    chosen["a"]["default"] = True
    await admin.publish([field("site.grade", "picklist", values=chosen)])
    assert (await admin.post("/records/site", {"name": "A"}))["grade"] == "a"
    await admin.publish([without("field", "site.grade", "a")])
    assert (await admin.post("/records/site", {"name": "B"}))["grade"] is None


async def test_the_builder_names_the_users_beside_the_question(bench: Bench) -> None:
    await bench.api.publish(MODEL)
    url = "/setup/objects"
    refused = await bench.admin.post(f"{url}/trip/fields/code/delete", status=422)
    assert 'href="/setup/objects/trip/fields/note"' in refused
    assert 'href="/setup/objects/trip"' in refused
    refused = await bench.admin.post(f"{url}/trip/fields/days/delete", status=422)
    assert "Layout" in refused and 'href="/setup/objects/trip/fields/site"' in refused
    refused = await bench.admin.post(f"{url}/visit/delete", status=422)
    assert "Field Visit" in refused
    assert await bench.operations() == []


async def test_the_review_page_stops_what_others_drafted(world: World, bench: Bench) -> None:
    """A draft that was good when it was made, and a user that came afterwards."""
    await bench.admin.post("/setup/objects/visit/fields/title/delete")
    view = {"label": label("Titled"), "columns": ["name"], "filter": "title = 'x'"}
    await bench.api.publish([operation("list_view", "visit.titled", view)])
    browser = Browser(world)
    await browser.sign_in("admin")
    page = await browser.get("/setup/publish")
    assert "Titled" in page and "still needed" in page


async def test_where_things_are_used(admin: Caller) -> None:
    """Fields and single choices, in documents and inside formulas."""
    await admin.publish(
        [
            field(
                "visit.rank", "formula", returns="number", formula="CASE(level, 'a', 1, 'b', 2, 3)"
            ),
            field("visit.fine", "formula", returns="boolean", formula="level IN ('b', 'c')"),
            field("stop.fine", "formula", returns="boolean", formula="ISPICKVAL(visit.level, 'a')"),
        ]
    )

    async def places(name: str, **params: str) -> set[tuple[str, str]]:
        found = (await admin.get(f"/metadata/field/{name}/uses", **params))["uses"]
        return {(each["name"], each["place"]) for each in found}

    every = {("visit.rank", "formula"), ("visit.fine", "formula"), ("stop.fine", "formula")}
    assert every <= await places("visit.level")
    named = await places("visit.level", value="a")
    assert named == {("visit.rank", "formula"), ("stop.fine", "formula")}
    assert await places("visit.level", value="c") == {("visit.fine", "formula")}
    await admin.get("/metadata/field/visit.nothing/uses", status=404)
    remove = operation("field", "visit.level", {"values": {"a": None}}, op="update")
    draft = await admin.post("/changesets", {"title": "t", "operations": [remove]})
    told = [each for each in draft["plan"]["impact"] if each["code"] == "impact.value_named"]
    assert [each["count"] for each in told] == [2]
