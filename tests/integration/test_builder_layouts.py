"""The layout designer: what it is given, what it posts, and what comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_world import field, label, operation
from builder_world import Bench, in_order

pytestmark = pytest.mark.anyio

URL = "/setup/objects/room/layouts"
ROOM = [
    operation(
        "object",
        "room",
        {
            "label": label("Room", "房间"),
            "plural": label("Rooms"),
            "name_field": {"type": "text", "length": 80},
        },
    ),
    field("room.beds", "integer", required=True),
    field("room.view", "text", length=80),
    field("room.site", "lookup", target="site", on_delete="set_null"),
    operation(
        "layout",
        "room.plain",
        {
            "label": label("Plain", "简"),
            "sections": {
                "main": {
                    "label": label("Basics"),
                    "visible_when": "NOT(ISBLANK(name))",
                    "fields": {"name": {}, "beds": {"span": 2}},
                }
            },
        },
    ),
]


def props(page: Any) -> dict[str, Any]:
    text = page.text.partition('data-props="')[2].partition('"')[0]
    found: dict[str, Any] = json.loads(
        text.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
    )
    return found


async def test_a_field_is_moved_and_a_section_added(bench: Bench) -> None:
    await bench.api.publish(ROOM)
    page = await bench.admin.get(f"{URL}/plain")
    given = props(page)
    assert {each["name"] for each in given["fields"]} >= {"name", "beds", "view", "owner"}
    assert "version" not in {each["name"] for each in given["fields"]}
    layout = given["layout"]
    more = {"name": "more", "label": {"en": "More"}, "columns": 1, "fields": [{"name": "view"}]}
    layout["sections"][0]["fields"].reverse()
    layout["sections"].insert(0, more)
    await bench.admin.post(f"{URL}/plain", [("layout", json.dumps(layout))])
    await bench.publish()
    body = (await bench.api.get("/metadata/layout/room.plain"))["body"]
    more, main = body["sections"].items()
    assert (more[0], main[0]) == ("more", "main")
    assert list(main[1]["fields"].items()) == [("beds", {"span": 2}), ("name", {})]
    assert main[1]["visible_when"] == "NOT(ISBLANK(name))", "what is not shown stays"
    form = (await bench.admin.get("/o/room/new")).words
    assert form.index("More") < form.index("Basics")


async def test_a_layout_is_made_for_an_object_that_has_none_and_a_second_one(bench: Bench) -> None:
    await bench.api.publish(ROOM[:-1])
    page = await bench.admin.get(f"{URL}/new-layout")
    made = props(page)["layout"]
    assert [each["name"] for each in made["sections"][0]["fields"]][:2] == ["name", "owner"]
    await bench.admin.post(URL, [("layout", json.dumps(made))])
    assert in_order((await bench.operation("layout", "room.standard"))["sections"])
    second = props(await bench.admin.get(f"{URL}/new-layout"))["layout"]
    refused = await bench.admin.post(URL, [("layout", json.dumps(second))], 422)
    assert "thing to fix" in refused.words, "a second one needs a name"
    second["label"] = {"en": "For night shifts", "zh_CN": "夜班"}
    await bench.admin.post(URL, [("layout", json.dumps(second))])
    assert "create layout room.for_night_shifts" in await bench.summary()
    await bench.admin.post(f"{URL}/for_night_shifts/delete", [])
    assert "create layout room.for_night_shifts" not in await bench.summary()


async def test_what_is_no_layout_is_refused_and_nothing_kept(bench: Bench) -> None:
    await bench.api.publish(ROOM)
    layout = props(await bench.admin.get(f"{URL}/plain"))["layout"]
    for text in ("", "{", "[]", '{"label": 1}', json.dumps({**layout, "sections": [1]})):
        await bench.admin.post(f"{URL}/plain", [("layout", text)], 400)
    for item, told in (({"name": "nowhere"}, "nowhere"), ({"name": "view", "span": 9}, "1, 2")):
        section = {**layout["sections"][0], "fields": [item]}
        text = json.dumps({**layout, "sections": [section]})
        refused = await bench.admin.post(f"{URL}/plain", [("layout", text)], 422)
        assert told in refused.words
    assert await bench.operations() == []
    await bench.admin.get(f"{URL}/nobody", 404)
