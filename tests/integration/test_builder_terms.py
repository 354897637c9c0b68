"""Words in the builder: renamed once, said everywhere."""

from __future__ import annotations

import pytest
from api_world import field, label, operation
from builder_world import Bench, typed

pytestmark = pytest.mark.anyio

ROOM = operation(
    "object",
    "room",
    {
        "label": label("Room", "房间"),
        "plural": label("Rooms", "房间"),
        "name_field": {"type": "text", "length": 80},
        "features": {"in_menu": True},
    },
)
WORDS = [
    ROOM,
    field(
        "site.rooms_seen", "integer", label={"en": "{room.plural} seen", "zh_CN": "看过的{room}"}
    ),
    operation(
        "term_set",
        "hospital",
        {
            "label": label("Hospital", "医院"),
            "terms": {
                "room": {"label": label("Ward", "病房")},
                "site": {"label": label("Building", "楼")},
            },
        },
    ),
]


async def test_a_word_is_changed_previewed_published_and_put_back(bench: Bench) -> None:
    await bench.api.publish(WORDS)
    url = "/setup/terms/room"
    page = await bench.admin.get(url)
    form = typed(page.form, ("label.en", "Ward"), ("label.zh_CN", "病房"), ("measure.zh_CN", "间"))
    look = await bench.admin.post(f"{url}/preview", form, 200)
    assert "New Ward" in look.words and "新建病房" in look.words and "Wards seen" in look.words
    assert await bench.operations() == [], "a look changes nothing"
    await bench.admin.post(url, form)
    assert await bench.operation("term", "room") == {
        "label": {"en": "Ward", "zh_CN": "病房"},
        "plural": {"en": "Wards", "zh_CN": "病房"},
        "measure": {"zh_CN": "间"},
    }
    listed = await bench.admin.get("/setup/terms?only=changed")
    assert "Ward / Wards" in listed.words and "/setup/terms/site" not in listed
    await bench.publish("Words")
    assert "All Wards" in (await bench.admin.get("/o/room")).words
    described = await bench.api.get("/describe/site")
    labels = {each["name"]: each["label"] for each in described["fields"]}
    assert labels["rooms_seen"] == "Wards seen"
    await bench.admin.post(f"{url}/reset", [])
    await bench.publish("As before")
    assert "All Rooms" in (await bench.admin.get("/o/room")).words


async def test_a_word_in_one_language_leaves_the_other(bench: Bench) -> None:
    await bench.api.publish(WORDS)
    page = await bench.admin.get("/setup/terms/room")
    await bench.admin.post("/setup/terms/room", typed(page.form, ("label.zh_CN", "病房")))
    missing = await bench.admin.get("/setup/terms?only=missing")
    assert "/setup/terms/room" in missing and "Missing; the usual word is shown" in missing.words
    await bench.publish("One language")
    assert "All Rooms" in (await bench.admin.get("/o/room")).words
    page = await bench.admin.get("/setup/terms/room")
    await bench.admin.post("/setup/terms/room", typed(page.form, ("label.zh_CN", "")))
    assert await bench.summary() == ["delete term room"], "without words there is no term"


async def test_the_words_of_a_trade_and_words_that_meet(bench: Bench) -> None:
    await bench.api.publish(WORDS)
    await bench.admin.post("/setup/terms/apply-set", [("set", "hospital")])
    assert await bench.summary() == ["create term room", "create term site"]
    page = await bench.admin.get("/setup/terms/site")
    await bench.admin.post("/setup/terms/site", typed(page.form, ("label.en", "Ward")))
    assert "is also what" in await bench.admin.get("/setup/terms/site")
    same = await bench.admin.get("/setup/terms?only=same")
    assert "/setup/terms/room" in same and "/setup/terms/site" in same
    await bench.admin.post("/setup/terms/apply-set", [("set", "nobody")], 404)
    await bench.admin.get("/setup/terms/nobody", 404)


async def test_what_is_too_long_or_odd_is_refused_beside_its_input(bench: Bench) -> None:
    await bench.api.publish(WORDS)
    page = await bench.admin.get("/setup/terms/room")
    form = typed(page.form, ("label.en", "W" * 5000))
    shown = await bench.admin.post("/setup/terms/room", form, 422)
    assert "At most 80 characters" in shown.words and await bench.operations() == []
    odd = typed(page.form, ("label.en", "<b>{room}</b>"))
    await bench.admin.post("/setup/terms/room", odd)
    assert "<b>{room}" not in await bench.admin.get("/setup/terms/room")
